"""Fan-out of the public feed: readers at full feed beside a fixed load of takes; how late the feed is.

A feed record's lateness is from sending the order that caused it (by the sequence number that both carry)
to its arrival at a reader, in one clock, since sender and readers are one process.
"""

import select
import threading
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks.gateway_load import Session, count_kind, percentiles
from benchmarks.gateway_market import BASE_TICKS, CONTRACT
from exchange.vocabulary.enums import Role, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND, EVENT, make

INTERVAL_S: Final = 0.01
WATCHED_READERS: Final = 5


class Load(NamedTuple):
    """Takes sent in batches at fixed times."""

    first_reference: int
    batch: int
    batches: int

    @property
    def commands(self) -> int:
        """How many in all."""
        return self.batch * self.batches


class Seen:
    """What arrived and when: the sender's own events, and the feed of the watched readers."""

    def __init__(self) -> None:
        self.own: list[tuple[int, bytes]] = []
        self.feed: list[tuple[int, bytes]] = []
        self.feed_records = 0


def fan_out(
    port: int, data: Path, user: str, readers: int, orders_per_second: int, seconds: float
) -> dict[str, Any]:
    """Run it; `user` must not have sent anything this day, and there are as many members as readers."""
    load = Load(1, round(orders_per_second * INTERVAL_S), round(seconds / INTERVAL_S))
    sender = Session(port, data, user).ready()
    feeds = [Session(port, data, f"B{n:05d}", "PUBLIC").ready() for n in range(readers)]
    sent_ns: list[int] = []
    start = time.perf_counter()
    thread = threading.Thread(target=_send, args=(sender, load, sent_ns), daemon=True)
    thread.start()
    seen = _collect(sender, feeds, load.commands)
    thread.join()
    elapsed = time.perf_counter() - start
    for session in (sender, *feeds):
        session.close()
    return {
        "readers": readers,
        "orders_per_second": round(load.commands / elapsed),
        "orders_per_batch": load.batch,
        "events_per_second": round(seen.feed_records / readers / elapsed),
        "deliveries_per_second": round(seen.feed_records / elapsed),
        **_lateness(seen, load, sent_ns),
    }


def take_batch(first_reference: int, count: int) -> bytes:
    """Takes of one tonne each."""
    record = make(
        Kind.TAKE, contract_id=CONTRACT, price_ticks=BASE_TICKS, quantity_lots=1, side=int(Side.BUY)
    )
    batch = np.frombuffer(bytearray(record * count), COMMAND)
    batch["user_reference"] = np.arange(first_reference, first_reference + count)
    return batch.view(np.uint64).tobytes()


def _send(sender: Session, load: Load, sent_ns: list[int]) -> None:
    start = time.perf_counter()
    for number in range(load.batches):
        batch = take_batch(load.first_reference + number * load.batch, load.batch)
        delay = start + number * INTERVAL_S - time.perf_counter()
        if delay > 0:
            time.sleep(delay)
        sent_ns.append(time.perf_counter_ns())
        sender.socket.sendall(batch)


def _collect(sender: Session, feeds: list[Session], commands: int) -> Seen:
    """Read everybody until the sender's last command is answered and every reader has its trade."""
    seen, poll = Seen(), select.epoll()
    sessions = {session.socket.fileno(): session for session in (sender, *feeds)}
    watched = {feed.socket.fileno() for feed in feeds[:WATCHED_READERS]}
    left = dict.fromkeys(sessions, commands)
    for descriptor in sessions:
        poll.register(descriptor, select.EPOLLIN)
    while any(count > 0 for count in left.values()):
        for descriptor, _ in poll.poll():
            session = sessions[descriptor]
            data = session.receive()
            now_ns = time.perf_counter_ns()
            for records in session.records(data):
                if session is sender:
                    seen.own.append((now_ns, records))
                    left[descriptor] -= count_kind(records, Kind.DONE)
                    continue
                seen.feed_records += len(records) // RECORD_BYTES
                left[descriptor] -= count_kind(records, Kind.TRADE)
                if descriptor in watched:
                    seen.feed.append((now_ns, records))
    poll.close()
    return seen


def _lateness(seen: Seen, load: Load, sent_ns: list[int]) -> dict[str, Any]:
    """Lateness of trades at the watched readers, and of the sender's own executions, from sending."""
    sent_of_sequence: dict[int, int] = {}
    own_us: list[float] = []
    for now_ns, records in seen.own:
        events = np.frombuffer(records, EVENT)
        is_own = (events["kind"] == Kind.EXECUTED) & (events["role"] == Role.TAKER)
        pairs = zip(
            events["sequence"][is_own].tolist(), events["user_reference"][is_own].tolist(), strict=True
        )
        for sequence, reference in pairs:
            sent = sent_ns[(reference - load.first_reference) // load.batch]
            sent_of_sequence[sequence] = sent
            own_us.append((now_ns - sent) / 1_000)
    feed_us: list[float] = []
    for now_ns, records in seen.feed:
        events = np.frombuffer(records, EVENT)
        sequences = events["sequence"][events["kind"] == Kind.TRADE].tolist()
        feed_us += [(now_ns - sent_of_sequence[s]) / 1_000 for s in sequences if s in sent_of_sequence]
    return {"feed_us": percentiles(feed_us), "answer_us": percentiles(own_us)}
