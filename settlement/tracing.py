"""From a break to what made it: accounts under a total, bookings of an account, trades that differ.

A trace of an account begins with what it had in the morning and lists everything that changed it, so its sum
is Wuhan's figure. What the sums of the clearing have and its lines do not is a row of its own.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from settlement.clearing.changed import apply_changes
from settlement.clearing.lines import Clearing, Rows
from settlement.pinning import difference, parts_of
from settlement.serials.sums import account_of, unequal_sums
from settlement.store.breaks import KeptBreak, kept_breaks
from settlement.store.changes import read_changes
from settlement.store.cleared import read_clearing
from settlement.store.database import Store
from settlement.store.days import DayRow, read_day
from settlement.store.received import read_trades
from settlement.vocabulary.chart import CASH, IN_TRADING, MEMBERS_CASH, SUB_LEDGER
from settlement.vocabulary.entry_kinds import BreakKind, EntryKind

#: booked from the lines of the confirmed clearing, so the lines stand in their place; a reconciliation
#: compares what was confirmed, so what the reserve covered is in neither figure
OF_LINES: Final = (
    EntryKind.DELIVERY_UNITS,
    EntryKind.DELIVERY_CASH,
    EntryKind.TRADING_FEE,
    EntryKind.SETTLEMENT_FEE,
    EntryKind.COVER,
)
BUCKETS: Final = {
    BreakKind.UNITS: IN_TRADING,
    BreakKind.CASH: MEMBERS_CASH,
    BreakKind.BANK_ACCOUNT: SUB_LEDGER,
}
COMPARED: Final = ("buyer_account_id", "seller_account_id", "contract_id", "price_ticks", "quantity_lots")
LINES_SHOWN_MAX: Final = 1_000
OF_BANKS: Final = frozenset({BreakKind.BANK_ACCOUNT, BreakKind.BANK_TOTAL})
OF_SHANGHAI: Final = frozenset({BreakKind.TRANSFER, BreakKind.HOLD, BreakKind.BUSTED_TRADE})


class TraceRow(NamedTuple):
    """One thing that makes the figure up."""

    what: str
    amount: int  # lots or fen


class Trace(NamedTuple):
    """Where a break comes from."""

    rows: list[TraceRow]  # they sum to Wuhan's figure; of a total: to the difference of both sides
    trades: list[str]  # of the day, cleared otherwise than told


def owner_of(found: KeptBreak) -> str:
    """Who has to explain it: whoever did what the other side knows nothing of."""
    if found.found.what in OF_BANKS:
        return f"bank-{found.bank_id}"
    return "exchange" if found.found.what in OF_SHANGHAI else "registry"


def trace(store: Store, found: KeptBreak) -> Trace:
    """Where a break comes from. Complexity: one reading of its day's trades and clearing."""
    day = read_day(store, found.last_day)
    is_corrected = not found.is_open and not found.closing_operation_id
    if day is not None and is_corrected:
        day = day._replace(run=day.run - 1)
    clearing = read_clearing(store, day.trading_day, day.run) if day is not None and day.run else None
    if not found.found.account_id:
        rows = list(_of_total(store, found))
    elif found.found.what is BreakKind.SERIALS:
        rows = _of_serials(store, found)
    elif found.found.what in BUCKETS:
        rows = list(_of_account(store, found, clearing))
    else:
        rows = []
    of_bank = found.found.what in OF_BANKS
    trades = (
        [] if day is None or clearing is None or of_bank else list(_differing(store, day, clearing.lines))
    )
    return Trace(rows, trades)


def _of_total(store: Store, total: KeptBreak) -> Iterator[TraceRow]:
    """Accounts of the same comparison that make it up, with their differences, and what none explains.

    Of a count of trades there are no parts: which trades differ is told beside it.
    """
    if total.found.what is BreakKind.TRADES:
        return
    sign = -1 if total.found.what is BreakKind.FEES_TOTAL else 1
    rest = difference([total])
    for one in parts_of(total, kept_breaks(store)):
        change = sign * difference([one])
        rest -= change
        yield TraceRow(f"break {one.break_id}: {one.found.what} of account {one.found.account_id}", change)
    if rest:
        yield TraceRow("explained by no account", rest)


