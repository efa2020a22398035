"""Every event that is news, as a person reads it in either language."""

import numpy as np
import pytest

from exchange.client.decode import OtherRecord, decode_events
from exchange.client.describe import describe, notice_text
from exchange.client.events import EVENT_CLASSES, Event, NoticeText
from exchange.vocabulary.enums import (
    AuctionKind,
    AuctionPricing,
    BlockFlag,
    BreakerKind,
    BreakerState,
    ChangeKind,
    MemberLimit,
    ProposalState,
    Side,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, make
from exchange.vocabulary.units import market_time_ns, trading_day_date

AT = market_time_ns(trading_day_date(8020), 14 * 3600)
CODES = {1: "CEA"}
ORDER = 7 << 24 | 3


def event(kind: Kind, **fields: int | bytes) -> Event:
    (made,) = decode_events(np.frombuffer(make(kind, **fields), EVENT))
    assert not isinstance(made, OtherRecord)
    return made


ANNOUNCED = {
    "contract_id": 1, "quantity_lots": 100_000, "floor_ticks": 4306, "ceiling_ticks": 4737, "auction_id": 3,
    "pricing": AuctionPricing.PAY_AS_BID, "bidder_share_ppm": 500_000, "end_ns": AT,
}  # fmt: skip
TOLD = [
    (Kind.NOTICE_TEXT, {"notice_id": 4, "fragment_count": 1, "text": "休市".encode()},
     "公告 4:休市", "notice 4: 休市"),
    (Kind.INDICATIVE,
     {"contract_id": 1, "price_ticks": 4310, "volume_lots": 500, "imbalance_lots": 70,
      "imbalance_side": Side.SELL},
     "CEA 集合竞价参考价 43.10,可成交 500 吨,卖出方未匹配 70 吨",
     "CEA call auction: indicative 43.10, 500 t would trade, 70 t to sell are left"),
    (Kind.INDICATIVE, {"contract_id": 1}, "", ""),
    (Kind.AUCTION_ANNOUNCED, ANNOUNCED,
     "单向竞买 3:CEA 100,000 吨,43.06-47.37,按报价,14:00:00 截止,每户最多 50%",
     "one-way auction 3: 100,000 t of CEA, 43.06 to 47.37, pay as bid, until 14:00:00, at most 50 % each"),
    (Kind.AUCTION_RESULT,
     {"contract_id": 1, "auction_id": 3, "auction_kind": AuctionKind.PRIMARY, "tonnes_lots": 90_000,
      "auction_trade_count": 2, "price_ticks": 4400},
     "CEA 有偿分配拍卖 3:90,000 吨,2 笔,价格 44.00",
     "CEA primary auction 3: 90,000 t in 2 trades at 44.00"),
    (Kind.AUCTION_RESULT, {"contract_id": 1}, "CEA 集合竞价:无成交", "CEA call auction: no trade"),
    (Kind.TRADE_BUSTED, {"contract_id": 1, "match_id": 12}, "CEA 成交 12 已撤销", "CEA: trade 12 is undone"),
    (Kind.TRADE_BUSTED, {"contract_id": 1, "match_id": 12, "price_ticks": 4200, "quantity_lots": 8},
     "CEA 成交 12 更正为 8 t @ 42.00", "CEA: trade 12 is now 8 t @ 42.00"),
    (Kind.BREAKER_STATE,
     {"contract_id": 1, "breaker_state": BreakerState.LIMIT, "breaker_kind": BreakerKind.DYNAMIC,
      "lower_ticks": 4100, "upper_ticks": 4500, "next_change_ns": AT},
     "CEA 动态熔断:限价状态,41.00-45.00,至 14:00:00",
     "CEA dynamic breaker: limit state, 41.00-45.00, until 14:00:00"),
    (Kind.BREAKER_STATE, {"contract_id": 1, "breaker_kind": BreakerKind.MARKET},
     "CEA 全市场熔断:解除", "CEA market-wide breaker: over"),
    (Kind.BLOCK_BOARD,
     {"contract_id": 1, "order_id": ORDER, "price_ticks": 4100, "quantity_lots": 300_000, "side": Side.SELL,
      "order_flags": BlockFlag.PARTIAL},
     "大宗公开要约 #7:CEA 卖出 300,000 t @ 41.00,可部分成交",
     "block offer #7 on the board: sell 300,000 t @ 41.00 of CEA, in part too"),
    (Kind.BLOCK_BOARD, {"order_id": ORDER}, "大宗公开要约 #7 已结束", "block offer #7 on the board is gone"),
    (Kind.CONTRACT_EXPIRES, {"contract_id": 1}, "CEA 今日为最后交易日",
     "CEA trades for the last time today"),
    (Kind.REDUCED, {"order_id": ORDER, "price_ticks": 4300, "quantity_lots": 5, "keeps_priority": 1},
     "#7:5 吨 @ 43.00,保留排队", "#7: 5 t at 43.00 now, keeps its place"),
    (Kind.MASS_CANCELLED, {"record_count": 2, "cancelled_lots": 30}, "批量撤单:2 笔,30 吨",
     "mass cancel: 2 orders, 30 t"),
    (Kind.BALANCE_CHANGED,
     {"contract_id": 1, "amount": -5, "available": 995, "change_kind": ChangeKind.FREEZE},
     "CEA 冻结:-5 吨,可卖 995", "CEA frozen: -5 t, 995 may be sold"),
    (Kind.BALANCE_CHANGED, {"amount": 12_345, "available": 20_000, "change_kind": ChangeKind.DEPOSIT},
     "资金入金:123.45,可用 200.00", "cash deposit: 123.45, 200.00 to spend"),
    (Kind.ACCOUNT_RESTRICTED, {"account_id": 1001, "eligibility": 1}, "账户 1001:现可买入",
     "account 1001 may now buy"),
    (Kind.ACCOUNT_RESTRICTED, {"account_id": 1001}, "账户 1001:现可不得交易",
     "account 1001 may now not trade at all"),
    (Kind.SETTING_CHANGED, {"cancel_on_disconnect": 1, "grace_ms": 500, "dead_man_ms": 60_000},
     "断线撤单(500 毫秒后),无指令 60,000 毫秒撤单",
     "cancel on disconnect after 500 ms, after 60,000 ms without a command too"),
    (Kind.LIMIT_CHANGED, {"parameter_id": MemberLimit.OPEN_ORDERS, "parameter_value": 9, "subject_id": 101},
     "登录 101限额:未了结委托 9", "login 101 limit, open orders: 9"),
    (Kind.PROPOSAL_CHANGED,
     {"proposal_id": 2, "command_kind": Kind.BUST, "command_hash": 0xAB,
      "proposal_state": ProposalState.OPEN},
     "提案 2 BUST 00000000000000ab:待复核", "proposal 2 BUST 00000000000000ab: waits for another person"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "zh", "en"), TOLD)
def test_an_event_is_told_in_both_languages(
    kind: Kind, fields: dict[str, int | bytes], zh: str, en: str
) -> None:
    told = event(kind, **fields)
    assert (describe(told, "zh", CODES), describe(told, "en", CODES)) == (zh, en)


def test_a_contract_without_a_code_is_named_by_its_number() -> None:
    assert (
        describe(event(Kind.CONTRACT_EXPIRES, contract_id=9), "en")
        == "contract 9 trades for the last time today"
    )


def test_every_event_can_be_asked_about() -> None:
    for made in EVENT_CLASSES:
        told = event(Kind(made.KIND))
        assert isinstance(describe(told, "en") + describe(told, "zh"), str)


def test_a_character_cut_between_two_fragments_does_no_harm() -> None:
    data = ("x" * 31 + "休市").encode()
    parts = [event(Kind.NOTICE_TEXT, text=data[i : i + 32]) for i in (0, 32)]
    assert [notice_text(part) for part in parts if isinstance(part, NoticeText)] == ["x" * 31, "市"]
