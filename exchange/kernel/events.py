"""Writing events: the header, the routing and the counting of every 64-byte record that leaves the kernel.

Every writer takes the number of events written so far and returns it plus one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.kernel import kinds
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    STREAM_OPERATOR,
    STREAM_PUBLIC,
    STREAM_SETTLEMENT,
    VERSION,
    ZERO,
)
from exchange.kernel.state import Rows, State
from exchange.vocabulary.records import LENGTH_PREFIX, SEQUENCED


class Out(NamedTuple):
    """Where events go."""

    events: Rows
    streams: NDArray[np.uint32]  # the stream of each event
    members: Rows  # a stream's counter is its member's


@hot
def begin_event(
    out: Out,
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
    event = out.events[count]
    event["length_high"] = 0
    event["length_low"] = LENGTH_PREFIX
    event["packet_type"] = SEQUENCED
    event["kind"] = kind
    event["user_reference"] = user_reference
    event["sequence"] = command["sequence"]
    event["time_ns"] = command["time_ns"]
    event["login_id"] = login_id
    event["contract_id"] = contract_id
    event["account_id"] = account_id
    event["order_id"] = 0
    event["price_ticks"] = 0
    event["quantity_lots"] = 0
    event["match_id"] = 0
    event["side"] = 0
    event["role"] = 0
    event["method"] = 0
    event["order_kind"] = 0
    event["trading_fee_fen"] = 0
    event["settlement_fee_fen"] = 0
    out.streams[count] = stream
    member = out.members[stream]
    member["event_count"] = signed(member["event_count"]) + 1


@hot
def begin_public(out: Out, count: int, kind: int, command: np.void, contract_id: int) -> None:
    """Begin a public event: it names no account, login or reference."""
    begin_event(out, count, STREAM_PUBLIC, kind, command, ZERO, ZERO, contract_id, ZERO)


@hot
def begin_settlement(
    state: State, out: Out, count: int, kind: int, command: np.void, contract_id: int, account_id: int
) -> None:
    """Begin an event to the registry; each carries protocol version and trading day."""
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    begin_event(out, count, STREAM_SETTLEMENT, kind, command, login_id, reference, contract_id, account_id)
    event = out.events[count]
    event["version"] = VERSION
    event["trading_day"] = state.counters[0]["trading_day"]


@cold
def write_done(
    state: State, out: Out, count: int, command: np.void, subject_id: int, level: int, value: int
) -> int:
    """COMMAND_DONE to the operators' stream."""
    begin_event(
        out,
        count,
        STREAM_OPERATOR,
        kinds.COMMAND_DONE,
        command,
        signed(command["login_id"]),
        signed(command["user_reference"]),
        signed(command["contract_id"]),
        signed(command["account_id"]),
    )
    event = out.events[count]
    event["parameter_value"] = value
    event["subject_id"] = subject_id
    event["command_kind"] = command["kind"]
    event["subject_level"] = level
    return count + 1


@cold
def write_rejected(
    state: State, out: Out, count: int, command: np.void, contract_id: int, reason: int, expected: int
) -> int:
    """REJECTED to the stream of the login's member, or to the operators where no member sent it."""
    login_id = signed(command["login_id"])
    stream = STREAM_OPERATOR
    highest = ZERO
    if 0 < login_id < signed(state.counters[0]["logins"]):
        login = state.logins[login_id]
        if signed(login["is_defined"]) != 0:
            highest = signed(login["highest_reference"])
            if signed(login["member_id"]) != 0:
                stream = signed(login["member_id"])
    begin_event(
        out,
        count,
        stream,
        kinds.REJECTED,
        command,
        login_id,
        signed(command["user_reference"]),
        contract_id,
        signed(command["account_id"]),
    )
    event = out.events[count]
    if signed(command["kind"]) <= kinds.MEMBER_KIND_LAST:
        event["order_id"] = command["order_id"]
        event["price_ticks"] = command["price_ticks"]
        event["quantity_lots"] = command["quantity_lots"]
    event["highest_reference"] = highest
    event["command_kind"] = command["kind"]
    event["remaining_credit"] = 255
    event["reason"] = reason
    event["expected_value"] = expected
    return count + 1


@hot
def reject(state: State, out: Out, count: int, command: np.void, reason: int) -> int:
    """REJECTED as the command stands, where no number says what the rule allows."""
    return write_rejected(state, out, count, command, signed(command["contract_id"]), reason, ZERO)
