"""A real FIX engine, QuickFIX, holds a session through resends, reconnects and a killed gateway.

It validates every message with our data dictionary and keeps its numbers in files of its own. Run by `make
soak`.
"""

import json
import queue
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exchange.bridge.fix.dictionary import FILE
from exchange.client import Address, BlockingTrader, credentials_of
from exchange.vocabulary.enums import Side
from tests.fix_initiator import cancel, order
from tests.system.fix_market import PATIENCE_S, BridgeProcess, introduce
from tests.system.fix_relay import Relay
from tests.unit.net.running import Running, running_exchange
from tools.quickfix import find_quickfix

SELLER, BUYER = "B00000", "B00001"
PROGRAM = Path(__file__).with_name("quickfix_engine.py")
CONFIG = """[DEFAULT]
ConnectionType=initiator
StartTime=00:00:00
EndTime=00:00:00
HeartBtInt=1
ReconnectInterval=1
FileStorePath={folder}/store
FileLogPath={folder}/log
UseDataDictionary=Y
DataDictionary={dictionary}
ValidateUserDefinedFields=Y
[SESSION]
BeginString=FIX.4.4
SenderCompID={user}
TargetCompID=TWOCITY
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
"""
pytestmark = [pytest.mark.quickfix, pytest.mark.timeout(4 * PATIENCE_S)]
Fields = dict[int, str]


class Engine:
    """QuickFIX as a process; what it tells is read as it comes."""

    def __init__(self, folder: Path, data: Path, user: str, port: int) -> None:
        python = find_quickfix()
        assert python is not None, "run python -m tools.quickfix"
        self._folder = folder
        config = folder / "quickfix.cfg"
        config.write_text(CONFIG.format(folder=folder, dictionary=FILE, user=user, port=port))
        password = credentials_of(data, user).password
        self.received: list[Fields] = []
        self.logons = self.logouts = 0
        self._process = subprocess.Popen(
            [str(python), str(PROGRAM), str(config), user, password],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def send(self, msg_type: str, body: list[tuple[int, str]]) -> None:
        self._tell({"fields": [(35, msg_type), *body]})

    def until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            try:
                self._take(json.loads(self._lines.get(timeout=1)))
            except queue.Empty:
                is_alive = self._process.poll() is None and time.monotonic() < deadline
                assert is_alive, f"waiting for {what}: {self.received[-3:]}"

    def reports(self, clord_id: str) -> list[Fields]:
        return [one for one in self.received if one.get(11) == clord_id]

    def log(self, kind: str) -> str:
        """What QuickFIX writes down by itself."""
        (path,) = self._folder.glob(f"log/FIX.4.4-*.{kind}.current.log")
        return path.read_text(encoding="latin-1")

    def stop(self) -> None:
        if self._process.poll() is None:
            self._tell({"stop": True})
            self._process.wait(PATIENCE_S)
        self._thread.join(PATIENCE_S)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def _tell(self, told: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def _take(self, told: dict[str, str]) -> None:
        pairs = (part.partition("=") for part in told["message"].split("|") if part)
        message = {int(tag): value for tag, _, value in pairs}
        match told["event"]:
            case "logon":
                self.logons += 1
            case "logout":
                self.logouts += 1
            case "app":
                self.received.append(message)


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Running]:
    with running_exchange(tmp_path / "data", members=2) as running:
        introduce(running)
        yield running


@pytest.fixture
def bridge(market: Running) -> Iterator[BridgeProcess]:
    bridge = BridgeProcess(market.data)
    yield bridge
    assert bridge.stop() == 0, bridge.text()


@pytest.fixture
def relay(bridge: BridgeProcess) -> Iterator[Relay]:
    relay = Relay(bridge.data)
    yield relay
    relay.close()


@pytest.fixture
def engine(tmp_path: Path, relay: Relay, market: Running) -> Iterator[Engine]:
    engine = Engine(tmp_path, market.data, SELLER, relay.port)
    yield engine
    engine.stop()


def test_quickfix_holds_a_session_through_resend_reconnect_and_a_killed_gateway(
    engine: Engine, relay: Relay, bridge: BridgeProcess, market: Running
) -> None:
    engine.until(lambda: engine.logons == 1, "the first logon")
    names = [f"a{number}" for number in range(20)]
    for name in names:
        engine.send("D", order(name, "2", "42.50", "10"))
    engine.until(lambda: all(map(engine.reports, names)), "twenty listings")
    engine.send("G", [(41, "a0"), *order("a0r", "2", "42.50", "6")])
    engine.send("F", cancel("a1c", "a1", "2"))
    engine.send("x", [(320, "all"), (559, "4")])
    engine.send("D", order("wrong", "2", "99.00", "10"))
    engine.until(lambda: bool(engine.reports("wrong")), "the refusal")
    assert [engine.reports(name)[-1][150] for name in ("a0r", "a1c", "wrong")] == ["5", "4", "8"]
    assert any(one[35] == "y" and one[55] == "CEA" for one in engine.received)

    relay.is_losing = True  # the gateway speaks, nobody hears it; then the line is cut
    with BlockingTrader.open(credentials_of(market.data, BUYER), Address("127.0.0.1", market.port)) as buyer:
        buyer.take(Side.BUY, "42.50", 26, contract_id=1)
        lost = [f"b{number}" for number in range(5)]
        for name in lost:
            engine.send("D", order(name, "2", "42.60", "3"))
        engine.until(lambda: relay.lost_bytes > 1_000, "heartbeats of QuickFIX")
        relay.is_losing = False
        relay.cut()
        engine.until(lambda: engine.logons == 2, "the second logon")
        engine.until(lambda: all(map(engine.reports, lost)), "what was lost, sent again")
        engine.until(lambda: traded(engine) == 26, "the trades that were lost")

        bridge.kill()
        buyer.take(Side.BUY, "42.50", 30, contract_id=1)
        engine.until(lambda: engine.logouts == 2, "QuickFIX to see that the gateway is dead")
        engine.send("D", order("while dead", "2", "42.70", "9"))
        bridge.start_again()
        engine.until(lambda: engine.logons == 3, "the third logon")
        engine.until(lambda: traded(engine) == 56, "the trades made while the gateway was dead")
        engine.until(lambda: bool(engine.reports("while dead")), "the order made while it was dead")

    executions = Counter(one[17] for one in engine.received if one[35] == "8")
    assert set(executions.values()) == {1}, "an execution was reported twice"
    events, messages = engine.log("event"), engine.log("messages")
    assert "ResendRequest for messages" in events and "has been satisfied" in events
    assert "Received ResendRequest" in events, "the gateway asked for what it had missed"
    assert "\x0135=3\x01" not in messages, "neither side rejected what the other sent"
    assert not any(one[35] == "j" for one in engine.received)
    with BlockingTrader.open(
        credentials_of(market.data, SELLER), Address("127.0.0.1", market.port)
    ) as seller:
        left = Counter((one.price_ticks, one.quantity_lots) for one in seller.orders())
    assert left[4_260, 3] == 5 and left[4_270, 9] == 1


def traded(engine: Engine) -> int:
    return sum(int(one[32]) for one in engine.received if one.get(150) == "F")
