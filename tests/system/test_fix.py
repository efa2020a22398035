"""Members trade through the FIX gateway: the real gateway and the real exchange, an initiator on
simplefix.
"""

from collections.abc import Iterator
from itertools import count

import pytest

from exchange.client import Address, BlockingTrader, credentials_of
from exchange.vocabulary.enums import Method, ParameterId
from tests.fix_initiator import Closed, Initiator, address, cancel, now_text, order
from tests.system.fix_market import BridgeProcess, engine_of, introduce, logged_on
from tests.unit.client.test_full_market import by_two
from tests.unit.net.running import FELLOW, Running, running_exchange

SELLER, BUYER, THIRD, TRADER = "B00000", "B00001", "B00002", "B00003"
names = (f"c{number}" for number in count(1))


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_exchange(tmp_path_factory.mktemp("fix"), members=4) as running:
        introduce(running)
        yield running


@pytest.fixture(scope="module")
def bridge(market: Running) -> Iterator[BridgeProcess]:
    bridge = BridgeProcess(market.data)
    yield bridge
    assert bridge.stop() == 0, bridge.text()
    assert "Traceback" not in bridge.text()


@pytest.fixture
def seller(bridge: BridgeProcess) -> Iterator[Initiator]:
    yield from member(bridge, SELLER)


@pytest.fixture
def buyer(bridge: BridgeProcess) -> Iterator[Initiator]:
    yield from member(bridge, BUYER)


def member(bridge: BridgeProcess, user: str) -> Iterator[Initiator]:
    """An engine that begins anew; what it leaves open is cancelled."""
    engine = engine_of(bridge.data, user)
    until_free(engine, bridge)
    yield engine
    if engine.socket is not None:
        name = next(names)
        engine.send("q", [(11, name), (530, "7"), (60, now_text())])
        engine.until(lambda: bool(engine.reports(name)))
        engine.log_out()


def until_free(engine: Initiator, bridge: BridgeProcess) -> None:
    """Log on with reset; the gateway may not have noticed yet that an earlier connection is gone."""
    while True:
        try:
            engine.log_on(address(bridge.data), reset=True)
        except Closed:
            continue
        return


def test_a_listing_is_taken_and_both_sides_are_told(seller: Initiator, buyer: Initiator) -> None:
    listing, take = next(names), next(names)
    seller.send("D", order(listing, "2", "42.5", "100"))
    new = seller.until_report(listing, "0")
    assert (new[39], new[44], new[151], new[14], new[6]) == ("0", "42.50", "100", "0", "0.00")

    buyer.send("D", order(take, "1", "42.50", "60", time_in_force="3"))
    bought = buyer.until_report(take, "F")
    assert (bought[39], bought[32], bought[31], bought[14], bought[6]) == ("2", "60", "42.50", "60", "42.50")
    sold = seller.until_report(listing, "F")
    assert (sold[39], sold[151], sold[14]) == ("1", "40", "60")
    assert sold[527] == bought[527]
    assert [one[150] for one in buyer.reports(take)] == ["0", "F"]


def test_what_a_take_does_not_get_is_cancelled_and_averages_are_exact(
    seller: Initiator, buyer: Initiator
) -> None:
    for price, tonnes in (("42.50", "1"), ("42.51", "2")):
        name = next(names)
        seller.send("D", order(name, "2", price, tonnes))
        seller.until_report(name, "0")
    take = next(names)
    buyer.send("D", order(take, "1", "42.60", "5", time_in_force="3"))
    rest = buyer.until_report(take, "4")
    assert (rest[39], rest[14], rest[151]) == ("4", "3", "0")
    assert rest[6] == "42.50666667"  # (42.50 + 2 x 42.51) / 3 has no end


def test_cancel_reduce_and_replace(seller: Initiator) -> None:
    first, second, third, last = (next(names) for _ in range(4))
    seller.send("D", order(first, "2", "43.00", "100"))
    placed = seller.until_report(first, "0")

    seller.send("G", [(41, first), *order(second, "2", "43.00", "70")])
    reduced = seller.until_report(second, "5")
    assert (reduced[41], reduced[37], reduced[38], reduced[151]) == (first, placed[37], "70", "70")

    seller.send("G", [(41, second), *order(third, "2", "43.10", "80")])
    replaced = seller.until_report(third, "5")
    assert (replaced[41], replaced[44], replaced[38]) == (second, "43.10", "80")

    seller.send("F", cancel(last, third, "2"))
    gone = seller.until_report(last, "4")
    assert (gone[41], gone[39], gone[151]) == (third, "4", "0")

    late = next(names)
    seller.send("F", cancel(late, third, "2"))
    seller.until(lambda: bool(seller.reports(late)))
    refused = seller.reports(late)[0]
    assert (refused[35], refused[102], refused[434]) == ("9", "0", "1")


