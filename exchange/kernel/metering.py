"""Message limits: how many commands a second a member may send, cancels in a bucket of their own."""

import numpy as np

from exchange.kernel.access import Core, counters_of, login_at
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    CANCELS_PER_SECOND,
    MEMBER_FIRST,
    MESSAGES_PER_SECOND,
    NS_OF_SECOND,
    ZERO,
)
from exchange.vocabulary.kinds import Kind

NS_OF_MS = signed(1_000_000)
CREDIT_PLENTY = signed(255)
COUNTED_LAST = NS_OF_SECOND - 1  # of one second: far above every limit
MESSAGES = signed(0)
CANCELS = signed(1)
NO_BUCKET = signed(2)
NO_LIMIT = NS_OF_SECOND  # more than a second counts

#: bit n is set for the kind n of a bucket
MESSAGE_KINDS = signed(
    sum(
        1 << kind
        for kind in (
            Kind.LISTING,
            Kind.TAKE,
            Kind.LIMIT_ORDER,
            Kind.REPLACE,
            Kind.BLOCK_OFFER,
            Kind.BLOCK_COUNTER,
            Kind.BLOCK_ACCEPT,
            Kind.AUCTION_BID,
            Kind.SESSION_SETTING,
            Kind.MEMBER_LIMIT,
        )
    )
)
CANCEL_KINDS = signed(
    sum(1 << kind for kind in (Kind.CANCEL, Kind.REDUCE, Kind.MASS_CANCEL, Kind.BLOCK_DECLINE))
)
METERED_KIND_LAST = signed(Kind.MEMBER_LIMIT)


@hot
def bucket_of(kind: int) -> int:
    """The bucket that a kind counts in: MESSAGES, CANCELS, or NO_BUCKET."""
    if kind > METERED_KIND_LAST:
        return NO_BUCKET
    is_cancel = (CANCEL_KINDS >> kind) & 1
    return is_cancel if ((MESSAGE_KINDS >> kind) & 1) + is_cancel != 0 else NO_BUCKET


@hot
def meter(state: Core, command: np.void, kind: int) -> None:
    """Count a command of a trading member in its bucket, and remember whether the bucket held it.

    The start of the running second is kept, so that commands of one second need no division.
    """
    counters = counters_of(state)
    login = login_at(state, signed(command["login_id"]))
    bucket = bucket_of(kind)
    counters["is_over_limit"] = 0
    if bucket == NO_BUCKET or signed(login["member_id"]) < MEMBER_FIRST:
        return
    time_ns = signed(command["time_ns"])
    second_ns = signed(counters["second_ns"])
    elapsed_ns = time_ns - second_ns
    if elapsed_ns < 0 or elapsed_ns >= NS_OF_SECOND:
        second_ns = time_ns - time_ns % NS_OF_SECOND
        counters["second_ns"] = second_ns
    keeper = login_at(state, signed(login["first_login"]))
    sent = signed(keeper["buckets"][bucket]) - second_ns
    if sent < 0 or sent >= NS_OF_SECOND:
        keeper["buckets"][MESSAGES] = second_ns
        keeper["buckets"][CANCELS] = second_ns
        sent = ZERO
    sent = sent + 1 if sent < COUNTED_LAST else sent
    keeper["buckets"][bucket] = second_ns + sent
    if sent > signed(counters["bucket_limits"][bucket]):
        counters["is_over_limit"] = 1


@cold
def credit_left(state: Core, command: np.void) -> int:
    """What is left in the bucket of a command whose login is defined; plenty where nothing limits it."""
    counters = counters_of(state)
    bucket = bucket_of(signed(command["kind"]))
    login = login_at(state, signed(command["login_id"]))
    if bucket == NO_BUCKET or signed(login["member_id"]) < MEMBER_FIRST:
        return CREDIT_PLENTY
    left = signed(counters["bucket_limits"][bucket])
    if left == NO_LIMIT:
        return CREDIT_PLENTY
    time_ns = signed(command["time_ns"])
    keeper = login_at(state, signed(login["first_login"]))
    sent = signed(keeper["buckets"][bucket]) - (time_ns - time_ns % NS_OF_SECOND)
    if 0 <= sent < NS_OF_SECOND:
        left -= sent
    if left < 0:
        return ZERO
    return left if left < CREDIT_PLENTY else CREDIT_PLENTY - 1


@cold
def set_bucket_limits(counters: np.void) -> None:
    """What the parameters say, in the form that a command is compared with."""
    messages = signed(counters["parameters"][MESSAGES_PER_SECOND])
    cancels = signed(counters["parameters"][CANCELS_PER_SECOND])
    counters["bucket_limits"][MESSAGES] = messages if messages > 0 else NO_LIMIT
    counters["bucket_limits"][CANCELS] = cancels if cancels > 0 else NO_LIMIT
    counters["is_metered"] = 1 if messages + cancels > 0 else 0


@cold
def milliseconds_to_next_second(time_ns: int) -> int:
    """When a bucket is empty again, rounded up."""
    return (NS_OF_SECOND - time_ns % NS_OF_SECOND + NS_OF_MS - 1) // NS_OF_MS
