"""The arrays that clearing works on: trades as reported, and the lines and sums it makes of them.

All fields are int64: amounts are lots, ticks and fen, and the bounds in vocabulary.limits keep every sum of a
day inside.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.void]
FEES: Final = (
    "buyer_trading_fee_fen",
    "buyer_settlement_fee_fen",
    "seller_trading_fee_fen",
    "seller_settlement_fee_fen",
)
LINE_FIELDS: Final = (
    "match_id",
    "buyer_account_id",
    "seller_account_id",
    "contract_id",
    "method",
    "price_ticks",
    "quantity_lots",
    *FEES,
)
#: what an undone or corrected trade has anew; price and quantity 0 = undone
CHANGED_FIELDS: Final = ("match_id", "price_ticks", "quantity_lots", *FEES)
TRADE_CHANGE: Final = np.dtype([(name, "<i8") for name in ("after_match_id", *CHANGED_FIELDS)])
LINE: Final = np.dtype([(name, "<i8") for name in LINE_FIELDS])
UNITS_CHANGE: Final = np.dtype(
    [(name, "<i8") for name in ("account_id", "contract_id", "bought_lots", "sold_lots")]
)
CASH_CHANGE: Final = np.dtype(
    [
        (name, "<i8")
        for name in ("account_id", "purchases_fen", "sales_fen", "trading_fee_fen", "settlement_fee_fen")
    ]
)


class Clearing(NamedTuple):
    """What a run of the clearing found."""

    lines: Rows  # LINE: one per trade, in match order; of an undone one quantity, price and fees are 0
    units: Rows  # UNITS_CHANGE: one per account and contract that traded, ascending
    cash: Rows  # CASH_CHANGE: one per account that traded, ascending

    @property
    def standing_count(self) -> int:
        """Trades that stand: all but those undone."""
        return int(np.count_nonzero(self.lines["quantity_lots"]))

    @property
    def tonnes_lots(self) -> int:
        """Tonnes traded."""
        return int(self.lines["quantity_lots"].sum())

    @property
    def amount_fen(self) -> int:
        """Amount traded."""
        return int((self.lines["price_ticks"] * self.lines["quantity_lots"]).sum())

    @property
    def trading_fees_fen(self) -> int:
        """Trading fees of both sides, as the lines say."""
        return int(self.lines["buyer_trading_fee_fen"].sum() + self.lines["seller_trading_fee_fen"].sum())

    @property
    def settlement_fees_fen(self) -> int:
        """Settlement fees of both sides, as the lines say."""
        return int(
            self.lines["buyer_settlement_fee_fen"].sum() + self.lines["seller_settlement_fee_fen"].sum()
        )

    def units_changes(self) -> NDArray[np.int64]:
        """Bought minus sold, row by row of `units`."""
        change: NDArray[np.int64] = self.units["bought_lots"] - self.units["sold_lots"]
        return change

    def cash_changes(self) -> NDArray[np.int64]:
        """Sales minus purchases minus fees, row by row of `cash`."""
        cash = self.cash
        change: NDArray[np.int64] = (
            cash["sales_fen"] - cash["purchases_fen"] - cash["trading_fee_fen"] - cash["settlement_fee_fen"]
        )
        return change
