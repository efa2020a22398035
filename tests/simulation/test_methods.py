"""Days of every method: books of either rule, auctions that end by lot, three slots, a last day."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from exchange.engine.clock import ManualClock
from exchange.engine.day import DayStage
from exchange.engine.day_file import read_day_file
from exchange.engine.engine import Engine
from exchange.engine.scheduler import Lots
from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Level, Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION, RECORD_BYTES, STREAM_PUBLIC
from exchange.vocabulary.records import COMMAND, make, read
from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns, trading_day_number
from tests.simulation.fake_disk import FakeDisk, Survival
from tests.simulation.market import (
    ALICE,
    BOB,
    DAY,
    DIRECTORY,
    NEXT_DAY,
    OPERATOR,
    REGISTRY,
    Market,
    RealTime,
    settings,
)

CCER = 7
CCER_DAY = date(2025, 9, 1)
LOTS, FEN = 1_000_000, 10_000_000_000
ACCOUNTS = {ALICE: 1001, BOB: 1002}


class CcerDay:
    """Reductions under the continuous what-if: an engine, a clock by hand, and two members."""

    def __init__(self) -> None:
        self.settings = settings(
            profile="ccer-continuous", first_day=CCER_DAY, opening_bases={CCER: 8_000}, segment_bytes=1 << 16
        )
        self.clock, self.real = ManualClock(), RealTime()
        self.references = dict.fromkeys((ALICE, BOB, OPERATOR, REGISTRY), 0)
        self.start(FakeDisk())
        self.run()
        self.send(REGISTRY, *self._opening())

    def start(self, disk: FakeDisk) -> None:
        self.disk = disk
        self.engine = Engine.open(self.settings, DIRECTORY, self.clock, files=disk, monotonic_ns=self.real)

    def crash(self) -> None:
        """A power cut, then the restart, resumed by an operator."""
        self.start(self.disk.after_crash(Survival.DROPPED))
        self.run()
        self.send(OPERATOR, make(Kind.RESUME, level=1))

    def send(self, login_id: int, *records: bytes) -> None:
        for record in records:
            self.references[login_id] += 1
            stamped = record[:4] + self.references[login_id].to_bytes(4, "little") + record[8:]
            self.engine.queue(login_id, np.frombuffer(stamped, COMMAND))
        self.run()

    def limit(self, login_id: int, side: Side, price_ticks: int, lots: int) -> None:
        self.send(
            login_id,
            make(
                Kind.LIMIT_ORDER, contract_id=CCER, account_id=ACCOUNTS[login_id], side=side,
                price_ticks=price_ticks, quantity_lots=lots,
            ),
        )  # fmt: skip

    def run(self) -> None:
        for _ in range(60):
            if self.engine.turn() == 0 and not self.engine.queued:
                break
        self.engine.release()

    def go_to(self, seconds_of_day: int, ns: int = 0) -> None:
        self.clock.set(market_time_ns(CCER_DAY, seconds_of_day) + ns)
        self.real.advance(1)
        self.run()

    def public(self, kind: Kind) -> list[dict[str, Any]]:
        streams = self.engine.streams
        data = streams.read(STREAM_PUBLIC, 1, streams.count(STREAM_PUBLIC))
        found = [read(data[i : i + RECORD_BYTES]) for i in range(0, len(data), RECORD_BYTES)]
        return [event for event in found if event["kind"] == kind]

    def phases(self) -> list[Phase]:
        return [
            Phase(event["phase"])
            for event in self.public(Kind.PHASE_CHANGED)
            if event["method"] == Method.CONTINUOUS
        ]

    def _opening(self) -> list[bytes]:
        common = {"version": PROTOCOL_VERSION, "trading_day": trading_day_number(CCER_DAY)}
        accounts = list(ACCOUNTS.values())
        control = sum(balance_term(a, CCER, LOTS) + balance_term(a, 0, FEN) for a in accounts)
        return [
            make(Kind.OPENING_BEGIN, run=1, **common),
            *(
                make(Kind.OPENING_HOLDING, account_id=a, contract_id=CCER, available_lots=LOTS, **common)
                for a in accounts
            ),
            *(make(Kind.OPENING_CASH, account_id=a, available_fen=FEN, **common) for a in accounts),
            make(
                Kind.OPENING_TOTALS, units_total_lots=2 * LOTS, cash_total_fen=2 * FEN, record_count=4,
                control_hash=control % MODULUS, **common,
            ),
        ]  # fmt: skip


def lot_ns(number: int) -> int:
    """What the schedule draws for the contract's first or second auction."""
    return Lots(DIRECTORY.key, CCER_DAY)(CCER, number, 30 * NS_PER_SECOND)


