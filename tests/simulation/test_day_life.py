"""A trading day from opening to statement, and on to the next: what is owed when, what waits for whom."""

from datetime import date

import numpy as np
import pytest

from exchange.engine.clock import CompressedClock
from exchange.engine.day import DayStage
from exchange.engine.day_file import read_day_file
from exchange.engine.journal_reader import JournalReader
from exchange.engine.replay import replay
from exchange.errors import CorruptionError, UsageError
from exchange.kernel import check_state, digest_canonical
from exchange.vocabulary.enums import HaltReason, Level, Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_OPERATOR, STREAM_PUBLIC, STREAM_SETTLEMENT, TICK_INTERVAL_MS
from exchange.vocabulary.records import COMMAND, Records, make
from exchange.vocabulary.rejects import RejectReason
from tests.simulation.fake_disk import FakeDisk, Survival
from tests.simulation.market import (
    ALICE,
    CEA,
    DAY,
    DIRECTORY,
    NEXT_DAY,
    REGISTRY,
    Market,
    RealTime,
    at,
    commands,
    settings,
)
from tests.simulation.scripted_day import STEPS, TRADES, Script

ALICE_STREAM = 16


def open_market(**changes: object) -> Market:
    """A market with its opening positions accepted, at 09:15."""
    market = Market(FakeDisk(), settings(**changes))
    market.run()
    assert market.engine.day.stage is DayStage.SESSION
    return market


def crash(market: Market, **changes: object) -> None:
    """Power cut and restart."""
    if changes:
        market.settings = settings(**changes)
    market.start(market.files.after_crash(Survival.DROPPED))  # type: ignore[attr-defined]


def phases(market: Market) -> list[tuple[Method, Phase]]:
    public = market.events(STREAM_PUBLIC)
    return [(Method(e["method"]), Phase(e["phase"])) for e in public if e["kind"] == Kind.PHASE_CHANGED]


def journaled(market: Market, day: date = DAY) -> Records:
    reader = JournalReader(market.settings.day_journal(day), market.files)
    rows = [batch.commands.view(np.uint64) for batch in reader.batches()]
    return np.concatenate(rows).view(COMMAND)


class TestOpening:
    def test_without_opening_positions_the_market_stays_closed(self) -> None:
        market = Market(FakeDisk())
        market.registry.is_silent = True
        market.go_to(10)
        assert (market.engine.day.stage, phases(market)) == (DayStage.OPENING, [])
        market.registry.is_silent = False
        market.run()
        assert phases(market)[:2] == [(Method.LISTED, Phase.PRE_OPEN), (Method.BLOCK, Phase.PRE_OPEN)]
        assert phases(market)[2:] == [(Method.LISTED, Phase.TRADING)]  # the missed change comes at once

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


