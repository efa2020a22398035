"""Whatever is owed and applied for: never more surrendered than due, no unit of any vintage lost or made."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.vocabulary.operations import OperationState
from tests.unit.settlement.compliance.office import (
    ANNA,
    BEN,
    CARA,
    CEA23,
    CEA24,
    PEOPLE,
    Office,
    holder,
    reviewer,
)

ENTITIES = st.sampled_from((ANNA, BEN, CARA))
LOTS = st.integers(0, 60)
APPLICATION = st.tuples(
    ENTITIES,
    ENTITIES,
    st.sampled_from((2023, 2024)),
    st.sampled_from((CEA23, CEA24)),
    st.integers(1, 40),
    st.sampled_from(("approve", "withdraw", "leave")),
)


@settings(max_examples=25, deadline=None)
@given(
    dues=st.dictionaries(st.tuples(ENTITIES, st.sampled_from((2023, 2024))), LOTS),
    held=st.dictionaries(st.tuples(ENTITIES, st.sampled_from((CEA23, CEA24))), st.integers(1, 80)),
    applications=st.lists(APPLICATION, max_size=12),
)
def test_surrendered_is_at_most_due_and_vintages_are_conserved(
    dues: dict[tuple[int, int], int],
    held: dict[tuple[int, int], int],
    applications: list[tuple[int, int, int, int, int, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        try:
            for (entity_id, year), due in dues.items():
                office.oblige(entity_id, year, due)
            for (entity_id, contract), lots in held.items():
                office.give(entity_id, contract, lots)
            for entity_id, obliged, year, contract, lots, then in applications:
                asked = office.surrender(entity_id, lots, year, contract, obliged_entity_id=obliged)
                if asked.state is not OperationState.ASKED:
                    continue
                if then == "approve":
                    office.approve(asked, reviewer(PEOPLE[obliged - 1].province_id))
                elif then == "withdraw":
                    with office.store.transaction():
                        office.desk.withdraw(office.context, holder(entity_id), asked.operation_id)
            for (entity_id, year), due in dues.items():
                row = office.row(entity_id, year)
                assert 0 <= row.surrendered_lots <= row.surrendered_lots + row.pending_lots <= due
            office.proven()
        finally:
            office.store.close()
