"""Asks Wuhan's HTTP status once a second, with the token of its data folder; loopback only."""

import asyncio
import http.client
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from exchange.console.follower import wall_ms
from exchange.console.model import MarketModel
from exchange.console.registry_state import RegistryDay, RegistryStatus
from exchange.console.view import BreakView

ASK_S: Final = 1.0
TIMEOUT_S: Final = 2.0
ANSWER_BYTES_MAX: Final = 16 << 20
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class _Address(msgspec.Struct, frozen=True):
    """DATA/run/wuhan.json."""

    host: str
    port: int
    token_file: str  # within the data folder


class _Answers(msgspec.Struct, frozen=True):
    status: RegistryStatus
    days: tuple[RegistryDay, ...]
    breaks: tuple[BreakView, ...]


class RegistryUnreachable(Exception):
    """Wuhan did not answer as expected."""


async def follow_registry(data: Path, model: MarketModel) -> NoReturn:
    """Ask for ever; the model hears every answer and every failure."""
    while True:
        try:
            answers = await asyncio.to_thread(ask, data)
            model.registry_answered(answers.status, answers.days, answers.breaks, wall_ms())
        except RegistryUnreachable as error:
            model.registry_down(wall_ms(), str(error))
        await asyncio.sleep(ASK_S)


def ask(data: Path) -> _Answers:
    """All three questions on one connection; RegistryUnreachable says why not."""
    try:
        path = data / "run" / "wuhan.json"
        address = msgspec.json.decode(path.read_bytes(), type=_Address)
        if address.host not in LOOPBACK:
            raise RegistryUnreachable(f"expected a loopback address, found {address.host}")
        token_file = (data / address.token_file).resolve()
        if not token_file.is_relative_to(data.resolve()):
            raise RegistryUnreachable("expected the token inside the data folder")
        token = token_file.read_text(encoding="ascii").strip()
        connection = http.client.HTTPConnection(address.host, address.port, timeout=TIMEOUT_S)
        try:
            return _Answers(
                msgspec.json.decode(_get(connection, "/status", token), type=RegistryStatus),
                msgspec.json.decode(_get(connection, "/days", token), type=tuple[RegistryDay, ...]),
                msgspec.json.decode(_get(connection, "/breaks", token), type=tuple[BreakView, ...]),
            )
        finally:
            connection.close()
    except FileNotFoundError as error:
        raise RegistryUnreachable(
            f"{Path(error.filename).name} does not exist: Wuhan does not run"
        ) from error
    except (OSError, http.client.HTTPException, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RegistryUnreachable(str(error) or type(error).__name__) from error


def _get(connection: http.client.HTTPConnection, path: str, token: str) -> bytes:
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    body = response.read(ANSWER_BYTES_MAX)
    if response.status != 200:
        raise RegistryUnreachable(f"{path}: expected 200, found {response.status}")
    return body
