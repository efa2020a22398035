"""The audit trail: proven from its first step, and what tampering is found."""

from pathlib import Path

import pytest

from settlement.errors import CorruptionError
from settlement.operations.audit import check_audit
from tests.unit.settlement.operations.conftest import allocated


def test_an_honest_trail_is_proven(tmp_path: Path) -> None:
    registry = allocated(tmp_path)
    assert check_audit(registry.store) == 8  # four operations, asked and done
    registry.store.close()


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        ("UPDATE operation_event SET person_id = 'other' WHERE event_id = 3", "audit step 3: hash"),
        ("UPDATE operation_event SET text = 'other' WHERE event_id = 1", "audit step 1: hash"),
        ("UPDATE operation_event SET previous_hash = x'00' WHERE event_id = 2", "hash of the step before"),
        ("DELETE FROM operation_event WHERE event_id = 4", "audit step 4: number"),
        ("DELETE FROM operation_event WHERE event_id = 8", "operation 4: state"),
        ("UPDATE operation SET state = 'declined' WHERE operation_id = 2", "operation 2: state"),
    ],
)
def test_tampering_is_found(tmp_path: Path, tamper: str, found: str) -> None:
    registry = allocated(tmp_path)
    for (name,) in registry.store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        registry.store.execute(f"DROP TRIGGER {name}")
    registry.store.execute(tamper)
    with pytest.raises(CorruptionError, match=found):
        check_audit(registry.store)
    registry.store.close()
