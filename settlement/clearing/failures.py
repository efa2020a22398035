"""Defaults at delivery, in their order: what a freeze takes of what was matched, and who bears it. Pure.

Everything is prefunded, so nothing is missing unless a freeze takes what has been matched (a setting: the
rule is unknown, rulebook §2.3). Then, for the whole day at once:

1. a freeze takes what is left of an account and what comes in; of what it sold or spent only the rest;
2. units that are missing fail trades of their seller, the newest first and each whole: nothing of them moves;
3. cash that is missing, of an account whose cash is taken and of one that spent the proceeds of a trade that
   failed, is paid by the settlement reserve: the trades stand, and the account owes the reserve;
4. what the reserve cannot pay fails purchases of that account, the newest first; their sellers are judged
   again from 3. Who is only a dependant is covered before who caused it.

The confirmed result stays as both cities signed it; what failed is a fact beside it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from settlement.clearing.clear import clear
from settlement.clearing.lines import FEES, Clearing, Rows


class Missing(StrEnum):
    """What was missing for a trade. Stored, so never renamed."""

    UNITS = "units"  # the seller's
    CASH = "cash"  # the buyer's, beyond what the reserve could pay


class FailedTrade(NamedTuple):
    """A trade of which nothing is delivered."""

    match_id: int
    account_id: int  # who could not deliver
    missing: Missing


class Failures(NamedTuple):
    """What of a confirmed result is not delivered, and what the reserve pays."""

    trades: tuple[FailedTrade, ...] = ()  # by match id
    covers: Mapping[int, int] = {}  # fen by account, above 0

    @property
    def covered_fen(self) -> int:
        """Cash that the reserve pays."""
        return sum(self.covers.values())


class Trading(NamedTuple):
    """What every account has free in trading before delivery, and what freezes still want of it."""

    units: Mapping[tuple[int, int], int]  # lots by (account, contract)
    cash: Mapping[int, int]  # fen by account
    wanted_units: Mapping[tuple[int, int], int]
    wanted_cash: Mapping[int, int]


NO_FAILURES: Final = Failures()


def delivered_of(clearing: Clearing, failures: Failures) -> Clearing:
    """What is delivered of a confirmed result: a failed trade keeps its line and price, and nothing else."""
    if not failures.trades:
        return clearing
    failed = [trade.match_id for trade in failures.trades]
    return _without(clearing.lines, np.isin(clearing.lines["match_id"], failed))


def find_failures(clearing: Clearing, trading: Trading, reserve_fen: int) -> Failures:
    """What cannot be delivered as confirmed.

    Every pass fails at least one trade more or is the last. Complexity: O(n log n) a pass.
    """
    missing: dict[int, FailedTrade] = {}
    while True:
        failed = np.isin(clearing.lines["match_id"], list(missing))
        run = _without(clearing.lines, failed)
        found = _short_of_units(run, trading)
        if not found:
            covers, found = _short_of_cash(run, trading, reserve_fen)
        if not found:
            return Failures(tuple(missing[match_id] for match_id in sorted(missing)), covers)
        missing.update((trade.match_id, trade) for trade in found)


def _without(lines: Rows, failed: NDArray[np.bool_]) -> Clearing:
    kept = lines.copy()
    for name in ("quantity_lots", *FEES):
        kept[name][failed] = 0
    return clear(kept)


def _short_of_units(run: Clearing, trading: Trading) -> list[FailedTrade]:
    """Sales to fail so that no seller delivers what it has not, or what a freeze takes."""
    found = []
    keys = zip(run.units["account_id"].tolist(), run.units["contract_id"].tolist(), strict=True)
    for key, change in zip(keys, run.units_changes().tolist(), strict=True):
        short = trading.wanted_units.get(key, 0) - trading.units.get(key, 0) - change
        if short > 0:
            lines = run.lines
            is_sale = (lines["seller_account_id"] == key[0]) & (lines["contract_id"] == key[1])
            amounts = lines["quantity_lots"] * is_sale
            found += _newest(lines, amounts, short, key[0], Missing.UNITS)
    return found


def _short_of_cash(
    run: Clearing, trading: Trading, reserve_fen: int
) -> tuple[dict[int, int], list[FailedTrade]]:
    """What the reserve pays to whom, and the purchases to fail because it cannot pay more."""
    short: dict[int, int] = {}
    spent = _spent(run)
    rows = zip(run.cash["account_id"].tolist(), run.cash_changes().tolist(), strict=True)
    for account_id, change in rows:
        free = trading.cash.get(account_id, 0) + change
        wanted = trading.wanted_cash.get(account_id, 0) - free
        missing = max(min(wanted, spent.get(account_id, 0)), -free)
        if missing > 0:
            short[account_id] = missing
    causes = {*trading.wanted_cash, *(account_id for account_id, _ in trading.wanted_units)}
    covers: dict[int, int] = {}
    for account_id in sorted(short, key=lambda one: (one in causes, one)):
        paid = min(short[account_id], reserve_fen)
        if paid < short[account_id]:
            lines = run.lines
            amounts = _costs(lines) * (lines["buyer_account_id"] == account_id)
            failed = _newest(lines, amounts, short[account_id] - paid, account_id, Missing.CASH)
            if failed:
                return {}, failed  # who comes behind is judged again: the reserve may be enough now
        reserve_fen -= paid
        if paid:
            covers[account_id] = paid
    return covers, []


def _costs(lines: Rows) -> NDArray[np.int64]:
    """What each line costs its buyer, fees and all."""
    fees = lines["buyer_trading_fee_fen"] + lines["buyer_settlement_fee_fen"]
    costs: NDArray[np.int64] = lines["price_ticks"] * lines["quantity_lots"] + fees
    return costs


def _spent(run: Clearing) -> dict[int, int]:
    """What each buyer has spent: the most that the reserve pays for it, since fees of sales are its own."""
    buyers, places = np.unique(run.lines["buyer_account_id"], return_inverse=True)
    sums = np.zeros(len(buyers), np.int64)
    np.add.at(sums, places, _costs(run.lines))
    return dict(zip(buyers.tolist(), sums.tolist(), strict=True))


def _newest(
    lines: Rows, amounts: NDArray[np.int64], short: int, account_id: int, missing: Missing
) -> list[FailedTrade]:
    """The newest lines with an amount that together reach what is short, or all of them."""
    found = []
    for index in np.flatnonzero(amounts)[::-1].tolist():
        if short <= 0:
            break
        short -= int(amounts[index])
        found.append(FailedTrade(int(lines["match_id"][index]), account_id, missing))
    return found
