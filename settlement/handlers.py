"""The handler of every kind of operation that is offered."""

from typing import Final

from settlement.compliance.handlers import COMPLIANCE_HANDLERS
from settlement.registry.handlers import REGISTRY_HANDLERS
from settlement.transfers.cash_handlers import CASH_HANDLERS
from settlement.transfers.freeze_handlers import FREEZE_HANDLERS
from settlement.transfers.handlers import TRANSFER_HANDLERS
from settlement.vocabulary.operations import OperationKind

HANDLERS: Final = {
    **REGISTRY_HANDLERS,
    **COMPLIANCE_HANDLERS,
    **TRANSFER_HANDLERS,
    **FREEZE_HANDLERS,
    **CASH_HANDLERS,
}
assert set(HANDLERS) == set(OperationKind), "expected a handler for every operation"
