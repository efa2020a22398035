"""Entries and postings as values, and the rule that makes them double entry."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from settlement.vocabulary.chart import LedgerKey
from settlement.vocabulary.entry_kinds import EntryKind


class Posting(NamedTuple):
    """One signed amount on one ledger account."""

    account: LedgerKey
    amount: int  # lots or fen; never 0


class Entry(NamedTuple):
    """One booking: its postings sum to zero for every asset; its reference is unique for ever."""

    kind: EntryKind
    reference: str
    memo: str
    postings: tuple[Posting, ...]


def imbalance(entry: Entry) -> Mapping[int, int]:
    """Assets whose postings do not sum to zero, with the sum."""
    sums: dict[int, int] = defaultdict(int)
    for posting in entry.postings:
        sums[posting.account.asset_id] += posting.amount
    return {asset_id: total for asset_id, total in sums.items() if total}


def transfer(
    kind: EntryKind, reference: str, memo: str, moves: list[tuple[LedgerKey, LedgerKey, int]]
) -> Entry:
    """An entry of plain moves (from, to, amount)."""
    postings: list[Posting] = []
    for source, target, amount in moves:
        postings.append(Posting(source, -amount))
        postings.append(Posting(target, amount))
    return Entry(kind, reference, memo, tuple(postings))
