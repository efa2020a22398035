"""Entities and their three accounts: registry, trading and cash."""

from collections.abc import Iterable
from typing import NamedTuple

from settlement.errors import ConfigurationError
from settlement.store.database import Store
from settlement.vocabulary.chart import SETTLEMENT_BANK


class Holder(NamedTuple):
    """A participant as the scenario describes it: one entity with one account of each sort."""

    entity_id: int
    account_id: int
    member_id: int
    kind: str
    name_zh: str
    name_en: str
    opening_lots: dict[int, int]  # by contract id
    opening_cash_fen: int

    @property
    def registry_account_id(self) -> int:
        """One registry account per entity (rulebook §2.1), so it bears the entity's number."""
        return self.entity_id


class AccountName(NamedTuple):
    """A trading account with the entity that owns it."""

    account_id: int
    entity_id: int
    name_zh: str
    name_en: str
    status: str


def open_season(store: Store, scenario: str, members: int) -> bool:
    """Remember what this store is for; False if it was for the same, ConfigurationError if for another."""
    store.require_transaction()
    found = store.row("SELECT scenario, members FROM season")
    if found is None:
        store.execute(
            "INSERT INTO season (season_id, scenario, members) VALUES (1, ?, ?)", (scenario, members)
        )
        return True
    if found != (scenario, members):
        raise ConfigurationError(
            f"this store holds the season {found[0]!r} with {found[1]} members; "
            f"expected that, found {scenario!r} with {members}: start with another --data, or with --fresh"
        )
    return False


def open_accounts(store: Store, holders: Iterable[Holder]) -> None:
    """Enter entities and open their accounts."""
    store.require_transaction()
    rows = list(holders)
    store.execute_many(
        "INSERT INTO entity (entity_id, kind, name_zh, name_en) VALUES (?, ?, ?, ?)",
        [(h.entity_id, h.kind, h.name_zh, h.name_en) for h in rows],
    )
    store.execute_many(
        "INSERT INTO registry_account (registry_account_id, entity_id) VALUES (?, ?)",
        [(h.registry_account_id, h.entity_id) for h in rows],
    )
    store.execute_many(
        "INSERT INTO trading_account (account_id, entity_id, registry_account_id, member_id, status)"
        " VALUES (?, ?, ?, ?, 'open')",
        [(h.account_id, h.entity_id, h.registry_account_id, h.member_id) for h in rows],
    )
    store.execute_many(
        "INSERT INTO cash_account (cash_account_id, account_id, bank_id) VALUES (?, ?, ?)",
        [(h.account_id, h.account_id, SETTLEMENT_BANK) for h in rows],
    )


def account_names(store: Store) -> dict[int, AccountName]:
    """Every trading account by id."""
    rows = store.rows(
        "SELECT t.account_id, t.entity_id, e.name_zh, e.name_en, t.status FROM trading_account t"
        " JOIN entity e ON e.entity_id = t.entity_id ORDER BY t.account_id"
    )
    return {row[0]: AccountName(*row) for row in rows}
