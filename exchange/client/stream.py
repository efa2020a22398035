"""A whole stream as one array: read from its first record to the newest one, then the line is closed."""

from typing import Final

import numpy as np

from exchange.client.connection import Connection
from exchange.client.credentials import Address, Credentials
from exchange.vocabulary.records import EVENT, Records

PUBLIC_STREAM: Final = "PUBLIC"


async def read_stream(credentials: Credentials, address: Address, session: str = PUBLIC_STREAM) -> Records:
    """The records of a stream up to what was its newest when asked; "" = the login's own, or a session id.

    Raises LoginRefused where there is no such stream (any more), ConnectionLost when the line is cut.
    """
    newest = await _open(credentials, address, session, 0)
    last, session = newest.next_number, newest.session
    await newest.close()
    connection = await _open(credentials, address, session, 1)
    parts: list[Records] = []
    try:
        while connection.next_number <= last and (chunk := await connection.receive()) is not None:
            parts.append(chunk.events)
    finally:
        await connection.close()
    rows = [part.view(np.uint64) for part in parts if len(part)]  # numpy joins a union field by field
    return np.concatenate(rows).view(EVENT)[:last] if rows else np.zeros(0, EVENT)


async def _open(credentials: Credentials, address: Address, session: str, next_number: int) -> Connection:
    return await Connection.open(address, credentials, session=session, next_number=next_number)
