"""Halts, kill switches, connections, restart and tick: what the operator and the schedule do."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    contract_at,
    counters_of,
    event_at,
    login_at,
    logins_in,
    member_at,
    members_in,
)
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    CONTRACT_LEVEL,
    DOWN_REASON_MAX,
    HALT_REASON_MAX,
    HALT_RESTART,
    LOGIN_LEVEL,
    MARKET_LEVEL,
    MEMBER_LEVEL,
    ONE,
    STREAM_OPERATOR,
    ZERO,
)
from exchange.kernel.events import begin_event, begin_public, reject, write_done
from exchange.kernel.marks import mark_market
from exchange.kernel.risk import is_contract
from exchange.kernel.timers import restart_logins, set_connected


@cold
def check_halt(state: Core, command: np.void) -> int:
    """The level and subject of a halt or resume exist; a halt gives a reason that everybody can look up."""
    level = signed(command["level"])
    subject = signed(command["subject_id"])
    is_market = level == MARKET_LEVEL and subject == 0
    if not is_market and level != CONTRACT_LEVEL:
        return reasons.UNKNOWN_LEVEL
    if not is_market and not is_contract(state, subject):
        return reasons.UNKNOWN_CONTRACT
    is_reason = 0 < signed(command["halt_reason"]) <= HALT_REASON_MAX
    if signed(command["kind"]) == kinds.HALT and not is_reason:
        return reasons.INVALID_FIELD
    return reasons.OK


@cold
def set_halt(
    state: Core,
    count: int,
    command: np.void,
    level: int,
    subject: int,
    is_halted: int,
    halt_reason: int,
    expected_ns: int,
) -> int:
    """Halt or resume, and write HALT_CHANGED; a resume tells the reason that the halt had."""
    told = halt_reason
    if level == MARKET_LEVEL:
        counters = counters_of(state)
        if is_halted == 0:
            told = signed(counters["halt_reason"])
        counters["is_halted"] = is_halted
        counters["halt_reason"] = halt_reason
        counters["expected_ns"] = expected_ns
    else:
        contract = contract_at(state, subject)
        if is_halted == 0:
            told = signed(contract["halt_reason"])
        contract["is_halted"] = is_halted
        contract["halt_reason"] = halt_reason
        contract["expected_ns"] = expected_ns
    mark_market(state)
    begin_public(state, count, kinds.HALT_CHANGED, command, subject)
    event = event_at(state, count)
    event["subject_id"] = subject
    event["level"] = level
    event["halt_reason"] = told
    event["is_halted"] = is_halted
    event["expected_ns"] = expected_ns
    return count + 1


@cold
def apply_halt(state: Core, count: int, command: np.void) -> int:
    """HALT and RESUME: again is legal; a second halt updates reason and expectation."""
    reason = check_halt(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    level = signed(command["level"])
    subject = signed(command["subject_id"])
    if signed(command["kind"]) == kinds.HALT:
        halt_reason = signed(command["halt_reason"])
        expected_ns = signed(command["expected_ns"])
        count = set_halt(state, count, command, level, subject, ONE, halt_reason, expected_ns)
    else:
        count = set_halt(state, count, command, level, subject, ZERO, ZERO, ZERO)
    return write_done(state, count, command, subject, level, ZERO)


@cold
def is_killable(state: Core, level: int, subject: int) -> bool:
    """Whether a kill's subject exists at its level."""
    if level == MARKET_LEVEL:
        return subject == 0
    if level == CONTRACT_LEVEL:
        return is_contract(state, subject)
    if level == MEMBER_LEVEL:
        return subject < members_in(state) and signed(member_at(state, subject)["is_defined"]) != 0
    if level == LOGIN_LEVEL:
        return 0 < subject < logins_in(state) and signed(login_at(state, subject)["is_defined"]) != 0
    return False


@cold
def apply_kill(state: Core, count: int, command: np.void) -> int:
    """KILL and RESTORE: a member or login is told; market and contract kills are only audited."""
    level = signed(command["level"])
    subject = signed(command["subject_id"])
    if not is_killable(state, level, subject):
        return reject(state, count, command, reasons.UNKNOWN_LEVEL)
    is_killed = ONE if signed(command["kind"]) == kinds.KILL else ZERO
    stream = subject
    if level == MARKET_LEVEL:
        counters_of(state)["is_killed"] = is_killed
    elif level == CONTRACT_LEVEL:
        contract_at(state, subject)["is_killed"] = is_killed
    elif level == MEMBER_LEVEL:
        member_at(state, subject)["is_killed"] = is_killed
    else:
        login_at(state, subject)["is_killed"] = is_killed
        stream = signed(login_at(state, subject)["member_id"])
    mark_market(state)
    if level == MEMBER_LEVEL or level == LOGIN_LEVEL:
        stream = STREAM_OPERATOR if stream == 0 else stream
        login_id = signed(command["login_id"])
        reference = signed(command["user_reference"])
        begin_event(state, count, stream, kinds.KILL_CHANGED, command, login_id, reference, ZERO, ZERO)
        event = event_at(state, count)
        event["subject_id"] = subject
        event["level"] = level
        event["is_killed"] = is_killed
        count += 1
    return write_done(state, count, command, subject, level, ZERO)


@cold
def apply_login_change(state: Core, count: int, command: np.void) -> int:
    """LOGIN_UP and LOGIN_DOWN: the member is told."""
    subject = signed(command["subject_id"])
    if not is_killable(state, LOGIN_LEVEL, subject):
        return reject(state, count, command, reasons.UNKNOWN_LEVEL)
    is_up = ONE if signed(command["kind"]) == kinds.LOGIN_UP else ZERO
    down_reason = ZERO if is_up == 1 else signed(command["down_reason"])
    if is_up == 0 and (down_reason == 0 or down_reason > DOWN_REASON_MAX):
        return reject(state, count, command, reasons.INVALID_FIELD)
    login = login_at(state, subject)
    set_connected(state, subject, is_up)
    login["down_reason"] = down_reason
    stream = signed(login["member_id"])
    stream = STREAM_OPERATOR if stream == 0 else stream
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    begin_event(state, count, stream, kinds.LOGIN_CHANGED, command, login_id, reference, ZERO, ZERO)
    event = event_at(state, count)
    event["subject_id"] = subject
    event["down_reason"] = down_reason
    event["is_up"] = is_up
    return count + 1


@cold
def apply_restart(state: Core, count: int, command: np.void) -> int:
    """RESTART: the market is halted until resumed, and every login is down."""
    restart_logins(state)
    count = set_halt(state, count, command, MARKET_LEVEL, ZERO, ONE, HALT_RESTART, ZERO)
    return write_done(state, count, command, ZERO, ZERO, signed(command["recovered_sequence"]))
