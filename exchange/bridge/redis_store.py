"""What the bridge keeps in Redis: keys, who they belong to, where the stream stands, and one atomic step.

Under PREFIX:VENUE: `run` says whose data this is, `events` and `trades` are streams whose ids are trading day
and number in the public stream (20211216-184), CONTRACT:TOPIC are hashes with the last values, `topics` is
the set of those that exist, and `alive` expires when the bridge is gone.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError, WatchError

from exchange.bridge.following import Position
from exchange.bridge.records import Fields
from exchange.bridge.service import Service
from exchange.bridge.values import Topic
from exchange.errors import CorruptionError, UsageError

TIMEOUT_S: Final = 10.0
ALIVE_S: Final = 10  # without a sign for so long, the bridge is gone
TRADE_KINDS: Final = ("TRADE", "TRADE_BUSTED")
SCAN_COUNT: Final = 1_000


class RedisOptions(NamedTuple):
    """What the person asked for."""

    data: Path
    run: str  # identity of the data folder
    venue: str
    service: Service
    password: str | None
    prefix: str
    interval_ms: int
    stream_length: int  # entries kept of each stream, about
    is_fresh: bool


class Emptied(Exception):
    """Redis does not hold any more what was written: it was emptied, or another copy has taken its place."""


class Entry(NamedTuple):
    """One record for the streams."""

    day: date
    number: int
    fields: Fields

    @property
    def stream_id(self) -> str:
        """Ascending with day and number, and the same whenever the record is read."""
        return f"{self.day:%Y%m%d}-{self.number}"


class Newest(NamedTuple):
    """Where the stream stands: its last id, and that entry, if it is still kept."""

    position: Position
    fields: dict[bytes, bytes] | None


class Step(NamedTuple):
    """What one transaction writes."""

    entries: Sequence[Entry]
    hashes: Sequence[tuple[Topic, bytes | None]]  # topic and its value as JSON; None = it has none


class Store:
    """One connection to Redis; every call raises RedisError when it is lost."""

    def __init__(self, options: RedisOptions) -> None:
        service = options.service
        tls: dict[str, Any] = {}
        if service.tls is not None:  # the library makes a context of its own
            trusted = None if service.ca_file is None else str(service.ca_file)
            tls = {"ssl": True, "ssl_ca_certs": trusted, "ssl_check_hostname": True}
        self._redis: Any = Redis(
            host=service.host, port=service.port, db=service.database, username=service.user,
            password=options.password, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0), single_connection_client=True, **tls,
        )  # fmt: skip
        self._root = f"{options.prefix}:{options.venue}"
        self._run = options.run
        self._length = options.stream_length

    async def close(self) -> None:
        """Close the connection."""
        await self._redis.aclose()

    def key(self, name: str) -> str:
        """A key of ours."""
        return f"{self._root}:{name}"

    async def claim(self, *, is_fresh: bool) -> None:
        """Make sure that the keys are this run's; `is_fresh` deletes whatever stands under them."""
        if is_fresh:
            async for key in self._redis.scan_iter(match=f"{self._root}:*", count=SCAN_COUNT):
                await self._redis.unlink(key)
        found = await self._redis.get(self.key("run"))
        if found is None and await self._redis.exists(self.key("events")):
            found = b"nobody that has left its mark"
        if found is None:
            await self._redis.set(self.key("run"), self._run, nx=True)
            found = await self._redis.get(self.key("run"))
        if found != self._run.encode():
            raise UsageError(
                f"the keys {self._root}:* belong to another run, {found.decode(errors='replace')}",
                "name another --prefix or database, or delete them: `exchange bridge redis --fresh`",
            )

    async def newest(self) -> Newest | None:
        """Where the stream `events` stands; None = it is not there."""
        try:
            info = await self._redis.xinfo_stream(self.key("events"))
        except ResponseError:
            return None
        last_id: bytes = info["last-generated-id"]
        day, _, number = last_id.decode().partition("-")
        try:
            position = Position(date(int(day[:4]), int(day[4:6]), int(day[6:])), int(number))
        except ValueError as error:
            raise CorruptionError(self.key("events"), "ids like 20211216-184", last_id.decode()) from error
        entries = await self._redis.xrange(self.key("events"), last_id, last_id)
        return Newest(position, entries[0][1] if entries else None)

    async def topics(self) -> set[str]:
        """The hashes that exist, as CONTRACT:TOPIC."""
        return {member.decode() for member in await self._redis.smembers(self.key("topics"))}

    async def forget(self, names: Sequence[str]) -> None:
        """Remove last values of an earlier day."""
        if names:
            await self._redis.unlink(*(self.key(name) for name in names))
            await self._redis.srem(self.key("topics"), *names)

    async def write(self, step: Step) -> None:
        """All of a step or nothing; Emptied when Redis no longer holds our mark."""
        async with self._redis.pipeline(transaction=True) as pipe:
            await pipe.watch(self.key("run"))
            if await pipe.get(self.key("run")) != self._run.encode():
                raise Emptied
            pipe.multi()
            for entry in step.entries:
                names = ("events", "trades") if entry.fields["kind"] in TRADE_KINDS else ("events",)
                for name in names:
                    pipe.xadd(
                        self.key(name), entry.fields, id=entry.stream_id, maxlen=self._length,
                        approximate=True,
                    )  # fmt: skip
            for topic, value in step.hashes:
                self._put(pipe, f"{topic.contract}:{topic.name}", value)
            try:
                await pipe.execute()
            except WatchError as error:
                raise Emptied from error

    def _put(self, pipe: Any, name: str, value: bytes | None) -> None:
        if value is None:
            pipe.unlink(self.key(name))
            pipe.srem(self.key("topics"), name)
            return
        pipe.hset(self.key(name), mapping=hash_of(value))
        pipe.sadd(self.key("topics"), name)

    async def sign(self, text: str) -> None:
        """Say that the bridge is there, and see that our mark is."""
        if await self._redis.get(self.key("run")) != self._run.encode():
            raise Emptied
        await self._redis.set(self.key("alive"), text, ex=ALIVE_S)

    async def unsign(self) -> None:
        """Say at once that the bridge is gone."""
        await self._redis.unlink(self.key("alive"))


def hash_of(value: bytes) -> dict[str, str]:
    """A value's fields as text: whole numbers in decimal, empty = null, lists and objects as JSON."""
    fields: dict[str, msgspec.Raw] = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
    return {name: _field(bytes(raw)) for name, raw in fields.items()}


def _field(raw: bytes) -> str:
    if raw == b"null":
        return ""
    return msgspec.json.decode(raw, type=str) if raw.startswith(b'"') else raw.decode()
