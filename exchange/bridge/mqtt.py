"""The bridge to MQTT: last values retained and conflated, trades and notices complete in batches.

What has been published is remembered by the broker alone, as a retained position: a broker that forgets some
of what it was given forgets the position with it. So every connection begins by reading what is retained of
ours, follows the position's day from its first record, and publishes what lies behind the position.
"""

import asyncio
import logging
import secrets
from contextlib import suppress
from typing import Final

import aiomqtt
import msgspec

from exchange.bridge.following import Following, Line, Position, raise_if_cancelled, together
from exchange.bridge.market import Complete, batches
from exchange.bridge.metrics import Counters, tell_now_and_then
from exchange.bridge.mqtt_broker import Broker, Message, MqttOptions, Published, Retained, open_client
from exchange.bridge.pending import Pending
from exchange.client.decode import OtherRecord
from exchange.client.events import Event
from exchange.errors import UsageError

LOGIN: Final = "MQTT01"
RETRY_S: Final = 1.0
BATCH_ITEMS_MAX: Final = 500  # of one message: some 60 kB
REFUSED: Final = (134, 135)  # reason codes of a wrong user or password, and of one without the right
log: Final = logging.getLogger("bridge")


async def run_mqtt(options: MqttOptions) -> None:
    """For ever; UsageError when the broker refuses us for good, CorruptionError from the exchange."""
    counters = Counters()
    await together(_hold(options, counters), tell_now_and_then(counters))


async def _hold(options: MqttOptions, counters: Counters) -> None:
    """One connection to the broker after the other."""
    said = ""
    while True:
        connection = secrets.token_hex(8)
        try:
            async with open_client(options, connection) as client:
                log.info("MQTT broker %s: connected", options.service.name)
                said = ""
                await _one_connection(Broker(client, options, connection), options, counters)
        except aiomqtt.MqttError as error:
            raise_if_cancelled()  # the broker was lost while we were told to stop
            if isinstance(error, aiomqtt.MqttCodeError) and getattr(error.rc, "value", 0) in REFUSED:
                raise UsageError(
                    f"the MQTT broker {options.service.name} refuses the login: {error}",
                    "mend the user in the URL, the password in the file, or the broker's list",
                ) from error
            if str(error) != said:
                log.warning("MQTT broker %s: %s; trying again", options.service.name, error)
            said = str(error)
        await asyncio.sleep(RETRY_S)


async def _one_connection(broker: Broker, options: MqttOptions, counters: Counters) -> None:
    """Until the broker is lost; whatever else ends it, the broker is told that we are gone."""
    retained = await broker.read_retained()
    published = retained.published
    after = None if published is None else Position(published.day, published.number)
    following = Following(options.data, LOGIN, counters, after)
    publisher = _Publisher(broker, following, options, counters, retained)
    try:
        await together(following.run(publisher), publisher.run(), broker.watch())
    except aiomqtt.MqttError:
        raise
    except BaseException:
        with suppress(aiomqtt.MqttError):
            await broker.tell("offline", Line.LOST)
        raise


class _Publisher:
    """What waits to be published, and the publishing, once an interval."""

    def __init__(
        self,
        broker: Broker,
        following: Following,
        options: MqttOptions,
        counters: Counters,
        retained: Retained,
    ) -> None:
        self._broker = broker
        self._following = following
        self._run = options.run
        self._counters = counters
        self._published_day = None if retained.published is None else retained.published.day
        self._stale = set(retained.paths)  # last values of an earlier connection, until overwritten
        self._pending = Pending[Complete](options.interval_ms / 1000)
        self._seen = 0  # version of the market up to which last values are published
        self._line = Line.CONNECTING  # as told

    # ---- what the following gives

    def take(self, number: int, event: Event | OtherRecord, complete: Complete | None) -> None:
        """Only items are kept here; last values are asked of the market when they are published."""
        self._counters.waits()
        if complete is not None:
            self._pending.add(complete)

    def take_again(self, number: int, event: Event | OtherRecord) -> None:
        """Published by an earlier connection: the broker has it, as it has the position behind it."""

    async def room(self) -> None:
        """Wait while too much waits."""
        await self._pending.room()

    # ---- publishing

    async def run(self) -> None:
        """Once an interval, or as soon as too much waits."""
        await self._pending.run(self._flush)

    async def _flush(self) -> None:
        """Items first, then last values, then how far we have come: a cut in between repeats, never loses."""
        market = self._following.market
        items = self._pending.take()
        number, day = market.number, market.day
        for first in range(0, len(items), BATCH_ITEMS_MAX):
            some = batches(items[first : first + BATCH_ITEMS_MAX])
            await self._broker.send(
                [Message(topic.path, msgspec.json.encode(batch), False) for topic, batch in some]
            )
        self._counters.items += len(items)
        if self._following.is_caught_up:
            await self._send_values()
        self._counters.passed()
        if day is not None and (items or self._published_day != day):
            position = Published(self._run, day, number)
            await self._broker.send([Message("position", msgspec.json.encode(position), True)])
            self._published_day = day
        if self._following.line is not self._line:
            self._line = self._following.line
            await self._broker.tell("online", self._line)

    async def _send_values(self) -> None:
        """Each topic once, however often it changed; what has no value any more is taken from the broker."""
        market = self._following.market
        before = self._seen
        topics, self._seen = market.since(before)
        self._counters.changes += self._seen - before
        self._counters.values += len(topics)
        messages = [Message(topic.path, market.encoded(topic) or b"", True) for topic in topics]
        if self._stale:
            gone = self._stale - {topic.path for topic in market.topics()}
            messages += [Message(path, b"", True) for path in sorted(gone)]
            self._stale.clear()
        await self._broker.send(messages)
