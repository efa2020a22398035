"""Statements: per account and day, cash as the exchange's own client shows it, holdings, every trade.

One CSV per account, first column = which sort of row; each sort has its bilingual header. Made from ledger
and from the confirmed run, so the same text can be made again for any day. Source: rulebook §1.7, §2.2 art 9.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from exchange.vocabulary.units import format_yuan, trading_day_date
from settlement.clearing.lines import Clearing
from settlement.ledger.balances import Balances, balances_as_of, day_movements, member_cash, trading_units
from settlement.registry.accounts import AccountName, account_names
from settlement.reports.trade_lines import TradeLines
from settlement.store.database import Store
from settlement.store.days import read_day
from settlement.store.defaults import read_delivered
from settlement.vocabulary.chart import CASH, IN_TRADING, MEMBERS_CASH
from settlement.vocabulary.entry_kinds import EntryKind

ENCODING: Final = "utf-8-sig"  # with the mark by which spreadsheets know Chinese text
CASH_HEADER: Final = (
    "资金 cash",
    "日期 date",
    "交易账户 account_id",
    "名称 name",
    "期初资金 opening_cash",
    "可用资金 available_cash",
    "买入 purchases",
    "卖出 sales",
    "交易手续费 trading_fee",
    "结算手续费 settlement_fee",
    "入金 cash_in",
    "出金 cash_out",
    "结算准备金垫付 reserve_cover",
)
HOLDING_HEADER: Final = (
    "持有 holding",
    "日期 date",
    "交易账户 account_id",
    "合约 contract",
    "期初 opening_t",
    "买入 bought_t",
    "卖出 sold_t",
    "转入 transferred_in_t",
    "转出 transferred_out_t",
    "可用 available_t",
    "冻结 frozen_t",
)
TRADE_HEADER: Final = (
    "成交 trade",
    "日期 date",
    "交易账户 account_id",
    "成交号 match_id",
    "合约 contract",
    "方式 method",
    "方向 side",
    "价格 price",
    "数量 quantity_t",
    "金额 amount",
    "交易手续费 trading_fee",
    "结算手续费 settlement_fee",
)
#: moves between available and frozen: neither in nor out
INSIDE_TRADING: Final = frozenset({EntryKind.FREEZE, EntryKind.RELEASE})
Row = tuple[object, ...]


class DayBook(NamedTuple):
    """Everything the day's statements are made of."""

    day: str
    names: Mapping[int, AccountName]
    codes: Mapping[int, str]
    cash: dict[int, list[Row]]
    holdings: dict[int, list[Row]]
    trades: TradeLines


def read_day_book(
    store: Store, trading_day: int, codes: Mapping[int, str], clearing: Clearing | None = None
) -> DayBook:
    """Read what a delivered day's statements are made of; `clearing`: what was delivered, if at hand."""
    row = read_day(store, trading_day)
    assert row is not None, f"expected day {trading_day} in the store, found none"
    day = trading_day_date(trading_day).isoformat()
    names = account_names(store)
    balances = balances_as_of(store, trading_day)
    moved = _sums_by_owner(store, trading_day)
    clearing = clearing if clearing is not None else read_delivered(store, trading_day, row.run)
    return DayBook(
        day,
        names,
        codes,
        _cash_rows(day, names, balances, moved),
        _holding_rows(day, codes, balances, moved),
        TradeLines(day, codes, clearing.lines),
    )


def statement(book: DayBook, account_id: int) -> str:
    """One account's statement as CSV text."""
    return statement_bytes(book, account_id).decode(ENCODING)


def statement_bytes(book: DayBook, account_id: int) -> bytes:
    """One account's statement as the bytes of its file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for header, rows in ((CASH_HEADER, book.cash), (HOLDING_HEADER, book.holdings)):
        writer.writerow(header)
        writer.writerows(rows.get(account_id, ()))
    writer.writerow(TRADE_HEADER)
    return text.getvalue().encode(ENCODING) + book.trades.of(account_id)


def write_statements(book: DayBook, folder: Path) -> int:
    """Write every account's statement to `folder`/<day>/<account>.csv; returns how many."""
    target = folder / book.day
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for account_id in book.names:
        (target / f"{account_id}.csv").write_bytes(statement_bytes(book, account_id))
    return len(book.names)


_Moved = Mapping[tuple[int, int], Mapping[EntryKind, tuple[int, int]]]


def _sums_by_owner(store: Store, trading_day: int) -> _Moved:
    """(out, in) of the day by (account, asset) and kind of entry, over the buckets a statement covers."""
    sums: dict[tuple[int, int], dict[EntryKind, tuple[int, int]]] = defaultdict(dict)
    for (key, kind), (out, into) in day_movements(store, trading_day).items():
        if key.bucket in IN_TRADING or key.bucket in MEMBERS_CASH:
            of_owner = sums[key.owner_id, key.asset_id]
            before = of_owner.get(kind, (0, 0))
            of_owner[kind] = (before[0] + out, before[1] + into)
    return sums


def _cash_rows(
    day: str, names: Mapping[int, AccountName], balances: Balances, moved: _Moved
) -> dict[int, list[Row]]:
    held = member_cash(balances)
    rows: dict[int, list[Row]] = {}
    for account_id, name in names.items():
        kinds = moved.get((account_id, CASH), {})
        available, frozen = held.get(account_id, (0, 0))
        opening = available + frozen - sum(map(sum, kinds.values()))
        trade_out, trade_in = kinds.get(EntryKind.DELIVERY_CASH, (0, 0))
        amounts = (
            opening,
            available,
            -trade_out,
            trade_in,
            -kinds.get(EntryKind.TRADING_FEE, (0, 0))[0],
            -kinds.get(EntryKind.SETTLEMENT_FEE, (0, 0))[0],
            kinds.get(EntryKind.DEPOSIT, (0, 0))[1],
            -sum(kinds.get(kind, (0, 0))[0] for kind in (EntryKind.WITHDRAWAL, EntryKind.HOLD)),
            sum(sum(kinds.get(kind, (0, 0))) for kind in (EntryKind.COVER, EntryKind.RECOVER)),
        )
        label = f"{name.name_zh} {name.name_en}"
        rows[account_id] = [("cash", day, account_id, label, *map(format_yuan, amounts))]
    return rows


def _holding_rows(
    day: str, codes: Mapping[int, str], balances: Balances, moved: _Moved
) -> dict[int, list[Row]]:
    rows: dict[int, list[Row]] = defaultdict(list)
    for (account_id, contract_id), (available, frozen) in trading_units(balances).items():
        kinds = {
            kind: amounts
            for kind, amounts in moved.get((account_id, contract_id), {}).items()
            if kind not in INSIDE_TRADING
        }
        total_out, total_in = (sum(column) for column in zip((0, 0), *kinds.values(), strict=True))
        sold, bought = kinds.get(EntryKind.DELIVERY_UNITS, (0, 0))
        rows[account_id].append(
            (
                "holding",
                day,
                account_id,
                codes.get(contract_id, str(contract_id)),
                available + frozen - total_out - total_in,
                bought,
                -sold,
                total_in - bought,
                sold - total_out,
                available,
                frozen,
            )
        )
    return rows
