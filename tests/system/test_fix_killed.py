"""The gateway is killed, the exchange is killed: sessions go on, no order is made twice, no report is
lost or repeated.
"""

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.client import Address, BlockingTrader, credentials_of
from exchange.client.credentials import address_of
from exchange.vocabulary.enums import Method, Phase, Side
from tests.fix_initiator import Closed, Initiator, address, order
from tests.system.cities import PATIENCE_S, Cities
from tests.system.fix_market import BridgeProcess, engine_of, introduce, logged_on
from tests.unit.net.running import FELLOW, Running, running_exchange

SELLER, BUYER = "B00000", "B00001"
KILLS = 6
ORDERS_PER_LIFE = 40
pytestmark = pytest.mark.timeout(2 * PATIENCE_S)


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Running]:
    with running_exchange(tmp_path, members=2) as running:
        introduce(running)
        yield running


@pytest.fixture
def bridge(market: Running) -> Iterator[BridgeProcess]:
    bridge = BridgeProcess(market.data)
    yield bridge
    assert bridge.stop() == 0, bridge.text()


def until_back(engine: Initiator, data: Path) -> None:
    """Log on again, as an engine does: the gateway may not have noticed yet that the old connection is
    gone.
    """
    while True:
        try:
            engine.log_on(address(data))
        except Closed:
            continue
        return


def test_what_happens_while_the_gateway_is_dead_is_told_after_its_restart(
    market: Running, bridge: BridgeProcess
) -> None:
    seller = logged_on(market.data, SELLER)
    seller.send("D", order("resting", "2", "42.50", "100"))
    seller.until_report("resting", "0")
    bridge.kill()
    seller.wait_closed()
    seller.lose("D", order("on its way", "2", "42.60", "7"))
    with direct(market, BUYER) as buyer:
        buyer.take(Side.BUY, "42.50", 30, contract_id=1)
        buyer.take(Side.BUY, "42.50", 20, contract_id=1)

    bridge.start_again()
    seller.log_on(address(market.data))
    seller.until_report("on its way", "0")
    seller.until(lambda: [one[150] for one in seller.reports("resting")] == ["0", "F", "F"])
    assert [one[14] for one in seller.reports("resting")] == ["0", "30", "50"]
    assert seller.duplicates == 0
    seller.send("D", order("resting", "2", "42.50", "100"))  # sent anew by an engine that has forgotten
    assert seller.until_report("resting", "I")[14] == "50"
    with direct(market, FELLOW) as own:
        assert sorted(one.quantity_lots for one in own.orders()) == [7, 100]
    seller.log_out()


def test_a_gateway_killed_anywhere_makes_every_order_once_and_reports_it_once(
    market: Running, bridge: BridgeProcess
) -> None:
    """It dies when so many reports have come, with orders in every state of being read, stored, sent,
    answered.
    """
    chance = random.Random(20260101)
    seller = logged_on(market.data, SELLER)
    names = []
    for life in range(KILLS):
        for number in range(ORDERS_PER_LIFE):
            names.append(f"o{life}-{number}")
            seller.send("D", order(names[-1], "2", f"42.{10 + life}", str(1 + number)))
        before, lives = len(seller.received), chance.randrange(ORDERS_PER_LIFE)
        seller.until(lambda before=before, lives=lives: len(seller.received) >= before + lives)  # type: ignore[misc]
        bridge.kill()
        if chance.random() < 0.5:
            seller.drop()  # what it has not read is lost, and asked for again
        else:
            seller.wait_closed()
        bridge.start_again()
        seller.log_on(address(market.data))
    seller.until(lambda: all(seller.reports(name) for name in names))
    assert Counter(one[11] for one in seller.received) == dict.fromkeys(names, 1)
    assert len({one[17] for one in seller.received}) == len(names)
    with direct(market, FELLOW) as own:
        placed = sorted((one.price_ticks, one.quantity_lots) for one in own.orders())
    assert placed == [
        (4_210 + life, 1 + number) for life in range(KILLS) for number in range(ORDERS_PER_LIFE)
    ]
    seller.log_out()