OPENING, CLOSE = 9 * 3600 + 1800, 15 * 3600


class TestContinuousDay:
    def test_a_day_opens_and_closes_by_auctions_that_end_at_their_lots(self) -> None:
        day = CcerDay()
        day.go_to(9 * 3600 + 900)
        day.limit(ALICE, Side.SELL, 7_900, 10)
        day.limit(BOB, Side.BUY, 8_100, 10)
        day.go_to(OPENING, lot_ns(0) - 1)
        assert day.phases()[-1] is Phase.CALL_AUCTION and not day.public(Kind.TRADE)
        day.go_to(OPENING, lot_ns(0))
        assert day.phases()[-1] is Phase.TRADING
        (trade,) = day.public(Kind.TRADE)
        assert (trade["method"], trade["quantity_lots"]) == (Method.CONTINUOUS, 10)
        day.go_to(OPENING, 31 * NS_PER_SECOND)
        assert day.phases()[-2:] == [Phase.CALL_AUCTION, Phase.TRADING]  # the common command changed nothing
        day.go_to(14 * 3600)
        day.limit(ALICE, Side.SELL, 8_050, 5)
        day.limit(BOB, Side.BUY, 8_050, 5)
        assert len(day.public(Kind.TRADE)) == 2
        day.go_to(14 * 3600 + 58 * 60)
        day.limit(ALICE, Side.SELL, 8_000, 7)
        day.limit(BOB, Side.BUY, 8_020, 7)
        assert day.phases()[-1] is Phase.CALL_AUCTION
        day.go_to(CLOSE, lot_ns(1))
        assert len(day.public(Kind.TRADE)) == 3
        day.go_to(CLOSE, 30 * NS_PER_SECOND)
        assert day.phases() == [
            Phase.PRE_OPEN,
            Phase.CALL_AUCTION,
            Phase.TRADING,
            Phase.BREAK,
            Phase.TRADING,
            Phase.CALL_AUCTION,
            Phase.TRADING,  # by the auction's end, and ended by the next command: nobody trades in between
            Phase.ENDED,
            Phase.SEALED,
        ]
        *_, last_auction, ended = (
            event["sequence"]
            for event in day.public(Kind.PHASE_CHANGED)
            if event["method"] == Method.CONTINUOUS and event["phase"] in (Phase.TRADING, Phase.ENDED)
        )
        assert ended == last_auction + 1
        book = next(e for e in day.public(Kind.DAY_FIGURES) if e["figure_method"] == Method.CONTINUOUS)
        file = read_day_file(day.disk, day.settings.day_file(CCER_DAY))
        assert file is not None
        assert file.contracts["CCER"].close == book["close_ticks"] > 0
        assert (file.listed_tonnes, file.trades) == (22, 3)

    def test_the_lot_holds_over_a_restart_and_nothing_is_sequenced_twice(self) -> None:
        day = CcerDay()
        day.go_to(9 * 3600 + 900)
        day.limit(ALICE, Side.SELL, 7_900, 10)
        day.limit(BOB, Side.BUY, 8_100, 10)
        day.crash()
        day.go_to(OPENING, lot_ns(0) - 1)
        assert day.phases()[-1] is Phase.CALL_AUCTION
        day.go_to(OPENING, lot_ns(0))
        assert day.phases()[-1] is Phase.TRADING and len(day.public(Kind.TRADE)) == 1
        day.crash()
        day.go_to(OPENING, 40 * NS_PER_SECOND)
        assert len(day.public(Kind.TRADE)) == 1
        assert day.engine.day.schedule_done == len(
            [due for due in day.engine.day.plan.schedule.dues if due.time_ns <= day.clock.now_ns()]
        )

    def test_an_auction_missed_while_the_exchange_was_down_is_made_up_for(self) -> None:
        day = CcerDay()
        day.go_to(9 * 3600 + 900)
        day.limit(ALICE, Side.SELL, 7_900, 10)
        day.limit(BOB, Side.BUY, 8_100, 10)
        day.clock.set(market_time_ns(CCER_DAY, 10 * 3600))
        day.start(day.disk.after_crash(Survival.DROPPED))
        day.run()
        assert day.phases()[-1] is Phase.PAUSED and not day.public(Kind.TRADE)  # halted: no uncross
        day.crash()
        assert day.phases()[-3:] == [Phase.PAUSED, Phase.CALL_AUCTION, Phase.TRADING]
        assert len(day.public(Kind.TRADE)) == 1
        done = day.engine.day.schedule_done
        assert done == sum(due.time_ns <= day.clock.now_ns() for due in day.engine.day.plan.schedule.dues)
        day.crash()
        assert (day.engine.day.schedule_done, len(day.public(Kind.TRADE))) == (done, 1)

    def test_a_contract_halted_by_itself_waits_for_its_own_resume(self) -> None:
        day = CcerDay()
        day.go_to(9 * 3600 + 900)
        day.limit(ALICE, Side.SELL, 7_900, 10)
        day.limit(BOB, Side.BUY, 8_100, 10)
        day.send(OPERATOR, make(Kind.HALT, level=Level.CONTRACT, subject_id=CCER, halt_reason=1))
        day.go_to(OPENING, 40 * NS_PER_SECOND)
        assert day.phases()[-1] is Phase.PAUSED
        day.send(OPERATOR, make(Kind.HALT, level=Level.MARKET, halt_reason=1))
        day.send(OPERATOR, make(Kind.RESUME, level=Level.MARKET))
        assert day.phases()[-1] is Phase.PAUSED
        day.send(OPERATOR, make(Kind.RESUME, level=Level.CONTRACT, subject_id=CCER))
        assert day.phases()[-2:] == [Phase.CALL_AUCTION, Phase.TRADING]
        assert len(day.public(Kind.TRADE)) == 1


