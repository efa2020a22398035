"""Who may ask for what, and who must approve it: the matrix of roles and operations, literally.

Institution and level come from the person's key. An approver is another person of the institution named, at
reviewer level; an empty list means that one person is enough. Scope: whose province, bank or entity it must
be. Sources: rulebook §2.1 (provinces allocate, approve surrender), §2.2 art 11 (operator and reviewer). The
assignment to levels is ours where the rulebook is silent.
"""

from enum import Enum
from typing import Final, NamedTuple

from settlement.vocabulary.operations import Institution, Level, OperationKind, Person

Desk = tuple[Institution, Level]
_M_OP: Final = (Institution.MINISTRY, Level.OPERATOR)
_M_REV: Final = (Institution.MINISTRY, Level.REVIEWER)
_P_OP: Final = (Institution.PROVINCE, Level.OPERATOR)
_P_REV: Final = (Institution.PROVINCE, Level.REVIEWER)
_R_OP: Final = (Institution.REGISTRY, Level.OPERATOR)
_R_REV: Final = (Institution.REGISTRY, Level.REVIEWER)
_HOLDER: Final = (Institution.HOLDER, Level.OPERATOR)


class Scope(Enum):
    """What of an operation must be the person's own."""

    NONE = "anybody's"
    ENTITY = "the entity"
    PROVINCE = "the entity's province"


class Rule(NamedTuple):
    """Of one kind of operation."""

    asks: frozenset[Desk]
    approves: frozenset[Desk]  # empty: no second person
    asks_scope: Scope = Scope.NONE
    approves_scope: Scope = Scope.NONE


def _rule(
    asks: Desk,
    approves: Desk | None = None,
    asks_scope: Scope = Scope.NONE,
    approves_scope: Scope = Scope.NONE,
) -> Rule:
    return Rule(frozenset({asks}), frozenset({approves} if approves else ()), asks_scope, approves_scope)


_REGISTRY_TWO: Final = _rule(_R_OP, _R_REV)
_PROVINCE_TWO: Final = _rule(_P_OP, _P_REV, Scope.PROVINCE, Scope.PROVINCE)
_HOLDER_ONE: Final = _rule(_HOLDER, None, Scope.ENTITY)

MATRIX: Final[dict[OperationKind, Rule]] = {
    OperationKind.OPEN_ACCOUNT: _REGISTRY_TWO,
    OperationKind.CLOSE_ACCOUNT: _REGISTRY_TWO,
    OperationKind.RESTRICT_ACCOUNT: _REGISTRY_TWO,
    OperationKind.ISSUE: _rule(_M_OP, _M_REV),
    OperationKind.ALLOCATE_PROVINCE: _rule(_M_OP, _M_REV),
    OperationKind.ALLOCATE: _PROVINCE_TWO,
    OperationKind.TRUE_UP: _PROVINCE_TWO,
    OperationKind.AUCTION_ISSUE: _rule(_M_OP, _M_REV),
    OperationKind.TO_TRADING: _HOLDER_ONE,
    OperationKind.TO_REGISTRY: _HOLDER_ONE,
    OperationKind.NON_TRADE_TRANSFER: _REGISTRY_TWO,
    OperationKind.FREEZE: _REGISTRY_TWO,
    OperationKind.RELEASE: _REGISTRY_TWO,
    OperationKind.SET_OBLIGATION: _PROVINCE_TWO,
    OperationKind.SURRENDER: _rule(_HOLDER, _P_REV, Scope.ENTITY, Scope.PROVINCE),
    OperationKind.SURRENDER_FROM_PROVINCE: _PROVINCE_TWO,
    OperationKind.RETIRE: _rule(_HOLDER, _R_REV, Scope.ENTITY),
    OperationKind.CARRY_OVER: _rule(_HOLDER, _R_REV, Scope.ENTITY),
    OperationKind.REVERSE: _REGISTRY_TWO,
    OperationKind.WITHDRAW: _HOLDER_ONE,
    OperationKind.CLOSE_BREAK: _REGISTRY_TWO,
    OperationKind.OBJECT: _HOLDER_ONE,
    OperationKind.EXAMINE_OBJECTION: _rule(_R_OP),
    OperationKind.DECIDE_OBJECTION: _REGISTRY_TWO,
    OperationKind.FUND_RESERVE: _REGISTRY_TWO,
    OperationKind.RECOVER: _REGISTRY_TWO,
}
assert set(MATRIX) == set(OperationKind), "expected a rule for every operation"


def may_ask(person: Person, kind: OperationKind) -> bool:
    """Whether the person's institution and level may ask for that kind."""
    return (person.institution, person.level) in MATRIX[kind].asks


def may_approve(person: Person, kind: OperationKind) -> bool:
    """Whether the person's institution and level may approve that kind."""
    return (person.institution, person.level) in MATRIX[kind].approves
