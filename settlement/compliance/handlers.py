"""Handlers of the operations of compliance, by kind."""

from typing import Final

from settlement.compliance.carrying_over import CARRY_OVER
from settlement.compliance.obligations import SET_OBLIGATION
from settlement.compliance.surrendering import SURRENDER, SURRENDER_FROM_PROVINCE
from settlement.operations.handler import Handler
from settlement.vocabulary.operations import OperationKind

COMPLIANCE_HANDLERS: Final[dict[OperationKind, Handler]] = {
    OperationKind.SET_OBLIGATION: SET_OBLIGATION,
    OperationKind.SURRENDER: SURRENDER,
    OperationKind.SURRENDER_FROM_PROVINCE: SURRENDER_FROM_PROVINCE,
    OperationKind.CARRY_OVER: CARRY_OVER,
}
