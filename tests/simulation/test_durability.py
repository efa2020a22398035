"""Nothing observable leaves before it is durable: a crash at every operation of the disk proves it.

The day is played on a disk that stops at operation 1, 2, 3 … and then drops, keeps or tears what was not
synced. Every byte a follower has seen must survive, what is recovered must be a prefix of what was sequenced,
and going on from there must end the day with the same trades.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from exchange.engine.day import DayStage
from exchange.engine.day_file import read_day_file
from exchange.engine.journal_reader import JournalReader
from exchange.kernel import check_state
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import EVENT, Records
from tests.simulation.fake_disk import Crashed, FakeDisk, Survival
from tests.simulation.market import DAY, NEXT_DAY, Market, settings
from tests.simulation.scripted_day import BLOCK_LOTS, LISTED_LOTS, TRADES, Script

SETTINGS = settings(days=2, resume_after_restart_s=1.0, orders_capacity=32, segment_bytes=2048)
SEEDS = {Survival.DROPPED: 1, Survival.KEPT: 1, Survival.TORN: 3}


class WatchedMarket(Market):
    """A market that checks at every send that what it shows lies on the platter."""

    disk: FakeDisk
    sequenced: bytearray

    def start(self, files: FakeDisk) -> None:  # type: ignore[override]
        self.disk = files
        self.sequenced = bytearray()
        super().start(files)
        sequencer = self.engine._sequencer
        take = sequencer.take

        def recording(internal: Sequence[bytes], first: int, time_ns: int, *, with_queued: bool) -> Records:
            batch = take(internal, first, time_ns, with_queued=with_queued)
            if first == 1:
                self.sequenced = bytearray()
            self.sequenced += batch.view(np.uint64).tobytes()
            return batch

        sequencer.take = recording  # type: ignore[method-assign]

    def _receive(self, stream: int, first: int, data: bytes) -> None:
        newest = int(np.frombuffer(data, EVENT)["sequence"].max())
        assert newest <= durable_on(self.disk), "something was shown that is not durable"
        super()._receive(stream, first, data)


def durable_on(disk: FakeDisk) -> int:
    """Last sequence of the newest day that a crash right now would leave."""
    survivor = disk.after_crash(Survival.DROPPED)
    newest = survivor.names(SETTINGS.journal_folder)[-1]
    reader = JournalReader(SETTINGS.journal_folder / newest, survivor)
    for _ in reader.batches():
        pass
    assert reader.end is not None
    return reader.end.next_sequence - 1


def recovered_commands(disk: FakeDisk, day: str) -> bytes:
    reader = JournalReader(SETTINGS.journal_folder / day, disk)
    return b"".join(batch.commands.view(np.uint64).tobytes() for batch in reader.batches())


@cache
def operations_of_the_day() -> int:
    disk = FakeDisk()
    market = Market(disk, SETTINGS)
    Script().play(market)
    market.engine.close()
    return disk.operations


def test_the_script_itself_ends_with_its_trades() -> None:
    market = WatchedMarket(FakeDisk(), SETTINGS)
    Script().play(market)
    check_day(market)
    check_state(market.engine.state)
    assert operations_of_the_day() > 60


@pytest.mark.parametrize("survival", Survival)
@pytest.mark.parametrize("part", range(4))
def test_a_crash_at_every_operation_loses_nothing_that_was_shown(part: int, survival: Survival) -> None:
    for crash_at in range(1 + part, operations_of_the_day() + 1, 4):
        for seed in range(SEEDS[survival]):
            crash_and_go_on(crash_at, survival, seed)


def crash_and_go_on(crash_at: int, survival: Survival, seed: int) -> None:
    disk, script, market = FakeDisk(crash_at), Script(), None
    try:
        market = WatchedMarket(disk, SETTINGS)
        script.play(market)
        market.engine.close()
    except Crashed:
        pass
    assert disk.operations == crash_at
    survivor = disk.after_crash(survival, seed)
    if market is None:  # stopped while starting: nothing was ever shown
        market = WatchedMarket(survivor, SETTINGS)
    else:
        check_prefix(market, survivor)
        market.start(survivor)  # asserts that every record that was seen is there, byte for byte
    resume(market)
    script.play(market)
    check_day(market)
    check_state(market.engine.state)


def check_prefix(market: WatchedMarket, survivor: FakeDisk) -> None:
    """What is recovered was sequenced, in the same order, and reaches at least as far as what was shown."""
    found = recovered_commands(survivor, market.engine.trading_day.isoformat())
    assert market.sequenced.startswith(found)
    shown = [
        int(np.frombuffer(bytes(data), EVENT)["sequence"].max())
        for (day, _), data in market.seen.items()
        if day == market.engine.trading_day
    ]
    assert len(found) // RECORD_BYTES >= max(shown, default=0)


def resume(market: Market) -> None:
    """Let `resume_after_restart_s` pass."""
    market.run()
    market.real.advance(2)
    market.run()
    assert not market.engine.day.is_halted


def check_day(market: Market) -> None:
    """The first day ended with the script's trades whatever happened to it, and the next is open."""
    engine = market.engine
    assert (engine.trading_day, engine.day.stage) == (NEXT_DAY, DayStage.SESSION)
    file = read_day_file(market.files, SETTINGS.day_file(DAY))
    assert file is not None
    assert (file.trades, file.listed_tonnes, file.block_tonnes) == (TRADES, LISTED_LOTS, BLOCK_LOTS)
    assert file.confirmed


class TestDetection:
    """The checks above would notice: a disk that lies, an engine that shows too early."""

    def test_showing_before_the_sync_is_noticed(self) -> None:
        market = WatchedMarket(FakeDisk(), SETTINGS)
        market.run()
        market.clock.set(market.clock.now_ns() + 15 * 60 * 10**9)
        market.engine._journal.commit = lambda: setattr(  # type: ignore[method-assign]
            market.engine._journal,
            "durable_sequence",
            market.engine.last_sequence + 2,  # both books open
        )
        with pytest.raises(AssertionError, match="something was shown that is not durable"):
            market.turn()
