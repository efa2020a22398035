"""The heart of Shanghai: queue -> sequence -> journal -> kernel -> streams, one turn at a time.

Synchronous and deterministic given its clock and files. Only the journal has a thread, and nothing it does
changes a result: it decides when something may be seen, never what. What a turn has done is visible only
through `release`, and `release` gives only what is durable.
"""

import time
from collections import deque
from collections.abc import Callable
from datetime import date
from typing import Final

from exchange.engine.bounds import INTERNAL_COMMANDS_MAX
from exchange.engine.clock import Clock
from exchange.engine.day import TICK, DayStage, TradingDay, resume_time_ns
from exchange.engine.day_file import first_trading_day, listed_on
from exchange.engine.derivations import is_depth_public
from exchange.engine.directory import Directory
from exchange.engine.files import Files, RealFiles
from exchange.engine.journal import Journal
from exchange.engine.journal_format import NO_HASH
from exchange.engine.opening import plan_day
from exchange.engine.recovery import FinishedDay, Recovered, make_streams, recover
from exchange.engine.replay import Applier, StreamIds
from exchange.engine.sequencer import Sequencer
from exchange.engine.settings import EngineSettings
from exchange.engine.signing import Sign, confirmation
from exchange.kernel import Capacity, State, digest_canonical, new_state
from exchange.publish.metrics import Metrics
from exchange.publish.streams import Streams
from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.limits import RECORD_BYTES, TICK_INTERVAL_MS
from exchange.vocabulary.records import Records

FIRST_EXCHANGE_KIND: Final = 0x40  # below it are member commands, which never move the day
TICK_INTERVAL_NS: Final = TICK_INTERVAL_MS * 1_000_000


