"""Tables and lines of the terminal client: answers of the exchange as a person reads them. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rich.table import Table
from rich.text import Text

from exchange.client.describe import describe
from exchange.client.events import (
    AccountRestricted,
    BalanceChanged,
    BlockBoard,
    BlockClosed,
    BlockOffered,
    Done,
    Event,
    Executed,
    KillChanged,
    StreamOpened,
)
from exchange.client.replies import (
    BoardListing,
    Cash,
    Contract,
    Figures,
    Holding,
    MethodPhase,
    OpenOrder,
    OwnTrade,
    Rule,
)
from exchange.client.words import (
    DONE_REASONS,
    LEVELS,
    METHODS,
    ORDER_KINDS,
    PHASES,
    SIDES,
    Lang,
    order_number,
    price_text,
    word,
)
from exchange.vocabulary.enums import (
    BlockFlag,
    DoneReason,
    Method,
    OrderKind,
    ParameterId,
    Role,
    Side,
)
from exchange.vocabulary.units import NS_PER_SECOND, SHANGHAI, format_yuan, trading_day_date

LEVELS_SHOWN: Final = 5
_NOTABLE: Final = (
    DoneReason.LAPSED,
    DoneReason.DECLINED,
    DoneReason.MASS_CANCELLED,
    DoneReason.DISCONNECTED,
    DoneReason.PREVENTED,
    DoneReason.COUNTERED,
)
_BOOK_FIGURES: Final = (Method.LISTED, Method.CONTINUOUS)


def pick(lang: Lang, zh: str, en: str) -> str:
    """The one of two texts that the language asks for."""
    return zh if lang == "zh" else en


def heading(lang: Lang, zh: str, en: str) -> str:
    """A title; in English the Chinese term stands beside it."""
    return zh if lang == "zh" else f"{en} {zh}"


def clock_text(time_ns: int) -> str:
    """Market time of day; '-' when unknown."""
    if not time_ns:
        return "-"
    return datetime.fromtimestamp(time_ns / NS_PER_SECOND, SHANGHAI).strftime("%H:%M:%S")


def phase_line(contract: Contract, phases: Iterable[MethodPhase], lang: Lang) -> str:
    """Phase of each method of a contract and when it changes next."""
    parts: list[str] = []
    for row in phases:
        if row.contract_id != contract.contract_id:
            continue
        text = f"{word(METHODS, row.method, lang)}: {word(PHASES, row.phase, lang)}"
        if row.is_halted:
            text += pick(lang, " (暂停交易)", " (HALTED)")
        if row.is_killed:
            text += pick(lang, " (停止新申报)", " (no new orders)")
        if row.next_change_ns:
            text += pick(
                lang, f",{clock_text(row.next_change_ns)} 变更", f", until {clock_text(row.next_change_ns)}"
            )
        parts.append(text)
    return "   ".join(parts)


def price_line(contract: Contract, figures: Iterable[Figures], lang: Lang) -> str:
    """Base, band and the day so far."""
    band = f"{price_text(contract.lower_ticks)} – {price_text(contract.upper_ticks)}"
    text = pick(
        lang,
        f"基准 {price_text(contract.base_price_ticks)}  涨跌幅 {band}",
        f"base {price_text(contract.base_price_ticks)}  band {band}",
    )
    for row in figures:
        if row.contract_id == contract.contract_id and row.figure_method in _BOOK_FIGURES:
            high, low, mean = (
                price_text(row.high_ticks),
                price_text(row.low_ticks),
                price_text(row.close_ticks),
            )
            text += pick(
                lang,
                f"  最高 {high}  最低 {low}  均价 {mean}  成交 {row.volume_lots:,} 吨",
                f"  high {high}  low {low}  mean {mean}  traded {row.volume_lots:,} t",
            )
    return text


def board_table(listings: Iterable[BoardListing], lang: Lang) -> Table:
    """Best five levels of both sides; own listings are marked with *."""
    table = Table(title=heading(lang, "最优五档", "best five levels"), title_justify="left")
    for name in pick(lang, "档位,价格,吨,挂牌号", "level,price,tonnes,listings").split(","):
        table.add_column(name, justify="right" if name not in ("挂牌号", "listings") else "left")
    levels: dict[Side, dict[int, list[BoardListing]]] = {
        Side.SELL: defaultdict(list),
        Side.BUY: defaultdict(list),
    }
    for row in listings:
        levels[Side(row.side)][row.price_ticks].append(row)
    for side in (Side.SELL, Side.BUY):
        best_first = sorted(levels[side].items(), reverse=side is Side.BUY)[:LEVELS_SHOWN]
        numbered = list(enumerate(best_first, 1))
        for number, (price, rows) in reversed(numbered) if side is Side.SELL else numbered:
            label = pick(lang, "卖" if side is Side.SELL else "买", "sell" if side is Side.SELL else "buy")
            names = " ".join(f"#{order_number(r.order_id)}{'*' if r.is_own else ''}" for r in rows[:6])
            more = f" +{len(rows) - 6}" if len(rows) > 6 else ""
            tonnes = f"{sum(r.quantity_lots for r in rows):,}"
            style = "red" if side is Side.SELL else "green"
            table.add_row(f"{label} {number}", Text(price_text(price), style), tonnes, names + more)
        if side is Side.SELL:
            table.add_section()
    return table


def orders_table(orders: Iterable[OpenOrder], codes: dict[int, str], lang: Lang) -> Table:
    """Open orders of one's own."""
    table = Table(title=heading(lang, "未了结委托", "open orders"), title_justify="left")
    heads = pick(
        lang,
        "委托号,合约,类型,方向,价格,申报吨,剩余吨,对手方",
        "order,contract,kind,side,price,tonnes,left,counterparty",
    )
    for name in heads.split(","):
        table.add_column(name, justify="right")
    for row in orders:
        table.add_row(
            f"#{order_number(row.order_id)}",
            codes.get(row.contract_id, str(row.contract_id)),
            word(ORDER_KINDS, row.order_kind, lang),
            word(SIDES, row.side, lang),
            price_text(row.price_ticks),
            f"{row.quantity_lots:,}",
            f"{row.remaining_lots:,}",
            str(row.counterparty_account_id or ""),
        )
    return table


