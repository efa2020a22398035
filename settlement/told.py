"""The running day's trades as they were told, kept at hand: reading a million from the store takes 2 s."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.kinds import Kind
from settlement.clearing.lines import LINE, LINE_FIELDS, Rows
from settlement.incoming import STORED_FIELDS, StoredRows
from settlement.store.database import Store
from settlement.store.received import last_match_id, read_trades

_RECORD_NAMES: Final = {
    "account_id": "buyer_account_id",
    "report_method": "method",
}
_FIELDS: Final = [_RECORD_NAMES.get(name, name) for name in STORED_FIELDS[Kind.TRADE_REPORT]]
_COLUMNS: Final = [_FIELDS.index(name) for name in LINE_FIELDS]


class ToldTrades:
    """Trades of one day, in match order. The store has them as well, and its count decides."""

    def __init__(self) -> None:
        self._trading_day = 0
        self._parts: list[NDArray[np.int64]] = []

    def add(self, trading_day: int, told: StoredRows) -> None:
        """Keep what was just stored."""
        if trading_day != self._trading_day:
            self._trading_day, self._parts = trading_day, []
        self._parts.append(np.take(np.array(told.rows, np.int64), _COLUMNS, axis=1))

    def read(self, store: Store, trading_day: int) -> Rows:
        """The day's trades (LINE rows): from here when all came since the start, else from the store."""
        count = sum(map(len, self._parts))
        if trading_day != self._trading_day or count != last_match_id(store, trading_day):
            return read_trades(store, trading_day)
        rows: Rows = np.concatenate(self._parts).view(LINE).reshape(-1)
        return rows

    def forget(self) -> None:
        """The day is cleared: its trades are not asked for again."""
        self._parts = []
