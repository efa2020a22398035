"""The engine with its journal's thread: overlap changes when something is seen, never what is seen."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exchange.engine.files import RealFiles
from exchange.engine.journal import JournalFailed
from exchange.engine.replay import replay
from exchange.kernel import digest_canonical
from exchange.vocabulary.enums import Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import COMMAND, Records, new_records
from tests.simulation.fake_disk import FakeDisk
from tests.simulation.market import ALICE, BOB, CEA, DAY, Market, settings


def trading_market(files: Any, folder: Path = Path("/shanghai"), **changes: Any) -> Market:
    """At 09:30, everything durable, the journal's thread at rest."""
    chosen = {"profile": "national"} | changes  # whose market limits no messages
    market = Market(files, settings(folder, orders_capacity=4096, segment_bytes=1 << 18, **chosen))
    settle(market)
    market.go_to(9, 30)
    settle(market)
    return market


def settle(market: Market) -> None:
    """Turns until nothing is owed and nothing waits for the disk."""
    while market.turn() or market.engine.queued or not market.engine.streams.is_released:
        market.engine._journal.wait()


def orders(count: int, first_reference: int, seed: int) -> Records:
    """Alternating listings and sweeps at random prices."""
    rng = np.random.default_rng(seed)
    records = new_records(Kind.LISTING, count).view(COMMAND)
    records["kind"] = np.where(rng.random(count) < 0.7, Kind.LISTING, Kind.TAKE)
    records["user_reference"] = np.arange(first_reference, first_reference + count)
    records["contract_id"] = CEA
    records["side"] = rng.integers(0, 2, count)
    records["price_ticks"] = rng.integers(4900, 5100, count)
    records["quantity_lots"] = rng.integers(1, 50, count)
    return records


def play_orders(market: Market, batch: int) -> None:
    """2,000 orders of two members, alternating, so many a turn."""
    for first in range(0, 2000, batch):
        for number, login, account in ((0, ALICE, 1001), (1, BOB, 1002)):
            part = orders(2000, 1, seed=number)[first : first + batch].copy()
            part["account_id"] = account
            market.engine.queue(login, part)
        market.turn()
    settle(market)


def test_overlapping_with_the_disk_loses_and_reorders_nothing(tmp_path: Path) -> None:
    market = trading_market(RealFiles(), tmp_path, is_threaded=True)
    woken = threading.Event()
    market.engine.on_durable = woken.set
    play_orders(market, batch=50)
    assert woken.is_set()
    assert market.kinds(0).count(Kind.TRADE) > 500
    engine = market.engine
    assert engine.durable_sequence == engine.last_sequence > 4000
    digest = digest_canonical(engine.state).hex()
    engine.close()
    found = replay(market.settings.day_journal(DAY))
    assert (found.digest, found.last_sequence) == (digest, engine.last_sequence)
    market.start(RealFiles())  # asserts that every stream reads back as it was seen
    market.engine.close()


def test_what_followers_see_does_not_depend_on_the_thread(tmp_path: Path) -> None:
    inline = trading_market(FakeDisk(), is_threaded=False)
    threaded = trading_market(RealFiles(), tmp_path, is_threaded=True)
    for market in (inline, threaded):
        play_orders(market, batch=40)
    assert inline.seen == threaded.seen
    threaded.engine.close()


def test_a_turn_takes_nothing_while_the_disk_is_too_far_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.engine.journal.JOURNAL_BEHIND_BYTES_MAX", 64)
    disk = FakeDisk()
    market = trading_market(disk, is_threaded=True)
    may_go_on = threading.Event()
    disk.before_sync = lambda: may_go_on.wait(30) and None
    alice, engine = market.alice, market.engine
    market.send(alice, alice.listing(Side.SELL, 5100, 1), alice.listing(Side.SELL, 5101, 1))
    assert engine.turn() == 2
    market.send(alice, alice.listing(Side.SELL, 5102, 1))
    assert (engine.turn(), engine.queued, engine.release()) == (0, 1, [])
    may_go_on.set()
    settle(market)
    assert market.kinds(16).count(Kind.ACCEPTED) == 3
    engine.close()


def test_a_failing_disk_stops_the_engine_and_shows_nothing() -> None:
    disk = FakeDisk()
    market = trading_market(disk, is_threaded=True)
    told = threading.Event()
    market.engine.on_durable = told.set

    def fail() -> None:
        raise OSError(5, "Input/output error")

    disk.before_sync = fail
    alice = market.alice
    market.send(alice, alice.listing(Side.SELL, 5100, 1), alice.listing(Side.SELL, 5101, 1))
    market.engine.turn()
    assert told.wait(30)
    for call in (market.engine.turn, market.engine.release):
        with pytest.raises(JournalFailed, match="Input/output error"):
            call()
    market.engine.close()  # quietly: nothing is written any more
    assert market.kinds(16) == [Kind.STREAM_OPENED]
    disk.before_sync = None
    market.start(disk)
    assert market.engine.state.counters["live_orders"][0] in (0, 2)  # whatever the disk made of it
    market.engine.close()


def test_the_batching_of_turns_does_not_change_what_is_seen() -> None:
    seen = []
    for batch in (1, 7, 500):
        market = trading_market(FakeDisk())
        for first in range(0, 500, batch):
            part = orders(500, 1, seed=5)[first : first + batch].copy()
            part["account_id"] = 1001
            market.engine.queue(ALICE, part)
            market.turn()
        settle(market)
        seen.append(dict(market.seen))
    assert seen[0] == seen[1] == seen[2]
