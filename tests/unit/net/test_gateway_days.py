"""The gateway from day to day: the end of a stream, the next session, yesterday's stream, the last day."""

from datetime import date
from pathlib import Path

from benchmarks.gateway_market import CONTRACT, DAY, opening_records
from exchange.client import credentials_of
from exchange.protocol.client_session import Accepted, Rejected
from exchange.protocol.soupbintcp import LoginRefusal
from exchange.vocabulary.enums import Phase, QueryKind, SettlementStage, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import make
from exchange.vocabulary.units import market_time_ns, trading_day_number
from tests.unit.net.running import Peer, Running, running_exchange

NEXT_DAY = date(2021, 12, 17)
AFTER_CLOSE = 15 * 3600 + 10 * 60


def registry_commands(first_reference: int, day: date) -> list[bytes]:
    """What the registry says at the end of a day without a trade."""
    common = {"version": PROTOCOL_VERSION, "trading_day": trading_day_number(day)}
    return [
        make(Kind.RESULT_BEGIN, user_reference=first_reference, run=1, **common),
        make(Kind.RESULT_TOTALS, user_reference=first_reference + 1, run=1, **common),
        make(Kind.DELIVERED, user_reference=first_reference + 2, run=1, **common),
        make(Kind.STAGE, user_reference=first_reference + 3, stage=int(SettlementStage.STATED), **common),
    ]


def end_day(running: Running, registry: Peer, first_reference: int, day: date = DAY) -> None:
    """Let the time come, and be the registry until the exchange says that the day is over."""
    running.clock.set(market_time_ns(day, AFTER_CLOSE))
    registry.wait_for(Kind.SEAL_TOTALS)
    registry.send(*registry_commands(first_reference, day))
    registry.wait_for_close()
    assert registry.has_ended


def login_when_open(running: Running, user: str) -> Peer:
    """Log in, again and again while the next day's stream has not opened, as any client has to."""
    while True:
        peer = Peer(running.port, user, credentials_of(running.data, user).password)
        answer = peer.login()
        if isinstance(answer, Accepted):
            return peer
        assert answer == Rejected(LoginRefusal.SESSION_UNAVAILABLE)
        peer.close()


def opening_reference(running: Running) -> int:
    """The registry's first free reference after the opening positions."""
    return len(opening_records([account.account_id for account in running.directory.accounts])) + 1


def test_a_day_ends_and_the_next_one_opens(tmp_path: Path) -> None:
    with running_exchange(tmp_path, days=2) as running:
        with running.peer("B00000") as member, running.peer("WUHAN1") as registry:
            member.send(
                make(
                    Kind.LISTING, user_reference=1, contract_id=CONTRACT, price_ticks=4_250,
                    quantity_lots=10, side=int(Side.SELL),
                )
            )  # fmt: skip
            member.wait_for(Kind.ACCEPTED)
            end_day(running, registry, opening_reference(running))
            member.wait_for_close()
            assert member.has_ended
            assert member.wait_for(Kind.DONE)[0]["user_reference"] == 1  # lapsed at the close
            today, yesterday = member.events.tobytes(), member.machine.session
        with login_when_open(running, "B00000") as member:
            assert member.machine.session == "211217000G"
            (opened,) = member.wait_for(Kind.STREAM_OPENED)
            assert opened["trading_day"] == trading_day_number(NEXT_DAY)
            member.send(make(Kind.QUERY, query=int(QueryKind.PHASES)))
            assert {p["phase"] for p in member.wait_for(Kind.REPLY_PHASE, 2)} == {Phase.CLOSED}
        for first in (1, 3, len(today) // 64 + 1):
            with running.peer("B00000", yesterday, first) as late:
                late.wait_for_close()
                assert late.has_ended
                assert late.events.tobytes() == today[(first - 1) * 64 :]


def test_the_gateway_stops_after_the_last_day_and_everybody_has_had_the_end(tmp_path: Path) -> None:
    with running_exchange(tmp_path, days=1) as running:
        with running.peer("CONSOL") as console, running.peer("WUHAN1") as registry:
            end_day(running, registry, opening_reference(running))
            console.wait_for_close()
            assert console.has_ended
            stages = console.wait_for(Kind.SETTLEMENT_STAGE)
            assert stages[-1]["stage"] == SettlementStage.STATED
    assert running.engine.is_over


def test_before_the_opening_positions_members_are_in_and_the_market_is_closed(tmp_path: Path) -> None:
    with running_exchange(tmp_path, is_trading=False) as running, login_when_open(running, "B00000") as peer:
        peer.send(
            make(Kind.LISTING, user_reference=1, contract_id=CONTRACT, price_ticks=4_250, quantity_lots=1)
        )
        peer.wait_for(Kind.REJECTED)


def test_the_registry_opens_the_market_over_the_socket(tmp_path: Path) -> None:
    with running_exchange(tmp_path, is_trading=False) as running:
        with login_when_open(running, "WUHAN1") as registry, login_when_open(running, "CONSOL") as public:
            registry.send(*opening_records([account.account_id for account in running.directory.accounts]))
            registry.wait_for(Kind.OPENING_ACCEPTED)
            changes = public.wait_for(Kind.PHASE_CHANGED, 2)
            assert {int(change["phase"]) for change in changes} == {Phase.PRE_OPEN}