def offers_table(offers: Iterable[BlockOffered], codes: dict[int, str], lang: Lang) -> Table:
    """Block offers addressed to oneself; the side is the offeror's."""
    table = Table(title=heading(lang, "收到的大宗要约", "block offers to you"), title_justify="left")
    for name in pick(
        lang, "委托号,合约,对方方向,价格,吨,对方账户", "order,contract,they,price,tonnes,account"
    ).split(","):
        table.add_column(name, justify="right")
    for row in offers:
        table.add_row(
            f"#{order_number(row.order_id)}",
            codes.get(row.contract_id, str(row.contract_id)),
            word(SIDES, row.side, lang),
            price_text(row.price_ticks),
            f"{row.quantity_lots:,}",
            str(row.counterparty_account_id),
        )
    return table


def trades_table(trades: Iterable[OwnTrade], codes: dict[int, str], lang: Lang) -> Table:
    """One's own executions today."""
    table = Table(title=heading(lang, "当日成交", "own trades today"), title_justify="left")
    heads = pick(lang, "时间,合约,方式,方向,价格,吨,手续费", "time,contract,method,side,price,tonnes,fees")
    for name in heads.split(","):
        table.add_column(name, justify="right")
    for row in trades:
        table.add_row(
            clock_text(row.time_ns),
            codes.get(row.contract_id, str(row.contract_id)),
            word(METHODS, row.method, lang),
            word(SIDES, row.side, lang),
            price_text(row.price_ticks),
            f"{row.quantity_lots:,}",
            format_yuan(row.trading_fee_fen + row.settlement_fee_fen),
        )
    return table


def holdings_table(holdings: Iterable[Holding], codes: dict[int, str], lang: Lang) -> Table:
    """Units by contract, in tonnes."""
    table = Table(title=heading(lang, "持有量(吨)", "holdings (tonnes)"), title_justify="left")
    heads = pick(
        lang,
        "合约,可卖,委托锁定,今日买入(明日可卖),司法冻结",
        "contract,may be sold,in orders,bought today (sell tomorrow),frozen",
    )
    for name in heads.split(","):
        table.add_column(name, justify="right")
    for row in holdings:
        amounts = (row.available_lots, row.locked_lots, row.bought_today_lots, row.frozen_lots)
        table.add_row(
            codes.get(row.contract_id, str(row.contract_id)), *(f"{amount:,}" for amount in amounts)
        )
    return table


