"""A trading day from opening to statement, and on to the next: what is owed when, what waits for whom."""

from datetime import date

import numpy as np
import pytest

from exchange.engine.clock import CompressedClock
from exchange.engine.day import DayStage
from exchange.engine.day_file import read_day_file
from exchange.engine.journal_reader import JournalReader
from exchange.engine.replay import replay
from exchange.errors import UsageError
from exchange.kernel import check_state, digest_canonical
from exchange.vocabulary.enums import Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_OPERATOR, STREAM_PUBLIC, STREAM_SETTLEMENT, TICK_INTERVAL_MS
from exchange.vocabulary.records import make
from exchange.vocabulary.rejects import RejectReason
from tests.simulation.fake_disk import FakeDisk
from tests.simulation.market import (
    ALICE,
    ALICE_STREAM,
    CEA,
    DAY,
    NEXT_DAY,
    REGISTRY,
    Market,
    RealTime,
    at,
    commands,
    crash,
    journaled,
    open_market,
    phases,
    settings,
)
from tests.simulation.scripted_day import TRADES, Script


class TestOpening:
    def test_without_opening_positions_the_market_stays_closed(self) -> None:
        market = Market(FakeDisk())
        market.registry.is_silent = True
        market.go_to(10)
        assert (market.engine.day.stage, phases(market)) == (DayStage.OPENING, [])
        market.registry.is_silent = False
        market.run()
        opened = (Method.LISTED, Method.BLOCK, Method.ONE_WAY)
        assert phases(market)[:3] == [(method, Phase.PRE_OPEN) for method in opened]
        assert phases(market)[3:] == [(Method.LISTED, Phase.TRADING)]  # the missed change comes at once

    def test_every_stream_begins_with_its_opening_record(self) -> None:
        market = open_market()
        for stream in (STREAM_PUBLIC, STREAM_SETTLEMENT, STREAM_OPERATOR, 16, 17):
            first = market.events(stream)[0]
            assert (first["kind"], first["stream_id"]) == (Kind.STREAM_OPENED, stream)

    def test_members_are_not_heard_before_the_day_is_defined(self) -> None:
        market = Market(FakeDisk())
        market.send(market.alice, market.alice.listing(Side.SELL, 5100, 1))
        market.run()
        kinds = [Kind(k) for k in journaled(market)["kind"].tolist()]
        assert kinds.index(Kind.LISTING) > kinds.index(Kind.DEFINE_LOGIN)
        assert [RejectReason(e["reason"]) for e in market.events(ALICE_STREAM)[1:]] == [
            RejectReason.WRONG_PHASE
        ]

    def test_the_registry_may_send_its_opening_again_from_the_beginning(self) -> None:
        market = Market(FakeDisk())
        market.registry.is_silent = True
        market.run()
        market.engine.queue(REGISTRY, commands(*market.registry.opening()[:-2]))  # then its line is cut
        market.registry.is_silent = False
        market.run()
        assert market.engine.day.stage is DayStage.SESSION

    def test_the_compressed_clock_stands_until_the_positions_are_accepted(self) -> None:
        real = RealTime()
        market = Market(FakeDisk(), clock=CompressedClock(20.0, real))
        market.registry.is_silent = True
        real.advance(100)
        market.run()
        assert market.clock.now_ns() == at(9, 15)
        market.registry.is_silent = False
        market.run()
        real.advance(1.5)
        market.run()
        assert phases(market)[-1] == (Method.LISTED, Phase.TRADING)


class TestSchedule:
    def test_a_day_goes_through_its_phases_and_is_settled(self) -> None:
        market = open_market()
        Script().play(market)
        assert market.engine.is_over
        assert [phase for phase in phases(market) if phase[0] is Method.LISTED] == [
            (Method.LISTED, phase)
            for phase in (
                Phase.PRE_OPEN, Phase.TRADING, Phase.BREAK, Phase.TRADING, Phase.ENDED, Phase.SEALED,
            )
        ]  # fmt: skip
        assert market.kinds(STREAM_SETTLEMENT)[-1] is Kind.RESULT_CONFIRMED
        assert market.kinds(STREAM_PUBLIC)[-1] is Kind.SETTLEMENT_STAGE
        check_state(market.engine.state)

    def test_scheduled_commands_due_by_the_batch_go_before_every_order_in_it(self) -> None:
        market = open_market()
        market.clock.set(at(9, 30))
        market.send(market.alice, market.alice.listing(Side.SELL, 5100, 1))
        market.run()
        assert market.kinds(ALICE_STREAM) == [Kind.STREAM_OPENED, Kind.ACCEPTED]

    def test_the_cut_at_the_close_is_by_sequencing_time_and_what_was_caught_is_counted(self) -> None:
        market = open_market()
        market.go_to(13)
        alice = market.alice
        market.send(alice, alice.listing(Side.SELL, 5100, 1), alice.listing(Side.SELL, 5101, 1))
        market.run()
        market.clock.set(at(15))  # two orders and a cancel were queued before three, the turn comes after
        market.send(alice, alice.listing(Side.SELL, 5102, 1), alice.make(Kind.CANCEL, target_reference=1))
        market.send(alice, alice.listing(Side.SELL, 5103, 1))
        market.run()
        assert market.engine.day.caught_at_close == 2
        refused = [e for e in market.events(ALICE_STREAM) if e["kind"] == Kind.REJECTED]
        assert [(Kind(e["command_kind"]), RejectReason(e["reason"])) for e in refused] == [
            (Kind.LISTING, RejectReason.WRONG_PHASE),
            (Kind.CANCEL, RejectReason.UNKNOWN_ORDER),
            (Kind.LISTING, RejectReason.WRONG_PHASE),
        ]

    def test_time_never_goes_back_in_the_journal_when_the_clock_does(self) -> None:
        market = open_market()
        market.go_to(9, 45)
        market.clock.set(at(9, 40))
        market.send(market.alice, market.alice.listing(Side.SELL, 5100, 1))
        market.run()
        times = journaled(market)["time_ns"]
        assert (np.diff(times) >= 0).all()
        assert times[-1] == at(9, 45)

    def test_a_tick_comes_every_interval_of_real_time_in_the_session_only(self) -> None:
        market = open_market()
        market.real.advance(10)
        market.run()
        assert Kind.TICK not in journaled(market)["kind"]
        market.go_to(9, 30)
        before = int((journaled(market)["kind"] == Kind.TICK).sum())
        for _ in range(10):
            market.real.advance(TICK_INTERVAL_MS / 2000)
            market.run()
        assert int((journaled(market)["kind"] == Kind.TICK).sum()) == before + 5
        market.go_to(15)
        count = market.engine.last_sequence
        market.real.advance(10)
        market.run()
        assert market.engine.last_sequence == count


