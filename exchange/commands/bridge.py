"""`exchange bridge`: the public market data for MQTT, Redis and browsers, each in a process of its own."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)
Data = Annotated[Path, typer.Option("--data", help="Data folder of the season.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="File with the password in its first line; mode 0600.")
]
CaFile = Annotated[
    Path | None, typer.Option(help="Certificates to trust, PEM; default: those of this machine.")
]
Interval = Annotated[
    int, typer.Option(min=10, max=60_000, help="Milliseconds between two messages of a topic.")
]
Prefix = Annotated[str, typer.Option(help="Beginning of every topic or key; letters, digits, '-' and '_'.")]
DEFAULT_DATA = Path("data")
DEFAULT_PREFIX = "two-city"


@app.command()
def mqtt(
    url: Annotated[str, typer.Option(help="mqtt://HOST:1883, or mqtts:// off this machine.")] = (
        "mqtt://127.0.0.1:1883"
    ),
    data: Data = DEFAULT_DATA,
    password_file: PasswordFile = None,
    ca_file: CaFile = None,
    prefix: Prefix = DEFAULT_PREFIX,
    interval_ms: Interval = 100,
) -> None:
    """Publish last values (retained) and complete trades to an MQTT broker."""
    from exchange.bridge.mqtt import run_mqtt
    from exchange.bridge.mqtt_broker import MqttOptions
    from exchange.bridge.run import run_bridge, run_identity, venue_of
    from exchange.bridge.service import MQTT, parse_service, read_secret

    folder = data.resolve()
    venue = venue_of(folder)
    options = MqttOptions(
        data=folder, run=run_identity(folder), venue=venue, service=parse_service(url, MQTT, ca_file),
        password=read_secret(password_file), prefix=_checked(prefix), interval_ms=interval_ms,
    )  # fmt: skip
    raise typer.Exit(run_bridge("mqtt", folder, run_mqtt(options)))


@app.command()
def redis(
    url: Annotated[str, typer.Option(help="redis://HOST:6379, or rediss:// off this machine.")] = (
        "redis://127.0.0.1:6379"
    ),
    data: Data = DEFAULT_DATA,
    password_file: PasswordFile = None,
    ca_file: CaFile = None,
    prefix: Prefix = DEFAULT_PREFIX,
    interval_ms: Interval = 100,
    stream_length: Annotated[
        int, typer.Option(min=1_000, help="Entries kept of each stream, about; older ones are trimmed.")
    ] = 1_000_000,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete what stands under our keys, also of another run.")
    ] = False,
) -> None:
    """Write last values and the whole public stream, each record once, to Redis."""
    from exchange.bridge.redis_store import RedisOptions
    from exchange.bridge.redis_streams import run_redis
    from exchange.bridge.run import run_bridge, run_identity, venue_of
    from exchange.bridge.service import REDIS, parse_service, read_secret

    folder = data.resolve()
    venue = venue_of(folder)
    options = RedisOptions(
        data=folder, run=run_identity(folder), venue=venue, service=parse_service(url, REDIS, ca_file),
        password=read_secret(password_file), prefix=_checked(prefix), interval_ms=interval_ms,
        stream_length=stream_length, is_fresh=fresh,
    )  # fmt: skip
    raise typer.Exit(run_bridge("redis", folder, run_redis(options)))


@app.command()
def websocket(
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1, 0 = a free one.")] = 0,
    origin: Annotated[
        list[str] | None, typer.Option(help="Origin of a page that may connect, beside our own; repeatable.")
    ] = None,
    interval_ms: Interval = 100,
) -> None:
    """Serve last values and trades to browsers: ws://127.0.0.1:PORT/market, read-only."""
    from exchange.bridge.run import run_bridge, venue_of
    from exchange.bridge.websocket import WebSocketOptions, check_origin, run_websocket

    folder = data.resolve()
    options = WebSocketOptions(
        data=folder, venue=venue_of(folder), port=port,
        origins=tuple(check_origin(one) for one in origin or ()), interval_ms=interval_ms,
    )  # fmt: skip
    raise typer.Exit(run_bridge("websocket", folder, run_websocket(options)))


@app.command("fix")
def bridge_fix(
    data: Data = DEFAULT_DATA,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where FIX engines connect, 0 = a free one.")
    ] = 0,
) -> None:
    """Run the FIX 4.4 gateway: members trade with an engine of their own."""
    from exchange.commands.bridge_fix import run_bridge_fix

    raise typer.Exit(run_bridge_fix(data.resolve(), port))


def _checked(prefix: str) -> str:
    """A prefix that means nothing special to a broker, to Redis or to a pattern."""
    if not prefix.isascii() or not prefix.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter(f"expected letters, digits, '-' and '_', found {prefix!r}")
    return prefix
