"""How fast the gateway is, over real TCP on this machine: `python -m benchmarks.gateway --json`.

The server (gateway, engine, journal, kernel) is one process, the load another; both share the machine's
cores. Nothing is left out: provisioned logins, checks, journal, streams. Every rate stands beside its
batch size, since one message per packet is bounded by the operating system and not by the exchange. Takes
about 45 seconds.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks.gateway_fanout import fan_out
from benchmarks.gateway_flow import Flow, provider_listings, single_order
from benchmarks.gateway_load import (
    Session,
    closed_loop_rate,
    echo_rate,
    percentiles,
    round_trips_us,
    saturated_rate,
)

RESULT: Final = Path(__file__).parent / "results" / "gateway.json"
LOGINS: Final = 4_000
SESSIONS: Final = 64
PROVIDER_LISTINGS: Final = 2_000  # of 99,999 t each: more than any run takes
SATURATED_BLOCKS: Final = 400  # of 20 commands: one write
SESSION_BLOCKS: Final = 16
READERS: Final = 100
FEED_ORDERS_PER_SECOND: Final = 20_000


@contextmanager
def server(folder: Path, members: int, mode: str) -> Iterator[int]:
    """A server process; gives its port, ends it by closing its input."""
    command = [sys.executable, "-m", "benchmarks.gateway_server", str(folder), str(members), mode]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"expected the server to announce its port, found exit {process.wait()}")
            yield int(json.loads(line)["port"])
        finally:
            process.stdin.close()
            process.wait(30)


def measure(seconds: float, logins: int) -> dict[str, Any]:
    """Everything; `seconds` is the length of each single measurement."""
    with tempfile.TemporaryDirectory(prefix="gateway-") as name:
        folder = Path(name)
        with server(folder / "echo", 1, "echo") as port:
            echo = echo_rate(port, seconds / 2)
        with server(folder / "none", 2, "none") as port, _session(port, folder / "none", 0) as session:
            round_trips_us(session, 0.3)  # the first ones warm everything up
            quick = round_trips_us(session, seconds / 2, 1_000_001)
        with server(folder / "sync", logins, "sync") as port:
            return {"durability": "sync", "echo_commands_per_second": echo} | _durable(
                port, folder / "sync", seconds, logins, quick
            )


def _durable(port: int, data: Path, seconds: float, logins: int, quick: list[float]) -> dict[str, Any]:
    """What is measured with every command on disk before it is answered."""
    with _session(port, data, logins - 1) as provider:
        provider.socket.sendall(provider_listings(PROVIDER_LISTINGS))
        provider.wait_answered(PROVIDER_LISTINGS)
    with _session(port, data, 0) as session:
        saturated = saturated_rate(session, Flow(SATURATED_BLOCKS, 40), seconds)
    flows = [Flow(SESSION_BLOCKS, 8, seed) for seed in range(SESSIONS)]
    with _sessions(port, data, range(1, 1 + SESSIONS)) as some:
        together = closed_loop_rate(some, lambda number: flows[number].chunk(), seconds)
    with _session(port, data, 70) as session:
        durable = round_trips_us(session, seconds / 2)
    fanout = fan_out(port, data, _user(71), READERS, FEED_ORDERS_PER_SECOND, seconds)
    with _sessions(port, data, range(100, logins - 1)) as every:
        references = [0] * len(every)

        def next_order(number: int) -> bytes:
            references[number] += 1
            return single_order(references[number])

        singles = closed_loop_rate(every, next_order, seconds)
    return {
        "saturated_commands_per_second": saturated.per_second,
        "saturated_accepted_share": saturated.accepted_share,
        "saturated_commands_per_write": len(Flow(SATURATED_BLOCKS, 40)),
        "sessions_64_commands_per_second": together.per_second,
        "sessions_64_accepted_share": together.accepted_share,
        "sessions_64_commands_per_write": len(flows[0]),
        "round_trip_us": percentiles(quick),
        "round_trip_durable_us": percentiles(durable),
        "sessions_4000_orders_per_second": singles.per_second,
        "sessions_4000_accepted_share": singles.accepted_share,
        "sessions_4000_logins": len(every),
        "sessions_4000_orders_per_write": 1,
        "fanout": fanout,
    }


def _user(number: int) -> str:
    return f"B{number:05d}"


def _session(port: int, data: Path, number: int) -> Session:
    return Session(port, data, _user(number)).ready()


@contextmanager
def _sessions(port: int, data: Path, numbers: range) -> Iterator[list[Session]]:
    sessions = [Session(port, data, _user(number)) for number in numbers]
    try:
        yield [session.ready() for session in sessions]
    finally:
        for session in sessions:
            session.close()


def machine() -> dict[str, Any]:
    """What it was measured on."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    busy = round(os.getloadavg()[0], 1)  # of others, when it is asked before measuring
    return {"cpu": model, "cores": os.cpu_count(), "load": busy, "system": platform.platform()}


def versions() -> dict[str, str]:
    """With what."""
    return {"python": platform.python_version(), "numpy": version("numpy"), "numba": version("numba")}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the gateway over TCP.")
    parser.add_argument("--json", action="store_true", help="the last line is the result as JSON")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each measurement")
    parser.add_argument("--logins", type=int, default=LOGINS, help="logins of the largest measurement")
    parser.add_argument("--no-save", action="store_true", help="leave the results file alone")
    options = parser.parse_args()
    measured_on = machine()
    result = measure(options.seconds, options.logins)
    if not options.no_save:
        RESULT.parent.mkdir(exist_ok=True)
        kept = {**result, "machine": measured_on, "versions": versions()}
        RESULT.write_text(json.dumps(kept, indent=2) + "\n")
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:<36} {value}")


if __name__ == "__main__":
    main()
