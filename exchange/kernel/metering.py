"""Message limits: how many commands a second a member may send, cancels in a bucket of their own."""

import numpy as np

from exchange.kernel.access import Core, counters_of, login_at, member_at
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


@cold
def begin_second(state: Core, time_ns: int) -> None:
    """Remember when the second of a time began: commands of one second need no division."""
    counters_of(state)["second_ns"] = time_ns - time_ns % NS_OF_SECOND


@hot
def meter(state: Core, command: np.void) -> None:
    """Count a command of a trading member in its bucket, and remember whether the bucket held it."""
    counters = counters_of(state)
    counters["is_over_limit"] = 0
    kind = signed(command["kind"])
    member_id = signed(login_at(state, signed(command["login_id"]))["member_id"])
    if kind > METERED_KIND_LAST or member_id < MEMBER_FIRST:
        return
    is_cancel = (CANCEL_KINDS >> kind) & 1
    if ((MESSAGE_KINDS >> kind) & 1) + is_cancel == 0:
        return
    time_ns = signed(command["time_ns"])
    elapsed_ns = time_ns - signed(counters["second_ns"])
    if elapsed_ns < 0 or elapsed_ns >= NS_OF_SECOND:
        begin_second(state, time_ns)
    member = member_at(state, member_id)
    if signed(member["second_ns"]) != signed(counters["second_ns"]):
        member["second_ns"] = counters["second_ns"]
        member["messages"] = 0
        member["cancels"] = 0
    if is_cancel != 0:
        sent = signed(member["cancels"]) + 1
        member["cancels"] = sent
        limit = signed(counters["parameters"][CANCELS_PER_SECOND])
    else:
        sent = signed(member["messages"]) + 1
        member["messages"] = sent
        limit = signed(counters["parameters"][MESSAGES_PER_SECOND])
    if 0 < limit < sent:
        counters["is_over_limit"] = 1


@cold
def credit_left(state: Core, command: np.void) -> int:
    """What is left in the bucket of a command whose login is defined; plenty where nothing limits it."""
    counters = counters_of(state)
    kind = signed(command["kind"])
    member_id = signed(login_at(state, signed(command["login_id"]))["member_id"])
    if kind > METERED_KIND_LAST or member_id < MEMBER_FIRST:
        return CREDIT_PLENTY
    is_cancel = (CANCEL_KINDS >> kind) & 1
    if ((MESSAGE_KINDS >> kind) & 1) + is_cancel == 0:
        return CREDIT_PLENTY
    limit = signed(counters["parameters"][CANCELS_PER_SECOND if is_cancel != 0 else MESSAGES_PER_SECOND])
    if limit == 0:
        return CREDIT_PLENTY
    member = member_at(state, member_id)
    elapsed_ns = signed(command["time_ns"]) - signed(member["second_ns"])
    left = limit
    if 0 <= elapsed_ns < NS_OF_SECOND:
        left -= signed(member["cancels"]) if is_cancel != 0 else signed(member["messages"])
    if left < 0:
        return ZERO
    return left if left < CREDIT_PLENTY else CREDIT_PLENTY - 1


@cold
def milliseconds_to_next_second(time_ns: int) -> int:
    """When a bucket is empty again, rounded up."""
    return (NS_OF_SECOND - time_ns % NS_OF_SECOND + NS_OF_MS - 1) // NS_OF_MS
