"""Re-proving the audit trail: the chain from its first step, and that every operation stands as it says."""

from settlement.errors import expect
from settlement.store.database import Store
from settlement.store.operations import GENESIS, all_states, step_hash, trail


def check_audit(store: Store) -> int:
    """Prove the whole trail; gives the number of its steps.

    Raises CorruptionError naming the first step or operation that is not as it must be.
    """
    head, count = GENESIS, 0
    states: dict[int, str] = {}
    for step in trail(store):
        count += 1
        expect(f"audit step {count}: number", count, step.event_id)
        expect(f"audit step {count}: hash of the step before", head.hex(), bytes(step.previous_hash).hex())
        head = step_hash(head, step[:6])
        expect(f"audit step {count}: hash", head.hex(), bytes(step.hash).hex())
        states[step.operation_id] = step.state
    stored = all_states(store)
    for operation_id in sorted({*states, *stored}):
        expect(f"operation {operation_id}: state", states.get(operation_id), stored.get(operation_id))
    return count
