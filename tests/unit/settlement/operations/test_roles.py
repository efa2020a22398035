"""Who may ask and approve: the whole matrix, written again by hand."""

import pytest

from settlement.operations.roles import may_approve, may_ask
from settlement.vocabulary.operations import Institution, Level, OperationKind
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.operations.conftest import Registry, person

#: kind: who asks (an operator of), who approves (a reviewer of)
TABLE = {
    "open-account": ("registry", "registry"),
    "close-account": ("registry", "registry"),
    "restrict-account": ("registry", "registry"),
    "issue": ("ministry", "ministry"),
    "allocate-province": ("ministry", "ministry"),
    "allocate": ("province", "province"),
    "true-up": ("province", "province"),
    "auction-issue": ("ministry", "ministry"),
    "to-trading": ("holder", ""),
    "to-registry": ("holder", ""),
    "non-trade-transfer": ("registry", "registry"),
    "freeze": ("registry", "registry"),
    "release": ("registry", "registry"),
    "set-obligation": ("province", "province"),
    "surrender": ("holder", "province"),
    "surrender-from-province": ("province", "province"),
    "retire": ("holder", "registry"),
    "carry-over": ("holder", "registry"),
    "reverse": ("registry", "registry"),
    "withdraw": ("holder", ""),
    "close-break": ("registry", "registry"),
    "object": ("holder", ""),
    "examine-objection": ("registry", ""),
    "decide-objection": ("registry", "registry"),
    "fund-reserve": ("registry", "registry"),
    "recover": ("registry", "registry"),
}


def test_the_table_names_every_kind() -> None:
    assert set(TABLE) == {kind.value for kind in OperationKind}


@pytest.mark.parametrize("kind", OperationKind)
def test_every_institution_and_level_may_what_the_table_says(registry: Registry, kind: OperationKind) -> None:
    asks, approves = TABLE[kind.value]
    for institution in Institution:
        for level in Level:
            who = person(institution.value, level.value)
            allowed = (institution.value, level.value) == (asks, "operator")
            assert may_ask(who, kind) == allowed
            assert may_approve(who, kind) == ((institution.value, level.value) == (approves, "reviewer"))
            answer = registry.ask(who, kind)  # without fields: whoever may ask is told so, later in the check
            refusal = answer.refusal
            assert refusal == (RefusalCode.INVALID_FIELD if allowed else RefusalCode.NOT_ALLOWED)
            assert answer.operation_id == 0
