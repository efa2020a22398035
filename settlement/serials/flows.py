"""What an entry's flows take and give, proven against its postings before anything is written. Pure."""

from collections import defaultdict
from collections.abc import Collection

import numpy as np

from exchange.vocabulary.limits import CONTRACTS_MAX
from settlement.errors import CorruptionError
from settlement.ledger.entries import Entry, Flow, TradeFlows
from settlement.vocabulary.chart import CASH, Bucket, LedgerKey


def prove_flows(entry: Entry) -> Collection[LedgerKey]:
    """The accounts that the flows touch; CorruptionError unless they net to the postings of units."""
    has_trades = entry.trade_flows is not None and len(entry.trade_flows) > 0
    posted: dict[LedgerKey, int] = defaultdict(int)
    for key, amount in entry.postings:
        if key.asset_id != CASH:
            posted[key] += amount
    if posted and not entry.flows and not has_trades:
        raise CorruptionError(f"entry {entry.reference}", "flows of the units it moves", "none")
    for flow in entry.flows:
        _prove_flow(entry, flow)
    moved = net_flows(entry)
    wrong = {
        key.code: (posted.get(key, 0), moved.get(key, 0))
        for key in sorted({*posted, *moved})
        if posted.get(key, 0) != moved.get(key, 0)
    }
    if wrong:
        raise CorruptionError(f"entry {entry.reference}", "flows equal to postings", wrong)
    return moved.keys()


def net_flows(entry: Entry) -> dict[LedgerKey, int]:
    """Lots that the flows bring to each ledger account, less what they take."""
    net: dict[LedgerKey, int] = defaultdict(int)
    for flow in entry.flows:
        net[flow.source] -= flow.lots
        net[flow.target] += flow.lots
    if entry.trade_flows is not None and len(entry.trade_flows):
        _add_trades(entry, entry.trade_flows, net)
    return net


def _prove_flow(entry: Entry, flow: Flow) -> None:
    where = f"entry {entry.reference}: flow {flow.source.code} to {flow.target.code}"
    if flow.lots <= 0:
        raise CorruptionError(where, "at least 1 lot", flow.lots)
    if flow.source == flow.target or flow.source.asset_id != flow.target.asset_id:
        raise CorruptionError(where, "two accounts of one contract", flow.source.asset_id)
    if CASH == flow.source.asset_id or flow.target.bucket is Bucket.ISSUED:
        raise CorruptionError(where, "units that stay issued", flow.target.code)
    if not flow.serials:
        return
    pinned = sum(last - first + 1 for first, last in flow.serials)
    ordered = sorted(flow.serials)
    is_apart = all(low[1] < high[0] for low, high in zip(ordered, ordered[1:], strict=False))
    is_sound = all(1 <= first <= last for first, last in ordered)
    if flow.source.bucket is Bucket.ISSUED or pinned != flow.lots or not is_apart or not is_sound:
        raise CorruptionError(where, f"{flow.lots} serials of units issued before", flow.serials)


def _add_trades(entry: Entry, trades: TradeFlows, net: dict[LedgerKey, int]) -> None:
    lots = trades["quantity_lots"]
    if int(lots.min()) <= 0:
        raise CorruptionError(f"entry {entry.reference}: trades", "at least 1 lot each", int(lots.min()))
    for side, sign in (("seller_account_id", -1), ("buyer_account_id", 1)):
        keys, places = np.unique(trades[side] * CONTRACTS_MAX + trades["contract_id"], return_inverse=True)
        sums = np.zeros(len(keys), np.int64)
        np.add.at(sums, places, lots)
        for key, total in zip(keys.tolist(), sums.tolist(), strict=True):
            owner, contract = divmod(key, CONTRACTS_MAX)
            net[LedgerKey(contract, Bucket.TRADING_AVAILABLE, owner)] += sign * total
