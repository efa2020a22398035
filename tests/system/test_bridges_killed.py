"""Two days of both cities with every bridge, while brokers, bridges and the exchange are killed in turn."""

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from exchange.bridge.records import fields_of
from exchange.client.chunk import Chunk
from exchange.client.credentials import address_of, credentials_of
from exchange.client.decode import decode_events
from exchange.client.public_feed import LineUp, PublicFeed, StreamEnded
from tests.system.cities import DAYS, Cities
from tests.system.servers import mosquitto, redis, running
from tests.system.small_market import until
from tests.system.test_mqtt_bridge import Listener

pytestmark = [pytest.mark.mosquitto, pytest.mark.redis]
DAY_SECONDS = "7"
EVENTS, TRADES = "two-city:SEEE:events", "two-city:SEEE:trades"


class Witness:
    """What the exchange itself says over its own protocol, day by day, kept for the comparison."""

    def __init__(self, data: Path) -> None:
        self.entries: list[tuple[bytes, dict[bytes, bytes]]] = []
        self.days: list[str] = []
        self._data = data

    async def run(self) -> None:
        """Until the last day has ended."""
        feed = PublicFeed(lambda: (address_of(self._data), credentials_of(self._data, "CONSOL")))
        day = ""
        async for news in feed.news():
            match news:
                case LineUp(session):
                    day = f"20{session[:6]}"
                case StreamEnded(session):
                    self.days.append(f"20{session[:2]}-{session[2:4]}-{session[4:6]}")
                    if len(self.days) == DAYS:
                        return
                case Chunk():
                    for number, event in enumerate(decode_events(news.events), news.first_number):
                        self.entries.append((f"{day}-{number}".encode(), _encoded(event)))

    @property
    def trades(self) -> list[tuple[bytes, dict[bytes, bytes]]]:
        return [entry for entry in self.entries if entry[1][b"kind"] in (b"TRADE", b"TRADE_BUSTED")]


def _encoded(event: Any) -> dict[bytes, bytes]:
    return {
        name.encode(): value if isinstance(value, bytes) else value.encode()
        for name, value in fields_of(event).items()
    }  # fmt: skip


async def browse(data: Path, values: dict[str, Any]) -> None:
    """A browser that connects again whenever it is cut, for ever."""
    while True:
        with suppress(OSError, ValueError, KeyError, ConnectionClosed, InvalidHandshake):
            port = json.loads((data / "run" / "websocket.json").read_text())["port"]
            async with connect(f"ws://127.0.0.1:{port}/market") as connection:
                async for message in connection:
                    said = json.loads(message)
                    if said["type"] == "snapshot":
                        values.clear()
                    values.update(said["values"])
        await asyncio.sleep(0.02)


async def test_whoever_is_killed_nothing_is_lost_and_the_last_values_are_right(
    national_cities: Cities, tmp_path: Path
) -> None:
    cities = national_cities
    broker, store_server = mosquitto(tmp_path / "mosquitto"), redis(tmp_path / "redis")
    with running(broker), running(store_server), Redis(port=store_server.port) as store:
        shanghai = cities.start_exchange(DAY_SECONDS)
        cities.start_wuhan()
        cities.start_members()
        commands = {
            "mqtt": ("--url", f"mqtt://127.0.0.1:{broker.port}"),
            "redis": ("--url", f"redis://127.0.0.1:{store_server.port}"),
            "websocket": (),
        }
        bridges = {name: cities.start("exchange", "bridge", name, *given) for name, given in commands.items()}
        witness, listener, values = Witness(cities.data), Listener(broker.port), dict[str, Any]()
        tasks = [asyncio.create_task(work) for work in (listener.run(), browse(cities.data, values))]
        seeing = asyncio.create_task(witness.run())

        async def trades_more(count: int = 5) -> None:
            wanted = len(witness.trades) + count
            await until(lambda: len(witness.trades) >= wanted or seeing.done(), f"trades\n{cities.text()}")

        await trades_more()
        for name in commands:
            bridges[name].send_signal(signal.SIGKILL)
            bridges[name].wait()
            await trades_more(2)
            bridges[name] = cities.start("exchange", "bridge", name, *commands[name])
        broker.kill()
        store_server.kill()
        await trades_more()
        broker.start()
        store_server.start()
        await trades_more()
        os.kill(shanghai.pid, signal.SIGKILL)
        shanghai.wait()
        shanghai = cities.start_exchange(DAY_SECONDS)
        await seeing
        await until(lambda: store.xlen(EVENTS) >= len(witness.entries), f"Redis to have all\n{cities.text()}")
        ids = {entry_id for entry_id, _ in witness.trades}
        await until(lambda: ids_of(listener) >= ids, f"every trade by MQTT\n{cities.text()}")
        last = witness.days[-1]
        for told in (listener.retained, values):
            await until(lambda told=told: is_ended(told, last), f"the end of the day\n{cities.text()}")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert len(witness.days) == DAYS
        assert store.xrange(EVENTS) == witness.entries
        assert store.xrange(TRADES) == witness.trades
    assert ids_of(listener) == ids
    check_figures(cities, last, listener.retained["CEA/figures"])
    check_figures(cities, last, values["CEA/figures"])
    for bridge in bridges.values():
        bridge.send_signal(signal.SIGINT)
        assert cities.wait(bridge) == 0


def ids_of(listener: Listener) -> set[bytes]:
    return {
        f"{batch['day'].replace('-', '')}-{item['number']}".encode()
        for batch in listener.batches
        for item in batch["items"]
    }  # fmt: skip


def is_ended(told: dict[str, Any], day: str) -> bool:
    found = told.get("market/day") or {}
    return bool(found.get("day") == day and found["is_ended"])


def check_figures(cities: Cities, day: str, figures: Any) -> None:
    """Against the file that the exchange itself writes of its day."""
    said = json.loads((cities.data / "shanghai" / "days" / f"{day}.json").read_text())
    methods = figures["methods"]
    assert all(found["is_final"] for found in methods.values())
    assert methods["LISTED"]["volume_lots"] == said["listed_tonnes"]
    assert methods["BLOCK"]["volume_lots"] == said["block_tonnes"]
    assert methods["LISTED"]["close_ticks"] == said["contracts"]["CEA"]["close"]
