"""Judging a confirmed day before it is delivered: what a freeze takes of what was matched."""

from collections import defaultdict

from exchange.vocabulary.units import format_yuan
from settlement.clearing.failures import NO_FAILURES, Failures, Trading, find_failures
from settlement.clearing.lines import Clearing
from settlement.ledger.balances import balances_now
from settlement.ledger.entries import Entry, transfer
from settlement.season import Season
from settlement.store.database import Store
from settlement.store.freezes import short_orders
from settlement.store.restrictions import blocked_accounts
from settlement.vocabulary.chart import CASH, Bucket, cash
from settlement.vocabulary.entry_kinds import EntryKind


def judge(store: Store, season: Season, clearing: Clearing) -> Failures:
    """What of a confirmed result cannot be delivered; nothing unless freezes touch what is matched."""
    blocked = blocked_accounts(store)  # nothing attaches there, so nothing is taken for it either
    known = short_orders(store) if season.is_matched_frozen else []
    orders = [order for order in known if order.account_id not in blocked]
    if not orders:
        return NO_FAILURES
    units: dict[tuple[int, int], int] = {}
    money: dict[int, int] = {}
    reserve_fen = 0
    for key, amount in balances_now(store).items():
        if key.bucket is Bucket.TRADING_AVAILABLE:
            units[key.owner_id, key.asset_id] = amount
        elif key.bucket is Bucket.MEMBER_CASH:
            money[key.owner_id] = amount
        elif key.bucket is Bucket.SETTLEMENT_RESERVE:
            reserve_fen += amount
    wanted_units: dict[tuple[int, int], int] = defaultdict(int)
    wanted_cash: dict[int, int] = defaultdict(int)
    for order in orders:
        if order.asset_id == CASH:
            wanted_cash[order.account_id] += order.short
        else:
            wanted_units[order.account_id, order.asset_id] += order.short
    return find_failures(clearing, Trading(units, money, wanted_units, wanted_cash), reserve_fen)


def words(failures: Failures) -> str:
    """Both in one sentence, for the log."""
    trades = ", ".join(f"{one.match_id} (account {one.account_id}: {one.missing})" for one in failures.trades)
    failed = f"{len(failures.trades):,} trade(s) FAILED: {trades}" if trades else "no trade failed"
    return f"{failed}; the settlement reserve covers {format_yuan(failures.covered_fen)} yuan"


def cover_entry(failures: Failures, day: str) -> Entry | None:
    """What the reserve pays, as one entry."""
    reserve = cash(Bucket.SETTLEMENT_RESERVE)
    moves = [
        (reserve, cash(Bucket.MEMBER_CASH, account_id), fen) for account_id, fen in failures.covers.items()
    ]
    memo = f"settlement reserve covers {day} 结算准备金垫付"
    return transfer(EntryKind.COVER, f"{day}/cover", memo, moves) if moves else None
