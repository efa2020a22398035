"""How a slot of a contract enters a phase."""

from exchange.vocabulary.enums import Phase
from exchange.vocabulary.kinds import Kind
from tests.reference.market import Market
from tests.reference.state import Contract, Slot


def change_phase(market: Market, contract: Contract, slot: Slot, phase: Phase, next_ns: int) -> None:
    """Enter a phase and say so."""
    previous = contract.phases[slot]
    contract.phases[slot] = phase
    contract.next_change_ns[slot] = next_ns
    if slot == Slot.BOOK:
        contract.indicative_due_ns = 0  # a call auction that begins is told at once
    market.emit_public(
        Kind.PHASE_CHANGED,
        contract_id=contract.contract_id,
        previous_phase=previous,
        phase=phase,
        method=contract.method_at(slot),
        next_change_ns=next_ns,
    )
