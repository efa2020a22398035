"""A teller on a real store: once each, numbered, durable; closed, refused, waiting; damage is found."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlement.bank.books import Rules
from settlement.bank.store import BankStore, Identity
from settlement.bank.teller import Conflict, Full, Unserved
from settlement.errors import ConfigurationError, CorruptionError
from settlement.vocabulary.banking import BankBalance, BankInstruction, BankOrder
from tests.unit.settlement.bank.conftest import OPENING, Branch

PAY_OUT, SEND, SETTLE = BankOrder.PAY_OUT, BankOrder.SEND, BankOrder.SETTLE


def pay_out(name: str, amount_fen: int, account_id: int = 1001) -> BankInstruction:
    return BankInstruction(name, PAY_OUT, account_id, amount_fen)


def settle(name: str, amount_fen: int, account_id: int = 1001) -> BankInstruction:
    return BankInstruction(name, SETTLE, account_id, amount_fen)


def send(name: str, amount_fen: int) -> BankInstruction:
    return BankInstruction(name, SEND, 0, amount_fen, 2)


def test_everything_once_in_one_numbered_stream(branch: Branch) -> None:
    teller = branch.teller
    assert teller.pay_in("slip/1", 1001, 50).number == 1
    assert teller.receive(pay_out("op/1/pay-out", 20)) == 2
    assert teller.receive(settle("d/1/settle/1003", -100, 1003)) == 3
    assert teller.receive(send("d/1/send/1-2", 300)) == 4
    assert teller.take_arrival("d/1/send/2-1", 7).number == 5
    branch.reopen()
    teller = branch.teller
    assert teller.pay_in("slip/1", 1001, 50).number == 1
    assert teller.receive(pay_out("op/1/pay-out", 20)) == 2
    assert teller.take_arrival("d/1/send/2-1", 7).number == 5
    assert branch.words() == ["1 paid-in 50", "2 paid-out 20", "3 settled -100", "4 sent 300", "5 arrived 7"]
    assert branch.store.balance() == BankBalance(5, 2_737, {1001: 1_030, 1003: 900, 1005: 1_000})


def test_a_known_name_with_other_fields_changes_nothing(branch: Branch) -> None:
    branch.teller.receive(pay_out("op/1", 20))
    branch.teller.pay_in("slip/1", 1001, 50)
    branch.teller.take_arrival("d/send", 7)
    with pytest.raises(Conflict, match=r"op/1 is known: expected .*amount_fen=20.*, found .*amount_fen=21"):
        branch.teller.receive(pay_out("op/1", 21))
    with pytest.raises(Conflict, match="expected account 1001, 50 fen, found account 1003, 50 fen"):
        branch.teller.pay_in("slip/1", 1003, 50)
    with pytest.raises(Conflict, match="expected account 0, 7 fen, found account 0, 8 fen"):
        branch.teller.take_arrival("d/send", 8)
    assert branch.words() == ["1 paid-out 20", "2 paid-in 50", "3 arrived 7"]


def test_after_the_cut_off_instructions_wait_and_the_counter_is_closed(branch: Branch) -> None:
    branch.teller.set_open(False)
    assert branch.teller.receive(pay_out("op/1", 20)) == 0
    assert branch.teller.receive(settle("d/1", 5)) == 0
    with pytest.raises(Unserved, match="closed"):
        branch.teller.pay_in("slip/1", 1001, 50)
    assert branch.teller.take_arrival("d/send", 7).number == 1  # other banks deliver by night
    branch.reopen()
    assert branch.words() == ["1 arrived 7"]
    branch.teller.set_open(True)
    assert branch.words() == ["1 arrived 7", "2 paid-out 20", "3 settled 5"]
    assert branch.teller.receive(pay_out("op/1", 20)) == 2


def test_what_lacks_cover_waits_for_it_and_holds_up_nobody(branch: Branch) -> None:
    teller = branch.teller
    teller.receive(settle("gain", 5_000, 1001))
    assert teller.receive(pay_out("large", 4_000)) == 0  # the funds of the gain are not here yet
    assert teller.receive(pay_out("small", 1)) == 2
    assert teller.receive(settle("loss", -1_500, 1003)) == 0
    assert teller.take_arrival("funds", 1_001).number == 3
    assert branch.words()[2:] == ["3 arrived 1001", "4 paid-out 4000"]
    assert teller.receive(settle("sale", 600, 1003)) == 5
    assert branch.words()[4:] == ["5 settled 600", "6 settled -1500"]


def test_a_counter_that_knows_no_such_account_refuses(branch: Branch) -> None:
    for account_id in (1002, 0):
        with pytest.raises(Unserved, match=f"found {account_id}"):
            branch.teller.pay_in("slip/1", account_id, 50)
    assert branch.words() == []


def test_every_so_many_th_payment_is_rejected_over_restarts(make_branch: Callable[..., Branch]) -> None:
    branch = make_branch(Rules(frozenset({2}), reject_every=3))
    for number in range(1, 7):
        branch.teller.receive(pay_out(f"op/{number}", 1))
        branch.teller.receive(settle(f"d/{number}", 1))
        branch.reopen()
    words = [word.split()[1] for word in branch.words()[::2]]
    assert words == ["paid-out", "paid-out", "rejected"] * 2


def test_too_many_waiting_are_not_taken(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("settlement.bank.teller.BANK_WAITING_MAX", 2)
    branch.teller.set_open(False)
    for number in range(2):
        branch.teller.receive(pay_out(f"op/{number}", 1))
    with pytest.raises(Full):
        branch.teller.receive(pay_out("op/2", 1))
    assert branch.teller.receive(pay_out("op/1", 1)) == 0  # what is known is known
    branch.teller.set_open(True)
    assert branch.teller.receive(pay_out("op/2", 1)) == 3


def test_what_has_left_is_under_way_until_acknowledged(branch: Branch) -> None:
    branch.teller.receive(send("d/1", 300))
    branch.teller.receive(send("d/2", 200))
    assert [one.instruction_id for one in branch.store.under_way(2, 10)] == ["d/1", "d/2"]
    branch.teller.acknowledge(1)
    branch.reopen()
    assert [one.instruction_id for one in branch.store.under_way(2, 10)] == ["d/2"]


ASKED = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "settle", "send", "arrive", "open", "close"]),
        st.integers(1, 8),  # name: small, so that the same is asked again
        st.sampled_from([1001, 1003, 1005, 1007]),
        st.integers(1, 2_000),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ASKED)
def test_whatever_is_asked_the_books_are_the_stream(
    make_branch: Callable[..., Branch], asked: list[tuple[str, int, int, int]]
) -> None:
    branch = make_branch(Rules(frozenset({2}), reject_every=4))
    try:
        for what, name, account_id, amount_fen in asked:
            signed = amount_fen if name % 2 else -amount_fen
            teller = branch.teller
            act = {
                "in": lambda t=teller, n=name, a=account_id, f=amount_fen: t.pay_in(f"in/{n}", a, f),
                "out": lambda t=teller, n=name, a=account_id, f=amount_fen: t.receive(
                    pay_out(f"o/{n}", f, a)
                ),
                "settle": lambda t=teller, n=name, a=account_id, f=signed: t.receive(settle(f"s/{n}", f, a)),
                "send": lambda t=teller, n=name, f=amount_fen: t.receive(send(f"d/{n}", f)),
                "arrive": lambda t=teller, n=name, f=amount_fen: t.take_arrival(f"a/{n}", f),
                "open": lambda t=teller: t.set_open(True),
                "close": lambda t=teller: t.set_open(False),
            }[what]
            try:
                act()
            except (Conflict, Unserved):
                continue
        branch.store.check()
        balance = branch.store.balance()
        assert balance.total_fen >= 0
        assert min(balance.sub_ledger_fen.values()) >= 0
        stream = branch.store.movements(0, 1_000)
        assert [one.number for one in stream] == list(range(1, len(stream) + 1))
        assert len({(one.word, one.instruction_id) for one in stream}) == len(stream)
    finally:
        branch.store.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sub_ledger SET amount_fen = amount_fen + 1 WHERE account_id = 1001",
        "UPDATE bank SET total_fen = total_fen - 1",
        "UPDATE sub_ledger SET opening_fen = opening_fen + 1 WHERE account_id = 1003",
    ],
)
def test_balances_that_the_stream_does_not_give_are_not_served(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "bank.sqlite"
    branch = Branch(path)
    branch.teller.receive(pay_out("op/1", 20))
    branch.store.close()
    with closing(sqlite3.connect(path)) as books:
        books.execute(damage)
        books.commit()
    with pytest.raises(CorruptionError, match="balances of the bank: expected .*, found"):
        branch.reopen()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("INSERT INTO movement VALUES (3, 'paid-in', 'x', 1001, 1, '')", "expected the next number"),
        ("UPDATE movement SET amount_fen = 21", "expected no change of the past"),
        ("DELETE FROM movement", "expected no removal of the past"),
        ("UPDATE sub_ledger SET amount_fen = -1", "CHECK constraint failed"),
        ("UPDATE bank SET total_fen = -1", "CHECK constraint failed"),
    ],
)
def test_the_store_itself_refuses(tmp_path: Path, change: str, why: str) -> None:
    path = tmp_path / "bank.sqlite"
    branch = Branch(path)
    branch.teller.receive(pay_out("op/1", 20))
    branch.store.close()
    with closing(sqlite3.connect(path)) as books, pytest.raises(sqlite3.IntegrityError, match=why):
        books.execute(change)


def test_a_store_of_another_bank_or_season_is_not_taken(branch: Branch, tmp_path: Path) -> None:
    for other in (Identity(2, "season-2021", 6), Identity(1, "season-2021", 7)):
        with pytest.raises(ConfigurationError, match="start with another --data"):
            BankStore.open(tmp_path / "0.sqlite", other, OPENING)
