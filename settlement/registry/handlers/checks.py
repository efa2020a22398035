"""Checks that several kinds share: who may take part, which vintages are held, what an account has."""

from typing import Final

from settlement.ledger.balances import balance_of
from settlement.operations.handler import Context
from settlement.registry.accounts import find_entity
from settlement.store.breaks import broken_accounts
from settlement.store.defaults import owed_by
from settlement.store.freezes import is_short
from settlement.vocabulary.chart import CASH, LedgerKey
from settlement.vocabulary.refusals import Refusal, RefusalCode

PROVINCES: Final = 32


def standing(context: Context, entity_id: int, *, must_move: bool = False) -> Refusal | None:
    """Why nothing can be done with an entity's accounts; `must_move`: a restriction counts too."""
    entity = find_entity(context.store, entity_id)
    if entity is None:
        return Refusal(RefusalCode.UNKNOWN_ACCOUNT, f"entity {entity_id}")
    if entity.status == "closed":
        return Refusal(RefusalCode.ACCOUNT_CLOSED, f"entity {entity_id}")
    if must_move and not entity.may_move:
        return Refusal(RefusalCode.ACCOUNT_RESTRICTED, f"entity {entity_id} may not move units")
    if entity.account_id in broken_accounts(context.store):
        return Refusal(RefusalCode.BROKEN_ACCOUNT, f"account {entity.account_id}")
    return None


def stays(context: Context, account_id: int) -> Refusal | None:
    """Why nothing may leave an account's trading and cash."""
    if is_short(context.store, account_id):
        return Refusal(RefusalCode.FREEZE_INCOMPLETE, f"account {account_id}")
    if owed_fen := owed_by(context.store, account_id):
        return Refusal(RefusalCode.RESERVE_OWED, f"account {account_id} owes {owed_fen} fen")
    return None


def contract_known(context: Context, contract_id: int) -> Refusal | None:
    """Refuses a vintage that this registry does not hold."""
    if contract_id in context.season.contracts_of_day(context.moment.booking_day):
        return None
    return Refusal(RefusalCode.UNKNOWN_CONTRACT, f"contract {contract_id}")


def province_known(province_id: int) -> Refusal | None:
    """Refuses a number that is none of the 31 provinces and the one more (rulebook §2.1)."""
    if 1 <= province_id <= PROVINCES:
        return None
    return Refusal(RefusalCode.UNKNOWN_PROVINCE, f"province {province_id}")


def enough(context: Context, key: LedgerKey, lots: int, spoken_for: int = 0) -> Refusal | None:
    """Refuses more than an account has; `spoken_for` of it is not to be used."""
    available = balance_of(context.store, key) - spoken_for
    if lots <= available:
        return None
    code = RefusalCode.CASH_INSUFFICIENT if key.asset_id == CASH else RefusalCode.UNITS_INSUFFICIENT
    return Refusal(code, f"{available} of {key.code}, asked for {lots}")
