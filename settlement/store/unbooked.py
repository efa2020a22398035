"""What Shanghai did during a day that nobody here asked for: transfers and open holds."""

from typing import NamedTuple

from settlement.store.breaks import Break
from settlement.store.database import Store
from settlement.vocabulary.entry_kinds import BreakKind


class Unbooked(NamedTuple):
    """One such thing. A trade is of its buyer; its amount is what is left of its tonnes."""

    what: BreakKind
    subject_id: int  # the trade's match id or the transfer's number
    account_id: int
    asset_id: int
    amount: int


def insert_unbooked(store: Store, trading_day: int, found: Unbooked) -> None:
    """Remember it, in the transaction that takes its record."""
    store.require_transaction()
    store.execute(
        "INSERT INTO unbooked (trading_day, what, subject_id, account_id, asset_id, amount)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (trading_day, found.what.value, *found[1:]),
    )


def read_unbooked(store: Store, trading_day: int) -> list[Unbooked]:
    """A day's, each trade and transfer once, as it was told last."""
    rows = store.rows(
        "SELECT what, subject_id, account_id, asset_id, amount FROM unbooked WHERE trading_day = ?"
        " ORDER BY unbooked_id",
        (trading_day,),
    )
    newest = {(row[0], row[1]): Unbooked(BreakKind(row[0]), *row[1:]) for row in rows}
    return list(newest.values())


def unbooked_breaks(store: Store, trading_day: int) -> tuple[Break, ...]:
    """The same as breaks, one for an account, asset and sort: Shanghai's amount and what Wuhan has of it."""
    sums: dict[tuple[int, int, BreakKind], list[int]] = {}
    for found in read_unbooked(store, trading_day):
        pair = sums.setdefault((found.account_id, found.asset_id, found.what), [0, 0])
        pair[0] += found.amount
        if found.what is BreakKind.BUSTED_TRADE:
            pair[1] += store.number(
                "SELECT quantity_lots FROM trade WHERE trading_day = ? AND match_id = ?",
                (trading_day, found.subject_id),
            )
    return tuple(Break(*key, *pair) for key, pair in sorted(sums.items()))
