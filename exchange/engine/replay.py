"""Replays a day's journal into a fresh kernel: the same commands give the same events and the same state.

Batches are joined into large blocks first, since what the kernel does never depends on where a batch ended.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.engine.bounds import EVENT_BUFFER_RECORDS
from exchange.engine.files import Files
from exchange.engine.journal_format import Identity
from exchange.engine.journal_reader import Batch, End, JournalReader
from exchange.engine.opening import HASH_PREFIX_BYTES, kernel_hash
from exchange.engine.signing import SignedWord, Words
from exchange.errors import UsageError
from exchange.kernel import Capacity, State, apply_batch, digest_canonical, figures, new_state
from exchange.rulebook import rules_hash
from exchange.vocabulary.enums import Method
from exchange.vocabulary.limits import BATCH_COMMANDS_MAX, RECORD_BYTES
from exchange.vocabulary.records import COMMAND, EVENT, Records
from exchange.vocabulary.signed import DayTotals

_WORDS = RECORD_BYTES // 8
StreamIds = NDArray[np.uint32]


class Applier:
    """Runs commands through a kernel state and hands on what comes out, buffer by buffer."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._events: Records = np.zeros(EVENT_BUFFER_RECORDS, EVENT)
        self._streams: StreamIds = np.zeros(EVENT_BUFFER_RECORDS, np.uint32)

    def apply(self, commands: Records, take: Callable[[Records, StreamIds], None]) -> None:
        """Apply every command completely; `take` must copy what it keeps."""
        done, more = 0, 1
        while more:
            rest = commands[done:] if done else commands
            step, count, more = apply_batch(self.state, rest, self._events, self._streams)
            done += step
            if count:
                take(self._events[:count], self._streams[:count])
        assert done == len(commands), f"expected {len(commands)} commands applied, found {done}"


class ReplayResult(NamedTuple):
    """What a day's journal amounts to, from nothing but the journal."""

    day: date
    state: State
    digest: str  # canonical, hex
    last_sequence: int
    match_count: int
    tonnes: int
    amount_fen: int
    listed_lots: int
    block_lots: int
    end: End
    totals: DayTotals | None  # of the seal
    own_word: SignedWord | None  # what the exchange signed of the result
    registry_word: SignedWord | None  # what the registry signed of the delivery


def replay(folder: Path, files: Files | None = None) -> ReplayResult:
    """Replay one day's folder; raises JournalCorrupt, or UsageError when another program wrote it."""
    reader = JournalReader(folder, files)
    identity = reader.identity()
    if identity is None:
        list(reader.batches())  # a damaged head with durable batches after it is corruption, not an empty day
        raise UsageError(f"{folder} holds no durable command", "choose another day")
    refuse_foreign(identity, folder)
    applier = Applier(new_state(Capacity(*identity.capacity)))
    words = Words()
    for block in blocks(reader.batches()):
        words.take_commands(block.commands)
        applier.apply(block.commands, lambda events, streams: words.take_events(events))
    assert reader.end is not None
    return _result(identity, applier.state, reader.end, words)


def replay_stream(folder: Path, stream_id: int, files: Files | None = None) -> Records:
    """One stream of a day, made again from its journal: byte for byte what its followers were sent."""
    reader = JournalReader(folder, files)
    identity = reader.identity()
    if identity is None:
        raise UsageError(f"{folder} holds no durable command", "choose another day")
    refuse_foreign(identity, folder)
    applier = Applier(new_state(Capacity(*identity.capacity)))
    parts: list[NDArray[np.uint64]] = []

    def take(events: Records, streams: StreamIds) -> None:
        parts.append(events.view(np.uint64).reshape(-1, _WORDS)[streams == stream_id])

    for block in blocks(reader.batches()):
        applier.apply(block.commands, take)
    return np.concatenate(parts).reshape(-1).view(EVENT)


def refuse_foreign(identity: Identity, folder: Path) -> None:
    """Kernel and rules change only between days: a journal means something only to those that wrote it."""
    for what, expected, found in _bindings(identity):
        if found != expected:
            raise UsageError(
                f"{folder} was written under another {what}: expected {expected.hex()}, found {found.hex()}",
                "finish and read that day with the version that began it, or begin anew: two-city up --fresh",
            )


def is_foreign(identity: Identity) -> bool:
    """True when another kernel or other rules wrote the journal."""
    return any(found != expected for _, expected, found in _bindings(identity))


def _bindings(identity: Identity) -> tuple[tuple[str, bytes, bytes], ...]:
    """(what, expected, found) of everything a journal is bound to."""
    rules = rules_hash(identity.profile, identity.day)[:HASH_PREFIX_BYTES]
    return (
        ("kernel", kernel_hash(), identity.kernel_hash),
        (f"rules of profile {identity.profile}", rules, identity.rules_hash),
    )


class Block(NamedTuple):
    """Consecutive commands; `chain` is the journal's after them where they end a batch, else blank."""

    commands: Records
    chain: bytes

    @property
    def last_sequence(self) -> int:
        """Sequence of the last of them."""
        return int(self.commands["sequence"][-1])


def blocks(batches: Iterable[Batch], cuts: Iterable[int] = ()) -> Iterator[Block]:
    """The commands of many batches, copied into blocks of one reused buffer; a block ends at every cut."""
    buffer: Records = np.zeros(BATCH_COMMANDS_MAX, COMMAND)
    words = buffer.view(np.uint64).reshape(-1, _WORDS)
    ends = sorted(cuts, reverse=True)
    filled, chain = 0, b""
    for batch in batches:
        rows = batch.commands.view(np.uint64).reshape(-1, _WORDS)
        if filled and filled + len(rows) > BATCH_COMMANDS_MAX:
            yield Block(buffer[:filled], chain)
            filled = 0
        first = 0
        while first < len(rows):
            sequence = batch.first_sequence + first
            while ends and ends[-1] < sequence:
                ends.pop()
            count = min(BATCH_COMMANDS_MAX - filled, len(rows) - first)
            if ends:
                count = min(count, ends[-1] - sequence + 1)
            words[filled : filled + count] = rows[first : first + count]
            filled, first = filled + count, first + count
            chain = batch.chain if first == len(rows) else b""
            is_cut = bool(ends) and ends[-1] == sequence + count - 1
            if is_cut or filled == BATCH_COMMANDS_MAX:
                yield Block(buffer[:filled], chain)
                filled = 0
    if filled:
        yield Block(buffer[:filled], chain)


def _result(identity: Identity, state: State, end: End, words: Words) -> ReplayResult:
    rows, counters = figures(state), state.counters[0]
    listed = np.isin(rows["figure_method"], (Method.LISTED, Method.CONTINUOUS))
    block = rows["figure_method"] == Method.BLOCK
    volumes = rows["volume_lots"]
    return ReplayResult(
        day=identity.day,
        state=state,
        digest=digest_canonical(state).hex(),
        last_sequence=end.next_sequence - 1,
        match_count=int(counters["match_count"]),
        tonnes=int(counters["tonnes_lots"]),
        amount_fen=int(counters["amount_fen"]),
        listed_lots=int(volumes[listed].sum()),
        block_lots=int(volumes[block].sum()),
        end=end,
        totals=words.totals,
        own_word=words.own,
        registry_word=words.registry,
    )
