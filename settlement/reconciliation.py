"""Reconciliation: the exchange's closing balances against the registry's ledger, account by account. Pure.

The registry's record decides ownership, the exchange's decides trades; a difference is named, never mended
here. On a day that is held, the ledger has not moved: what is compared is what the refused run would make.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from settlement.clearing.failures import NO_FAILURES, Failures, delivered_of
from settlement.clearing.lines import Clearing
from settlement.ledger.balances import Balances, member_cash, trading_units
from settlement.outgoing import Positions
from settlement.store.breaks import Break
from settlement.store.received import Seal
from settlement.vocabulary.chart import CASH, CONTRA
from settlement.vocabulary.entry_kinds import BreakKind


class RegistryFigures(NamedTuple):
    """The registry's side of a day, delivered or as a run would make it."""

    units: dict[tuple[int, int], int]  # lots in trading by account and contract
    cash: dict[int, int]  # fen by account
    held: dict[int, int]  # lots by contract in all buckets of all owners
    bank_fen: int
    owed_fen: int  # member cash, fee income and reserves
    fees_today_fen: int
    trade_count: int


class Reconciliation(NamedTuple):
    """What was found."""

    breaks: tuple[Break, ...]
    units_conserved: bool
    cash_conserved: bool


def delivered_figures(balances: Balances, clearing: Clearing) -> RegistryFigures:
    """The registry's figures from its ledger after delivery of `clearing`."""
    held: dict[int, int] = defaultdict(int)
    owed, bank = 0, 0
    for key, amount in balances.items():
        if key.asset_id != CASH:
            held[key.asset_id] += amount if key.bucket not in CONTRA else 0
        elif key.bucket in CONTRA:
            bank -= amount
        else:
            owed += amount
    return RegistryFigures(
        units={key: sum(pair) for key, pair in trading_units(balances).items()},
        cash={key: sum(pair) for key, pair in member_cash(balances).items()},
        held=dict(held),
        bank_fen=bank,
        owed_fen=owed,
        fees_today_fen=clearing.trading_fees_fen + clearing.settlement_fees_fen,
        trade_count=len(clearing.lines),
    )


def as_confirmed(figures: RegistryFigures, clearing: Clearing, failures: Failures) -> RegistryFigures:
    """The figures as if all of the confirmed `clearing` had been delivered and nothing been covered.

    What failed Wuhan keeps apart, and Shanghai is given it with the next opening positions; what is compared
    is everything else. `figures` are those after delivery, with the confirmed fees.
    """
    if failures == NO_FAILURES:
        return figures
    brought = delivered_of(clearing, failures)
    units, cash = dict(figures.units), dict(figures.cash)
    for run, sign in ((clearing, 1), (brought, -1)):
        keys = zip(run.units["account_id"].tolist(), run.units["contract_id"].tolist(), strict=True)
        for key, change in zip(keys, run.units_changes().tolist(), strict=True):
            units[key] = units.get(key, 0) + sign * change
        accounts = run.cash["account_id"].tolist()
        for account_id, change in zip(accounts, run.cash_changes().tolist(), strict=True):
            cash[account_id] = cash.get(account_id, 0) + sign * change
    for account_id, covered_fen in failures.covers.items():
        cash[account_id] -= covered_fen
    return figures._replace(units=units, cash=cash)


def cleared_figures(balances: Balances, clearing: Clearing) -> RegistryFigures:
    """What the ledger would be if `clearing` were delivered on these balances."""
    before = delivered_figures(balances, clearing)
    units, cash, held = dict(before.units), dict(before.cash), dict(before.held)
    keys = zip(clearing.units["account_id"].tolist(), clearing.units["contract_id"].tolist(), strict=True)
    for key, change in zip(keys, clearing.units_changes().tolist(), strict=True):
        units[key] = units.get(key, 0) + change
        held[key[1]] = held.get(key[1], 0) + change
    owed = before.owed_fen + before.fees_today_fen
    accounts = clearing.cash["account_id"].tolist()
    for account_id, change in zip(accounts, clearing.cash_changes().tolist(), strict=True):
        cash[account_id] = cash.get(account_id, 0) + change
        owed += change
    return before._replace(units=units, cash=cash, held=held, owed_fen=owed)


def opening_positions(balances: Balances, contract_ids: Iterable[int]) -> Positions:
    """What the exchange is given in the morning: units in trading of the day's contracts, and cash."""
    traded = set(contract_ids)
    units = {key: pair for key, pair in trading_units(balances).items() if key[1] in traded and any(pair)}
    cash = {account_id: pair for account_id, pair in member_cash(balances).items() if any(pair)}
    return Positions(units, cash)


def reconcile(
    seal: Seal, registry: RegistryFigures, issued: Mapping[int, int], contract_ids: Iterable[int]
) -> Reconciliation:
    """Compare one day; breaks come account by account, then the totals."""
    traded = set(contract_ids)
    ours = {key: amount for key, amount in registry.units.items() if key[1] in traded}
    breaks = list(_unit_breaks(seal, ours))
    breaks += _cash_breaks(seal, registry.cash)
    unit_totals = [
        *_total(CASH, BreakKind.UNITS_TOTAL, sum(seal.units.values()), sum(ours.values())),
        *(
            wrong
            for contract_id in sorted({*issued, *registry.held})
            for wrong in _total(
                contract_id, BreakKind.ISSUED, issued.get(contract_id, 0), registry.held.get(contract_id, 0)
            )
        ),
    ]
    cash_totals = [
        *_total(CASH, BreakKind.CASH_TOTAL, sum(seal.cash.values()), sum(registry.cash.values())),
        *_total(CASH, BreakKind.FEES_TOTAL, seal.fees_fen, registry.fees_today_fen),
        *_total(CASH, BreakKind.BANK, registry.bank_fen, registry.owed_fen),
    ]
    counts = _total(CASH, BreakKind.TRADES, seal.match_count, registry.trade_count)
    return Reconciliation((*breaks, *unit_totals, *cash_totals, *counts), not unit_totals, not cash_totals)


def _unit_breaks(seal: Seal, ours: Mapping[tuple[int, int], int]) -> Iterable[Break]:
    for key in sorted({*seal.units, *ours}):
        exchange, registry = seal.units.get(key, 0), ours.get(key, 0)
        if exchange != registry:
            yield Break(key[0], key[1], BreakKind.UNITS, exchange, registry)


def _cash_breaks(seal: Seal, ours: Mapping[int, int]) -> Iterable[Break]:
    for account_id in sorted({*seal.cash, *ours}):
        exchange, registry = seal.cash.get(account_id, 0), ours.get(account_id, 0)
        if exchange != registry:
            yield Break(account_id, CASH, BreakKind.CASH, exchange, registry)


def _total(asset_id: int, what: BreakKind, exchange: int, registry: int) -> list[Break]:
    return [Break(0, asset_id, what, exchange, registry)] if exchange != registry else []
