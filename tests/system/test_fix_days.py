"""A FIX session over the end of a trading day: with the engine there, and with the engine away."""

from datetime import timedelta
from pathlib import Path

from benchmarks.gateway_market import DAY, opening_records
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.units import market_time_ns
from tests.fix_initiator import Initiator, address, order
from tests.system.fix_market import BridgeProcess, engine_of, introduce, logged_on
from tests.unit.net.running import Running, running_exchange
from tests.unit.net.test_gateway_days import end_day, login_when_open, opening_reference

STAYS, LEAVES = "B00000", "B00001"
NEXT_DAY = DAY + timedelta(days=1)
TEN = 10 * 3600


def test_a_session_goes_on_over_the_end_of_a_day(tmp_path: Path) -> None:
    with running_exchange(tmp_path, days=2) as running:
        introduce(running)
        bridge = BridgeProcess(running.data)
        try:
            play(running, bridge)
        finally:
            code = bridge.stop()
        assert code == 0 and "Traceback" not in bridge.text(), bridge.text()


def play(running: Running, bridge: BridgeProcess) -> None:
    stays, leaves = logged_on(running.data, STAYS), logged_on(running.data, LEAVES)
    for engine in (stays, leaves):
        engine.send("D", order("first", "2", "42.50", "10"))
        engine.until_report("first", "0")
    leaves.log_out()
    with running.peer("WUHAN1") as registry:
        end_day(running, registry, opening_reference(running))
    assert stays.until_report("first", "C")[39] == "C"
    answer = ask(stays, "between days")
    assert (answer[35], answer[380]) == ("j", "4") or answer[58].startswith("WRONG_PHASE")

    open_next_day(running)
    until_traded(stays)
    leaves.log_on(address(running.data))
    leaves.until_report("first", "C")  # the exchange still has yesterday
    until_traded(leaves)
    for engine in (stays, leaves):
        days = [one[17][:6] for one in engine.reports("first")]
        assert days == ["211216", "211216", "211217"], days

    bridge.kill()
    bridge.start_again()
    forgetful = engine_of(running.data, LEAVES)  # asks for yesterday's reports too, over the killed gateway
    forgetful.next_out = leaves.next_out
    leaves.drop()
    stays.drop()
    forgetful.log_on(address(running.data))
    forgetful.until(lambda: len(forgetful.received) >= len(leaves.received))
    assert [one.get(17) for one in forgetful.received] == [one.get(17) for one in leaves.received]
    forgetful.log_out()


def open_next_day(running: Running) -> None:
    """The registry's opening positions, and ten in the morning."""
    accounts = [account.account_id for account in running.directory.accounts]
    with login_when_open(running, "WUHAN1") as registry:
        registry.send(*opening_records(accounts, day=NEXT_DAY))
        registry.wait_for(Kind.OPENING_ACCEPTED)
    running.clock.set(market_time_ns(NEXT_DAY, TEN))


def until_traded(engine: Initiator) -> None:
    """Send the day's first order until it is taken in: a name refused for its phase is used up, so
    each is new.
    """
    number = 0
    while (answer := ask(engine, f"probe {number}"))[35] != "8" or answer[150] != "0":
        number += 1
    engine.send("D", order("first", "2", "42.50", "10"))
    engine.until(lambda: [one[150] for one in engine.reports("first")][-1] == "0")


def ask(engine: Initiator, name: str) -> dict[int, str]:
    """An order and what is said about it."""
    engine.send("D", order(name, "2", "42.50", "1"))
    engine.until(lambda: any(name in (one.get(11), one.get(379)) for one in engine.received))
    return next(one for one in reversed(engine.received) if name in (one.get(11), one.get(379)))