def cash_line(cash: Cash, lang: Lang) -> str:
    """Cash in yuan."""
    return pick(
        lang,
        f"可用资金 {_money(cash.available_fen)} 元  委托锁定 {_money(cash.locked_fen)}  "
        f"今日卖出所得 {_money(cash.proceeds_today_fen)}  冻结 {_money(cash.frozen_fen)}",
        f"cash to spend {_money(cash.available_fen)} CNY  in orders {_money(cash.locked_fen)}  "
        f"proceeds today {_money(cash.proceeds_today_fen)}  frozen {_money(cash.frozen_fen)}",
    )


def rules_table(rules: Iterable[Rule], lang: Lang) -> Table:
    """Rules in force for a contract."""
    table = Table(title=heading(lang, "现行规则", "rules in force"), title_justify="left")
    table.add_column(pick(lang, "规则", "rule"))
    table.add_column(pick(lang, "取值", "value"), justify="right")
    for row in rules:
        known = row.parameter_id in ParameterId.__members__.values()
        name = ParameterId(row.parameter_id).name.lower() if known else str(row.parameter_id)
        table.add_row(name, f"{row.parameter_value:,}")
    return table


def block_board_table(offers: Iterable[BlockBoard], codes: dict[int, str], lang: Lang) -> Table:
    """Block offers on the board, for everybody."""
    table = Table(title=heading(lang, "大宗公开要约", "block offers on the board"), title_justify="left")
    for name in pick(
        lang, "委托号,合约,方向,价格,吨,部分成交", "order,contract,side,price,tonnes,in part"
    ).split(","):
        table.add_column(name, justify="right")
    for row in offers:
        table.add_row(
            f"#{order_number(row.order_id)}",
            codes.get(row.contract_id, str(row.contract_id)),
            word(SIDES, row.side, lang),
            price_text(row.price_ticks),
            f"{row.quantity_lots:,}",
            pick(lang, "可", "yes") if row.order_flags & BlockFlag.PARTIAL else "",
        )
    return table


def notice(event: Event, lang: Lang, codes: dict[int, str] | None = None) -> str:
    """A line about something that happened without being asked for; blank when a person need not know."""
    match event:
        case Executed() if event.role != Role.TAKER or event.order_kind == OrderKind.LIMIT:
            return pick(
                lang,
                f"成交:您的委托 #{order_number(event.order_id)} {word(SIDES, event.side, lang)} "
                f"{event.quantity_lots:,} 吨 @ {price_text(event.price_ticks)}",
                f"traded: your order #{order_number(event.order_id)} to {word(SIDES, event.side, lang)}: "
                f"{event.quantity_lots:,} t at {price_text(event.price_ticks)}",
            )
        case Done() if event.done_reason in _NOTABLE:
            reason = word(DONE_REASONS, event.done_reason, lang)
            return f"#{order_number(event.order_id)}: {reason}, {event.quantity_lots:,} t"
        case BlockOffered():
            number = order_number(event.order_id)
            side = word(SIDES, event.side, lang)
            terms = f"{event.quantity_lots:,} t @ {price_text(event.price_ticks)}"
            return pick(
                lang,
                f"大宗要约:账户 {event.counterparty_account_id} 拟{side} {terms};"
                f"输入 accept #{number} 或 decline #{number}",
                f"block offer: account {event.counterparty_account_id} wants to {side} {terms}; "
                f"type: accept #{number}, or decline #{number}",
            )
        case BlockClosed() if event.done_reason != DoneReason.DECLINED:
            return f"#{order_number(event.order_id)}: {word(DONE_REASONS, event.done_reason, lang)}"
        case KillChanged():
            level = word(LEVELS, event.level, lang)
            if event.is_killed:
                return pick(
                    lang, f"{level}:停止接受新申报,可撤单", f"{level}: new orders stopped, cancels pass"
                )
            return pick(lang, f"{level}:恢复接受新申报", f"{level}: new orders allowed again")
        case StreamOpened():
            day = trading_day_date(event.trading_day)
            return pick(lang, f"新交易日 {day}", f"new trading day {day}")
        case BalanceChanged() | AccountRestricted():
            return describe(event, lang, codes)
    return ""


def _money(amount_fen: int) -> str:
    whole, cents = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}{whole:,}.{cents:02d}"
