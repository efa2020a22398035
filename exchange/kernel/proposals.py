"""Two-person rule: a dangerous command is proposed, sent in two halves, and runs when another approves it."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    counters_of,
    event_at,
    events_in,
    proposal_at,
    proposals_in,
    proposed_at,
)
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    NO_ROW,
    ONE,
    PROPOSAL_APPROVED,
    PROPOSAL_EXPIRED,
    PROPOSAL_OPEN,
    PROPOSAL_WITHDRAWN,
    REFERENCE_GAP_MAX,
    STEP_EVENTS,
    STREAM_OPERATOR,
    TICK_STAGE_DONE,
    ZERO,
)
from exchange.kernel.events import begin_event, reject, write_done
from exchange.kernel.sha256 import is_hash_of

HALVES = signed(2)
BOTH_HALVES = signed(3)  # a bit each


@cold
def is_proposable(kind: int) -> bool:
    """What one person may have another confirm; the rest is routine, or the proposing itself."""
    return (
        kinds.DEFINE_CONTRACT <= kind <= kinds.RESTORE
        or kinds.CLOSE_DAY <= kind <= kinds.BAND_CHANGE
        or kinds.NOTICE <= kind <= kinds.CONTRACT_EXPIRE
        or kinds.FREEZE <= kind <= kinds.RESTRICT
        or kinds.BUST <= kind <= kinds.CORRECTION
        or kind == kinds.MASS_CANCEL
    )


@cold
def find_proposal(state: Core, proposal_id: int) -> int:
    """The row of a proposal, or NO_ROW; number 0 finds a free row."""
    for row in range(proposals_in(state)):
        if signed(proposal_at(state, row)["proposal_id"]) == proposal_id:
            return row
    return NO_ROW


@cold
def free_proposal(state: Core, row: int) -> None:
    """The row may be used again; what it held stays readable until then."""
    proposal_at(state, row)["proposal_id"] = 0


@cold
def write_proposal(state: Core, count: int, command: np.void, row: int, proposal_state: int) -> int:
    """PROPOSAL_CHANGED to the operators."""
    proposal = proposal_at(state, row)
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    begin_event(
        state, count, STREAM_OPERATOR, kinds.PROPOSAL_CHANGED, command, login_id, reference, ZERO, ZERO
    )
    event = event_at(state, count)
    event["command_hash"] = proposal["command_hash"]
    event["proposal_id"] = proposal["proposal_id"]
    event["command_kind"] = proposal["kind"]
    event["proposal_state"] = proposal_state
    return count + 1


@cold
def check_propose(state: Core, command: np.void) -> int:
    """Every check of PROPOSE in its precedence."""
    if signed(command["expires_ns"]) <= signed(command["time_ns"]):
        return reasons.INVALID_FIELD
    if find_proposal(state, ZERO) == NO_ROW:
        return reasons.DEFINITION_CAPACITY
    if not is_proposable(signed(command["command_kind"])):
        return reasons.NOT_PROPOSABLE
    if signed(command["proposal_id"]) <= signed(counters_of(state)["highest_proposal"]):
        return reasons.DUPLICATE_RECORD
    if signed(command["proposal_id"]) - signed(counters_of(state)["highest_proposal"]) > REFERENCE_GAP_MAX:
        return reasons.NUMBER_GAP
    return reasons.OK


@cold
def apply_propose(state: Core, count: int, command: np.void) -> int:
    """PROPOSE: names the kind and hash of the command that follows in two fragments."""
    reason = check_propose(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    proposal_id = signed(command["proposal_id"])
    row = find_proposal(state, ZERO)
    proposal = proposal_at(state, row)
    proposal["proposal_id"] = proposal_id
    proposal["command_hash"] = command["command_hash"]
    proposal["expires_ns"] = command["expires_ns"]
    proposal["login_id"] = command["login_id"]
    proposal["kind"] = command["command_kind"]
    proposal["halves"] = 0
    counters_of(state)["highest_proposal"] = proposal_id
    return write_done(state, count, command, proposal_id, ZERO, ZERO)


@cold
def keep_head(proposed: np.void, fragment: np.void) -> None:
    """Bytes 0 to 31 of the proposed record, without the exchange's stamps."""
    top = signed(fragment["order_id"])
    rest = signed(fragment["expires_ns"])
    proposed["length_high"] = top & 0xFF
    proposed["length_low"] = top >> 8 & 0xFF
    proposed["packet_type"] = top >> 16 & 0xFF
    proposed["kind"] = top >> 24 & 0xFF
    proposed["user_reference"] = 0
    proposed["sequence"] = 0
    proposed["time_ns"] = 0
    proposed["login_id"] = 0
    proposed["contract_id"] = rest >> 16 & 0xFFFF
    proposed["account_id"] = rest >> 32 & 0xFFFFFFFF


@cold
def keep_body(proposed: np.void, fragment: np.void) -> None:
    """Bytes 32 to 63 of the proposed record, by fields that cover them."""
    proposed["order_id"] = fragment["order_id"]
    proposed["amount_fen"] = fragment["amount_fen"]
    proposed["subject_id"] = fragment["subject_id"]
    proposed["parameter_id"] = fragment["parameter_id"]
    proposed["trading_day"] = fragment["trading_day"]
    proposed["expires_ns"] = fragment["expires_ns"]