class TestRecovery:
    @pytest.mark.parametrize("stop", range(len(STEPS)))
    def test_a_crash_between_any_two_steps_continues_where_it_was(self, stop: int) -> None:
        market = open_market(days=2, resume_after_restart_s=1.0)
        script = Script()
        script.play(market, STEPS[:stop])
        stage, digest = market.engine.day.stage, digest_canonical(market.engine.state)
        crash(market)
        assert (market.engine.day.stage, digest_canonical(market.engine.state)) == (stage, digest)
        market.settings = settings(days=2, resume_after_restart_s=1.0)
        crash(market, days=2, resume_after_restart_s=1.0)
        market.run()
        market.real.advance(2)
        market.run()
        script.play(market)
        file = read_day_file(market.files, market.settings.day_file(DAY))
        assert file is not None
        assert (file.trades, file.confirmed) == (TRADES, True)

    def test_after_a_restart_the_market_is_halted_and_cancels_pass(self) -> None:
        market = open_market()
        market.go_to(9, 30)
        market.send(market.alice, market.alice.listing(Side.SELL, 5100, 1))
        market.run()
        crash(market)
        market.run()
        halt = market.events(STREAM_PUBLIC)[-1]
        assert (halt["kind"], halt["is_halted"], halt["halt_reason"]) == (
            Kind.HALT_CHANGED, 1, HaltReason.RESTART,
        )  # fmt: skip
        alice = market.alice
        market.send(alice, alice.listing(Side.SELL, 5101, 1), alice.make(Kind.CANCEL, target_reference=1))
        market.run()
        assert market.kinds(ALICE_STREAM)[-2:] == [Kind.REJECTED, Kind.DONE]
        market.real.advance(10**6)
        market.run()
        assert market.engine.day.is_halted  # without the setting an operator must resume
        market.send(market.operator, market.operator.make(Kind.RESUME, level=Level.MARKET))
        market.run()
        assert not market.engine.day.is_halted

    def test_the_restart_is_sequenced_before_anything_else(self) -> None:
        market = open_market()
        market.go_to(9, 30)
        crash(market)
        before = market.engine.last_sequence
        market.clock.set(at(13))
        market.send(market.alice, market.alice.listing(Side.SELL, 5100, 1))
        market.run()
        kinds = [Kind(k) for k in journaled(market)["kind"][before:].tolist()]
        assert kinds[0] is Kind.RESTART
        assert kinds.index(Kind.LISTING) > kinds.index(Kind.RESTART)
        assert market.events(ALICE_STREAM)[-1]["reason"] == RejectReason.MARKET_HALTED

    def test_it_resumes_by_itself_when_the_setting_says_so(self) -> None:
        market = open_market(resume_after_restart_s=5.0)
        market.go_to(9, 30)
        crash(market)
        market.run()
        market.real.advance(4.9)
        market.run()
        assert market.engine.day.is_halted
        market.real.advance(0.2)
        market.run()
        assert not market.engine.day.is_halted
        assert [Kind(k) for k in journaled(market)["kind"].tolist()].count(Kind.RESUME) == 1

    def test_a_halt_by_an_operator_outlives_restarts(self) -> None:
        market = open_market(resume_after_restart_s=1.0)
        market.go_to(9, 30)
        market.send(
            market.operator,
            market.operator.make(Kind.HALT, level=Level.MARKET, halt_reason=HaltReason.OPERATOR),
        )
        market.run()
        for _ in range(2):
            crash(market)
            market.run()
            market.real.advance(60)
            market.run()
            assert market.engine.day.is_halted

    def test_missed_phase_changes_come_in_order(self) -> None:
        market = open_market()
        market.go_to(9, 30)
        crash(market)
        market.go_to(14)
        assert phases(market)[-3:] == [
            (Method.LISTED, Phase.BREAK),
            (Method.LISTED, Phase.TRADING),
            (Method.BLOCK, Phase.TRADING),
        ]

    def test_the_compressed_clock_goes_on_from_the_last_journaled_time(self) -> None:
        real = RealTime()
        market = Market(FakeDisk(), clock=CompressedClock(20.0, real))
        market.real = real
        market.run()
        real.advance(5)
        market.run()
        journaled_time = int(journaled(market)["time_ns"][-1])
        real.advance(1000)
        crash(market)
        assert journaled_time <= market.clock.now_ns() < journaled_time + 10**6
        real.advance(0.5)
        assert market.clock.now_ns() > journaled_time + 10**9

    def test_references_of_before_the_crash_are_still_known(self) -> None:
        market = open_market(resume_after_restart_s=1.0)
        market.go_to(9, 30)
        record = market.alice.listing(Side.SELL, 5100, 1)
        market.send(market.alice, record)
        market.run()
        crash(market)
        market.run()
        market.real.advance(2)
        market.run()
        market.send(market.alice, record)
        market.run()
        last = market.events(ALICE_STREAM)[-1]
        assert (last["reason"], last["highest_reference"]) == (RejectReason.DUPLICATE_REFERENCE, 1)

    def test_a_stopped_exchange_goes_on_like_a_crashed_one(self) -> None:
        market = open_market(resume_after_restart_s=1.0)
        market.go_to(9, 30)
        market.engine.close()
        market.start(market.files)
        market.run()
        assert market.events(STREAM_PUBLIC)[-1]["kind"] == Kind.HALT_CHANGED

    def test_a_season_that_is_over_stays_over_and_more_days_continue_it(self) -> None:
        market = open_market()
        Script().play(market)
        market.start(market.files)
        market.run()
        assert market.engine.is_over
        market.settings = settings(days=2)
        market.start(market.files)
        market.run()
        assert (market.engine.trading_day, market.engine.day.stage) == (NEXT_DAY, DayStage.SESSION)


class TestRefusals:
    def test_a_journal_of_another_kernel_is_refused_with_the_remedy(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        market = open_market()
        monkeypatch.setattr("exchange.engine.replay.kernel_hash", lambda: b"anotherk")
        with pytest.raises(UsageError, match="(?s)another kernel: expected .*, found .*--fresh"):
            crash(market)

    def test_a_delivered_day_of_another_kernel_is_followed_by_the_next(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        market = open_market()
        Script().play(market)
        monkeypatch.setattr("exchange.engine.replay.kernel_hash", lambda: b"anotherk")
        market.settings = settings(days=2)
        market.start(market.files)
        assert (market.engine.trading_day, market.engine.yesterday) == (NEXT_DAY, None)

    def test_a_day_begun_with_another_profile_is_refused(self) -> None:
        market = open_market()
        with pytest.raises(UsageError, match="begun with profile test, but national is asked for"):
            crash(market, profile="national")

    def test_a_half_defined_day_is_not_finished_with_another_directory(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        market = Market(FakeDisk())
        market.registry.is_silent = True
        market.run()
        fewer = DIRECTORY.accounts[1:]
        changed = type(DIRECTORY)(fewer, DIRECTORY.logins, DIRECTORY.key)
        monkeypatch.setattr("tests.simulation.market.DIRECTORY", changed)
        with pytest.raises(UsageError, match="begun with other contracts, accounts or logins"):
            crash(market)

    def test_an_own_command_that_the_kernel_refuses_stops_the_exchange(self) -> None:
        market = open_market()
        market.engine.command(make(Kind.SEAL_DAY))
        with pytest.raises(CorruptionError, match="expected SEAL_DAY to take effect, found WRONG_PHASE"):
            market.run()

    def test_a_command_must_be_one_record(self) -> None:
        with pytest.raises(ValueError, match="expected 64 bytes, found 3"):
            open_market().engine.command(b"abc")


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
