"""How a part of a contract enters a phase."""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import Core, contract_at, event_at
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import BOOK
from exchange.kernel.events import begin_public
from exchange.kernel.marks import mark_contract


@cold
def method_of(contract: np.void, part: int) -> int:
    """What a part of a contract is called in events: the book by its rule."""
    return signed(contract["matching_rule"]) if part == BOOK else part


@cold
def change_phase(
    state: Core,
    count: int,
    command: np.void,
    contract_id: int,
    part: int,
    phase: int,
    next_change_ns: int,
) -> int:
    """Enter a phase and write PHASE_CHANGED."""
    contract = contract_at(state, contract_id)
    begin_public(state, count, kinds.PHASE_CHANGED, command, contract_id)
    event = event_at(state, count)
    event["previous_phase"] = contract["phase"][part]
    event["phase"] = phase
    event["method"] = method_of(contract, part)
    event["next_change_ns"] = next_change_ns
    contract["phase"][part] = phase
    contract["next_change_ns"][part] = next_change_ns
    mark_contract(state, contract_id)
    if part == BOOK:
        contract["indicative_due_ns"] = 0  # a call auction that begins is told at once
    return count + 1