def test_what_the_exchange_refuses_says_why_in_its_own_words(seller: Initiator) -> None:
    name = next(names)
    seller.send("D", order(name, "2", "99.00", "10"))
    refused = seller.until_report(name, "8")
    assert (refused[39], refused[103]) == ("8", "99")
    assert refused[58].startswith("PRICE_OUTSIDE_BAND (304): ")

    name = next(names)
    seller.send("D", order(name, "2", "42.50", "10", symbol="CEA99"))
    assert seller.until_report(name, "8")[103] == "1"

    name = next(names)
    seller.send("D", order(name, "2", "42.505", "10"))
    assert seller.until_report(name, "8")[58].startswith("PRICE_OFF_TICK (303): ")


def test_a_clordid_is_one_order_however_often_it_is_sent(seller: Initiator, market: Running) -> None:
    name = next(names)
    seller.send("D", order(name, "2", "43.20", "11"))
    seller.until_report(name, "0")
    seller.send("D", order(name, "2", "43.20", "11"))
    status = seller.until_report(name, "I")
    assert (status[39], status[151]) == ("0", "11")
    seller.send("D", order(name, "2", "43.20", "12"))
    assert seller.until_report(name, "8")[103] == "6"
    with trader(market, FELLOW) as direct:
        assert [one.quantity_lots for one in direct.orders() if one.price_ticks == 4_320] == [11]


def test_mass_cancel_status_and_the_list_of_contracts(seller: Initiator) -> None:
    listings = [next(names) for _ in range(3)]
    for name in listings:
        seller.send("D", order(name, "2", "43.30", "5"))
    seller.until_report(listings[-1], "0")
    mass = next(names)
    seller.send("q", [(11, mass), (530, "1"), (55, "CEA"), (60, now_text())])
    seller.until(lambda: bool(seller.reports(mass)))
    report = seller.reports(mass)[0]
    assert (report[35], report[531], report[533]) == ("r", "1", "3")
    assert [seller.reports(name)[-1][150] for name in listings] == ["4", "4", "4"]

    seller.send("H", [(11, listings[0]), (55, "CEA"), (54, "2")])
    assert seller.until_report(listings[0], "I")[39] == "4"
    seller.send("x", [(320, "all"), (559, "4")])
    seller.until(lambda: any(one[35] == "y" for one in seller.received))
    assert seller.received[-1][55] == "CEA"


def test_a_continuous_contract_takes_limit_orders(market: Running, bridge: BridgeProcess) -> None:
    by_two(market, "SET_PHASE", "contract_id=0", "method=LISTED", "phase=PAUSED")
    rule = f"parameter_id={ParameterId.MATCHING_RULE.name}"
    change = ("PARAMETER_SET", "contract=CEA", rule)
    by_two(market, *change, f"parameter_value={int(Method.CONTINUOUS)}")
    by_two(market, "SET_PHASE", "contract_id=0", "method=CONTINUOUS", "phase=TRADING")
    one, other = logged_on(market.data, THIRD), logged_on(market.data, TRADER)
    one.send("D", order("day", "2", "42.80", "100"))
    one.until_report("day", "0")
    other.send("D", order("post", "1", "42.80", "10", tag18="6"))
    assert other.until_report("post", "8")[58].startswith("WOULD_CROSS (337)")
    other.send("D", order("fok", "1", "42.80", "101", time_in_force="4"))
    assert other.until_report("fok", "8")[58].startswith("NOT_FILLABLE (338)")
    other.send("D", order("ioc", "1", "42.80", "30", time_in_force="3"))
    assert other.until_report("ioc", "F")[39] == "2"
    one.send("G", [(41, "day"), *order("day2", "2", "42.70", "120")])
    replaced = one.until_report("day2", "5")  # 30 of the 120 are filled
    assert (replaced[38], replaced[14], replaced[151]) == ("120", "30", "90")
    other.send("D", order("sweep", "1", "42.90", "200"))
    assert other.until_report("sweep", "F")[151] == "110"
    assert one.until_report("day2", "F")[39] == "2"
    other.send("F", cancel("gone", "sweep", "1"))
    assert other.until_report("gone", "4")[14] == "90"
    for engine in (one, other):
        engine.log_out()
    by_two(market, "SET_PHASE", "contract_id=0", "method=CONTINUOUS", "phase=PAUSED")
    by_two(market, *change, f"parameter_value={int(Method.LISTED)}")
    by_two(market, "SET_PHASE", "contract_id=0", "method=LISTED", "phase=TRADING")


