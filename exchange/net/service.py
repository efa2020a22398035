"""Runs the gateway's event loop: as a process until the last day is over, or in a thread beside a caller."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def gateway_in_thread(gateway: Gateway) -> Iterator[asyncio.AbstractEventLoop]:
    """Serve in a thread of its own, listening when the block begins, stopped behind it; gives its loop.

    The engine is the thread's meanwhile, and the caller's to close. Raises what the gateway met.
    """
    loop = asyncio.new_event_loop()
    listening = threading.Event()
    failures: list[BaseException] = []

    async def serve() -> None:
        await gateway.start()
        listening.set()
        await gateway.serve()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as failure:
            failures.append(failure)
        finally:
            listening.set()
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    thread = threading.Thread(target=run, name="gateway")
    thread.start()
    listening.wait()
    try:
        if failures:
            raise failures[0]
        yield loop
    finally:
        if thread.is_alive() and not failures:
            loop.call_soon_threadsafe(gateway.stop)
        thread.join()
    if failures:
        raise failures[0]
