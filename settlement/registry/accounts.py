"""Entities and their three accounts: registry, trading and cash."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from settlement.errors import ConfigurationError
from settlement.store.database import Store
from settlement.vocabulary.banking import SETTLEMENT_BANK


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
    due_lots: int = (
        0  # to be surrendered by the season's deadline: its verified emissions, as the scenario has them
    )
    province_id: int = 1
    bank_id: int = SETTLEMENT_BANK

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


class Entity(NamedTuple):
    """An entity with what its accounts may do."""

    entity_id: int
    kind: str
    name_zh: str
    name_en: str
    province_id: int
    may_buy: bool
    may_sell: bool
    may_move: bool
    account_id: int  # its trading account
    member_id: int
    status: str  # of its accounts: open, restricted, closed
    bank_id: int  # settlement bank of its cash

    @property
    def registry_account_id(self) -> int:
        """Bears the entity's number."""
        return self.entity_id


_ENTITY: Final = (
    "SELECT e.entity_id, e.kind, e.name_zh, e.name_en, e.province_id, e.may_buy, e.may_sell, e.may_move,"
    " t.account_id, t.member_id, t.status, c.bank_id FROM entity e"
    " JOIN trading_account t ON t.entity_id = e.entity_id JOIN cash_account c ON c.account_id = t.account_id"
)


def find_entity(store: Store, entity_id: int) -> Entity | None:
    """One entity with its accounts."""
    return _entity(store.row(f"{_ENTITY} WHERE e.entity_id = ?", (entity_id,)))


def known_entity(store: Store, entity_id: int) -> Entity:
    """An entity that a check has found before."""
    entity = find_entity(store, entity_id)
    assert entity is not None, f"expected entity {entity_id}, found none"
    return entity


def entity_of_account(store: Store, account_id: int) -> Entity | None:
    """The entity that owns a trading account."""
    return _entity(store.row(f"{_ENTITY} WHERE t.account_id = ?", (account_id,)))


def _entity(row: tuple[Any, ...] | None) -> Entity | None:
    if row is None:
        return None
    return Entity(*row[:5], *map(bool, row[5:8]), *row[8:])


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
        "INSERT INTO entity (entity_id, kind, name_zh, name_en, province_id) VALUES (?, ?, ?, ?, ?)",
        [(h.entity_id, h.kind, h.name_zh, h.name_en, h.province_id) for h in rows],
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
        [(h.account_id, h.account_id, h.bank_id) for h in rows],
    )


def account_names(store: Store) -> dict[int, AccountName]:
    """Every trading account by id."""
    rows = store.rows(
        "SELECT t.account_id, t.entity_id, e.name_zh, e.name_en, t.status FROM trading_account t"
        " JOIN entity e ON e.entity_id = t.entity_id ORDER BY t.account_id"
    )
    return {row[0]: AccountName(*row) for row in rows}
