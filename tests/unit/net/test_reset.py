"""A peer that resets its connection ends that connection, never the service."""

import asyncio
from typing import cast

from exchange.net.connection import Connection, Owner
from exchange.vocabulary.enums import DownReason


class ResetTransport(asyncio.Transport):
    """A transport whose socket the peer has reset, before asyncio has told the protocol."""

    def __init__(self) -> None:
        super().__init__()
        self.is_aborted = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is buffered."""

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Swallowed, as asyncio does until it has noticed."""

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        raise OSError(107, "Transport endpoint is not connected")

    def abort(self) -> None:
        self.is_aborted = True


class FullHouse:
    """A gateway that has no room."""

    now_ms = 0

    def connected(self, connection: Connection) -> bool:
        return False

    def left(self, connection: Connection, reason: DownReason) -> None:
        """Nobody follows yet."""


def test_a_reset_peer_is_cut_off_and_nothing_else_happens() -> None:
    transport = ResetTransport()
    Connection(cast(Owner, FullHouse())).connection_made(transport)
    assert transport.is_aborted
