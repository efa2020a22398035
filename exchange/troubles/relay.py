"""The line between the cities, in the middle: passes bytes both ways until it is cut."""

import asyncio
from collections.abc import Callable
from typing import Final

CHUNK_BYTES: Final = 65_536

Address = Callable[[], tuple[str, int]]


class Relay:
    """Listens for Wuhan and connects to Shanghai for it. A cut ends every line at once, both ways."""

    def __init__(self, target: Address) -> None:
        self._target = target
        self._lines: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def is_up(self) -> bool:
        """Whether a line goes through now."""
        return bool(self._lines)

    async def listen(self, host: str, port: int) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._accept, host, port)

    async def close(self) -> None:
        """Stop listening and end every line."""
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def cut(self) -> int:
        """Cut every line that goes through; gives how many."""
        for line in self._lines:
            line.cancel()
        return len(self._lines)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.get_running_loop().create_task(self._pass(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One line, until either end closes it or it is cut."""
        writers = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target())
            writers.append(far_writer)
            ways = [
                asyncio.ensure_future(_copy(reader, far_writer)),
                asyncio.ensure_future(_copy(far_reader, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            return  # Shanghai is away, or the line is cut: Wuhan sees its end closed and comes again
        finally:
            for one in writers:
                one.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK_BYTES):
        writer.write(data)
        await writer.drain()
