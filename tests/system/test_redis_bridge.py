"""The bridge to Redis with a real Redis and a real exchange: every record once, last values right."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis import Redis

from exchange.bridge.records import fields_of
from exchange.bridge.redis_store import RedisOptions
from exchange.bridge.redis_streams import run_redis
from exchange.bridge.run import run_identity
from exchange.bridge.service import REDIS, parse_service
from exchange.errors import CorruptionError, UsageError
from tests.system.servers import Server, make_certificate, redis, running
from tests.system.small_market import SmallMarket, small_market, until

pytestmark = pytest.mark.redis
ROOT = "two-city:SEEE"
EXAMPLE = Path(__file__).parents[2] / "examples" / "redis_trades.py"


@pytest.fixture
def market(tmp_path: Path) -> Iterator[SmallMarket]:
    with small_market(tmp_path / "data") as made:
        yield made


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(redis(tmp_path / "redis")) as made:
        yield made


@pytest.fixture
def store(server: Server) -> Iterator["Redis[bytes]"]:
    with Redis(port=server.port) as made:
        yield made


def options(market: SmallMarket, url: str, **given: Any) -> RedisOptions:
    service = parse_service(url, REDIS, given.pop("ca_file", None))
    defaults = {"password": None, "prefix": "two-city", "interval_ms": 20, "stream_length": 100_000}
    return RedisOptions(
        data=market.data, run=run_identity(market.data), venue="SEEE", service=service,
        **{**defaults, "is_fresh": False, **given},
    )  # fmt: skip


@asynccontextmanager
async def bridge(market: SmallMarket, server: Server, **given: Any) -> AsyncIterator[asyncio.Task[None]]:
    """A bridge, stopped as Ctrl-C would."""
    made = asyncio.create_task(run_redis(options(market, f"redis://127.0.0.1:{server.port}", **given)))
    try:
        yield made
    finally:
        made.cancel()
        with suppress(asyncio.CancelledError, UsageError, CorruptionError):
            await made


def expected_entries(market: SmallMarket) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """What `events` must hold: the public stream as the exchange gives it, each record once, in order."""
    return [
        (
            f"20211216-{number}".encode(),
            {k.encode(): v if isinstance(v, bytes) else v.encode() for k, v in fields_of(event).items()},
        )
        for number, event in enumerate(market.public(), 1)
    ]  # fmt: skip


def holds(store: Any, entries: list[Any]) -> Callable[[], bool]:
    return lambda: bool(store.xlen(f"{ROOT}:events") >= len(entries))


def check_streams(store: Any, market: SmallMarket) -> None:
    """Both streams, whole: nothing missing, doubled or out of order."""
    events, trades = store.xrange(f"{ROOT}:events"), store.xrange(f"{ROOT}:trades")
    said = expected_entries(market)[: len(events)]  # a tick may have told more meanwhile
    assert events == said
    assert trades == [entry for entry in said if entry[1][b"kind"] == b"TRADE"]
    assert len(trades) == market.trades


def last_value(store: Any) -> Callable[[str], Any]:
    """A topic's hash as its JSON would be."""

    def value(path: str) -> Any:
        fields = store.hgetall(f"{ROOT}:{path.replace('/', ':')}")
        return {name.decode(): _value(text.decode()) for name, text in fields.items()} or None

    return value


def _value(text: str) -> Any:
    is_json = text in ("true", "false") or text.isdecimal() or text.startswith(("[", "{"))
    return msgspec.json.decode(text) if is_json else text


async def test_every_record_is_there_once_and_the_last_values_are_the_exchange_s(
    market: SmallMarket, server: Server, store: Any
) -> None:
    market.trade(3)
    async with bridge(market, server):
        market.trade(4)
        market.list_one(4_300)
        market.halt()
        market.tick()
        await until(lambda: market.is_board(last_value(store)("CEA/quote")), "the quote")
        entries = expected_entries(market)
        await until(holds(store, entries), "every record")
        check_streams(store, market)
        market.check_last_values(last_value(store))
        await until(lambda: store.get(f"{ROOT}:alive") == b"connected", "the sign of life")
        assert store.smembers(f"{ROOT}:topics") == {
            key.removeprefix(f"{ROOT}:".encode()) for key in store.scan_iter(f"{ROOT}:*:*")
        }
    assert store.get(f"{ROOT}:alive") is None


async def test_after_any_restart_it_goes_on_behind_the_last_id(
    market: SmallMarket, server: Server, store: Any
) -> None:
    async with bridge(market, server):
        market.trade(5)
        await until(holds(store, expected_entries(market)), "the first records")
    market.trade(3)
    async with bridge(market, server):
        for _ in range(2):
            market.trade(3)
            server.kill()
            market.trade(3)
            server.start()
            market.trade(3)
            await until(holds(store, expected_entries(market)), "the records around a killed Redis")
        market.stop()
        market.start()
        market.trade(3)
        entries = expected_entries(market)
        await until(holds(store, entries), "the records after the exchange came back")
        check_streams(store, market)
        await until(lambda: market.is_board(last_value(store)("CEA/quote")), "the quote")
        market.check_last_values(last_value(store))


