"""Puts Shanghai together, in the order in which a command flows: directory, clock, engine, gateway."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from exchange.client.signing import SHANGHAI, signer
from exchange.config import RunConfig, kept_config
from exchange.engine.clock import Clock, CompressedClock, SystemClock
from exchange.engine.directory import Directory, provision
from exchange.engine.engine import Engine
from exchange.engine.journal import Durability
from exchange.engine.settings import EngineSettings
from exchange.errors import UsageError
from exchange.kernel import warm_up
from exchange.locking import only_one
from exchange.rulebook import contract
from exchange.rulebook.scenarios import load_scenario, participants
from exchange.vocabulary.limits import CONNECTIONS_MAX

if TYPE_CHECKING:
    from exchange.net.settings import GatewaySettings

HOST = "127.0.0.1"


class GatewayOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gateway listens, and how it is secured."""

    host: str = HOST
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_authority: Path | None = None  # told to clients of this machine; None = the certificate itself
    client_authority: Path | None = None
    connections_per_address_max: int = CONNECTIONS_MAX


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How this start of the exchange differs from another of the same season."""

    data: Path
    port: int
    days: int
    day_seconds: float  # 0 = real time
    resume_after_restart_s: float
    durability: str
    gateway: GatewayOptions = GatewayOptions()


def run_exchange(options: ServeOptions) -> int:
    """Serve until the last day is settled, or until told to stop."""
    config = kept_config(options.data)
    with only_one(
        options.data / "shanghai" / "lock",
        f"another exchange is running on {options.data}",
        "stop it first: two would write one journal",
    ):
        _serve(options, config)
    return 0


def _serve(options: ServeOptions, config: RunConfig) -> None:
    from exchange.net.service import run_gateway  # asyncio is imported by the net alone

    gateway = make_gateway_settings(options)
    directory = make_directory(options.data, config)
    warm_up()
    sign = signer(options.data, SHANGHAI)
    engine = Engine.open(make_settings(options, config), directory, make_clock(options), sign=sign)
    _tell_recovery(engine)
    address = options.data / "run" / "shanghai.json"
    address.parent.mkdir(parents=True, exist_ok=True)
    try:
        run_gateway(engine, directory, gateway, lambda port: _announce(address, port, options.gateway))
    finally:
        engine.close()
        address.unlink(missing_ok=True)


def _tell_recovery(engine: Engine) -> None:
    """One line for the log: a restart says where it began."""
    if engine.recovered_from is not None:
        begun = (
            f"the snapshot at command {engine.recovered_from:,}" if engine.recovered_from else "its beginning"
        )
        sys.stdout.write(
            f"{engine.trading_day} brought back to command {engine.last_sequence:,} from {begun}\n"
        )
        sys.stdout.flush()


def make_directory(data: Path, config: RunConfig) -> Directory:
    """Members, accounts and logins of the season; credentials are generated at the first start."""
    return provision(data, participants(load_scenario(config.scenario), config.members))


def make_settings(options: ServeOptions, config: RunConfig) -> EngineSettings:
    """The engine's settings: a season that begins in mid-history begins at its scenario's previous close."""
    scenario = load_scenario(config.scenario)
    first = scenario.window(config.first_day, 1)[0]
    return EngineSettings(
        folder=options.data / "shanghai",
        profile=config.profile,
        first_day=config.first_day,
        days=options.days,
        opening_bases={contract(scenario.contract).contract_id: first.previous_close_ticks},
        resume_after_restart_s=options.resume_after_restart_s,
        durability=_durability(options.durability),
    )


def make_clock(options: ServeOptions) -> Clock:
    """Real time, or a trading day in so many seconds."""
    return CompressedClock(options.day_seconds) if options.day_seconds else SystemClock()


def _durability(name: str) -> Durability:
    try:
        return Durability(name)
    except ValueError:
        choices = ", ".join(mode.value for mode in Durability)
        raise UsageError(
            f"expected a durability of {choices}, found {name}", "use --durability sync"
        ) from None


def make_gateway_settings(options: ServeOptions) -> "GatewaySettings":
    """The gateway's settings; raises UsageError for half a TLS."""
    from exchange.net.settings import GatewaySettings
    from exchange.net.tls import TlsFiles

    wanted, tls = options.gateway, None
    if wanted.tls_certificate is not None and wanted.tls_key is not None:
        tls = TlsFiles(wanted.tls_certificate, wanted.tls_key, wanted.client_authority)
    elif wanted.tls_certificate or wanted.tls_key or wanted.client_authority:
        raise UsageError("expected a certificate and its key, found one of them", "name both, or neither")
    return GatewaySettings(
        wanted.host, options.port, tls, wanted.connections_per_address_max, options.data / "shanghai"
    )


def _announce(address: Path, port: int, options: GatewayOptions) -> None:
    """Tell the other programs where the gateway listens; whole or not at all."""
    found: dict[str, object] = {"host": options.host, "port": port, "pid": os.getpid()}
    if options.tls_certificate is not None:
        found["tls_authority"] = str((options.tls_authority or options.tls_certificate).resolve())
    beside = address.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(found))
    beside.replace(address)
