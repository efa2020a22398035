"""Events and answers in, one view out: figures, the market's state, and what is too old to be believed."""

from datetime import date

import pytest

from exchange.console.source import STALE_MS
from exchange.console.view import Balance, LevelView, MarketWord, StepState, Tone
from exchange.vocabulary.enums import HaltReason, Level, Method, Phase, SettlementStage, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from tests.unit.console.heard import A_BREAK, CEA, DAY, Exchange, at, stated


@pytest.fixture
def exchange() -> Exchange:
    return Exchange().open_day()


def test_close_so_far_is_the_weighted_mean_rounded_half_up(exchange: Exchange) -> None:
    exchange.trade(4400, 1, "09:31:00")
    exchange.trade(4401, 1, "09:31:30")
    contract = exchange.view().contracts[0]
    assert (contract.last_ticks, contract.close_ticks, contract.is_final) == (4401, 4401, False)
    assert (contract.open_ticks, contract.high_ticks, contract.low_ticks) == (4400, 4401, 4400)
    assert (contract.listed_lots, contract.listed_fen, contract.listed_trades) == (2, 8801, 2)


def test_without_a_listed_trade_the_close_so_far_is_the_base(exchange: Exchange) -> None:
    exchange.trade(4000, 200_000, "13:30:00", Method.BLOCK)
    contract = exchange.view().contracts[0]
    assert (contract.last_ticks, contract.close_ticks, contract.block_lots) == (0, 4306, 200_000)
    assert contract.minutes == ()


def test_minutes_hold_the_last_price_the_mean_so_far_and_the_tonnes_of_the_minute(exchange: Exchange) -> None:
    for price, lots, clock in ((4400, 10, "09:31:00"), (4420, 30, "09:31:59"), (4500, 40, "09:32:00")):
        exchange.trade(price, lots, clock)
    minutes = exchange.view().contracts[0].minutes
    assert [(m.minute, m.last_ticks, m.average_ticks, m.lots) for m in minutes] == [
        (571, 4420, 4415, 40),
        (572, 4500, 4458, 40),
    ]


def test_the_days_own_figures_are_final(exchange: Exchange) -> None:
    exchange.trade(4400, 10, "09:31:00")
    exchange.events(
        make(
            Kind.DAY_FIGURES, contract_id=CEA, figure_method=Method.LISTED, open_ticks=4400, close_ticks=4399
        )
    )
    contract = exchange.view().contracts[0]
    assert (contract.close_ticks, contract.is_final) == (4399, True)


def test_levels_carry_the_number_of_listings(exchange: Exchange) -> None:
    exchange.events(
        make(Kind.FIVE_LEVELS, board_contract_id=CEA, board_side=Side.SELL, level_count=2,
             level_1_price_ticks=4410, level_1_quantity_lots=7, level_2_price_ticks=4411,
             level_2_quantity_lots=9)
    )  # fmt: skip
    exchange.board((Side.SELL, 4410), (Side.SELL, 4410), (Side.BUY, 4411))
    contract = exchange.view().contracts[0]
    assert contract.sell == (LevelView(4410, 7, 2), LevelView(4411, 9, 0))
    assert contract.buy == ()


def test_next_change_names_the_phase_of_the_schedule(exchange: Exchange) -> None:
    exchange.phase(Phase.TRADING, "09:30:00", until="11:30:00")
    (phase,) = exchange.view().contracts[0].phases
    assert (phase.phase, phase.next_ns, phase.next_phase) == (Phase.TRADING, at("11:30:00"), Phase.BREAK)


def test_listed_sessions_are_those_of_the_rulebook(exchange: Exchange) -> None:
    assert exchange.view().open_minutes == ((570, 690), (780, 900))


def test_market_time_is_the_newest_of_events_and_status(exchange: Exchange) -> None:
    exchange.trade(4400, 1, "09:31:00")
    exchange.status(time_ns=at("12:15:00"))
    exchange.status(time_ns=at("12:14:00"))
    assert exchange.view().market_ns == at("12:15:00")


def test_another_days_stream_begins_anew(exchange: Exchange) -> None:
    exchange.trade(4400, 1, "09:31:00")
    exchange.stage(SettlementStage.OPEN, "09:15:30")
    exchange.open_day(date(2021, 12, 17), base_ticks=4421)
    view = exchange.view()
    assert (view.trading_day, view.trades, view.notices) == (date(2021, 12, 17), (), ())
    assert (view.contracts[0].base_ticks, view.contracts[0].listed_lots) == (4421, 0)
    assert {step.state for step in view.steps} == {StepState.CURRENT, StepState.AHEAD}


def test_surrender_deadline_is_shown(exchange: Exchange) -> None:
    surrender = exchange.view().surrender
    assert surrender is not None
    assert (surrender.deadline, surrender.trading_days_left) == (date(2021, 12, 31), 10)