def _of_serials(store: Store, kept: KeptBreak) -> list[TraceRow]:
    """Buckets of the account that still differ, each with its balance."""
    of_break = kept.found.account_id, kept.found.asset_id
    return [
        TraceRow(f"{one.account.code}: serials of {one.serial_lots:,} t, balance", one.balance_lots)
        for one in unequal_sums(store)
        if (account_of(store, one.account), one.account.asset_id) == of_break
    ]


def _of_account(store: Store, kept: KeptBreak, clearing: Clearing | None) -> Iterator[TraceRow]:
    account_id, asset_id, what = kept.found[:3]
    buckets = sorted(bucket.value for bucket in BUCKETS[what])
    opening = _postings(store, account_id, asset_id, buckets, "e.trading_day < ?", kept.last_day)
    yield TraceRow("in the morning", sum(row.amount for row in opening))
    kinds = ", ".join(f"'{kind.value}'" for kind in OF_LINES)
    where = f"e.trading_day = ? AND e.kind NOT IN ({kinds})"
    yield from _postings(store, account_id, asset_id, buckets, where, kept.last_day)
    if clearing is not None:
        yield from _of_lines(clearing, account_id, asset_id)


def _postings(
    store: Store, account_id: int, asset_id: int, buckets: list[str], where: str, trading_day: int
) -> list[TraceRow]:
    marks = ", ".join("?" * len(buckets))
    rows = store.rows(
        "SELECT e.reference, e.memo, SUM(p.amount) FROM ledger_account a"
        " JOIN ledger_posting p ON p.ledger_account_id = a.ledger_account_id"
        f" JOIN ledger_entry e ON e.entry_id = p.entry_id WHERE a.asset_id = ? AND a.owner_id = ?"
        f" AND a.bucket IN ({marks}) AND {where}"
        " GROUP BY e.entry_id HAVING SUM(p.amount) <> 0 ORDER BY e.entry_id",
        (asset_id, account_id, *buckets, trading_day),
    )
    return [TraceRow(f"{reference} {memo}".strip(), amount) for reference, memo, amount in rows]


def _of_lines(clearing: Clearing, account_id: int, asset_id: int) -> Iterator[TraceRow]:
    """The account's lines, and by how much the sums that are delivered differ from them."""
    lines, total = clearing.lines, 0
    for side, sign, other in (("buyer", 1, "seller"), ("seller", -1, "buyer")):
        for line in lines[lines[f"{side}_account_id"] == account_id]:
            if asset_id == CASH:
                fees = line[f"{side}_trading_fee_fen"] + line[f"{side}_settlement_fee_fen"]
                amount = int(-sign * line["price_ticks"] * line["quantity_lots"] - fees)
            else:
                amount = int(sign * line["quantity_lots"]) if line["contract_id"] == asset_id else 0
            if amount:
                total += amount
                word = "bought from" if sign > 0 else "sold to"
                counterparty = int(line[f"{other}_account_id"])
                yield TraceRow(f"trade {int(line['match_id'])} {word} {counterparty}", amount)
    if (rest := _cleared(clearing, account_id, asset_id) - total) != 0:
        yield TraceRow("in the sums of the clearing and in no line", rest)


def _cleared(clearing: Clearing, account_id: int, asset_id: int) -> int:
    if asset_id == CASH:
        return int(clearing.cash_changes()[clearing.cash["account_id"] == account_id].sum())
    units = clearing.units
    of_account = (units["account_id"] == account_id) & (units["contract_id"] == asset_id)
    return int(clearing.units_changes()[of_account].sum())


def _differing(store: Store, day: DayRow, lines: Rows) -> Iterator[str]:
    """Trades that were cleared otherwise than they were told, one sentence each."""
    told = apply_changes(read_trades(store, day.trading_day), read_changes(store, day.trading_day))
    for match_id in np.setdiff1d(told["match_id"], lines["match_id"])[:LINES_SHOWN_MAX].tolist():
        yield f"trade {match_id}: told, not cleared"
    for match_id in np.setdiff1d(lines["match_id"], told["match_id"])[:LINES_SHOWN_MAX].tolist():
        yield f"trade {match_id}: cleared, never told"
    _, mine, theirs = np.intersect1d(lines["match_id"], told["match_id"], return_indices=True)
    for name in COMPARED:
        wrong = np.flatnonzero(lines[name][mine] != told[name][theirs])[:LINES_SHOWN_MAX]
        for index in wrong.tolist():
            expected, found = int(told[name][theirs[index]]), int(lines[name][mine[index]])
            yield f"trade {int(lines['match_id'][mine[index]])}: {name} {expected} told, {found} cleared"
