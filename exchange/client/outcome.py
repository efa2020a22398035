"""What became of one command, as a value: accepted or rejected, with words in Chinese and English."""

from enum import IntEnum
from typing import Final

from msgspec import Struct

from exchange.client.events import Executed
from exchange.client.words import Lang, order_number, price_text
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectAction, RejectReason


def known_reason(code: int) -> RejectReason:
    """The reason of a code; NONE for one that a newer exchange has and we do not know."""
    return RejectReason(code) if code in _CODES else RejectReason.NONE


_CODES: Final = frozenset(REJECT_TEXTS)
_PRICE_LIMITS: Final = (RejectReason.PRICE_OUTSIDE_BAND,)


class Result(IntEnum):
    """How a command ended."""

    ACCEPTED = 0
    REJECTED = 1
    UNKNOWN = 2  # its stream ended, or is no longer kept, before the answer was read


class Outcome(Struct, frozen=True, kw_only=True):
    """The exchange's answer to one command of ours."""

    result: Result
    kind: Kind
    user_reference: int
    order_id: int = 0
    executions: tuple[
        Executed, ...
    ] = ()  # of what ended at once; those of an order that rests come as events
    order_count: int = 0  # orders cancelled by a mass cancel
    cancelled_lots: int = 0
    reason: RejectReason = RejectReason.NONE  # NONE too when this program is older than the code
    code: int = 0  # of a reject, as on the wire
    expected_value: int = 0  # the limit, where one number says it
    retry_after_ms: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the command took effect."""
        return self.result is Result.ACCEPTED

    @property
    def filled_lots(self) -> int:
        """Tonnes traded by a take, an acceptance, or a limit order that may not rest."""
        return sum(execution.quantity_lots for execution in self.executions)

    @property
    def amount_fen(self) -> int:
        """What those tonnes cost or brought, without fees."""
        return sum(execution.quantity_lots * execution.price_ticks for execution in self.executions)

    def text(self, lang: Lang = "en") -> str:
        """One line for a person."""
        if self.result is Result.UNKNOWN:
            return _UNKNOWN[lang]
        if self.accepted:
            return _accepted_text(self, lang)
        words = REJECT_TEXTS.get(self.reason)
        if words is None:
            return f"拒绝代码 {self.code}" if lang == "zh" else f"rejected with code {self.code}"
        text = f"{words.zh if lang == 'zh' else words.en} ({int(self.reason)} {self.reason.name})"
        if self.expected_value:
            is_price = self.reason in _PRICE_LIMITS
            limit = price_text(self.expected_value) if is_price else f"{self.expected_value:,}"
            text += f"; {'限值' if lang == 'zh' else 'the limit is'} {limit}"
        return text

    @property
    def action(self) -> RejectAction | None:
        """What a program does next about a reject; None when accepted or unknown."""
        texts = REJECT_TEXTS.get(self.reason)
        return texts.action if texts is not None else None

    @property
    def remedy(self) -> str:
        """What a person can do about a reject, in English; empty when accepted."""
        return self.remedy_text("en")

    def remedy_text(self, lang: Lang) -> str:
        """The same in either language."""
        texts = REJECT_TEXTS.get(self.reason)
        if texts is None:
            return ""
        return texts.remedy_zh if lang == "zh" else texts.remedy


_UNKNOWN: Final[dict[Lang, str]] = {
    "en": "the answer is lost with its day; query orders and holdings",
    "zh": "交易日已结束,应答未读到;请查询委托与持有量",
}
_DONE_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    Kind.LISTING: ("挂牌成功", "listed"),
    Kind.CANCEL: ("已撤单", "cancelled"),
    Kind.BLOCK_OFFER: ("大宗要约已发出", "block offered"),
    Kind.BLOCK_DECLINE: ("已拒绝大宗要约", "block declined"),
    Kind.LIMIT_ORDER: ("限价单已接受", "limit order accepted"),
    Kind.REDUCE: ("已减量", "reduced"),
    Kind.REPLACE: ("已改单", "replaced"),
    Kind.BLOCK_COUNTER: ("还价要约已发出", "counter-offer made"),
    Kind.AUCTION_BID: ("竞买申报已接受", "bid accepted"),
    Kind.SESSION_SETTING: ("会话设置已生效", "session setting in force"),
    Kind.MEMBER_LIMIT: ("限额已生效", "limit in force"),
    Kind.COMMAND_FRAGMENT: ("提案已提交,待他人复核", "proposed; another person must approve"),
    Kind.APPROVE: ("已复核", "approved"),
    Kind.PROPOSAL_WITHDRAW: ("提案已撤回", "proposal withdrawn"),
    Kind.BUST: ("成交已撤销", "trade undone"),
    Kind.CORRECTION: ("成交已更正", "trade corrected"),
}


def _accepted_text(outcome: Outcome, lang: Lang) -> str:
    zh, en = _DONE_WORDS.get(outcome.kind, ("已执行", "done"))
    if outcome.kind is Kind.MASS_CANCEL:
        zh = f"批量撤单 {outcome.order_count:,} 笔,{outcome.cancelled_lots:,} 吨"
        en = f"{outcome.order_count:,} orders cancelled, {outcome.cancelled_lots:,} t"
    elif outcome.kind in (Kind.TAKE, Kind.BLOCK_ACCEPT) or outcome.executions:
        lots = outcome.filled_lots
        mean = price_text((outcome.amount_fen + lots // 2) // lots) if lots else "-"
        zh, en = f"成交 {lots:,} 吨,均价 {mean}", f"traded {lots:,} t at {mean} on average"
    elif outcome.order_id:
        number = order_number(outcome.order_id)
        zh, en = f"{zh},委托号 #{number}", f"{en}, order #{number}"
    return zh if lang == "zh" else en