class TestState:
    """The one statement at the top of the page."""

    def test_nothing_heard_is_unreachable(self) -> None:
        view = Exchange().view()
        assert (view.word, view.tone, view.exchange.is_up) == (MarketWord.UNREACHABLE, Tone.BAD, False)

    def test_trading_is_good(self, exchange: Exchange) -> None:
        exchange.phase(Phase.TRADING, "09:30:00")
        assert (exchange.view().word, exchange.view().tone) == (MarketWord.TRADING, Tone.GOOD)

    def test_a_cut_line_is_never_trading(self, exchange: Exchange) -> None:
        exchange.phase(Phase.TRADING, "09:30:00")
        exchange.now_ms += 5_000
        exchange.model.line_down(exchange.now_ms, "cut")
        exchange.now_ms += 2_000
        exchange.model.line_down(exchange.now_ms, "refused")
        view = exchange.view()
        assert (view.word, view.exchange.since_ms) == (MarketWord.UNREACHABLE, exchange.now_ms - 2_000)
        assert view.status_is_stale

    def test_silence_becomes_stale_by_itself(self, exchange: Exchange) -> None:
        exchange.phase(Phase.TRADING, "09:30:00")
        exchange.now_ms += STALE_MS
        assert exchange.view().word is MarketWord.TRADING
        exchange.now_ms += 1
        assert exchange.view().word is MarketWord.STALE
        exchange.status()
        assert exchange.view().word is MarketWord.TRADING

    def test_events_without_answers_are_stale_too(self, exchange: Exchange) -> None:
        exchange.now_ms += STALE_MS + 1
        exchange.trade(4400, 1, "09:31:00")
        assert (exchange.view().word, exchange.view().status_is_stale) == (MarketWord.STALE, True)

    def test_a_halt_shows_level_and_reason_until_it_is_resumed(self, exchange: Exchange) -> None:
        exchange.phase(Phase.TRADING, "09:30:00")
        halt = {"level": Level.MARKET, "halt_reason": HaltReason.TECHNICAL, "time_ns": at("10:00:00")}
        exchange.events(make(Kind.HALT_CHANGED, is_halted=1, expected_ns=at("10:30:00"), **halt))
        view = exchange.view()
        assert (view.word, view.tone) == (MarketWord.HALTED, Tone.BAD)
        assert [(row.reason, row.since_ns, row.expected_ns) for row in view.halts] == [
            (HaltReason.TECHNICAL, at("10:00:00"), at("10:30:00"))
        ]
        exchange.events(make(Kind.HALT_CHANGED, is_halted=0, **halt))
        assert (exchange.view().word, exchange.view().halts) == (MarketWord.TRADING, ())

    def test_a_halted_contract_is_a_part_of_the_market(self, exchange: Exchange) -> None:
        exchange.events(make(Kind.HALT_CHANGED, is_halted=1, level=Level.CONTRACT, subject_id=CEA))
        assert exchange.view().word is MarketWord.PARTLY_HALTED

    def test_a_killed_contract_is_said(self, exchange: Exchange) -> None:
        exchange.replies(make(Kind.REPLY_PHASE, contract_id=CEA, phase=Phase.TRADING, is_killed=1))
        assert exchange.view().word is MarketWord.KILLED

    def test_a_day_that_ended_in_order_is_no_failure(self, exchange: Exchange) -> None:
        exchange.model.stream_ended(exchange.now_ms)
        exchange.model.line_down(exchange.now_ms, "gone")
        assert (exchange.view().word, exchange.view().tone) == (MarketWord.DAY_OVER, Tone.IDLE)
        assert not exchange.view().exchange.is_up


