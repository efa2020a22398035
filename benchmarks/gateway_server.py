"""The server process of the gateway's benchmark: prints its port as JSON, serves until its input is closed.

`python -m benchmarks.gateway_server FOLDER MEMBERS sync|none`, or `... echo` for the bare echo it is
compared to.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from benchmarks.gateway_market import begin_trading, make_directory, open_engine
from exchange.engine.clock import ManualClock
from exchange.engine.journal import Durability
from exchange.net.gateway import Gateway


class Echo(asyncio.Protocol):
    """Sends back what it gets: the most that any server on this loop could do."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


def announce(port: int) -> None:
    """Tell the benchmark where to connect."""
    print(json.dumps({"port": port}), flush=True)


async def until_input_closes() -> None:
    """The benchmark ends the server by closing its input, also when the benchmark itself has died."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def serve_echo() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    announce(server.sockets[0].getsockname()[1])
    await until_input_closes()
    server.close()


async def serve_market(folder: Path, members: int, durability: Durability) -> None:
    directory, clock = make_directory(folder, members), ManualClock()
    engine = open_engine(folder, directory, durability, clock)
    begin_trading(engine, clock)
    gateway = Gateway(engine, directory)
    await gateway.start()
    announce(gateway.port)
    serving = asyncio.create_task(gateway.serve())
    stopping = asyncio.create_task(until_input_closes())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    gateway.stop()
    await serving
    engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Server process of the gateway's benchmark.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("members", type=int)
    parser.add_argument("mode", choices=["sync", "none", "echo"])
    options = parser.parse_args()
    if options.mode == "echo":
        asyncio.run(serve_echo())
    else:
        asyncio.run(serve_market(options.folder, options.members, Durability(options.mode)))


if __name__ == "__main__":
    main()
