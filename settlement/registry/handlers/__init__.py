"""Handlers of the operations on the registry's own books, by kind."""

from typing import Final

from settlement.operations.handler import Handler
from settlement.registry.handlers.accounts import CLOSE_ACCOUNT, OPEN_ACCOUNT, RESTRICT_ACCOUNT
from settlement.registry.handlers.breaks import CLOSE_BREAK
from settlement.registry.handlers.issuance import (
    ALLOCATE,
    ALLOCATE_PROVINCE,
    AUCTION_ISSUE,
    ISSUE,
    TRUE_UP,
)
from settlement.registry.handlers.movements import NON_TRADE_TRANSFER, RETIRE
from settlement.registry.handlers.objections import DECIDE_OBJECTION, EXAMINE_OBJECTION, OBJECT
from settlement.registry.handlers.reserve import FUND_RESERVE, RECOVER
from settlement.registry.handlers.reversal import REVERSE
from settlement.vocabulary.operations import OperationKind

REGISTRY_HANDLERS: Final[dict[OperationKind, Handler]] = {
    OperationKind.OPEN_ACCOUNT: OPEN_ACCOUNT,
    OperationKind.CLOSE_ACCOUNT: CLOSE_ACCOUNT,
    OperationKind.RESTRICT_ACCOUNT: RESTRICT_ACCOUNT,
    OperationKind.ISSUE: ISSUE,
    OperationKind.ALLOCATE_PROVINCE: ALLOCATE_PROVINCE,
    OperationKind.ALLOCATE: ALLOCATE,
    OperationKind.TRUE_UP: TRUE_UP,
    OperationKind.AUCTION_ISSUE: AUCTION_ISSUE,
    OperationKind.NON_TRADE_TRANSFER: NON_TRADE_TRANSFER,
    OperationKind.RETIRE: RETIRE,
    OperationKind.REVERSE: REVERSE,
    OperationKind.CLOSE_BREAK: CLOSE_BREAK,
    OperationKind.OBJECT: OBJECT,
    OperationKind.EXAMINE_OBJECTION: EXAMINE_OBJECTION,
    OperationKind.DECIDE_OBJECTION: DECIDE_OBJECTION,
    OperationKind.FUND_RESERVE: FUND_RESERVE,
    OperationKind.RECOVER: RECOVER,
}
