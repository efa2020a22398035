"""Handlers of accounts: opened once per entity, restricted, closed when empty (rulebook §2.1)."""

from typing import Any, Final

from settlement.cash_rules import load_cash_rules
from settlement.ledger.balances import balances_now
from settlement.operations.handler import DONE, Context, Handler, Outcome
from settlement.registry.accounts import Holder, find_entity, open_accounts
from settlement.registry.handlers.checks import province_known, standing, stays
from settlement.store.entities import close_entity, is_account_taken, restrict_entity
from settlement.store.operations import Operation
from settlement.vocabulary.chart import OF_REGISTRY_ACCOUNT, OF_TRADING_ACCOUNT
from settlement.vocabulary.refusals import Refusal, RefusalCode


def _check_open(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if (refusal := province_known(params.province_id)) is not None:
        return refusal
    if not load_cash_rules().is_bank(params.bank_id):
        return Refusal(RefusalCode.UNKNOWN_BANK, f"bank {params.bank_id}")
    if is_account_taken(context.store, params.entity_id, params.account_id):
        return Refusal(RefusalCode.ACCOUNT_EXISTS, f"entity {params.entity_id}, account {params.account_id}")
    return None


def _open(context: Context, operation: Operation, params: Any) -> Outcome:
    holder = Holder(
        entity_id=params.entity_id,
        account_id=params.account_id,
        member_id=params.member_id,
        kind=params.kind,
        name_zh=params.name_zh,
        name_en=params.name_en,
        opening_lots={},
        opening_cash_fen=0,
        province_id=params.province_id,
        bank_id=params.bank_id,
    )
    open_accounts(context.store, [holder])
    return DONE


def _check_close(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    refusal = standing(context, params.entity_id)
    entity = find_entity(context.store, params.entity_id)
    if refusal is not None or entity is None:
        return refusal
    for key, amount in sorted(balances_now(context.store).items()):
        is_own = (key.bucket in OF_REGISTRY_ACCOUNT and key.owner_id == entity.entity_id) or (
            key.bucket in OF_TRADING_ACCOUNT and key.owner_id == entity.account_id
        )
        if amount and is_own:
            return Refusal(RefusalCode.ACCOUNT_NOT_EMPTY, f"{amount} of {key.code}")
    return stays(context, entity.account_id)


def _close(context: Context, operation: Operation, params: Any) -> Outcome:
    close_entity(context.store, params.entity_id)
    return DONE


def _check_restrict(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    return standing(context, params.entity_id)


def _restrict(context: Context, operation: Operation, params: Any) -> Outcome:
    restrict_entity(context.store, params.entity_id, params.may_buy, params.may_sell, params.may_move)
    return DONE


OPEN_ACCOUNT: Final = Handler(_check_open, _open)
CLOSE_ACCOUNT: Final = Handler(_check_close, _close)
RESTRICT_ACCOUNT: Final = Handler(_check_restrict, _restrict)
