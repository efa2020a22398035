"""Units between registry and trading buckets, by whoever owns "available", and through every cut of a day."""

from datetime import date
from pathlib import Path

import pytest

from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.units import trading_day_number
from settlement.ledger.balances import balance_of
from settlement.ledger.check import check_ledger
from settlement.moment import moment_of
from settlement.operations.audit import check_audit
from settlement.operations.desk import APPROVAL_NS
from settlement.serials.check import check_serials
from settlement.serials.lineage import history, serials_of_trade
from settlement.store.breaks import Break, open_breaks, record_breaks
from settlement.store.operations import read_operation
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.entry_kinds import BreakKind
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import CEA, Town

ENTITY, ACCOUNT = 1, 1001
HOLDER = Person("holder-1", Institution.HOLDER, Level.OPERATOR, ENTITY)
OUT, INTO = OperationKind.TO_REGISTRY, OperationKind.TO_TRADING
OPENING = 1_000_000


def ask(town: Town, kind: OperationKind, lots: int, key: str = "k", *, line_is_up: bool = True) -> int:
    """Ask for a transfer and do what the core says; gives the operation's number."""
    data = f'{{"entity_id": {ENTITY}, "contract_id": {CEA}, "lots": {lots}}}'.encode()
    operation, said = town.city.ask(HOLDER, key, kind, data)
    town.obey(said, line_holds=lambda data: line_is_up)
    return operation.operation_id


def state(town: Town, operation_id: int) -> OperationState:
    found = read_operation(town.store, operation_id)
    assert found is not None
    return found.state


def in_registry(town: Town) -> int:
    return balance_of(town.store, units(CEA, Bucket.REGISTRY_AVAILABLE, ENTITY))


def in_trading(town: Town) -> int:
    return balance_of(town.store, units(CEA, Bucket.TRADING_AVAILABLE, ACCOUNT))


def opened(tmp_path: Path) -> tuple[Town, FakeShanghai]:
    town, shanghai = Town(tmp_path), FakeShanghai(**FEES)
    town.connect(shanghai)
    town.pump()
    return town, shanghai


def finish(town: Town, shanghai: FakeShanghai) -> None:
    """Trade, seal, settle; both cities agree."""
    for trade in TRADES:
        shanghai.trade(*trade)
    shanghai.seal()
    town.pump(2)
    assert town.stage is Stage.STATED
    assert open_breaks(town.store) == []
    check_ledger(town.store)
    check_serials(town.store)
    check_audit(town.store)


