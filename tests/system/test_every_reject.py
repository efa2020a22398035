"""Every reject code can be reached: each has a case that is run here, against the kernel or the real gateway.

A new code without a case fails, and so does a reserved one that something gives after all.
"""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from benchmarks.gateway_market import CONTRACT
from exchange.vocabulary.enums import QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from exchange.vocabulary.rejects import RESERVED, RejectReason
from tests.tables.every_reject import Case, shortest_cases
from tests.unit.net.running import Running, running_exchange
from tests.unit.net.test_gateway_days import end_day, login_when_open, opening_reference

ROOT = Path(__file__).resolve().parents[2]
GIVERS = ("kernel", "engine", "net", "protocol")
LATE_RECORDS = 9_000  # listings of one member: with their ends more than is written to it at once
SESSION_FIRST = 900  # from here on codes are told before the sequencer


def session_refusal(running: Running, record: bytes) -> int:
    with running.peer("B00000") as peer:
        peer.send(record)
        return int(peer.wait_for(Kind.REFUSED)[0]["reason"])


def not_authorised(running: Running) -> int:
    return session_refusal(running, make(Kind.HALT, user_reference=1))


def account_not_yours(running: Running) -> int:
    return session_refusal(running, make(Kind.LISTING, user_reference=1, contract_id=1, account_id=1_002))


def unknown_query(running: Running) -> int:
    return session_refusal(running, make(Kind.QUERY, user_reference=1, query=max(QueryKind) + 1))


def not_ready(running: Running) -> int:
    """A command on yesterday's stream, by a member that has not yet read it to its end."""
    with running.peer("B00000") as member, running.peer("WUHAN1") as registry:
        for number in range(2, LATE_RECORDS + 2):
            fields = {"side": Side.SELL, "price_ticks": 4_300, "quantity_lots": 1, "contract_id": CONTRACT}
            member.send(make(Kind.LISTING, user_reference=number, **fields))
        session = member.machine.session
        member.wait_for(Kind.ACCEPTED, LATE_RECORDS)
        end_day(running, registry, opening_reference(running))
    with login_when_open(running, "CONSOL"):
        late = running.late_peer("B00000", session)
        with late:
            late.send(late.machine.login(0) + make(Kind.LISTING, user_reference=LATE_RECORDS + 2))
            return int(late.wait_for(Kind.REFUSED)[0]["reason"])


SESSION_CASES: dict[RejectReason, Callable[[Running], int]] = {
    RejectReason.NOT_AUTHORISED: not_authorised,
    RejectReason.ACCOUNT_NOT_YOURS: account_not_yours,
    RejectReason.UNKNOWN_QUERY: unknown_query,
    RejectReason.NOT_READY: not_ready,
}
TABLE_CASES = shortest_cases()
#: needs a login with a right of its own: the test that has one
ELSEWHERE = {RejectReason.BOOK_TOO_LARGE: "tests/unit/net/test_market_feeds.py"}


@cache
def given_by(name: str) -> set[RejectReason]:
    """The reasons that a case gives; cases serve several codes and run once."""
    case = next(case for case in TABLE_CASES.values() if case.name == name)
    assert isinstance(case, Case)
    return case.run()


@pytest.mark.parametrize("reason", sorted(set(RejectReason) - {RejectReason.NONE}), ids=lambda r: r.name)
def test_every_code_has_a_case(reason: RejectReason) -> None:
    places = (RESERVED, SESSION_CASES, TABLE_CASES, ELSEWHERE)
    assert sum(reason in place for place in places) == 1, f"{reason.name}: expected one case, in {places}"


def test_the_cases_elsewhere_are_there() -> None:
    for reason, path in ELSEWHERE.items():
        assert f'match="{reason.name}"' in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("reason", sorted(TABLE_CASES), ids=lambda reason: reason.name)
def test_the_kernel_gives_it(reason: RejectReason) -> None:
    assert reason in given_by(TABLE_CASES[reason].name)
    assert reason < SESSION_FIRST


def test_the_gateway_gives_it(tmp_path: Path) -> None:
    """One exchange for all: each case logs in anew, the last one ends the day."""
    with running_exchange(tmp_path, days=2) as running:
        for reason, case in SESSION_CASES.items():
            assert case(running) == reason and reason >= SESSION_FIRST


@pytest.mark.parametrize("reason", RESERVED, ids=lambda reason: reason.name)
def test_nothing_gives_a_reserved_code(reason: RejectReason) -> None:
    """Whoever begins to give one has to write its case and take it out of RESERVED."""
    named = [
        path.name
        for folder in GIVERS
        for path in (ROOT / "exchange" / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == reason.name
    ]
    assert named == []