def test_a_lost_connection_is_made_again_and_only_the_missing_is_sent_again(
    market: Running, bridge: BridgeProcess
) -> None:
    seller = logged_on(market.data, SELLER)
    names = [f"o{number}" for number in range(200)]
    for name in names:
        seller.send("D", order(name, "2", "42.50", "1"))
    seller.until(lambda: len(seller.received) >= 5)
    seller.drop()
    until_back(seller, market.data)
    seller.until(lambda: len(seller.received) >= len(names))
    assert [one[11] for one in seller.received] == names
    forgetful = engine_of(market.data, SELLER)  # an engine that has lost its own memory asks for everything
    forgetful.next_out = seller.next_out
    seller.drop()
    until_back(forgetful, market.data)
    forgetful.until(lambda: len(forgetful.received) >= len(names))
    assert [one[11] for one in forgetful.received] == names
    assert all(one.get(43) == "Y" and one[122] <= one[52] for one in forgetful.received)
    forgetful.log_out()


def test_the_exchange_is_killed_and_comes_back_under_an_open_session(cities: Cities) -> None:
    """Both cities as processes; the FIX session stays up while there is no exchange."""
    shanghai = cities.start_exchange(day_seconds="120", days=1)
    cities.start_wuhan(days=1)
    user, other = sorted(path.stem for path in (cities.data / "credentials").glob("E*.json"))[:2]
    cities.until(lambda: phase(cities.data, other) == Phase.TRADING, "the market to open")
    bridge = BridgeProcess(cities.data)
    try:
        play_a_killed_exchange(cities, shanghai, bridge, user, other)
    finally:
        code = bridge.stop()
    assert code == 0, bridge.text()


def play_a_killed_exchange(
    cities: Cities, shanghai: "subprocess.Popen[str]", bridge: BridgeProcess, user: str, other: str
) -> None:
    engine = logged_on(cities.data, user)
    engine.send("x", [(320, "all"), (559, "4")])
    engine.until(lambda: bool(engine.received))
    symbol = engine.received[0][55]
    with open_trader(cities.data, other) as own:
        price = next(one for one in own.contracts()).base_price_ticks
    text = f"{price // 100}.{price % 100:02d}"
    engine.send("D", order("before", "1", text, "10", symbol=symbol))
    engine.until_report("before", "0")

    os.kill(shanghai.pid, signal.SIGKILL)
    engine.send("D", order("in flight", "1", text, "10", symbol=symbol))  # perhaps before the gateway knows
    shanghai.wait()
    cities.until(lambda: "the exchange is away" in bridge.text(), "the gateway to see it")
    engine.send("D", order("while away", "1", text, "10", symbol=symbol))
    engine.until(lambda: any(one.get(379) == "while away" for one in engine.received))
    assert engine.received[-1][380] == "4"
    (cities.data / "run" / "shanghai.json").unlink()
    cities.start_exchange(day_seconds="120", days=1)
    until_accepted(engine, cities, symbol, text)
    answers = [one for one in engine.received if "in flight" in (one.get(11), one.get(379))]
    assert len(answers) == 1 and (answers[0].get(150) in ("0", "8") or answers[0].get(380) == "4")
    assert [one[150] for one in engine.reports("before")] == ["0"]
    with open_trader(cities.data, other) as taker:
        taker.take(Side.SELL, text, 4, contract_id=1)
    assert engine.until_report("before", "F")[32] == "4"
    engine.log_out()


def until_accepted(engine: Initiator, cities: Cities, symbol: str, price: str) -> None:
    """Send orders, each under a name of its own, until one is accepted: the gateway has the exchange
    again.
    """

    def is_accepted() -> bool:
        name = f"probe {engine.next_out}"
        engine.send("D", order(name, "1", price, "10", symbol=symbol))
        engine.until(lambda: any(name in (one.get(11), one.get(379)) for one in engine.received))
        return any(one[150] == "0" for one in engine.reports(name))

    cities.until(is_accepted, "an order to be accepted")


def phase(data: Path, user: str) -> int:
    """The phase of the book, or -1 while nobody can say."""
    try:
        with open_trader(data, user) as trader:
            return next((one.phase for one in trader.phases() if one.method == Method.LISTED), -1)
    except Exception:
        return -1


def open_trader(data: Path, user: str) -> BlockingTrader:
    return BlockingTrader.open(credentials_of(data, user), address_of(data))


def direct(market: Running, user: str) -> BlockingTrader:
    return BlockingTrader.open(credentials_of(market.data, user), Address("127.0.0.1", market.port))
