"""After a stop the exchange continues where it was, halted first; what it must not continue it refuses."""

import pytest

from exchange.engine.clock import CompressedClock
from exchange.engine.day import DayStage
from exchange.engine.day_file import read_day_file
from exchange.errors import CorruptionError, UsageError
from exchange.kernel import digest_canonical
from exchange.vocabulary.enums import HaltReason, Level, Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_PUBLIC
from exchange.vocabulary.records import make
from exchange.vocabulary.rejects import RejectReason
from tests.simulation.fake_disk import FakeDisk
from tests.simulation.market import (
    ALICE_STREAM,
    DAY,
    DIRECTORY,
    NEXT_DAY,
    Market,
    RealTime,
    at,
    crash,
    journaled,
    open_market,
    phases,
    settings,
)
from tests.simulation.scripted_day import STEPS, TRADES, Script


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
