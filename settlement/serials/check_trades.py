"""The proof that serials went where trades say: seller to buyer, as many as were traded, of every trade."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import trading_day_date
from settlement.errors import CorruptionError, expect
from settlement.store.database import Store
from settlement.vocabulary.chart import CASH, Bucket

_LINE: Final = "match_id, contract_id, buyer_account_id, seller_account_id, quantity_lots"
MATCH, CONTRACT, BUYER, SELLER, LOTS = range(5)
WHAT: Final = ("trade", "contract", "buyer", "seller")
Table = NDArray[np.int64]


def check_trades(store: Store, blocks: NDArray[np.void]) -> None:
    """Prove the pieces of every delivered trade. `blocks`: every block, by id.

    Raises CorruptionError naming the first trade whose serials are not as its line says.
    """
    days = _days_of_entries(store)
    pieces = np.flatnonzero(blocks["match_id"] != 0)
    entries = blocks["from_entry_id"][pieces]
    of_day = days[np.searchsorted(days[:, 0], entries), 1]
    found = _pieces(store, blocks, pieces)
    sql = "SELECT trading_day, run FROM settlement_day WHERE stage IN (?, ?) ORDER BY trading_day"
    delivered = store.rows(sql, (int(Stage.DELIVERED), int(Stage.STATED)))
    for trading_day, run in delivered:
        sql = (
            f"SELECT {_LINE} FROM clearing_line WHERE trading_day = ? AND run = ? AND quantity_lots > 0"
            " AND match_id NOT IN (SELECT match_id FROM failed_trade WHERE trading_day = ?)"
            " ORDER BY match_id"
        )
        lines = store.table(sql, 5, (trading_day, run, trading_day))
        _check_day(str(trading_day_date(trading_day)), lines, found[of_day == trading_day])
    strange = np.setdiff1d(of_day, [row[0] for row in delivered])
    expect("days of serials that a trade moved", [], [str(trading_day_date(day)) for day in strange.tolist()])


def _days_of_entries(store: Store) -> Table:
    """Entry and trading day of every entry that made blocks, by entry."""
    return store.table(
        "SELECT s.entry_id, e.trading_day FROM serial_batch s JOIN ledger_entry e ON e.entry_id = s.entry_id"
        " ORDER BY s.entry_id",
        2,
    )


def _pieces(store: Store, blocks: NDArray[np.void], pieces: NDArray[np.intp]) -> Table:
    """Trade, contract, buyer, seller and lots of each piece; 0 for who holds no trading bucket."""
    owners = store.table(
        "SELECT ledger_account_id, owner_id FROM ledger_account WHERE bucket = ? AND asset_id <> ?"
        " ORDER BY ledger_account_id",
        2,
        (Bucket.TRADING_AVAILABLE.value, CASH),
    )
    owner_of = np.zeros(1 + int(blocks["ledger_account_id"].max(initial=0)), np.int64)
    known = owners[owners[:, 0] < len(owner_of)]
    owner_of[known[:, 0]] = known[:, 1]
    taken = blocks[pieces]
    parents = blocks[np.searchsorted(blocks["block_id"], taken["parent_id"])]
    columns = (
        taken["match_id"],
        taken["contract_id"],
        owner_of[taken["ledger_account_id"]],
        owner_of[parents["ledger_account_id"]],
        taken["last_serial"] - taken["first_serial"] + 1,
    )
    return np.stack(columns, axis=1)


def _check_day(day: str, lines: Table, pieces: Table) -> None:
    """Pieces of a day against its lines, in the order of the trades."""
    places = np.searchsorted(lines[:, MATCH], pieces[:, MATCH])
    inside = np.minimum(places, len(lines) - 1)
    for column in (MATCH, CONTRACT, BUYER, SELLER):
        expected = lines[inside, column] if len(lines) else np.zeros(len(pieces), np.int64)
        wrong = np.flatnonzero(expected != pieces[:, column])
        if len(wrong):
            piece = pieces[wrong[0]]
            where = f"serials of trade {piece[MATCH]} of {day}: {WHAT[column]}"
            raise CorruptionError(where, int(expected[wrong[0]]), int(piece[column]))
    sums = np.zeros(len(lines), np.int64)
    np.add.at(sums, places, pieces[:, LOTS])
    short = np.flatnonzero(sums != lines[:, LOTS])
    if len(short):
        line = lines[short[0]]
        where = f"serials of trade {line[MATCH]} of {day}: lots"
        raise CorruptionError(where, int(line[LOTS]), int(sums[short[0]]))
