"""The bridge to Redis: every record of the public stream once, in order, and the last values beside it.

An entry's id is made of the trading day and the record's number, so where to go on is what Redis itself says
its last id is, and an append that was made but not answered cannot be made twice. What Redis holds under the
last id is compared with what the exchange says of the same record. Each step is one transaction.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from exchange.bridge.following import Following, raise_if_cancelled, together
from exchange.bridge.market import Complete
from exchange.bridge.metrics import Counters, tell_now_and_then
from exchange.bridge.pending import Pending
from exchange.bridge.records import fields_of
from exchange.bridge.redis_store import Emptied, Entry, Newest, RedisOptions, Step, Store
from exchange.client.decode import OtherRecord
from exchange.client.events import Event
from exchange.errors import CorruptionError, UsageError

LOGIN: Final = "REDIS1"
RETRY_S: Final = 1.0
SIGN_S: Final = 1.0
STEP_ENTRIES_MAX: Final = 500  # of one transaction
log: Final = logging.getLogger("bridge")


async def run_redis(options: RedisOptions) -> None:
    """For ever; UsageError when Redis refuses us or holds another run's data, CorruptionError."""
    counters = Counters()
    await together(_hold(options, counters), tell_now_and_then(counters))


async def _hold(options: RedisOptions, counters: Counters) -> None:
    """One connection to Redis after the other."""
    said, is_fresh = "", options.is_fresh
    name = options.service.name
    while True:
        store = Store(options)
        try:
            await store.claim(is_fresh=is_fresh)
            log.info("Redis %s: connected", name)
            said, is_fresh = "", False
            await _one_connection(store, options, counters)
        except (AuthenticationError, NoPermissionError) as error:
            raise UsageError(
                f"Redis {name} refuses the login: {error}",
                "mend the user in the URL, the password in the file, or the access list of Redis",
            ) from error
        except Emptied:
            log.warning("Redis %s was emptied: today is written again from its first record", name)
        except (RedisError, OSError) as error:
            raise_if_cancelled()  # Redis was lost while we were told to stop
            if str(error) != said:
                log.warning("Redis %s: %s; trying again", name, error)
            said = str(error)
        finally:
            await store.close()
        await asyncio.sleep(RETRY_S)


async def _one_connection(store: Store, options: RedisOptions, counters: Counters) -> None:
    """Until Redis is lost; whatever else ends it, the sign that we are there is taken away."""
    newest = await store.newest()
    if newest is not None:
        log.info("Redis %s: going on after %s record %d", options.service.name, *newest.position)
    following = Following(options.data, LOGIN, counters, None if newest is None else newest.position)
    writer = _Writer(store, following, newest, await store.topics(), options, counters)
    try:
        await together(following.run(writer), writer.run(), writer.sign())
    except (RedisError, OSError, Emptied):
        raise
    except BaseException:
        with suppress(RedisError, OSError):
            await store.unsign()
        raise


class _Writer:
    """What waits to be written, and the writing, once an interval."""

    def __init__(
        self, store: Store, following: Following, newest: Newest | None, stale: set[str],
        options: RedisOptions, counters: Counters,
    ) -> None:  # fmt: skip
        self._store = store
        self._following = following
        self._newest = newest
        self._stale = stale  # last values of an earlier connection, until overwritten
        self._counters = counters
        self._pending = Pending[Entry](options.interval_ms / 1000)
        self._seen = 0  # version of the market up to which last values are written
        self._busy = asyncio.Lock()  # the connection to Redis takes one transaction at a time

    # ---- what the following gives

    def take(self, number: int, event: Event | OtherRecord, complete: Complete | None) -> None:
        """Every record becomes an entry."""
        self._counters.waits()
        day = self._following.market.day
        assert day is not None  # a stream begins with its day
        self._pending.add(Entry(day, number, fields_of(event)))

    def take_again(self, number: int, event: Event | OtherRecord) -> None:
        """Redis has it: the last one it has must be what the exchange says."""
        newest = self._newest
        if newest is None or newest.fields is None or number != newest.position.number:
            return
        said = {
            name.encode(): value if isinstance(value, bytes) else value.encode()
            for name, value in fields_of(event).items()
        }
        if said != newest.fields:
            raise CorruptionError(f"{self._store.key('events')}, entry {number}", said, newest.fields)

    async def room(self) -> None:
        """Wait while too much waits."""
        await self._pending.room()

    # ---- writing

    async def sign(self) -> None:
        """Say every second that we are there; this also notices a Redis that was emptied or is gone."""
        while True:
            async with self._busy:
                await self._store.sign(self._following.line)
            await asyncio.sleep(SIGN_S)

    async def run(self) -> None:
        """Once an interval, or as soon as too much waits."""
        await self._pending.run(self._flush_alone)

    async def _flush_alone(self) -> None:
        async with self._busy:
            await self._flush()

    async def _flush(self) -> None:
        """Entries in order, in transactions of some hundred; the last one brings the last values with it."""
        market = self._following.market
        entries = self._pending.take()
        hashes = []
        if self._following.is_caught_up:
            before = self._seen
            topics, self._seen = market.since(before)
            hashes = [(topic, market.encoded(topic)) for topic in topics]
            self._counters.changes += self._seen - before
        while len(entries) > STEP_ENTRIES_MAX:
            await self._store.write(Step(entries[:STEP_ENTRIES_MAX], ()))
            self._counters.items += STEP_ENTRIES_MAX
            entries = entries[STEP_ENTRIES_MAX:]
        if entries or hashes:
            await self._store.write(Step(entries, hashes))
        self._counters.items += len(entries)
        self._counters.values += len(hashes)
        self._counters.passed()
        if self._following.is_caught_up and self._stale:
            known = {f"{topic.contract}:{topic.name}" for topic in market.topics()}
            await self._store.forget(sorted(self._stale - known))
            self._stale.clear()
