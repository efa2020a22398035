"""One connection to an MQTT broker: what it retains of ours, what we hand to it, and whether we are there."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import aiomqtt
import msgspec

from exchange.bridge.following import Line
from exchange.bridge.service import Service

QOS: Final = 1
TIMEOUT_S: Final = 10.0
KEEPALIVE_S: Final = 15
AT_ONCE: Final = 8  # messages under way to the broker
RETAINED_MAX: Final = 10_000  # topics of ours that are looked at
log: Final = logging.getLogger("bridge")


class MqttOptions(NamedTuple):
    """What the person asked for."""

    data: Path
    run: str  # identity of the data folder
    venue: str
    service: Service
    password: str | None
    prefix: str
    interval_ms: int

    @property
    def root(self) -> str:
        """The beginning of every topic."""
        return f"{self.prefix}/{self.venue}"


class Status(msgspec.Struct, frozen=True):
    """Whether the bridge is there, and its line to the exchange; the broker says offline when it dies."""

    state: str
    exchange: Line
    run: str
    connection: str  # made anew for each connection to the broker


class Published(msgspec.Struct, frozen=True):
    """The retained position: complete topics have been published up to this record."""

    run: str
    day: date
    number: int


class Message(NamedTuple):
    """A topic below the root, and what is published there; retained and empty = taken from the broker."""

    path: str
    payload: bytes
    is_retained: bool


class Retained(NamedTuple):
    """What the broker holds of ours."""

    published: Published | None
    paths: frozenset[str]  # of last values, below the root


def open_client(options: MqttOptions, connection: str) -> aiomqtt.Client:
    """A client whose last will says offline."""
    service = options.service
    gone = Status("offline", Line.LOST, options.run, connection)
    return aiomqtt.Client(
        service.host,
        service.port,
        username=service.user,
        password=options.password,
        identifier=f"two-city-{options.venue}-{options.run[:6]}",
        will=aiomqtt.Will(f"{options.root}/status", msgspec.json.encode(gone), QOS, retain=True),
        tls_context=service.tls,
        timeout=TIMEOUT_S,
        keepalive=KEEPALIVE_S,
    )


class Broker:
    """The broker as the publisher sees it; every call raises MqttError when it is lost."""

    def __init__(self, client: aiomqtt.Client, options: MqttOptions, connection: str) -> None:
        self._client = client
        self._root = options.root
        self._run = options.run
        self._connection = connection

    async def read_retained(self) -> Retained:
        """Everything retained under our root: it is all there when our own fresh status has come back."""
        await self._client.subscribe(f"{self._root}/#", qos=0)
        await self.tell("online", Line.CONNECTING)
        found: dict[str, bytes] = {}
        async for message in self._client.messages:
            path = message.topic.value.removeprefix(f"{self._root}/")
            if path == "status" and self._is_own(message.payload):
                break
            if message.retain and len(found) < RETAINED_MAX:
                found[path] = message.payload
        await self._client.unsubscribe(f"{self._root}/#")
        paths = frozenset(found) - {"status", "position"}
        return Retained(self._position(found.get("position")), paths)

    async def send(self, messages: Sequence[Message]) -> None:
        """Publish in order, some at a time; all are in the broker's hands when this returns."""
        for first in range(0, len(messages), AT_ONCE):
            await asyncio.gather(
                *(
                    self._client.publish(f"{self._root}/{path}", payload, QOS, is_retained)
                    for path, payload, is_retained in messages[first : first + AT_ONCE]
                )
            )

    async def tell(self, state: str, line: Line) -> None:
        """Say whether we are there."""
        status = Status(state, line, self._run, self._connection)
        await self.send([Message("status", msgspec.json.encode(status), True)])

    async def watch(self) -> None:
        """Raise MqttError when the broker is lost, also while there is nothing to say."""
        async for _ in self._client.messages:
            pass

    def _is_own(self, payload: bytes) -> bool:
        try:
            return msgspec.json.decode(payload, type=Status).connection == self._connection
        except msgspec.MsgspecError:
            return False

    def _position(self, payload: bytes | None) -> Published | None:
        """Where an earlier connection for the same data folder has come to."""
        if payload is None:
            return None
        try:
            found = msgspec.json.decode(payload, type=Published)
        except msgspec.MsgspecError as error:
            log.warning("%s/position cannot be read, so today is published again: %s", self._root, error)
            return None
        if found.run != self._run:
            log.warning("%s holds the values of another run: they are replaced", self._root)
            return None
        return found
