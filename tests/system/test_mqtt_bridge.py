"""The bridge to MQTT with a real Mosquitto and a real exchange: last values right, trades complete."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest

from exchange.bridge.mqtt import run_mqtt
from exchange.bridge.mqtt_broker import MqttOptions
from exchange.bridge.run import run_identity
from exchange.bridge.service import MQTT, parse_service
from exchange.client.events import Trade
from exchange.errors import UsageError
from tests.system.servers import Server, make_certificate, mosquitto, running
from tests.system.small_market import SmallMarket, small_market, until

pytestmark = pytest.mark.mosquitto
ROOT = "two-city/SEEE"


class Listener:
    """A subscriber with a session that the broker keeps: what it has not heard yet is given later."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.retained: dict[str, Any] = {}
        self.batches: list[Any] = []

    async def run(self) -> None:
        """For ever, over as many connections as it takes."""
        while True:
            with suppress(aiomqtt.MqttError):
                async with aiomqtt.Client(
                    "127.0.0.1", self.port, identifier="listener", clean_session=False
                ) as client:
                    await client.subscribe(f"{ROOT}/#", qos=1)
                    async for message in client.messages:
                        self.take(message)
            await asyncio.sleep(0.01)

    def take(self, message: aiomqtt.Message) -> None:
        """One message."""
        path = message.topic.value.removeprefix(f"{ROOT}/")
        said = msgspec.json.decode(message.payload) if message.payload else None
        if path.endswith("/trades"):
            self.batches.append(said)
        elif said is None:
            self.retained.pop(path, None)
        else:
            self.retained[path] = said

    @property
    def numbers(self) -> set[int]:
        """Record numbers of the trades heard."""
        return {item["number"] for batch in self.batches for item in batch["items"]}

    def check_chain(self) -> None:
        """Each batch begins where one before it ended, so a listener can see that it misses nothing."""
        ends = {0}
        for batch in self.batches:
            assert batch["previous_number"] in ends
            numbers = [item["number"] for item in batch["items"]]
            assert all(first < second for first, second in pairwise([batch["previous_number"], *numbers]))
            ends.update(numbers)


@pytest.fixture
def market(tmp_path: Path) -> Iterator[SmallMarket]:
    with small_market(tmp_path / "data") as made:
        yield made


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    with running(mosquitto(tmp_path / "mosquitto")) as made:
        yield made


def options(market: SmallMarket, url: str, **given: Any) -> MqttOptions:
    service = parse_service(url, MQTT, given.pop("ca_file", None))
    return MqttOptions(
        data=market.data, run=run_identity(market.data), venue="SEEE", service=service,
        password=given.get("password"), prefix="two-city", interval_ms=20,
    )  # fmt: skip


@asynccontextmanager
async def bridge(market: SmallMarket, broker: Server) -> AsyncIterator[asyncio.Task[None]]:
    """A bridge, stopped as Ctrl-C would."""
    async with task(run_mqtt(options(market, f"mqtt://127.0.0.1:{broker.port}"))) as made:
        yield made


@asynccontextmanager
async def task(work: Any) -> AsyncIterator[asyncio.Task[None]]:
    made = asyncio.create_task(work)
    try:
        yield made
    finally:
        made.cancel()
        with suppress(asyncio.CancelledError, UsageError):
            await made


def make_user(passwords: Path, user: str, password: str) -> None:
    """Let Mosquitto's own tool write its file."""
    subprocess.run(["mosquitto_passwd", "-c", "-b", passwords, user, password], check=True, timeout=30)


def trade_numbers(market: SmallMarket) -> set[int]:
    return {
        number for number, event in enumerate(market.public(), 1) if isinstance(event, Trade)
    }  # fmt: skip


def has_all(listener: Listener, market: SmallMarket) -> Callable[[], bool]:
    expected = trade_numbers(market)
    return lambda: listener.numbers >= expected


async def test_last_values_are_the_exchange_s_and_trades_are_complete(
    market: SmallMarket, broker: Server
) -> None:
    market.trade(3)
    listener = Listener(broker.port)
    async with task(listener.run()), bridge(market, broker):
        await until(has_all(listener, market), "the trades of before")
        market.trade(4)
        market.list_one(4_300)
        market.halt()
        market.tick()
        await until(has_all(listener, market), "all trades")
        await until(lambda: listener.retained.get("CEA/halt"), "the halt")
        await until(lambda: market.is_board(listener.retained.get("CEA/quote")), "the quote")
        market.check_last_values(listener.retained.get)
        assert listener.numbers == trade_numbers(market)
        listener.check_chain()
        assert (listener.retained["status"]["state"], listener.retained["status"]["exchange"]) == (
            "online", "connected",
        )  # fmt: skip
        late = Listener(broker.port)
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            await client.subscribe(f"{ROOT}/#")
            async for message in client.messages:
                late.take(message)
                if len(late.retained) == len(listener.retained):
                    break
        assert late.retained == listener.retained, "a late subscriber has the last values at once"
    async with task(listener.run()):
        await until(lambda: listener.retained["status"]["state"] == "offline", "the last word")


