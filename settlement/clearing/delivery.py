"""Delivery as ledger entries: units against cash, and both fees, for the whole day at once. Pure.

Purchases and sales are separate postings (gross); each fee is a posting of its own per account. Serials are
taken in the order contract, seller, buyer, match: what one seller gives one buyer is then contiguous.
"""

from typing import Final

import numpy as np

from settlement.clearing.lines import Clearing
from settlement.ledger.entries import TRADE_FLOW, Entry, Posting, TradeFlows
from settlement.vocabulary.chart import Bucket, LedgerKey, cash, units
from settlement.vocabulary.entry_kinds import EntryKind

ACCOUNT_IDS: Final = 1 << 32  # an account id is u4


def delivery_entries(clearing: Clearing, day: str, run: int) -> list[Entry]:
    """Entries of the unified delivery of a day; empty when nothing traded.

    References name the day and not the run: a day is delivered once, whichever run was confirmed.
    """
    if not len(clearing.lines):
        return []
    memo = f"delivery {day} run {run} 交收"
    entries = [
        Entry(kind, f"{day}/{name}", memo, postings)
        for kind, name, postings in (
            (EntryKind.DELIVERY_UNITS, "units", _units(clearing)),
            (EntryKind.DELIVERY_CASH, "cash", _cash(clearing)),
            (EntryKind.TRADING_FEE, "trading-fee", _fee(clearing, "trading_fee_fen")),
            (EntryKind.SETTLEMENT_FEE, "settlement-fee", _fee(clearing, "settlement_fee_fen")),
        )
        if postings
    ]
    return [
        entry._replace(trade_flows=_flows(clearing)) if _is_of_units(entry) else entry for entry in entries
    ]


def _is_of_units(entry: Entry) -> bool:
    return entry.kind is EntryKind.DELIVERY_UNITS


def _flows(clearing: Clearing) -> TradeFlows:
    """Units of every trade that stands, in the order in which serials are taken."""
    lines = clearing.lines[clearing.lines["quantity_lots"] > 0]
    flows = np.zeros(len(lines), TRADE_FLOW)
    for name in TRADE_FLOW.names or ():
        flows[name] = lines[name]
    # lines are in match order and the sort is stable, so match is the last key by itself
    seller = flows["contract_id"] * ACCOUNT_IDS + flows["seller_account_id"]
    ordered: TradeFlows = flows[np.lexsort((flows["buyer_account_id"], seller))]
    return ordered


def _units(clearing: Clearing) -> tuple[Posting, ...]:
    postings = []
    for account_id, contract_id, bought_lots, sold_lots in clearing.units.tolist():
        account = units(contract_id, Bucket.TRADING_AVAILABLE, account_id)
        postings += _pair(account, -sold_lots, bought_lots)
    return tuple(postings)


def _cash(clearing: Clearing) -> tuple[Posting, ...]:
    postings = []
    for account_id, purchases_fen, sales_fen, _, _ in clearing.cash.tolist():
        postings += _pair(cash(Bucket.MEMBER_CASH, account_id), -purchases_fen, sales_fen)
    return tuple(postings)


def _pair(account: LedgerKey, out: int, into: int) -> list[Posting]:
    return [Posting(account, amount) for amount in (out, into) if amount]


def _fee(clearing: Clearing, column: str) -> tuple[Posting, ...]:
    """Members pay, the institution's income account gets the sum."""
    bucket = Bucket.TRADING_FEE_INCOME if column == "trading_fee_fen" else Bucket.SETTLEMENT_FEE_INCOME
    paid = [
        Posting(cash(Bucket.MEMBER_CASH, account_id), -fee_fen)
        for account_id, fee_fen in zip(
            clearing.cash["account_id"].tolist(), clearing.cash[column].tolist(), strict=True
        )
        if fee_fen
    ]
    total = -sum(posting.amount for posting in paid)
    return (*paid, Posting(cash(bucket), total)) if total else ()
