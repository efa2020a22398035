"""The market as bridges tell it: every topic's JSON, what is complete, and what a new day leaves."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exchange.bridge.market import batches
from exchange.bridge.values import CONTRACT_TOPICS, MARKET_TOPICS, Topic
from exchange.vocabulary.enums import (
    AuctionKind,
    AuctionPricing,
    BlockFlag,
    BreakerKind,
    BreakerState,
    HaltReason,
    Level,
    Method,
    Phase,
    SettlementStage,
    Side,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX
from exchange.vocabulary.records import make
from exchange.vocabulary.units import trading_day_number
from tests.unit.bridge.heard import CEA, CEA21, DAY, NEXT_DAY, TEN, TEN_TEXT, Heard, opened, trade

HOUR_NS = 3_600_000_000_000
ELEVEN_TEXT = "2021-12-16T11:00:00.000000000+08:00"

#: topic -> the records that make it, and the value beyond day, number and time
TOPICS: dict[str, tuple[list[bytes], dict[str, Any]]] = {
    "CEA/quote": (
        [
            make(
                Kind.FIVE_LEVELS, board_contract_id=CEA, board_side=Side.SELL, level_count=2, time_ns=TEN,
                level_1_price_ticks=4260, level_1_quantity_lots=5, level_2_price_ticks=4270,
                level_2_quantity_lots=7,
            ),
            make(
                Kind.FIVE_LEVELS, board_contract_id=CEA, board_side=Side.BUY, level_count=1, time_ns=TEN,
                level_1_price_ticks=4250, level_1_quantity_lots=3,
            ),
        ],
        {
            "buy": [{"price_ticks": 4250, "quantity_lots": 3}],
            "sell": [
                {"price_ticks": 4260, "quantity_lots": 5},
                {"price_ticks": 4270, "quantity_lots": 7},
            ],
        },
    ),
    "CEA/last": (
        [trade(4250, 10, 7, side=Side.SELL), trade(4000, 99, 8, method=Method.BLOCK)],
        {"price_ticks": 4250, "quantity_lots": 10, "side": "SELL", "method": "LISTED", "match_id": 7},
    ),
    "CEA/phase": (
        [
            make(
                Kind.PHASE_CHANGED, contract_id=CEA, method=Method.LISTED, previous_phase=Phase.PRE_OPEN,
                phase=Phase.TRADING, next_change_ns=TEN + HOUR_NS, time_ns=TEN,
            ),
            make(
                Kind.PHASE_CHANGED, contract_id=CEA, method=Method.BLOCK, previous_phase=Phase.CLOSED,
                phase=Phase.PRE_OPEN, time_ns=TEN,
            ),
        ],
        {
            "methods": {
                "LISTED": {"phase": "TRADING", "previous_phase": "PRE_OPEN", "next_change": ELEVEN_TEXT},
                "BLOCK": {"phase": "PRE_OPEN", "previous_phase": "CLOSED", "next_change": None},
            }
        },
    ),
    "CEA/band": (
        [
            make(
                Kind.BAND, contract_id=CEA, base_price_ticks=4306, lower_ticks=3875, upper_ticks=4737,
                block_lower_ticks=3014, block_upper_ticks=5598, time_ns=TEN,
            )
        ],
        {
            "base_price_ticks": 4306, "lower_ticks": 3875, "upper_ticks": 4737, "block_lower_ticks": 3014,
            "block_upper_ticks": 5598,
        },
    ),
    "CEA/figures": (
        [trade(4250, 10), trade(4240, 20, 2), trade(4300, 5, 3, method=Method.BLOCK)],
        {
            "methods": {
                "LISTED": {
                    "trade_count": 2, "open_ticks": 4250, "high_ticks": 4250, "low_ticks": 4240,
                    "close_ticks": 4243, "volume_lots": 30, "turnover_fen": 127_300, "is_final": False,
                },
                "BLOCK": {
                    "trade_count": 1, "open_ticks": 4300, "high_ticks": 4300, "low_ticks": 4300,
                    "close_ticks": 4300, "volume_lots": 5, "turnover_fen": 21_500, "is_final": False,
                },
            }
        },
    ),
    "CEA/indicative": (
        [
            make(
                Kind.INDICATIVE, contract_id=CEA, price_ticks=0, volume_lots=0, imbalance_lots=9,
                imbalance_side=Side.SELL, auction_method=Method.CONTINUOUS, time_ns=TEN,
            )
        ],
        {
            "price_ticks": None, "volume_lots": 0, "imbalance_lots": 9, "imbalance_side": "SELL",
            "method": "CONTINUOUS",
        },
    ),
    "CEA/auction": (
        [
            make(
                Kind.AUCTION_ANNOUNCED, contract_id=CEA, auction_id=3, auction_kind=AuctionKind.PRIMARY,
                pricing=AuctionPricing.PAY_AS_BID, quantity_lots=200_000, floor_ticks=4000,
                ceiling_ticks=5000, bidder_share_ppm=250_000, end_ns=TEN + HOUR_NS, time_ns=TEN,
            ),
            make(
                Kind.AUCTION_RESULT, contract_id=CEA, auction_id=3, method=Method.ONE_WAY, price_ticks=4100,
                tonnes_lots=150_000, auction_trade_count=4, turnover_fen=620_000_000, time_ns=TEN,
            ),
        ],
        {
            "announced": {
                "auction_id": 3, "kind": "PRIMARY", "pricing": "PAY_AS_BID", "quantity_lots": 200_000,
                "floor_ticks": 4000, "ceiling_ticks": 5000, "bidder_share_ppm": 250_000, "end": ELEVEN_TEXT,
            },
            "result": {
                "auction_id": 3, "method": "ONE_WAY", "price_ticks": 4100, "quantity_lots": 150_000,
                "trade_count": 4, "turnover_fen": 620_000_000,
            },
        },
    ),
    "CEA/breaker": (
        [
            make(
                Kind.BREAKER_STATE, contract_id=CEA, breaker_state=BreakerState.PAUSE,
                breaker_kind=BreakerKind.DYNAMIC, method=Method.CONTINUOUS, reference_ticks=4250,
                trigger_ticks=4500, lower_ticks=4100, upper_ticks=4400, next_change_ns=TEN + HOUR_NS,
                time_ns=TEN,
            )
        ],
        {
            "state": "PAUSE", "kind": "DYNAMIC", "method": "CONTINUOUS", "reference_ticks": 4250,
            "trigger_ticks": 4500, "lower_ticks": 4100, "upper_ticks": 4400, "next_change": ELEVEN_TEXT,
        },
    ),
    "CEA/halt": (
        [
            make(
                Kind.HALT_CHANGED, level=Level.CONTRACT, subject_id=CEA, is_halted=1,
                halt_reason=HaltReason.REGISTRY, expected_ns=TEN + HOUR_NS, time_ns=TEN,
            )
        ],
        {"is_halted": True, "reason": "REGISTRY", "expected": ELEVEN_TEXT},
    ),
    "CEA/board": (
        [
            make(
                Kind.BLOCK_BOARD, contract_id=CEA, order_id=order_id, price_ticks=4200,
                quantity_lots=quantity_lots, side=Side.SELL, order_flags=BlockFlag.PARTIAL, time_ns=TEN,
            )
            for order_id, quantity_lots in ((1 << 60, 300_000), (5, 100_000), (1 << 60, 200_000), (5, 0))
        ],
        {
            "offer_count": 1,
            "offers": [
                {
                    "order_id": str(1 << 60), "side": "SELL", "price_ticks": 4200,
                    "quantity_lots": 200_000, "is_partial": True,
                }
            ],
        },
    ),
    "CEA/expiry": (
        [make(Kind.CONTRACT_EXPIRES, contract_id=CEA, time_ns=TEN)],
        {"is_last_day": True},
    ),
    "market/halt": (
        [make(Kind.HALT_CHANGED, level=Level.MARKET, is_halted=0, time_ns=TEN)],
        {"is_halted": False, "reason": None, "expected": None},
    ),
    "market/composite": (
        [
            make(
                Kind.COMPOSITE, open_ticks=1, high_ticks=4, low_ticks=1, close_ticks=3, volume_lots=30,
                turnover_fen=BALANCE_MAX, time_ns=TEN,
            )
        ],
        {
            "open_ticks": 1, "high_ticks": 4, "low_ticks": 1, "close_ticks": 3, "volume_lots": 30,
            "turnover_fen": BALANCE_MAX,
        },
    ),
    "market/settlement": (
        [
            make(
                Kind.SETTLEMENT_STAGE, stage=SettlementStage.STATED, break_count=2,
                trading_day=trading_day_number(DAY), time_ns=TEN,
            )
        ],
        {"stage": "STATED", "break_count": 2, "settlement_day": "2021-12-16"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", TOPICS)
def test_each_topic_says_what_the_exchange_said(path: str) -> None:
    records, expected = TOPICS[path]
    heard = Heard(*records)
    value = heard.value(path)
    at = {"day": "2021-12-16", "number": value["number"], "time": TEN_TEXT}
    assert value == {**at, **expected}
    assert list(value)[:3] == ["day", "number", "time"]


def test_every_topic_has_an_example_above() -> None:
    named = {f"CEA/{name}" for name in CONTRACT_TOPICS} | {f"market/{name}" for name in MARKET_TOPICS}
    assert named - {"market/day"} == set(TOPICS)


def test_no_value_holds_a_float_or_a_number_that_javascript_would_round() -> None:
    def numbers(value: Any) -> Iterator[float]:
        if isinstance(value, dict):
            for inner in value.values():
                yield from numbers(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from numbers(inner)
        elif isinstance(value, int | float):
            yield value

    for path, (records, _) in TOPICS.items():
        for number in numbers(Heard(*records).value(path)):
            assert isinstance(number, int) and abs(number) <= 2**53 - 1 and not math.isnan(number)


def test_the_numbers_are_those_of_the_records_that_changed_the_topic() -> None:
    heard = Heard(trade(4250, 10), *TOPICS["CEA/band"][0], trade(4250, 10, 2, method=Method.BLOCK))
    assert heard.value("CEA/last")["number"] == 2
    assert heard.value("CEA/band")["number"] == 3
    assert heard.value("CEA/figures")["number"] == 4
    assert heard.value("market/day")["number"] == 1


def test_the_exchange_s_own_figures_take_the_place_of_ours() -> None:
    said = make(
        Kind.DAY_FIGURES, contract_id=CEA, figure_method=Method.LISTED, trade_count=1, open_ticks=4250,
        high_ticks=4250, low_ticks=4250, close_ticks=4250, volume_lots=10, turnover_fen=42_500, time_ns=TEN,
    )  # fmt: skip
    figures = Heard(trade(4250, 10), trade(4260, 10, 2), said).value("CEA/figures")["methods"]["LISTED"]
    assert figures == {
        "trade_count": 1, "open_ticks": 4250, "high_ticks": 4250, "low_ticks": 4250, "close_ticks": 4250,
        "volume_lots": 10, "turnover_fen": 42_500, "is_final": True,
    }  # fmt: skip


def test_an_indicative_price_goes_with_its_auction() -> None:
    heard = Heard(*TOPICS["CEA/indicative"][0])
    heard.say(
        make(
            Kind.PHASE_CHANGED, contract_id=CEA, method=Method.CONTINUOUS,
            previous_phase=Phase.CALL_AUCTION, phase=Phase.TRADING, time_ns=TEN,
        )
    )  # fmt: skip
    assert heard.value("CEA/indicative") is None


def test_a_value_that_this_version_does_not_know_stays_a_number() -> None:
    heard = Heard(make(Kind.PHASE_CHANGED, contract_id=CEA, method=200, phase=77, time_ns=TEN))
    assert heard.value("CEA/phase")["methods"]["200"]["phase"] == "77"


def test_trades_and_busts_of_a_contract_are_complete_and_say_what_came_before() -> None:
    heard = Heard(
        trade(4250, 10, 1),
        trade(4000, 7, 2, contract_id=CEA21),
        trade(4260, 20, 3),
        make(Kind.TRADE_BUSTED, contract_id=CEA, match_id=1, time_ns=TEN),
        make(Kind.TRADE_BUSTED, contract_id=CEA, match_id=3, price_ticks=4255, quantity_lots=15, time_ns=TEN),
    )
    (topic, batch), (other, _) = batches(heard.items)
    assert (topic, other) == (Topic("CEA", "trades"), Topic("CEA21", "trades"))
    said = msgspec.json.decode(msgspec.json.encode(batch))
    assert (said["day"], said["previous_number"]) == ("2021-12-16", 0)
    assert said["items"] == [
        {
            "type": "trade", "number": 2, "time": TEN_TEXT, "match_id": 1, "price_ticks": 4250,
            "quantity_lots": 10, "side": "BUY", "method": "LISTED",
        },
        {
            "type": "trade", "number": 4, "time": TEN_TEXT, "match_id": 3, "price_ticks": 4260,
            "quantity_lots": 20, "side": "BUY", "method": "LISTED",
        },
        {
            "type": "bust", "number": 5, "time": TEN_TEXT, "match_id": 1, "price_ticks": None,
            "quantity_lots": 0,
        },
        {
            "type": "bust", "number": 6, "time": TEN_TEXT, "match_id": 3, "price_ticks": 4255,
            "quantity_lots": 15,
        },
    ]  # fmt: skip
    assert [item.previous_number for item in heard.items] == [0, 0, 2, 4, 5]


def test_a_notice_comes_whole_with_its_last_part_even_where_a_character_is_cut() -> None:
    text = "全国碳排放权交易：明日调整涨跌幅。"
    data = text.encode()
    parts = [data[at : at + 32] for at in range(0, len(data), 32)]
    heard = Heard()
    for index, part in enumerate(parts):
        heard.say(
            make(
                Kind.NOTICE_TEXT, notice_id=9, fragment_index=index, fragment_count=len(parts), text=part,
                time_ns=TEN,
            )
        )  # fmt: skip
        assert bool(heard.items) == (index == len(parts) - 1)
    item = heard.items[0].item
    assert (heard.items[0].topic, msgspec.to_builtins(item)["text"]) == (Topic("market", "notices"), text)


def test_a_new_day_takes_every_value_of_the_day_before() -> None:
    heard = Heard(*(record for records, _ in TOPICS.values() for record in records))
    _, seen = heard.market.since(0)
    heard.say(opened(NEXT_DAY))
    changed, _ = heard.market.since(seen)
    assert {topic.path for topic in changed} == {*TOPICS, "market/day"}
    assert [topic.path for topic in changed if heard.market.encoded(topic) is not None] == ["market/day"]
    assert heard.value("market/day")["day"] == "2021-12-17"
    heard.say(trade(4250, 1))
    assert heard.items[-1].previous_number == 0


def test_the_end_of_the_stream_is_told() -> None:
    heard = Heard()
    assert heard.value("market/day")["is_ended"] is False
    heard.market.stream_ended()
    assert heard.value("market/day")["is_ended"] is True


def test_the_page_shows_each_topic_as_it_is() -> None:
    page = (Path(__file__).parents[3] / "docs" / "BRIDGES.md").read_text(encoding="utf-8")
    for path, (records, _) in TOPICS.items():
        contract, name = path.split("/")
        encoded = Heard(*records).market.encoded(Topic(contract, name))
        assert encoded is not None
        assert f"{path} {encoded.decode()}\n" in page, (
            f"expected in docs/BRIDGES.md: {path} {encoded.decode()}"
        )