async def test_a_bridge_that_comes_back_publishes_what_is_new_and_nothing_twice(
    market: SmallMarket, broker: Server
) -> None:
    listener = Listener(broker.port)
    async with task(listener.run()):
        async with bridge(market, broker):
            market.trade(5)
            await until(has_all(listener, market), "the trades")
            await until(lambda: "position" in listener.retained, "the position")
            number = max(listener.numbers)
            await until(lambda: listener.retained["position"]["number"] >= number, "the position")
        market.trade(3)
        async with bridge(market, broker):
            await until(has_all(listener, market), "the trades made meanwhile")
            market.stop()
            await until(lambda: listener.retained["status"]["exchange"] == "lost", "the loss to be told")
            market.start()
            market.trade(2)
            await until(has_all(listener, market), "the trades after the restart")
            await until(lambda: not listener.retained["market/halt"]["is_halted"], "the resume")
    assert sum(len(batch["items"]) for batch in listener.batches) == market.trades == 10
    listener.check_chain()


async def test_a_broker_that_is_killed_loses_nothing(market: SmallMarket, broker: Server) -> None:
    listener = Listener(broker.port)
    async with task(listener.run()), bridge(market, broker):
        for _ in range(3):
            market.trade(5)
            await until(lambda: listener.batches, "a first batch")
            broker.kill()
            market.trade(5)
            broker.start()
            market.trade(1)
            await until(has_all(listener, market), "all trades")
        market.tick()
        await until(
            lambda: listener.retained.get("CEA/last", {}).get("match_id") == market.trades, "the last"
        )
        await until(lambda: market.is_board(listener.retained.get("CEA/quote")), "the quote")
        market.check_last_values(listener.retained.get)
        assert listener.numbers == trade_numbers(market)
        listener.check_chain()


async def test_a_broker_that_has_forgotten_everything_is_told_everything(
    market: SmallMarket, broker: Server
) -> None:
    listener = Listener(broker.port)
    async with bridge(market, broker):
        async with task(listener.run()):
            market.trade(5)
            await until(has_all(listener, market), "the trades")
        broker.kill()
        (broker.folder / "mosquitto.db").unlink(missing_ok=True)
        broker.start()
        anew = Listener(broker.port)
        async with task(anew.run()):
            await until(lambda: anew.retained.get("CEA/last", {}).get("match_id") == 5, "the last values")
            market.trade(1)
            await until(lambda: max(anew.numbers, default=0) == max(trade_numbers(market)), "the new trade")
            position = anew.retained["position"]
    assert (position["day"], position["run"]) == ("2021-12-16", run_identity(market.data))


async def test_values_of_an_earlier_day_or_another_run_are_taken_away(
    market: SmallMarket, broker: Server
) -> None:
    other = {"run": "f" * 32, "day": "2021-12-20", "number": 77}
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for path, value in (("CEA19/last", {"price_ticks": 1}), ("position", other)):
            await client.publish(f"{ROOT}/{path}", msgspec.json.encode(value), 1, retain=True)
    market.trade(2)
    listener = Listener(broker.port)
    async with task(listener.run()), bridge(market, broker):
        await until(
            lambda: "CEA19/last" not in listener.retained and "CEA/last" in listener.retained, "order"
        )
        await until(has_all(listener, market), "the trades of today")
        await until(lambda: listener.retained["position"]["run"] != other["run"], "our own position")


async def test_a_broker_with_users_and_certificates(market: SmallMarket, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path / "tls")
    passwords = tmp_path / "passwords"
    make_user(passwords, "ann", "s3cret")
    settings = (
        "allow_anonymous false",
        f"password_file {passwords}",
        f"certfile {certificate}",
        f"keyfile {key}",
    )
    market.trade(1)
    with running(mosquitto(tmp_path / "mosquitto", *settings)) as server:
        url = f"mqtts://ann@localhost:{server.port}"
        with pytest.raises(UsageError, match="refuses the login"):
            async with asyncio.timeout(60):
                await run_mqtt(options(market, url, ca_file=certificate, password="wrong"))
        async with (
            task(run_mqtt(options(market, url, ca_file=certificate, password="s3cret"))),
            aiomqtt.Client(
                "localhost", server.port, username="ann", password="s3cret",
                tls_params=aiomqtt.TLSParameters(ca_certs=str(certificate)),
            ) as client,
        ):  # fmt: skip
            await client.subscribe(f"{ROOT}/CEA/last")
            async with asyncio.timeout(60):
                message = await anext(aiter(client.messages))
            assert msgspec.json.decode(message.payload)["match_id"] == 1


async def test_a_broker_that_is_not_there_is_said_once_and_waited_for(
    market: SmallMarket, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = mosquitto(tmp_path / "mosquitto")
    listener = Listener(server.port)
    market.trade(1)
    async with bridge(market, server):
        await until(lambda: "refused" in caplog.text, "the message")
        with running(server):
            async with task(listener.run()):
                await until(has_all(listener, market), "the trade")
            assert caplog.text.count("refused; trying again") == 1
    # The broker was gone before the bridge was told to stop, and it has stopped all the same.
