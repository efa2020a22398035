"""Runs the gateway's event loop until the last day is over or the process is told to stop."""

import asyncio
import signal
from collections.abc import Callable

from exchange.engine.directory import Directory
from exchange.engine.engine import Engine
from exchange.net.gateway import Gateway
from exchange.net.settings import GatewaySettings


def run_gateway(
    engine: Engine, directory: Directory, settings: GatewaySettings, announce: Callable[[int], None]
) -> None:
    """Serve; `announce` is called once with the port when the gateway listens. SIGTERM and SIGINT end it."""
    asyncio.run(_serve(engine, directory, settings, announce))


async def _serve(
    engine: Engine, directory: Directory, settings: GatewaySettings, announce: Callable[[int], None]
) -> None:
    gateway = Gateway(engine, directory, settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, gateway.stop)
    await gateway.start()
    announce(gateway.port)
    await gateway.serve()