@cold
def apply_fragment(state: Core, count: int, command: np.void) -> int:
    """COMMAND_FRAGMENT: once both halves are there, they are what was proposed, or the proposal is gone."""
    index = signed(command["fragment_index"])
    if signed(command["fragment_count"]) != HALVES or index >= HALVES:
        return reject(state, count, command, reasons.INVALID_FIELD)
    row = NO_ROW
    if signed(command["fragment_proposal_id"]) != 0:
        row = find_proposal(state, signed(command["fragment_proposal_id"]))
    if row == NO_ROW or signed(proposal_at(state, row)["login_id"]) != signed(command["login_id"]):
        return reject(state, count, command, reasons.UNKNOWN_PROPOSAL)
    proposal = proposal_at(state, row)
    halves = signed(proposal["halves"])
    if (halves >> index) & 1 != 0:
        return reject(state, count, command, reasons.DUPLICATE_RECORD)
    proposed = proposed_at(state, row)
    if index == 0:
        keep_head(proposed, command)
    else:
        keep_body(proposed, command)
    halves = halves | (ONE << index)
    proposal["halves"] = halves
    if halves != BOTH_HALVES:
        return count
    is_kind = signed(proposed["kind"]) == signed(proposal["kind"])
    if not is_kind or not is_hash_of(state, proposed, signed(proposal["command_hash"])):
        free_proposal(state, row)
        return reject(state, count, command, reasons.COMMAND_HASH)
    return write_proposal(state, count, command, row, PROPOSAL_OPEN)


@cold
def check_approve(state: Core, command: np.void, row: int) -> int:
    """Every check of APPROVE in its precedence."""
    if row == NO_ROW:
        return reasons.UNKNOWN_PROPOSAL
    proposal = proposal_at(state, row)
    if signed(proposal["halves"]) != BOTH_HALVES:
        return reasons.PROPOSAL_INCOMPLETE
    if signed(command["time_ns"]) >= signed(proposal["expires_ns"]):
        return reasons.PROPOSAL_EXPIRED
    if signed(command["login_id"]) == signed(proposal["login_id"]):
        return reasons.SAME_PERSON
    if signed(command["command_hash"]) != signed(proposal["command_hash"]):
        return reasons.COMMAND_HASH
    return reasons.OK


@cold
def apply_approve(state: Core, count: int, command: np.void) -> int:
    """APPROVE: another login confirms the hash; counters.approved_row is what the caller runs now, or NO_ROW.

    The record stays in its row while it runs: nothing else can be proposed before it has finished.
    """
    counters = counters_of(state)
    counters["approved_row"] = NO_ROW
    row = NO_ROW
    if signed(command["proposal_id"]) != 0:
        row = find_proposal(state, signed(command["proposal_id"]))
    reason = check_approve(state, command, row)
    if reason != 0:
        return reject(state, count, command, reason)
    count = write_proposal(state, count, command, row, PROPOSAL_APPROVED)
    free_proposal(state, row)
    proposed = proposed_at(state, row)
    proposed["user_reference"] = command["user_reference"]
    proposed["sequence"] = command["sequence"]
    proposed["time_ns"] = command["time_ns"]
    proposed["login_id"] = command["login_id"]
    counters["approved_row"] = row
    return count


@cold
def apply_withdraw(state: Core, count: int, command: np.void) -> int:
    """PROPOSAL_WITHDRAW: by whoever; complete or not."""
    row = NO_ROW
    if signed(command["proposal_id"]) != 0:
        row = find_proposal(state, signed(command["proposal_id"]))
    if row == NO_ROW:
        return reject(state, count, command, reasons.UNKNOWN_PROPOSAL)
    count = write_proposal(state, count, command, row, PROPOSAL_WITHDRAWN)
    free_proposal(state, row)
    return count


@cold
def first_expired(state: Core, time_ns: int) -> int:
    """The row of the oldest proposal whose time is over, or NO_ROW."""
    found = NO_ROW
    oldest = ZERO
    for row in range(proposals_in(state)):
        proposal = proposal_at(state, row)
        proposal_id = signed(proposal["proposal_id"])
        if proposal_id == 0 or signed(proposal["expires_ns"]) > time_ns:
            continue
        if found == NO_ROW or proposal_id < oldest:
            found = row
            oldest = proposal_id
    return found


@cold
def run_expiring(state: Core, count: int, command: np.void) -> int:
    """A stage of TICK: what nobody approved in time is gone, the oldest first."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    row = first_expired(state, signed(command["time_ns"]))
    while row != NO_ROW:
        if count > room:
            counters["cursor"] = 0
            return count
        count = write_proposal(state, count, command, row, PROPOSAL_EXPIRED)
        free_proposal(state, row)
        row = first_expired(state, signed(command["time_ns"]))
    counters["cursor"] = TICK_STAGE_DONE
    return count
