"""The seal against its own control totals: what does not add up is corruption, not a difference. Pure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.control import trade_step
from settlement.clearing.changed import apply_changes
from settlement.clearing.lines import Rows
from settlement.compiled import compiled
from settlement.errors import CorruptionError
from settlement.store.received import Seal

Numbers = NDArray[np.int64]
_HASHED: Final = (
    "match_id",
    "buyer_account_id",
    "seller_account_id",
    "contract_id",
    "price_ticks",
    "quantity_lots",
)
_trade_step = compiled(trade_step)


def check_seal(seal: Seal, told: Rows, changes: Rows, held_lots: int, held_fen: int = 0) -> None:
    """Prove that every trade, change and balance of the sealed day has arrived, unchanged and in order.

    `told` are the trades as they were reported, `changes` what was undone or corrected after;
    `held_lots` and `held_fen` are what the seal said to be on hold: they count in the totals, in no balance.
    """
    trades = apply_changes(told, changes)
    found_trades = {
        "match_count": len(trades),
        "tonnes_lots": int(trades["quantity_lots"].sum()),
        "amount_fen": int((trades["price_ticks"] * trades["quantity_lots"]).sum()),
        "control_hash": control_of_day(told, changes),
        "units_total_lots": sum(seal.units.values()) + held_lots,
        "cash_total_fen": sum(seal.cash.values()) + held_fen,
        "record_count": len(seal.units) + len(seal.cash),
        "fees_fen": sum(int(trades[name].sum()) for name in trades.dtype.names or () if "_fee_" in name),
    }
    for name, found in found_trades.items():
        expected = getattr(seal, name)
        if expected != found:
            raise CorruptionError(f"seal: {name}", expected, found)


def control_of_day(told: Rows, changes: Rows) -> int:
    """Running hash over trades in match order and changes as they came, as the exchange computes it."""
    control, start = 0, 0
    for change in changes:
        end = int(np.searchsorted(told["match_id"], change["after_match_id"], side="right"))
        control = trade_control(told[start:end], control)
        start = max(start, end)
        trade = told[np.searchsorted(told["match_id"], change["match_id"])].copy()
        trade["price_ticks"], trade["quantity_lots"] = change["price_ticks"], change["quantity_lots"]
        control = trade_control(trade.reshape(1), control)
    return trade_control(told[start:], control)


def trade_control(trades: Rows, control: int = 0) -> int:
    """Running hash over trades in match order, going on from `control`."""
    columns = [np.ascontiguousarray(trades[name]) for name in _HASHED]
    return int(_trade_control(control, *columns))


@compiled
def _trade_control(
    control: int,
    match_ids: Numbers,
    buyers: Numbers,
    sellers: Numbers,
    contracts: Numbers,
    prices: Numbers,
    lots: Numbers,
) -> int:
    for i in range(len(match_ids)):
        amount_fen = prices[i] * lots[i]
        control = _trade_step(control, match_ids[i], buyers[i], sellers[i], contracts[i], amount_fen, lots[i])
    return control
