"""A reader that takes too little is warned, then closed with the reason; who drains in time is neither."""

import asyncio
from typing import cast

import numpy as np

from exchange.net.connection import Connection, Owner
from exchange.vocabulary.enums import DownReason
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES, SLOW_CLOSE_MS, SLOW_WARN_MS
from exchange.vocabulary.records import REPLY

QUEUED_BYTES = 300_000


class FullTransport(asyncio.Transport):
    """A transport whose peer takes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_aborted = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """As it is."""

    def get_write_buffer_size(self) -> int:
        return QUEUED_BYTES

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default

    def is_closing(self) -> bool:
        return self.is_aborted

    def pause_reading(self) -> None:
        """Nothing is read."""

    def resume_reading(self) -> None:
        """Nothing is read."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.is_aborted = True

    def kinds(self) -> list[int]:
        whole = len(self.written) // RECORD_BYTES * RECORD_BYTES
        return [int(kind) for kind in np.frombuffer(self.written[:whole], REPLY)["kind"]]


class House:
    """A gateway of which only the time matters."""

    def __init__(self) -> None:
        self.now_ms = 1_000
        self.left_for: list[DownReason] = []

    def connected(self, connection: Connection) -> bool:
        return True

    def left(self, connection: Connection, reason: DownReason) -> None:
        self.left_for.append(reason)

    def drained(self, connection: Connection) -> None:
        """Nothing to feed."""


def slow_connection() -> tuple[House, FullTransport, Connection]:
    house, transport = House(), FullTransport()
    connection = Connection(cast(Owner, house))
    connection.connection_made(transport)
    connection.pause_writing()
    return house, transport, connection


def pass_ms(house: House, connection: Connection, ms: int) -> None:
    """Time passes, in the steps in which silence is looked for; the peer itself is not silent."""
    for _ in range(ms // 250):
        house.now_ms += 250
        connection.session.heard(house.now_ms)
        connection.check_silence()


def test_it_is_warned_once_then_closed_with_the_reason() -> None:
    house, transport, connection = slow_connection()
    pass_ms(house, connection, SLOW_WARN_MS - 250)
    assert transport.kinds() == []
    pass_ms(house, connection, SLOW_CLOSE_MS - SLOW_WARN_MS)
    assert transport.kinds() == [Kind.SLOW_READER]
    (warning,) = np.frombuffer(transport.written[:RECORD_BYTES], REPLY)
    assert warning["queued_bytes"] == QUEUED_BYTES
    assert warning["retry_after_ms"] == SLOW_CLOSE_MS - SLOW_WARN_MS
    assert house.left_for == []
    pass_ms(house, connection, 250)
    assert transport.kinds()[:2] == [Kind.SLOW_READER, Kind.CONNECTION_CLOSED]
    assert (house.left_for, transport.is_aborted) == ([DownReason.SLOW], True)


def test_who_drains_in_time_begins_anew() -> None:
    house, transport, connection = slow_connection()
    pass_ms(house, connection, SLOW_CLOSE_MS - 250)
    connection.resume_writing()
    pass_ms(house, connection, SLOW_CLOSE_MS)
    assert house.left_for == []
    connection.pause_writing()
    pass_ms(house, connection, SLOW_WARN_MS)
    assert transport.kinds() == [Kind.SLOW_READER] * 2