class TestSettlement:
    def test_a_refused_result_holds_the_day_until_a_corrected_run(self) -> None:
        market = open_market()
        market.registry.is_silent = True
        Script().play(market)
        registry = market.registry
        registry.units[1001] += 1  # a wrong closing balance
        market.engine.queue(REGISTRY, commands(*registry.result()))
        market.run()
        assert market.kinds(STREAM_SETTLEMENT)[-1] is Kind.RESULT_REFUSED
        assert (market.engine.day.stage, market.engine.is_over) == (DayStage.SEALED, False)
        file = read_day_file(market.files, market.settings.day_file(DAY))
        assert file is not None
        assert (file.trades, file.confirmed) == (TRADES, False)

    def test_the_registry_may_send_its_result_again_from_the_beginning(self) -> None:
        market = open_market()
        market.registry.is_silent = True
        Script().play(market)
        market.engine.queue(REGISTRY, commands(*market.registry.result()[:-1]))  # then its line is cut
        market.registry.is_silent = False
        market.run()
        assert market.engine.day.stage is DayStage.STATED

    def test_the_day_file_tells_what_the_journal_replays_to(self) -> None:
        market = open_market()
        Script().play(market)
        file = read_day_file(market.files, market.settings.day_file(DAY))
        found = replay(market.settings.day_journal(DAY), market.files)
        assert file is not None
        assert (file.trades, file.tonnes, file.amount_fen, file.digest, file.last_sequence) == (
            found.match_count, found.tonnes, found.amount_fen, found.digest, found.last_sequence,
        )  # fmt: skip
        assert (file.listed_tonnes, file.block_tonnes) == (found.listed_lots, found.block_lots)
        assert found.digest == digest_canonical(market.engine.state).hex()
        figures = file.contracts["CEA"]
        assert (figures.base, figures.lower, figures.upper) == (5000, 4500, 5500)
        assert (figures.open, figures.high, figures.low) == (5100, 5100, 4900)
        assert figures.close == file.composite.close == round((5100 * 40 + 4900 * 30) / 70)


class TestNextDay:
    def test_the_next_day_starts_from_the_closes_and_the_balances_of_the_day_before(self) -> None:
        market = open_market(days=2)
        Script().play(market)
        assert market.engine.trading_day == NEXT_DAY
        band = next(e for e in market.events(STREAM_PUBLIC) if e["kind"] == Kind.BAND)
        assert band["base_price_ticks"] == round((5100 * 40 + 4900 * 30) / 70)
        assert market.engine.last_sequence < 60  # sequences begin again
        check_state(market.engine.state)

    def test_the_old_streams_are_ended_and_kept_until_the_next_close(self) -> None:
        market = open_market(days=2)
        old = market.engine.streams
        Script().play(market)
        assert market.engine.yesterday is old
        assert old.ended
        seen = bytes(market.seen[DAY, ALICE_STREAM])
        assert old.read(ALICE_STREAM, 1, 10**6) == seen
        crash(market, days=2)
        assert market.engine.yesterday is not None
        assert market.engine.yesterday.ended
        assert market.engine.yesterday.read(ALICE_STREAM, 1, 10**6) == seen
        market.go_to(15)
        assert market.engine.yesterday is None

    def test_the_journals_of_the_days_are_one_chain(self) -> None:
        market = open_market(days=2)
        Script().play(market)
        first = JournalReader(market.settings.day_journal(DAY), market.files)
        list(first.batches())
        assert first.end is not None
        second = JournalReader(market.settings.day_journal(NEXT_DAY), market.files).identity()
        assert second is not None
        assert second.previous_hash == first.end.chain

    def test_a_missing_day_file_is_told_with_its_remedy(self) -> None:
        market = open_market(days=2)
        Script().play(market)
        market.files.remove(market.settings.day_file(DAY))
        with pytest.raises(UsageError, match="base prices of 2021-12-17 are the closes of 2021-12-16"):
            market.start(market.files)

    def test_a_first_day_that_is_no_trading_day_begins_with_the_next(self) -> None:
        market = Market(FakeDisk(), settings(first_day=date(2021, 12, 18)))  # a Saturday
        assert market.engine.trading_day == date(2021, 12, 20)


def test_commands_of_the_exchange_go_before_queued_orders_and_are_its_own() -> None:
    market = open_market()
    market.send(market.alice, market.alice.listing(Side.SELL, 5100, 1))
    market.engine.command(make(Kind.LOGIN_UP, subject_id=ALICE, login_id=7))
    market.run()
    last = journaled(market)[-2:]
    assert [(Kind(int(c["kind"])), int(c["login_id"])) for c in last] == [
        (Kind.LOGIN_UP, 0),
        (Kind.LISTING, ALICE),
    ]
    assert CEA == int(last[1]["contract_id"])
