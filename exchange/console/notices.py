"""Events of the public stream as a line of text in both languages."""

from collections.abc import Mapping

from exchange.client.describe import describe_pair
from exchange.client.events import (
    AuctionAnnounced,
    AuctionResult,
    BreakerState,
    Composite,
    ContractExpires,
    HaltChanged,
    NoticeText,
    PhaseChanged,
    SettlementStage,
    TradeBusted,
)
from exchange.client.words import HALT_REASONS, METHODS, PHASES, STAGES, Lang, price_text, word
from exchange.console.view import NoticeView, Tone
from exchange.vocabulary.enums import BreakerState as Breaker
from exchange.vocabulary.enums import SettlementStage as Stage


def of_phase(event: PhaseChanged, code: str) -> NoticeView:
    """A method of a contract changed phase."""

    def text(lang: Lang) -> str:
        method, phase = word(METHODS, event.method, lang), word(PHASES, event.phase, lang)
        return f"{code or event.contract_id} {method}{'：' if lang == 'zh' else ': '}{phase}"

    return NoticeView(event.time_ns, Tone.IDLE, text("zh"), text("en"))


def of_halt(event: HaltChanged, code: str) -> NoticeView:
    """Trading halted or resumed."""
    zh_subject, en_subject = code or "全市场", code or "market"
    if not event.is_halted:
        return NoticeView(event.time_ns, Tone.GOOD, f"{zh_subject}恢复交易", f"{en_subject} resumed")
    zh_reason, en_reason = (
        word(HALT_REASONS, event.halt_reason, "zh"),
        word(HALT_REASONS, event.halt_reason, "en"),
    )
    return NoticeView(
        event.time_ns, Tone.BAD, f"{zh_subject}暂停交易（{zh_reason}）", f"{en_subject} halted ({en_reason})"
    )


def of_stage(event: SettlementStage) -> NoticeView:
    """The registry's day went a step further."""
    zh, en = (
        f"武汉结算：{word(STAGES, event.stage, 'zh')}",
        f"Wuhan settlement: {word(STAGES, event.stage, 'en')}",
    )
    if event.break_count:
        zh, en = f"{zh}，差异 {event.break_count}", f"{en}, {event.break_count} breaks"
    is_bad = event.stage == Stage.REFUSED or event.break_count > 0
    tone = Tone.BAD if is_bad else Tone.GOOD if event.stage == Stage.STATED else Tone.IDLE
    return NoticeView(event.time_ns, tone, zh, en)


News = AuctionAnnounced | AuctionResult | BreakerState | ContractExpires | NoticeText | TradeBusted


def of_news(event: News, codes: Mapping[int, str]) -> NoticeView | None:
    """Auctions, breakers, undone trades, texts and last days, in the client's words."""
    pair = describe_pair(event, codes)
    if pair is None:
        return None
    is_over = isinstance(event, BreakerState) and event.breaker_state == Breaker.NORMAL
    is_bad = isinstance(event, BreakerState | TradeBusted) and not is_over
    tone = Tone.GOOD if is_over else Tone.BAD if is_bad else Tone.IDLE
    return NoticeView(event.time_ns, tone, *pair)


def of_composite(event: Composite) -> NoticeView:
    """The composite price at the close."""
    price = price_text(event.close_ticks)
    return NoticeView(event.time_ns, Tone.IDLE, f"综合收盘价 {price}", f"composite close {price}")
