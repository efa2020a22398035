"""What an event says, as a line for a person, in Chinese and in English: public news and one's own.

Events that a person reads elsewhere (the board, figures, own orders under way) give a blank line.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from exchange.client.events import (
    AccountRestricted,
    AuctionAnnounced,
    AuctionResult,
    BalanceChanged,
    BlockBoard,
    BreakerState,
    ContractExpires,
    Event,
    Indicative,
    LimitChanged,
    MassCancelled,
    NoticeText,
    ProposalChanged,
    Reduced,
    SettingChanged,
    TradeBusted,
)
from exchange.client.words import (
    AUCTION_KINDS,
    BREAKER_KINDS,
    BREAKER_STATES,
    CHANGE_KINDS,
    MEMBER_LIMITS,
    PRICINGS,
    PROPOSAL_STATES,
    SIDES,
    Lang,
    Pair,
    order_number,
    price_text,
    word,
)
from exchange.vocabulary.enums import BlockFlag, Eligibility
from exchange.vocabulary.enums import BreakerState as State
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.units import NS_PER_SECOND, SHANGHAI

Codes = Mapping[int, str]  # contract id -> code


def describe(event: Event, lang: Lang, codes: Codes | None = None) -> str:
    """The event as one line; blank when it needs none."""
    pair = describe_pair(event, codes or {})
    return pair[lang == "en"] if pair is not None else ""


def describe_pair(event: Event, codes: Codes) -> Pair | None:
    """Both languages at once; None when the event needs no line."""
    teller = _TELLERS.get(type(event))
    return None if teller is None else teller(event, codes)


def notice_text(event: NoticeText) -> str:
    """The words of one fragment; a character cut in two by the fragments is left out here."""
    return event.text.rstrip(b"\0").decode("utf-8", "ignore")


def _code(codes: Codes, contract_id: int) -> str:
    return codes.get(contract_id, f"contract {contract_id}")


def _clock(time_ns: int) -> str:
    return f"{datetime.fromtimestamp(time_ns // NS_PER_SECOND, SHANGHAI):%H:%M:%S}" if time_ns else "-"


def _notice(event: NoticeText, codes: Codes) -> Pair:
    part = f" ({event.fragment_index + 1}/{event.fragment_count})" if event.fragment_count > 1 else ""
    text = notice_text(event)
    return f"公告 {event.notice_id}{part}:{text}", f"notice {event.notice_id}{part}: {text}"


def _indicative(event: Indicative, codes: Codes) -> Pair | None:
    if not event.price_ticks:
        return None
    code, price = _code(codes, event.contract_id), price_text(event.price_ticks)
    zh = f"{code} 集合竞价参考价 {price},可成交 {event.volume_lots:,} 吨"
    en = f"{code} call auction: indicative {price}, {event.volume_lots:,} t would trade"
    if event.imbalance_lots:
        side_zh, side_en = (word(SIDES, event.imbalance_side, lang) for lang in ("zh", "en"))
        zh += f",{side_zh}方未匹配 {event.imbalance_lots:,} 吨"
        en += f", {event.imbalance_lots:,} t to {side_en} are left"
    return zh, en


def _announced(event: AuctionAnnounced, codes: Codes) -> Pair:
    code = _code(codes, event.contract_id)
    floor, ceiling = price_text(event.floor_ticks), price_text(event.ceiling_ticks)
    kind_zh, kind_en = (word(AUCTION_KINDS, event.auction_kind, lang) for lang in ("zh", "en"))
    pricing_zh, pricing_en = (word(PRICINGS, event.pricing, lang) for lang in ("zh", "en"))
    zh = (
        f"{kind_zh} {event.auction_id}:{code} {event.quantity_lots:,} 吨,{floor}-{ceiling},"
        f"{pricing_zh},{_clock(event.end_ns)} 截止"
    )
    en = (
        f"{kind_en} {event.auction_id}: {event.quantity_lots:,} t of {code}, {floor} to {ceiling}, "
        f"{pricing_en}, until {_clock(event.end_ns)}"
    )
    if event.bidder_share_ppm:
        zh += f",每户最多 {event.bidder_share_ppm / 10_000:g}%"
        en += f", at most {event.bidder_share_ppm / 10_000:g} % each"
    return zh, en


def _result(event: AuctionResult, codes: Codes) -> Pair:
    code, price = _code(codes, event.contract_id), price_text(event.price_ticks)
    kind_zh, kind_en = (
        (f"{word(AUCTION_KINDS, event.auction_kind, 'zh')} {event.auction_id}",
         f"{word(AUCTION_KINDS, event.auction_kind, 'en')} {event.auction_id}")
        if event.auction_id
        else ("集合竞价", "call auction")
    )  # fmt: skip
    if not event.auction_trade_count:
        return f"{code} {kind_zh}:无成交", f"{code} {kind_en}: no trade"
    return (
        f"{code} {kind_zh}:{event.tonnes_lots:,} 吨,{event.auction_trade_count:,} 笔,价格 {price}",
        f"{code} {kind_en}: {event.tonnes_lots:,} t in {event.auction_trade_count:,} trades at {price}",
    )


def _busted(event: TradeBusted, codes: Codes) -> Pair:
    code = _code(codes, event.contract_id)
    if not event.quantity_lots:
        return f"{code} 成交 {event.match_id} 已撤销", f"{code}: trade {event.match_id} is undone"
    terms = f"{event.quantity_lots:,} t @ {price_text(event.price_ticks)}"
    return f"{code} 成交 {event.match_id} 更正为 {terms}", f"{code}: trade {event.match_id} is now {terms}"


def _breaker(event: BreakerState, codes: Codes) -> Pair:
    code = _code(codes, event.contract_id)
    kind_zh, kind_en = (word(BREAKER_KINDS, event.breaker_kind, lang) for lang in ("zh", "en"))
    state_zh, state_en = (word(BREAKER_STATES, event.breaker_state, lang) for lang in ("zh", "en"))
    zh, en = f"{code} {kind_zh}:{state_zh}", f"{code} {kind_en}: {state_en}"
    if event.breaker_state == State.NORMAL:
        return zh, en
    if event.upper_ticks:
        band = f"{price_text(event.lower_ticks)}-{price_text(event.upper_ticks)}"
        zh, en = f"{zh},{band}", f"{en}, {band}"
    until = _clock(event.next_change_ns)
    return f"{zh},至 {until}", f"{en}, until {until}"


def _board(event: BlockBoard, codes: Codes) -> Pair:
    code, number = _code(codes, event.contract_id), order_number(event.order_id)
    if not event.quantity_lots:
        return f"大宗公开要约 #{number} 已结束", f"block offer #{number} on the board is gone"
    side_zh, side_en = (word(SIDES, event.side, lang) for lang in ("zh", "en"))
    terms = f"{event.quantity_lots:,} t @ {price_text(event.price_ticks)}"
    part_zh, part_en = (",可部分成交", ", in part too") if event.order_flags & BlockFlag.PARTIAL else ("", "")
    return (
        f"大宗公开要约 #{number}:{code} {side_zh} {terms}{part_zh}",
        f"block offer #{number} on the board: {side_en} {terms} of {code}{part_en}",
    )


def _expires(event: ContractExpires, codes: Codes) -> Pair:
    code = _code(codes, event.contract_id)
    return f"{code} 今日为最后交易日", f"{code} trades for the last time today"


def _reduced(event: Reduced, codes: Codes) -> Pair:
    number, price = order_number(event.order_id), price_text(event.price_ticks)
    kept_zh, kept_en = (
        ("保留排队", "keeps its place") if event.keeps_priority else ("重新排队", "at the back")
    )
    return (
        f"#{number}:{event.quantity_lots:,} 吨 @ {price},{kept_zh}",
        f"#{number}: {event.quantity_lots:,} t at {price} now, {kept_en}",
    )


def _mass_cancelled(event: MassCancelled, codes: Codes) -> Pair:
    count, lots = event.record_count, event.cancelled_lots
    return f"批量撤单:{count:,} 笔,{lots:,} 吨", f"mass cancel: {count:,} orders, {lots:,} t"


def _balance(event: BalanceChanged, codes: Codes) -> Pair:
    kind_zh, kind_en = (word(CHANGE_KINDS, event.change_kind, lang) for lang in ("zh", "en"))
    if event.contract_id:
        code = _code(codes, event.contract_id)
        return (
            f"{code} {kind_zh}:{event.amount:+,} 吨,可卖 {event.available:,}",
            f"{code} {kind_en}: {event.amount:+,} t, {event.available:,} may be sold",
        )
    change, available = _yuan(event.amount), _yuan(event.available)
    return f"资金{kind_zh}:{change},可用 {available}", f"cash {kind_en}: {change}, {available} to spend"


def _restricted(event: AccountRestricted, codes: Codes) -> Pair:
    has = Eligibility(event.eligibility)
    may_zh = "、".join(zh for bit, (zh, _) in _MAY.items() if bit in has) or "不得交易"
    may_en = ", ".join(en for bit, (_, en) in _MAY.items() if bit in has) or "not trade at all"
    return f"账户 {event.account_id}:现可{may_zh}", f"account {event.account_id} may now {may_en}"


def _setting(event: SettingChanged, codes: Codes) -> Pair:
    cancels = event.cancel_on_disconnect
    zh = f"断线撤单{f'({event.grace_ms:,} 毫秒后)' if cancels else '关闭'}"
    en = f"cancel on disconnect {f'after {event.grace_ms:,} ms' if cancels else 'off'}"
    dead_man = event.dead_man_ms
    zh += f",无指令 {dead_man:,} 毫秒撤单" if dead_man else ",无指令撤单关闭"
    en += f", after {dead_man:,} ms without a command too" if dead_man else ", dead-man's timer off"
    return zh, en


def _limit(event: LimitChanged, codes: Codes) -> Pair:
    zh, en = (word(MEMBER_LIMITS, event.parameter_id, lang) for lang in ("zh", "en"))
    whose_zh = f"登录 {event.subject_id}" if event.subject_id else "账户"
    whose_en = f"login {event.subject_id}" if event.subject_id else "account"
    value = f"{event.parameter_value:,}" if event.parameter_value else ""
    return f"{whose_zh}限额:{zh} {value or '不限'}", f"{whose_en} limit, {en}: {value or 'off'}"


def _proposal(event: ProposalChanged, codes: Codes) -> Pair:
    zh, en = (word(PROPOSAL_STATES, event.proposal_state, lang) for lang in ("zh", "en"))
    known = event.command_kind in Kind.__members__.values()
    kind = Kind(event.command_kind).name if known else str(event.command_kind)
    said = f"{event.proposal_id} {kind} {event.command_hash:016x}"
    return f"提案 {said}:{zh}", f"proposal {said}: {en}"


def _yuan(amount_fen: int) -> str:
    whole, cents = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}{whole:,}.{cents:02d}"


_MAY: Final[dict[Eligibility, Pair]] = {
    Eligibility.BUY: ("买入", "buy"),
    Eligibility.SELL: ("卖出", "sell"),
    Eligibility.CCER: ("交易 CCER", "trade CCER"),
}
_TELLERS: Final[dict[type, Callable[[Any, Codes], Pair | None]]] = {
    NoticeText: _notice,
    Indicative: _indicative,
    AuctionAnnounced: _announced,
    AuctionResult: _result,
    TradeBusted: _busted,
    BreakerState: _breaker,
    BlockBoard: _board,
    ContractExpires: _expires,
    Reduced: _reduced,
    MassCancelled: _mass_cancelled,
    BalanceChanged: _balance,
    AccountRestricted: _restricted,
    SettingChanged: _setting,
    LimitChanged: _limit,
    ProposalChanged: _proposal,
}