class TestSettlement:
    """The step line, and a green light only when it is true."""

    def test_steps_follow_the_stages(self, exchange: Exchange) -> None:
        exchange.stage(SettlementStage.OPENING_SENT, "09:15:00")
        exchange.stage(SettlementStage.OPEN, "09:15:30")
        steps = exchange.view().steps
        assert [step.state for step in steps[:4]] == [
            StepState.DONE, StepState.DONE, StepState.CURRENT, StepState.AHEAD
        ]  # fmt: skip
        assert [step.at_ns for step in steps[:3]] == [at("09:15:00"), at("09:15:30"), 0]

    def test_a_refused_result_stops_the_line(self, exchange: Exchange) -> None:
        exchange.stage(SettlementStage.REFUSED, "15:01:00")
        states = {step.stage: step.state for step in exchange.view().steps}
        assert states[SettlementStage.CLEARED] is StepState.DONE
        assert states[SettlementStage.CONFIRMED] is StepState.REFUSED
        assert states[SettlementStage.DELIVERED] is StepState.AHEAD
        assert exchange.view().balance.word is Balance.REFUSED

    def test_nobody_answered_is_unknown(self, exchange: Exchange) -> None:
        assert exchange.view().balance.word is Balance.UNKNOWN

    def test_before_the_end_of_the_day_it_is_pending(self, exchange: Exchange) -> None:
        exchange.wuhan(stated(date(2021, 12, 15)))
        balance = exchange.view().balance
        assert (balance.word, balance.tone) == (Balance.PENDING, Tone.IDLE)
        assert (balance.before, balance.before_is_balanced) == (date(2021, 12, 15), True)

    def test_balanced_is_green(self, exchange: Exchange) -> None:
        exchange.stage(SettlementStage.STATED, "15:05:00")
        exchange.wuhan(stated())
        assert (exchange.view().balance.word, exchange.view().balance.tone) == (Balance.BALANCED, Tone.GOOD)

    def test_an_old_green_is_not_green(self, exchange: Exchange) -> None:
        exchange.wuhan(stated())
        exchange.now_ms += STALE_MS + 1
        assert (exchange.view().balance.word, exchange.view().balance.tone) == (Balance.STALE, Tone.CARE)

    def test_wuhan_gone_is_not_green(self, exchange: Exchange) -> None:
        exchange.wuhan(stated())
        exchange.model.registry_down(exchange.now_ms, "gone")
        assert exchange.view().balance.word is Balance.STALE
        assert exchange.view().city_line == ""

    @pytest.mark.parametrize(
        ("day", "word"),
        [
            (stated(units_conserved=False), Balance.NOT_CONSERVED),
            (stated(cash_conserved=False), Balance.NOT_CONSERVED),
            (stated(breaks=(A_BREAK,)), Balance.BREAKS),
            (stated(stage="DELIVERED"), Balance.PENDING),
        ],
    )
    def test_anything_less_is_not_green(self, exchange: Exchange, day: object, word: Balance) -> None:
        exchange.wuhan(day)  # type: ignore[arg-type]
        assert exchange.view().balance.word is word
        assert exchange.view().balance.tone is not Tone.GOOD

    def test_breaks_are_listed(self, exchange: Exchange) -> None:
        exchange.stage(SettlementStage.STATED, "15:05:00", breaks=1)
        assert exchange.view().balance.word is Balance.BREAKS
        exchange.wuhan(stated(breaks=(A_BREAK,)), breaks=(A_BREAK,))
        balance = exchange.view().balance
        assert (balance.break_count, balance.breaks, balance.tone) == (1, (A_BREAK,), Tone.BAD)

    def test_the_line_between_the_cities_is_as_wuhan_says(self, exchange: Exchange) -> None:
        exchange.wuhan(line="down")
        assert exchange.view().city_line == "down"

    def test_a_held_day_is_refused_even_if_the_stream_did_not_say_so(self, exchange: Exchange) -> None:
        exchange.wuhan(is_held=True)
        assert exchange.view().balance.word is Balance.REFUSED


def test_a_continuous_book_makes_the_live_prices_as_a_listed_one_does(exchange: Exchange) -> None:
    exchange.trade(4400, 2, "09:31:00", Method.CONTINUOUS)
    exchange.trade(4100, 200_000, "13:30:00", Method.ONE_WAY)
    contract = exchange.view().contracts[0]
    assert (contract.last_ticks, contract.listed_lots, contract.block_lots) == (4400, 2, 0)


def test_auctions_breakers_texts_and_undone_trades_are_news(exchange: Exchange) -> None:
    exchange.events(
        make(Kind.NOTICE_TEXT, notice_id=1, fragment_count=1, text=b"hello"),
        make(
            Kind.BREAKER_STATE, contract_id=1, breaker_kind=1, breaker_state=2, next_change_ns=at("14:00:00")
        ),
        make(Kind.BREAKER_STATE, contract_id=1, breaker_kind=1),
        make(Kind.TRADE_BUSTED, contract_id=1, match_id=5),
        make(Kind.AUCTION_RESULT, contract_id=1),
        make(Kind.CONTRACT_EXPIRES, contract_id=1),
        make(Kind.INDICATIVE, contract_id=1, price_ticks=4300),  # each second: a figure, not news
    )
    told = [(row.tone, row.en) for row in exchange.view().notices[:6]]
    assert told == [
        (Tone.IDLE, "CEA trades for the last time today"),
        (Tone.IDLE, "CEA call auction: no trade"),
        (Tone.BAD, "CEA: trade 5 is undone"),
        (Tone.GOOD, "CEA dynamic breaker: over"),
        (Tone.BAD, "CEA dynamic breaker: pause, until 14:00:00"),
        (Tone.IDLE, "notice 1: hello"),
    ]


def test_trades_and_notices_are_newest_first_and_bounded(exchange: Exchange) -> None:
    for number in range(200):
        exchange.trade(4400 + number, 1, "09:31:00")
        exchange.phase(Phase.TRADING, "09:31:00")
    view = exchange.view()
    assert (view.trades[0].match_id, len(view.trades), len(view.notices)) == (200, 60, 60)
    assert view.trades[0].code == "CEA"
    assert DAY == view.trading_day