def test_out_and_in_while_the_day_runs(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    out = ask(town, OUT, 300)
    assert (state(town, out), in_registry(town)) == (OperationState.RUNNING, 0)
    town.pump()
    assert (state(town, out), in_registry(town), in_trading(town)) == (
        OperationState.DONE,
        300,
        OPENING - 300,
    )
    into = ask(town, INTO, 100, "back")
    assert in_registry(town) == 200, "what is on its way cannot be spent twice"
    town.pump()
    assert (state(town, into), in_trading(town)) == (OperationState.DONE, OPENING - 200)
    finish(town, shanghai)
    town.play(FakeShanghai(date(2021, 12, 17), **FEES), [])
    assert town.stage is Stage.STATED


def test_too_much_is_refused_by_whoever_owns_it(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    out = ask(town, OUT, OPENING + 1)
    town.pump()
    found = read_operation(town.store, out)
    assert found is not None
    assert (found.state, found.refusal) == (OperationState.REFUSED, RefusalCode.SHANGHAI_REFUSED)
    into = ask(town, INTO, 1, "in")
    found = read_operation(town.store, into)
    assert found is not None
    assert (found.state, found.refusal) == (OperationState.REFUSED, RefusalCode.UNITS_INSUFFICIENT)
    finish(town, shanghai)
    late = ask(town, OUT, 2 * OPENING, "late")
    found = read_operation(town.store, late)
    assert found is not None
    assert found.refusal is RefusalCode.UNITS_INSUFFICIENT


def test_after_the_day_wuhan_books_at_once(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    finish(town, shanghai)
    before = in_trading(town)
    assert state(town, ask(town, OUT, 50)) is OperationState.DONE
    assert (in_registry(town), in_trading(town)) == (50, before - 50)
    following = FakeShanghai(date(2021, 12, 17), **FEES)
    town.play(following, [])
    assert following.opening[ACCOUNT, CEA] == before - 50


def test_the_same_key_moves_once(tmp_path: Path) -> None:
    town, _ = opened(tmp_path)
    first = ask(town, OUT, 300)
    assert ask(town, OUT, 300) == first
    town.pump()
    assert ask(town, OUT, 300) == first
    town.pump()
    assert in_registry(town) == 300
    refused, _ = town.city.ask(HOLDER, "k", OUT, b'{"entity_id": 1, "contract_id": 1, "lots": 9}')
    assert (refused.operation_id, refused.refusal) == (0, RefusalCode.KEY_REUSED)


def test_another_entity_may_not_ask(tmp_path: Path) -> None:
    town, _ = opened(tmp_path)
    stranger = HOLDER._replace(person_id="holder-2", scope_id=2)
    refused, _ = town.city.ask(stranger, "k", OUT, b'{"entity_id": 1, "contract_id": 1, "lots": 9}')
    assert (refused.operation_id, refused.refusal) == (0, RefusalCode.OUT_OF_SCOPE)


@pytest.mark.parametrize("kind", [OUT, INTO])
def test_what_the_line_lost_is_asked_again(tmp_path: Path, kind: OperationKind) -> None:
    town, shanghai = opened(tmp_path)
    ask(town, OUT, 500, "first")
    town.pump()
    wanted = ask(town, kind, 200, "lost", line_is_up=False)
    town.kill()
    town.start()
    town.connect(shanghai)
    town.pump()
    assert state(town, wanted) is OperationState.DONE
    assert in_registry(town) == (700 if kind is OUT else 300)
    finish(town, shanghai)


@pytest.mark.parametrize("kind", [OUT, INTO])
def test_an_answer_that_wuhan_missed_is_read_after_its_restart(tmp_path: Path, kind: OperationKind) -> None:
    town, shanghai = opened(tmp_path)
    ask(town, OUT, 500, "first")
    town.pump()
    wanted = ask(town, kind, 200, "missed")
    town.kill()  # Shanghai has it, its answer was not read
    town.start()
    town.connect(shanghai)
    town.pump()
    assert state(town, wanted) is OperationState.DONE
    assert in_registry(town) == (700 if kind is OUT else 300)
    finish(town, shanghai)


def test_a_number_overtaken_by_a_later_one_is_given_anew(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    lost = ask(town, OUT, 200, "lost", line_is_up=False)
    later = ask(town, OUT, 30, "later")
    town.pump()
    assert state(town, later) is OperationState.DONE
    town.connect(shanghai)
    town.pump()
    assert state(town, lost) is OperationState.DONE
    assert in_registry(town) == 230
    finish(town, shanghai)


def test_a_hold_open_at_the_seal_is_ended_by_wuhan(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    ask(town, OUT, 200)
    commits: list[bytes] = []

    def but_for_commits(data: bytes) -> bool:
        if data[3] != Kind.HOLD_COMMIT:
            return True
        commits.append(data)
        return False

    events = shanghai.events(town._taken)
    town.obey(town.city.take(town._taken, events), line_holds=but_for_commits)
    town._taken += len(events)
    assert len(commits) == 1
    assert len(shanghai.holds) == 1
    finish(town, shanghai)
    assert in_registry(town) == 200
    assert balance_of(town.store, units(CEA, Bucket.TO_REGISTRY, ACCOUNT)) == 0


@pytest.mark.parametrize("kind", [OUT, INTO])
def test_what_is_asked_between_seal_and_statements_waits_for_them(
    tmp_path: Path, kind: OperationKind
) -> None:
    town, shanghai = opened(tmp_path)
    ask(town, OUT, 500, "first")
    town.pump()
    shanghai.seal()
    events = shanghai.events(town._taken)
    said = town.city.take(town._taken, events)  # cleared, the result not sent yet
    assert town.stage is Stage.CLEARED
    wanted = ask(town, kind, 200, "late")
    assert state(town, wanted) is OperationState.RUNNING
    town._taken += len(events)
    town.obey(said)
    town.pump()
    assert town.stage is Stage.STATED
    assert state(town, wanted) is OperationState.DONE
    assert in_registry(town) == (700 if kind is OUT else 300)
    check_ledger(town.store)


def test_a_transfer_that_meets_the_seal_is_ended_after_it(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.seal()
    wanted = ask(town, OUT, 200)  # Shanghai is sealed, Wuhan has not read it yet
    town.pump()
    assert town.stage is Stage.STATED
    assert (state(town, wanted), in_registry(town)) == (OperationState.DONE, 200)
    check_ledger(town.store)


def test_an_account_with_a_break_moves_nothing_until_it_is_closed(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    ask(town, OUT, 500, "first")
    town.pump()
    wanted = ask(town, INTO, 200, "kept", line_is_up=False)
    found = Break(ACCOUNT, CEA, BreakKind.UNITS, 1, 2)
    shanghai.seal()
    events = shanghai.events(town._taken)
    town._taken += len(events)
    said = town.city.take(town._taken - len(events), events)
    with town.store.transaction():  # a difference found while the transfer waits, and closed the day after
        record_breaks(town.store, shanghai.number, [found], "")
    town.city._steps._crossings.settle(town.city._context(town.day))
    assert state(town, wanted) is OperationState.RUNNING
    with town.store.transaction():
        record_breaks(town.store, shanghai.number, [], "found no more")
    town.obey(said)
    town.pump()
    assert town.stage is Stage.STATED
    assert state(town, wanted) is OperationState.DONE


def test_a_transfer_that_outlives_its_day_gets_a_number_of_the_next(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    wanted = ask(town, OUT, 200, line_is_up=False)
    with town.store.transaction():
        town.store.execute("UPDATE crossing SET trading_day = trading_day - 1")
    town.connect(shanghai)
    town.pump()
    assert (state(town, wanted), in_registry(town)) == (OperationState.DONE, 200)
    finish(town, shanghai)


def test_what_nobody_approves_in_time_ends_with_the_next_act(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    ask(town, OUT, 300)
    town.pump()
    fields = f'{{"entity_id": {ENTITY}, "contract_id": {CEA}, "lots": 100, "purpose": "p"}}'.encode()
    waiting, withdrawn, declined = (
        town.city.ask(HOLDER, key, OperationKind.RETIRE, fields)[0] for key in ("a", "b", "c")
    )
    assert in_registry(town) == 0
    assert town.city.withdraw(HOLDER, withdrawn.operation_id)[0].state is OperationState.WITHDRAWN
    reviewer = Person("crc-2", Institution.REGISTRY, Level.REVIEWER)
    assert town.city.decline(reviewer, declined.operation_id, "no")[0].state is OperationState.DECLINED
    assert in_registry(town) == 200
    with town.store.transaction():
        town.store.execute("UPDATE settlement_day SET time_ns = time_ns + ?", (APPROVAL_NS,))
    late, _ = town.city.approve(reviewer, waiting.operation_id, waiting.command_hash)
    assert late.refusal is RefusalCode.NOT_WAITING
    assert (state(town, waiting.operation_id), in_registry(town)) == (OperationState.EXPIRED, 300)
    check_audit(town.store)


def test_from_a_delivered_trade_to_its_serials_and_back(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    finish(town, shanghai)
    for number, (buyer, seller, contract, _, lots) in enumerate(TRADES, 1):
        pieces = serials_of_trade(town.store, shanghai.number, number)
        assert sum(piece.last_serial - piece.first_serial + 1 for piece in pieces) == lots
        assert {(piece.seller_account_id, piece.buyer_account_id) for piece in pieces} == {(seller, buyer)}
        stays = history(town.store, contract, pieces[0].first_serial)
        assert number in [stay.match_id for stay in stays]


def test_after_the_last_day_of_the_calendar_there_is_still_a_day_to_book_on(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    last = trading_calendar().last_date
    day = town.day._replace(trading_day=trading_day_number(last), stage=Stage.STATED)
    assert moment_of(day, town.season).booking_day == trading_day_number(last) + 1
    finish(town, shanghai)