class Engine:
    """Use `Engine.open`. Call `turn` and `release` at least every 20 ms of real time, also when idle."""

    day: TradingDay
    streams: Streams
    last_sequence: int

    def __init__(
        self,
        settings: EngineSettings,
        directory: Directory,
        clock: Clock,
        files: Files,
        monotonic_ns: Callable[[], int],
        sign: Sign | None,
    ) -> None:
        self.settings = settings
        self.directory = directory
        self.clock = clock
        self.metrics = Metrics()
        self.yesterday: Streams | None = None  # ended, kept until the next close
        self.on_durable: Callable[[], None] | None = None
        self.is_over = False
        self.recovered_from: int | None = (
            None  # command of the snapshot begun from, 0 = none; None: a new day
        )
        self._files = files
        self._monotonic_ns = monotonic_ns
        self._sign = sign
        self._sequencer = Sequencer()
        self._commands: deque[bytes] = deque()
        self._time_ns = 0
        self._last_tick_real_ns = 0
        self._written_stage = DayStage.OPENING  # up to where the day's file tells the day

    @classmethod
    def open(
        cls,
        settings: EngineSettings,
        directory: Directory,
        clock: Clock,
        *,
        files: Files | None = None,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        sign: Sign | None = None,
    ) -> "Engine":
        """Begin the first day, or go on exactly where the newest journal ends.

        `sign` gives the exchange's Ed25519 signature (64 bytes) of a text; None: results go unsigned.
        """
        files = files or RealFiles()
        engine = cls(settings, directory, clock, files, monotonic_ns, sign)
        files.make_folder(settings.journal_folder)
        files.make_folder(settings.days_folder)
        match recover(settings, directory, files):
            case Recovered() as recovered:
                engine._adopt(recovered)
            case FinishedDay(day, chain_head):
                engine._begin_day(trading_calendar().next_trading_day(day), chain_head)
            case None:
                engine._begin_day(first_trading_day(settings))
        return engine

    # ---- what comes in

    def room(self) -> int:
        """Member commands that may still be queued before the next turn; 0: stop reading."""
        return 0 if self.is_over or self.day.stage is DayStage.STATED else self._sequencer.room

    @property
    def queued(self) -> int:
        """Member commands queued and not yet sequenced."""
        return self._sequencer.queued

    def queue(self, login_id: int, records: Records) -> None:
        """Take validated commands of one login (copied); beyond `room` it is the caller's mistake."""
        self._sequencer.queue(records, login_id)

    def queue_stamped(self, records: Records) -> None:
        """The same for commands of many logins, whose login_id is set in each record."""
        self._sequencer.queue(records, None)

    def command(self, record: bytes) -> None:
        """Take a command of the exchange itself (login 0); it goes before every queued member command."""
        if len(record) != RECORD_BYTES:
            raise ValueError(f"expected {RECORD_BYTES} bytes, found {len(record)}")
        self._commands.append(record)

    # ---- one turn

    def turn(self) -> int:
        """Sequence, journal and apply what is queued and what the day owes; returns how many commands."""
        self._journal.check()
        if self.is_over or self._journal.is_behind:
            return 0
        if self._settle_day():
            return 0
        real_ns = self._monotonic_ns()
        time_ns = self.market_time_ns()
        internal = self._internal(time_ns, real_ns)
        with_queued = self.day.is_defined and not self._commands
        count = len(internal) + (self._sequencer.queued if with_queued else 0)
        if count == 0:
            return 0
        first = self.last_sequence + 1
        batch = self._sequencer.take(internal, first, time_ns, with_queued=with_queued)
        self._journal.append(first, time_ns, batch)
        if self._journal.is_quick(count):
            self._journal.commit()
        else:
            self._journal.submit()
        self.last_sequence += count
        self._time_ns = time_ns
        self._apply(batch)
        self.metrics.count_commands(count, real_ns)
        return count

    def _internal(self, time_ns: int, real_ns: int) -> list[bytes]:
        """The exchange's own commands of this turn, in their fixed order."""
        owed = self.day.owed(time_ns, real_ns)
        if self._sign is not None and (confirmed := self.day.to_sign) is not None:
            owed += confirmation(self._sign, *confirmed, self._journal.chain_head)
        if not self.day.is_defined:
            return owed
        while self._commands and len(owed) < INTERNAL_COMMANDS_MAX - 1:
            owed.append(self._commands.popleft())
        if self.day.wants_ticks and real_ns - self._last_tick_real_ns >= TICK_INTERVAL_NS:
            self._last_tick_real_ns = real_ns
            owed.append(TICK)
        return owed

    def _apply(self, batch: Records) -> None:
        """Run the kernel. Only batches with a command of exchange or registry are looked at by the day."""
        if int(batch["kind"].max()) < FIRST_EXCHANGE_KIND:
            self._applier.apply(batch, self._publish)
            self.streams.complete(self.last_sequence)
            return
        before = self.day.stage
        self.day.observe_commands(batch)
        self._applier.apply(batch, self._publish_and_observe)
        self.streams.complete(self.last_sequence)
        if before is DayStage.OPENING and self.day.stage is not DayStage.OPENING:
            self.clock.start()

    def _publish(self, events: Records, streams: StreamIds) -> None:
        self.streams.append(events, streams, self.last_sequence)

    def _publish_and_observe(self, events: Records, streams: StreamIds) -> None:
        self.streams.append(events, streams, self.last_sequence)
        self.day.observe_events(events)

    # ---- what goes out

    @property
    def durable_sequence(self) -> int:
        """Last command of the day that is durable."""
        return self._journal.durable_sequence

    @property
    def trading_day(self) -> date:
        """The day being traded or opened."""
        return self.day.day

    def is_depth_public(self, day: date) -> bool:
        """Whether the rules of a day show the whole book to everybody."""
        return is_depth_public(self.settings.profile, day)

    def market_time_ns(self) -> int:
        """Market time now: what a turn would stamp."""
        return max(self._time_ns, self.clock.now_ns())

    @property
    def state(self) -> State:
        """The kernel's state, ahead of what is durable: show nothing of it before its sequence is."""
        return self._applier.state

    def release(self) -> list[tuple[int, int, memoryview]]:
        """(stream, first number, records) of everything that became durable since the last call, in order."""
        self._journal.check()
        durable_sequence = self._journal.durable_sequence
        assert durable_sequence <= self.last_sequence
        return self.streams.release(durable_sequence)

    def close(self) -> None:
        """Stop: everything taken becomes durable. What is queued but not taken was never accepted.

        After a failure of the journal nothing is written any more: recovery starts from what is durable.
        """
        if self.is_over:
            return
        self.is_over = True
        if self._journal.has_failed:
            self._journal.abandon()
        else:
            self._journal.close()

    # ---- from day to day

    def _settle_day(self) -> bool:
        """Day file and change of day, once all they tell is durable and released; True: all is over."""
        stage = self.day.stage
        if stage >= DayStage.CLOSED:
            self.yesterday = None
        if stage < DayStage.SEALED or self.durable_sequence < self.last_sequence:
            return False
        told = DayStage.DELIVERED if stage >= DayStage.DELIVERED else DayStage.SEALED
        if told > self._written_stage:
            self.day.figures.write(
                self._files,
                self.settings.day_file(self.day.day),
                last_sequence=self.last_sequence,
                digest=digest_canonical(self.state).hex(),
                is_confirmed=told is DayStage.DELIVERED,
            )
            self._written_stage = told
        is_idle = not self._commands and not self._sequencer.queued
        if stage is DayStage.STATED and is_idle and self.streams.is_released:
            self._end_day()
        return self.is_over

    def _end_day(self) -> None:
        """Close the journal, end the streams, and open the next trading day if there is one to play."""
        calendar = trading_calendar()
        day = self.day.day
        self._journal.close()
        if not self.streams.ended:
            self.streams.end()
        played = len(calendar.trading_days(self.settings.first_day, day))
        if self.settings.days is not None and played >= self.settings.days:
            self.is_over = True
            return
        chain_head = self._journal.chain_head
        self.yesterday = self.streams
        self._begin_day(calendar.next_trading_day(day), chain_head)

    def _begin_day(self, day: date, previous_hash: bytes = NO_HASH) -> None:
        settings = self.settings
        listed = listed_on(settings, self._files, day)
        plan = plan_day(
            settings.profile,
            day,
            self.directory,
            listed.bases,
            orders_capacity=settings.orders_capacity,
            previous_hash=previous_hash,
            expired=listed.expired,
        )
        journal = Journal.create(
            settings.day_journal(day),
            plan.identity,
            files=self._files,
            durability=settings.durability,
            segment_bytes=settings.segment_bytes,
            threaded=settings.is_threaded,
        )
        self.day = TradingDay(plan)
        self.streams = make_streams(settings, self.directory, day)
        self.last_sequence = 0
        self._written_stage = DayStage.OPENING
        self._use(journal, Applier(new_state(Capacity(*plan.identity.capacity))))
        self.clock.open_day(day)

    def _adopt(self, recovered: Recovered) -> None:
        settings, end = self.settings, recovered.end
        self.day = recovered.day
        self.streams, self.yesterday = recovered.streams, recovered.yesterday
        self.recovered_from = recovered.from_sequence
        self.last_sequence = end.next_sequence - 1
        self._time_ns = end.time_ns
        journal = Journal.open(
            settings.day_journal(self.day.day),
            end,
            files=self._files,
            durability=settings.durability,
            segment_bytes=settings.segment_bytes,
            threaded=settings.is_threaded,
        )
        self._use(journal, Applier(recovered.state))
        resume_at = resume_time_ns(self._monotonic_ns(), settings.resume_after_restart_s)
        self.day.restart(self.last_sequence, resume_at)
        self.clock.open_day(self.day.day)
        self.clock.resume(end.time_ns)
        if self.day.stage is not DayStage.OPENING:
            self.clock.start()

    def _use(self, journal: Journal, applier: Applier) -> None:
        self._journal = journal
        self._applier = applier
        journal.on_durable = self._tell_durable

    def _tell_durable(self) -> None:
        if self.on_durable is not None:
            self.on_durable()