def test_faults_are_rejected_and_the_session_goes_on(seller: Initiator) -> None:
    name = next(names)
    for body, tag, reason in (
        (order(name, "3", "42.50", "10"), "54", "5"),
        (order(name, "2", "4x", "10"), "44", "6"),
        ([*order(name, "2", "42.50", "10"), (100, "X")], "100", "0"),
        ([*order(name, "2", "42.50", "10"), (55, "CEA")], "55", "13"),
        (order(name, "2", "42.50", "10")[:-1], "60", "1"),
    ):
        number = seller.send("D", body)
        seller.until(lambda number=number: rejects_of(seller, number))  # type: ignore[misc]
        (reject,) = rejects_of(seller, number)
        assert (reject[371], reject[373]) == (tag, reason), reject
    number = seller.send("V", [(262, "quotes")])
    seller.until(lambda: any(one[35] == "j" for one in seller.received))
    assert seller.received[-1][380] == "3"
    good = seller.encoded(seller.next_out, "1", [(112, "are you there")])
    seller.raw(good[:-4] + b"%03d\x01" % ((int(good[-4:-1]) + 1) % 256))  # garbled: passed over
    seller.send("1", [(112, "still there")])
    seller.until(lambda: any(one.get(112) == "still there" for one in seller.admin))


def rejects_of(engine: Initiator, number: int) -> list[dict[int, str]]:
    return [one for one in engine.admin if one[35] == "3" and one[45] == str(number)]


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (b"8=FIX.4.4\x019=99999999\x0135=D\x01", "expected a BodyLength of at most 8192, found 99999999"),
        (b"8=FIX.4.4\x019=5\x0135=0\x0155=CEA\x0155=CEA\x01", "expected a CheckSum where BodyLength says"),
        (b"8=FIX.4.4\x01" + b"9" * 100_000, "expected BeginString and BodyLength first"),
        (b"GET / HTTP/1.1\r\n\r\n", "expected BeginString and BodyLength first"),
    ],
    ids=["huge length", "no checksum", "endless tag", "not FIX"],
)
def test_hostile_bytes_end_that_session_alone(
    seller: Initiator, bridge: BridgeProcess, attack: bytes, reason: str
) -> None:
    stranger = engine_of(bridge.data, BUYER)
    stranger.connect(address(bridge.data))
    stranger.raw(attack)
    stranger.wait_closed()
    until_free(stranger, bridge)
    stranger.raw(attack)
    stranger.wait_closed()
    assert any(one[35] == "5" and reason in one[58] for one in stranger.admin), stranger.admin
    seller.send("1", [(112, "mine goes on")])
    seller.until(lambda: any(one.get(112) == "mine goes on" for one in seller.admin))


def test_nobody_gets_in_with_a_wrong_password_or_twice(seller: Initiator, bridge: BridgeProcess) -> None:
    thief = Initiator(BUYER, "wrong")
    with pytest.raises(Closed):
        thief.log_on(address(bridge.data))
    second = engine_of(bridge.data, SELLER)
    with pytest.raises(Closed):
        second.log_on(address(bridge.data))
    assert "user or password wrong" in bridge.text()
    assert "B00000 has a session open already" in bridge.text()
    assert credentials_of(bridge.data, SELLER).password not in "".join(
        path.read_text("latin-1") for path in (bridge.data / "bridge").rglob("*") if path.is_file()
    )


def trader(market: Running, user: str) -> BlockingTrader:
    return BlockingTrader.open(credentials_of(market.data, user), Address("127.0.0.1", market.port))
