"""Writing events: the header, the routing and the counting of every 64-byte record that leaves the kernel.

Every writer takes the number of events written so far and returns it plus one.
"""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    counters_of,
    event_at,
    event_words_at,
    login_at,
    logins_in,
    member_at,
    stream_at,
)
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    STREAM_OPERATOR,
    STREAM_PUBLIC,
    STREAM_SETTLEMENT,
    VALUE_SHOWN_MAX,
    VERSION,
    ZERO,
)
from exchange.kernel.metering import CREDIT_PLENTY, credit_left, milliseconds_to_next_second
from exchange.vocabulary.records import LENGTH_PREFIX, SEQUENCED

#: length and packet type of an event
HEADER = signed(LENGTH_PREFIX << 8 | SEQUENCED << 16)


@hot
def subject_of(login_id: int, contract_id: int, account_id: int) -> int:
    """The word of an event that says whom it is about."""
    return login_id | (contract_id << 16) | (account_id << 32)


@hot
def terms_of(price_ticks: int, quantity_lots: int) -> int:
    """The word of price and quantity."""
    return price_ticks | (quantity_lots << 32)


@hot
def detail_of(number: int, side: int, extra: int, method: int, order_kind: int) -> int:
    """The word of a number of 32 bits, a side, a byte of the event's own, a method and a kind of order."""
    return number | (side << 32) | (extra << 40) | (method << 48) | (order_kind << 56)


@hot
def write_event(
    state: Core,
    count: int,
    command: np.void,
    kind: int,
    user_reference: int,
    subject: int,
    order_id: int,
    terms: int,
    detail: int,
    fees: int,
) -> None:
    """Write all of event number `count`, a word at a time; its stream is the caller's to say."""
    event = event_words_at(state, count)
    event["w0"] = HEADER | (kind << 24) | (user_reference << 32)
    event["w1"] = command["sequence"]
    event["w2"] = command["time_ns"]
    event["w3"] = subject
    event["w4"] = order_id
    event["w5"] = terms
    event["w6"] = detail
    event["w7"] = fees


@hot
def tell_account(
    state: Core,
    count: int,
    command: np.void,
    account: np.void,
    kind: int,
    user_reference: int,
    subject: int,
    order_id: int,
    terms: int,
    detail: int,
    fees: int,
) -> None:
    """An event about an account to its member; the account counts it, so the member's row is not touched."""
    stream_at(state, count)["stream"] = account["member_id"]
    account["event_count"] = signed(account["event_count"]) + 1
    write_event(state, count, command, kind, user_reference, subject, order_id, terms, detail, fees)


@hot
def count_for(state: Core, count: int, stream: int) -> None:
    """Event number `count` goes to a stream, whose row counts it."""
    stream_at(state, count)["stream"] = stream
    member = member_at(state, stream)
    member["event_count"] = signed(member["event_count"]) + 1


@hot
def begin_event(
    state: Core,
    count: int,
    stream: int,
    kind: int,
    command: np.void,
    login_id: int,
    user_reference: int,
    contract_id: int,
    account_id: int,
) -> None:
    """Write the header, zero the body and route event number `count`."""
    subject = subject_of(login_id, contract_id, account_id)
    write_event(state, count, command, kind, user_reference, subject, ZERO, ZERO, ZERO, ZERO)
    count_for(state, count, stream)


@hot
def begin_public(state: Core, count: int, kind: int, command: np.void, contract_id: int) -> None:
    """Begin a public event: it names no account, login or reference."""
    begin_event(state, count, STREAM_PUBLIC, kind, command, ZERO, ZERO, contract_id, ZERO)


@hot
def begin_settlement(
    state: Core, count: int, kind: int, command: np.void, contract_id: int, account_id: int
) -> None:
    """Begin an event to the registry; each carries protocol version and trading day."""
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    begin_event(state, count, STREAM_SETTLEMENT, kind, command, login_id, reference, contract_id, account_id)
    event = event_at(state, count)
    event["version"] = VERSION
    event["trading_day"] = counters_of(state)["trading_day"]


@cold
def has_subject(command: np.void) -> bool:
    """Whether a command names contract and account where others do; fragments have other bytes there."""
    kind = signed(command["kind"])
    is_signature = kind == kinds.REGISTRY_SIGNATURE or kind == kinds.REGISTRY_CHAIN_HEAD
    return kind != kinds.COMMAND_FRAGMENT and kind != kinds.NOTICE and not is_signature


@cold
def copy_fragment(event: np.void, command: np.void) -> None:
    """The 32 bytes of a text or fragment, by fields that cover them: what they are is never read here."""
    event["order_id"] = command["order_id"]
    event["amount_fen"] = command["amount_fen"]
    event["subject_id"] = command["subject_id"]
    event["parameter_id"] = command["parameter_id"]
    event["trading_day"] = command["trading_day"]
    event["expected_ns"] = command["expected_ns"]


@cold
def write_done(state: Core, count: int, command: np.void, subject_id: int, level: int, value: int) -> int:
    """COMMAND_DONE to the operators' stream."""
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    begin_event(state, count, STREAM_OPERATOR, kinds.COMMAND_DONE, command, login_id, reference, ZERO, ZERO)
    event = event_at(state, count)
    if has_subject(command):
        event["contract_id"] = command["contract_id"]
        event["account_id"] = command["account_id"]
    event["parameter_value"] = value
    event["subject_id"] = subject_id
    event["command_kind"] = command["kind"]
    event["subject_level"] = level
    return count + 1


@cold
def write_rejected(
    state: Core, count: int, command: np.void, contract_id: int, reason: int, expected: int
) -> int:
    """REJECTED to the stream of the login's member, or to the operators where no member sent it."""
    login_id = signed(command["login_id"])
    stream = STREAM_OPERATOR
    highest = ZERO
    credit = CREDIT_PLENTY
    if 0 < login_id < logins_in(state):
        login = login_at(state, login_id)
        if signed(login["is_defined"]) != 0:
            highest = signed(login["highest_reference"])
            if signed(counters_of(state)["is_metered"]) != 0:
                credit = credit_left(state, command)
            if signed(login["member_id"]) != 0:
                stream = signed(login["member_id"])
    begin_event(
        state,
        count,
        stream,
        kinds.REJECTED,
        command,
        login_id,
        signed(command["user_reference"]),
        ZERO,
        ZERO,
    )
    event = event_at(state, count)
    if has_subject(command):
        event["contract_id"] = contract_id
        event["account_id"] = command["account_id"]
    if signed(command["kind"]) <= kinds.MEMBER_KIND_LAST:
        event["order_id"] = command["order_id"]
        event["price_ticks"] = command["price_ticks"]
        event["quantity_lots"] = command["quantity_lots"]
    event["highest_reference"] = highest
    event["command_kind"] = command["kind"]
    event["remaining_credit"] = credit
    event["reason"] = reason
    event["expected_value"] = expected
    if reason == reasons.MESSAGE_LIMIT:
        event["retry_after_ms"] = milliseconds_to_next_second(signed(command["time_ns"]))
    elif reason == reasons.OWN_LIMIT:
        passed = signed(counters_of(state)["limit_passed"])
        event["expected_value"] = passed if passed < VALUE_SHOWN_MAX else VALUE_SHOWN_MAX
    return count + 1


@hot
def reject(state: Core, count: int, command: np.void, reason: int) -> int:
    """REJECTED as the command stands, where no number says what the rule allows."""
    return write_rejected(state, count, command, signed(command["contract_id"]), reason, ZERO)
