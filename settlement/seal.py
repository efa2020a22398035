"""The seal against its own control totals: what does not add up is corruption, not a difference. Pure."""

from exchange.vocabulary.control import trade_step
from settlement.clearing.lines import Rows
from settlement.errors import CorruptionError
from settlement.store.received import Seal


def check_seal(seal: Seal, trades: Rows) -> None:
    """Prove that every trade and balance of the sealed day has arrived, unchanged and in order."""
    found_trades = {
        "match_count": len(trades),
        "tonnes_lots": int(trades["quantity_lots"].sum()),
        "amount_fen": int((trades["price_ticks"] * trades["quantity_lots"]).sum()),
        "control_hash": trade_control(trades),
        "units_total_lots": sum(seal.units.values()),
        "cash_total_fen": sum(seal.cash.values()),
        "record_count": len(seal.units) + len(seal.cash),
        "fees_fen": sum(int(trades[name].sum()) for name in trades.dtype.names or () if "_fee_" in name),
    }
    for name, found in found_trades.items():
        expected = getattr(seal, name)
        if expected != found:
            raise CorruptionError(f"seal: {name}", expected, found)


def trade_control(trades: Rows) -> int:
    """Running hash over the trades in match order, as the exchange computes it."""
    control = 0
    amounts = (trades["price_ticks"] * trades["quantity_lots"]).tolist()
    columns = (
        trades["match_id"].tolist(),
        trades["buyer_account_id"].tolist(),
        trades["seller_account_id"].tolist(),
        trades["contract_id"].tolist(),
        amounts,
        trades["quantity_lots"].tolist(),
    )
    for match_id, buyer, seller, contract_id, amount_fen, lots in zip(*columns, strict=True):
        control = trade_step(control, match_id, buyer, seller, contract_id, amount_fen, lots)
    return control
