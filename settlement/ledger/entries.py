"""Entries, postings and flows as values, and the rule that makes them double entry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from settlement.vocabulary.chart import CASH, LedgerKey
from settlement.vocabulary.entry_kinds import EntryKind

#: units that a trade moves from the seller's to the buyer's trading-available; all int64
TRADE_FLOW: Final = np.dtype(
    [
        (name, "<i8")
        for name in ("match_id", "contract_id", "seller_account_id", "buyer_account_id", "quantity_lots")
    ]
)
TradeFlows = NDArray[np.void]


class Posting(NamedTuple):
    """One signed amount on one ledger account."""

    account: LedgerKey
    amount: int  # lots or fen; never 0


class Flow(NamedTuple):
    """Units that go from one ledger account to another: what the serial numbers follow."""

    source: LedgerKey  # bucket ISSUED: new serial numbers come into being
    target: LedgerKey
    lots: int
    serials: tuple[tuple[int, int], ...] = ()  # exactly these (first, last); empty = first in, first out


class Entry(NamedTuple):
    """One booking: its postings sum to zero for every asset; its reference is unique for ever.

    What its flows (of `flows` and `trade_flows`) take from and give to every account is what its postings of
    units say; an entry of cash alone has none.
    """

    kind: EntryKind
    reference: str
    memo: str
    postings: tuple[Posting, ...]
    flows: tuple[Flow, ...] = ()
    trade_flows: TradeFlows | None = None  # TRADE_FLOW, in the order in which serials are taken


def imbalance(entry: Entry) -> Mapping[int, int]:
    """Assets whose postings do not sum to zero, with the sum."""
    sums: dict[int, int] = defaultdict(int)
    for posting in entry.postings:
        sums[posting.account.asset_id] += posting.amount
    return {asset_id: total for asset_id, total in sums.items() if total}


def transfer(
    kind: EntryKind,
    reference: str,
    memo: str,
    moves: Iterable[tuple[LedgerKey, LedgerKey, int]],
    serials: Mapping[int, tuple[tuple[int, int], ...]] | None = None,
) -> Entry:
    """An entry of plain moves (from, to, amount); `serials` pins those of the n-th move, counted from 0."""
    postings: list[Posting] = []
    flows: list[Flow] = []
    for index, (source, target, amount) in enumerate(moves):
        postings.append(Posting(source, -amount))
        postings.append(Posting(target, amount))
        if source.asset_id != CASH:
            flows.append(Flow(source, target, amount, (serials or {}).get(index, ())))
    return Entry(kind, reference, memo, tuple(postings), tuple(flows))
