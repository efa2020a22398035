"""A WebSocket connection of uvicorn that closes a client which takes nothing, with a code.

Sending waits while the socket's buffer is full, so a slow client is simply sent less. One that takes nothing
at all would keep its place for ever: after a while it is sent a close frame, then its socket is gone.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

TAKES_NOTHING_S: Final = 10.0
GRACE_S: Final = 2.0  # for a client that wakes up to read why it was closed
SLOW: Final = 1013  # try again later
SLOW_REASON: Final = f"nothing was read for {TAKES_NOTHING_S:.0f} s"


class BoundedConnection(WebSocketsSansIOProtocol):
    """Between `pause_writing` and `resume_writing` the client has taken nothing."""

    takes_nothing_s = TAKES_NOTHING_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience: asyncio.TimerHandle | None = None
        self._has_given_up = False

    def pause_writing(self) -> None:
        """The buffer is full."""
        super().pause_writing()
        self._patience = self.loop.call_later(self.takes_nothing_s, self._give_up)

    def resume_writing(self) -> None:
        """The client has taken something; too late, it may still read why it was closed."""
        if not self._has_given_up:
            super().resume_writing()
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        self._patience = None
        if self.close_sent or self.transport.is_closing():
            self.transport.abort()
            return
        self._has_given_up = True
        self.conn.send_close(SLOW, SLOW_REASON)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        self.transport.close()
        self._patience = self.loop.call_later(GRACE_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
