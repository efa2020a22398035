"""The exchange's side of one FIX session: opens the member's stream where the store left off."""

import asyncio
import contextlib
from typing import Final, NamedTuple

from exchange.client.connection import Connection
from exchange.client.courier import Locate
from exchange.client.errors import ConnectionLost, CredentialsUnusable, LoginRefused

PAUSE_FIRST_S: Final = 0.1
PAUSE_MAX_S: Final = 1.0


class Login(NamedTuple):
    """User and password as the logon gave them; in memory only, for as long as the FIX session lasts."""

    user: str
    password: str
    certificate_file: str = ""  # a logon brings none

    def __repr__(self) -> str:
        return f"Login(user={self.user!r})"


async def open_stream(locate: Locate, login: Login, session: str, next_number: int, ended: str) -> Connection:
    """The member's stream: of the day kept, from the next number on; else today's from its first record.

    `session` blank: no day is kept. `ended`: a day's stream that has been followed to its end.
    Raises LoginRefused, ConnectionLost or CredentialsUnusable.
    """
    if session and session != ended:
        try:
            return await _open(locate, login, session, next_number)
        except LoginRefused as refused:
            if not refused.may_retry:
                raise  # else the day kept may be older than what the exchange still has
    connection = await _open(locate, login, "", 1)
    if connection.session in (session, ended):  # it was not ready for our number a moment ago
        await connection.close()
        raise LoginRefused("S", login.user, "(the next day's)")
    return connection


async def open_patiently(
    locate: Locate, login: Login, session: str, next_number: int, ended: str
) -> Connection:
    """The same, waiting for the exchange or the next day; a wrong password still raises."""
    pause_s = PAUSE_FIRST_S
    while True:
        with contextlib.suppress(ConnectionLost, CredentialsUnusable):
            try:
                return await open_stream(locate, login, session, next_number, ended)
            except LoginRefused as refused:
                if not refused.may_retry:
                    raise
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, PAUSE_MAX_S)


async def _open(locate: Locate, login: Login, session: str, next_number: int) -> Connection:
    address = locate()
    return await Connection.open(address, login, session=session, next_number=next_number)
