"""Gives every command its place and time: the exchange's own first, then members' in order of arrival."""

from collections.abc import Sequence

import numpy as np

from exchange.engine.bounds import INTERNAL_COMMANDS_MAX, QUEUE_COMMANDS_MAX
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND, Records

_WORDS = RECORD_BYTES // 8


class QueueFull(Exception):
    """More was queued than `room` allows: a mistake of the caller, who must stop reading instead."""


class Sequencer:
    """One buffer of command records; a batch is a slice of it, nothing is allocated per command.

    Member commands are collected from INTERNAL_COMMANDS_MAX on; a turn puts the exchange's own commands right
    before them, so that the batch is contiguous without a second copy.
    """

    def __init__(self) -> None:
        self._buffer: Records = np.zeros(INTERNAL_COMMANDS_MAX + QUEUE_COMMANDS_MAX, COMMAND)
        self._words = self._buffer.view(np.uint64).reshape(-1, _WORDS)
        self._sequence = self._buffer["sequence"]
        self._time_ns = self._buffer["time_ns"]
        self._login_id = self._buffer["login_id"]
        self._steps = np.arange(len(self._buffer), dtype=np.uint64)
        self._end = INTERNAL_COMMANDS_MAX

    @property
    def queued(self) -> int:
        """Member commands waiting for a turn."""
        return self._end - INTERNAL_COMMANDS_MAX

    @property
    def room(self) -> int:
        """Member commands that may still be queued."""
        return len(self._buffer) - self._end

    def queue(self, records: Records, login_id: int | None) -> None:
        """Copy records of one login, or of many (None) whose login_id the caller has set."""
        start, end = self._end, self._end + len(records)
        if end > len(self._buffer):
            raise QueueFull(f"expected at most {self.room} commands, found {len(records)}")
        self._words[start:end] = records.view(np.uint64).reshape(-1, _WORDS)
        if login_id is not None:
            self._login_id[start:end] = login_id
        self._end = end

    def take(
        self, internal: Sequence[bytes], first_sequence: int, time_ns: int, *, with_queued: bool
    ) -> Records:
        """The next batch, stamped; valid until the next call of this class."""
        assert len(internal) <= INTERNAL_COMMANDS_MAX
        start, end = INTERNAL_COMMANDS_MAX - len(internal), INTERNAL_COMMANDS_MAX
        if internal:
            self._words[start:end] = np.frombuffer(b"".join(internal), np.uint64).reshape(-1, _WORDS)
            self._login_id[start:end] = 0
        if with_queued:
            end, self._end = self._end, INTERNAL_COMMANDS_MAX
        np.add(self._steps[: end - start], np.uint64(first_sequence), out=self._sequence[start:end])
        self._time_ns[start:end] = time_ns
        return self._buffer[start:end]