class TestThreeSlots:
    @pytest.mark.parametrize("profile", ["national", "test"])
    def test_a_day_without_one_way_sessions_ends_that_slot_too(self, profile: str) -> None:
        market = Market(FakeDisk(), settings(profile=profile))
        market.run()
        market.go_to(15)
        ended = {
            (event["method"], event["phase"])
            for event in market.events(STREAM_PUBLIC, DAY)
            if event["kind"] == Kind.PHASE_CHANGED and event["phase"] == Phase.ENDED
        }
        assert ended == {(method, Phase.ENDED) for method in (Method.LISTED, Method.BLOCK, Method.ONE_WAY)}
        assert market.engine.day.stage >= DayStage.SEALED

    def test_a_contract_on_its_last_day_is_not_listed_on_the_next(self) -> None:
        market = Market(FakeDisk(), settings(days=2))
        market.run()
        market.go_to(10)
        market.send(market.operator, market.operator.make(Kind.CONTRACT_EXPIRE))
        market.run()
        assert Kind.CONTRACT_EXPIRES in market.kinds(STREAM_PUBLIC, DAY)
        with pytest.raises(Exception, match=f"every contract has expired before {NEXT_DAY}"):
            market.go_to(15)
            market.run()
        file = read_day_file(market.files, market.settings.day_file(DAY))
        assert file is not None and (file.expired, file.confirmed) == ((1,), True)