async def test_a_redis_that_was_emptied_is_written_again_from_the_first_record(
    market: SmallMarket, server: Server, store: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with bridge(market, server):
        market.trade(5)
        await until(holds(store, expected_entries(market)), "the first records")
        store.flushall()
        market.trade(2)
        entries = expected_entries(market)
        await until(holds(store, entries), "all records again")
        check_streams(store, market)
    assert "was emptied" in caplog.text


async def test_the_data_of_another_run_is_refused_until_told_otherwise(
    market: SmallMarket, server: Server, store: Any
) -> None:
    market.trade(1)
    store.set(f"{ROOT}:run", "f" * 32)
    store.hset(f"{ROOT}:CEA19:last", "price_ticks", "1")
    store.set("another:key", "stays")
    url = f"redis://127.0.0.1:{server.port}"
    with pytest.raises(UsageError, match="belong to another run, ffff"):
        await run_redis(options(market, url))
    store.delete(f"{ROOT}:run")
    store.xadd(f"{ROOT}:events", {"kind": "TRADE"}, id="20211216-1")
    with pytest.raises(UsageError, match="nobody that has left its mark"):
        await run_redis(options(market, url))
    async with bridge(market, server, is_fresh=True):
        entries = expected_entries(market)
        await until(holds(store, entries), "every record")
        check_streams(store, market)
    assert store.exists(f"{ROOT}:CEA19:last") == 0
    assert store.get("another:key") == b"stays"


@pytest.mark.parametrize(
    ("entry_id", "found"),
    [
        ("20211216-3", "entry 3: expected"),
        ("20211216-99999", "to record 99999 at least"),
        ("20211220-1", "2021-12-20"),
    ],
)
async def test_a_stream_that_is_not_the_exchange_s_stops_the_bridge(
    market: SmallMarket, server: Server, store: Any, entry_id: str, found: str
) -> None:
    market.trade(1)
    store.set(f"{ROOT}:run", run_identity(market.data))
    store.xadd(f"{ROOT}:events", {"kind": "TRADE", "price_ticks": "1"}, id=entry_id)
    async with asyncio.timeout(60):
        with pytest.raises(CorruptionError, match=found):
            await run_redis(options(market, f"redis://127.0.0.1:{server.port}"))


async def test_last_values_of_an_earlier_day_are_taken_away_and_streams_are_trimmed(
    market: SmallMarket, server: Server, store: Any
) -> None:
    store.set(f"{ROOT}:run", run_identity(market.data))
    store.hset(f"{ROOT}:CEA19:last", "price_ticks", "1")
    store.sadd(f"{ROOT}:topics", "CEA19:last")
    market.trade(300)
    async with bridge(market, server, stream_length=100):
        newest = expected_entries(market)[-1][0]
        await until(
            lambda: (
                store.exists(f"{ROOT}:events")
                and store.xinfo_stream(f"{ROOT}:events")["last-generated-id"] == newest
            ),
            "the newest record",
        )
        await until(lambda: not store.exists(f"{ROOT}:CEA19:last"), "the old value to go")
    assert 100 <= store.xlen(f"{ROOT}:events") <= 220  # whole nodes of a hundred are trimmed
    assert b"CEA19:last" not in store.smembers(f"{ROOT}:topics")


async def test_what_a_dead_worker_of_a_group_left_is_claimed(
    market: SmallMarket, server: Server, store: Any
) -> None:
    market.trade(20)
    stream = f"{ROOT}:trades"
    async with bridge(market, server):
        await until(holds(store, expected_entries(market)), "every record")
    store.xgroup_create(stream, "desk", id="0")
    ((_, taken),) = store.xreadgroup("desk", "dead", {stream: ">"}, count=7)
    assert store.xpending(stream, "desk")["pending"] == len(taken) == 7
    command = [sys.executable, str(EXAMPLE), f"redis://127.0.0.1:{server.port}", stream, "desk", "alive", "0"]
    worker = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert worker.stdout is not None
    try:
        async with asyncio.timeout(60):
            lines = [(await worker.stdout.readline()).decode() for _ in range(20)]
        await until(lambda: store.xpending(stream, "desk")["pending"] == 0, "all to be acknowledged")
    finally:
        worker.terminate()
        await worker.wait()
    assert sorted(line.split()[0].encode() for line in lines) == sorted(
        key for key, _ in store.xrange(stream)
    )
    assert lines[0].split()[1:5] == ["CEA", "10", "t", "at"]


async def test_a_redis_with_a_password_and_certificates(
    market: SmallMarket, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate, key = make_certificate(tmp_path / "tls")
    market.trade(1)
    server = redis(
        tmp_path / "redis", "--port", "0", "--tls-port", "PORT", "--tls-cert-file", str(certificate),
        "--tls-key-file", str(key), "--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no",
        "--requirepass", "s3cret",
    )  # fmt: skip
    with running(server):
        url = f"rediss://localhost:{server.port}"
        with pytest.raises(UsageError, match="refuses the login"):
            await run_redis(options(market, url, ca_file=certificate, password="wrong"))
        stranger = asyncio.create_task(run_redis(options(market, url, password="s3cret")))
        await until(lambda: "CERTIFICATE_VERIFY_FAILED" in caplog.text, "the certificate to be refused")
        stranger.cancel()
        with suppress(asyncio.CancelledError):
            await stranger
        made = asyncio.create_task(run_redis(options(market, url, ca_file=certificate, password="s3cret")))
        with Redis(
            host="localhost", port=server.port, password="s3cret", ssl=True, ssl_ca_certs=str(certificate)
        ) as store:
            await until(holds(store, expected_entries(market)), "every record")
        made.cancel()
        with suppress(asyncio.CancelledError):
            await made


async def test_a_redis_that_is_not_there_is_said_once_and_waited_for(
    market: SmallMarket, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = redis(tmp_path / "redis")
    market.trade(1)
    async with bridge(market, server):
        await until(lambda: "trying again" in caplog.text, "the message")
        with running(server), Redis(port=server.port) as store:
            await until(holds(store, expected_entries(market)), "every record")
        assert caplog.text.count("trying again") == 1
