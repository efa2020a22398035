"""What an open break does: an account may not sell or move, an unexplained total stops the next opening."""

from pathlib import Path

import pytest

from exchange.vocabulary.enums import Eligibility
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from settlement.instructions import DayHeld, Tell
from settlement.pinning import unpinned
from settlement.store.breaks import Break, KeptBreak, find_break, kept_breaks, open_breaks
from settlement.tracing import trace
from settlement.vocabulary.chart import CASH, Bucket
from settlement.vocabulary.entry_kinds import BreakKind
from settlement.vocabulary.operations import OperationState
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.place import ACCOUNT, BANK, NEXT_DAY, Place
from tests.unit.settlement.test_day import FEES
from tests.unit.settlement.town import CEA

ALL_BUT_SELL = Eligibility.BUY | Eligibility.CCER
EVERYTHING = ALL_BUT_SELL | Eligibility.SELL


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def compare(place: Place) -> None:
    place.town.obey(place.town.city.bank_balance(BANK, place.bank.balance()))


def test_an_account_with_a_break_may_buy_and_no_more_until_two_persons_have_closed_it(place: Place) -> None:
    place.bank.sub_ledger[ACCOUNT] += 1
    compare(place)
    assert place.shanghai.eligibility == {ACCOUNT: ALL_BUT_SELL}
    place.bank.sub_ledger[ACCOUNT] -= 1
    place.finish_day()
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    assert place.town.stage is Stage.OPEN, "the break is one account's: the market opens"
    assert place.shanghai.eligibility == {ACCOUNT: ALL_BUT_SELL}
    assert place.town.close_breaks("the bank had booked a fen too many") == 1
    assert place.shanghai.eligibility == {ACCOUNT: EVERYTHING}
    place.finish()


def test_a_total_that_no_account_explains_stops_the_opening_until_it_is_closed(place: Place) -> None:
    place.finish()
    place.bank.total -= 5
    compare(place)
    place.bank.total += 5
    tomorrow = FakeShanghai(NEXT_DAY, **FEES)
    place.begin(tomorrow)
    assert (place.town.stage, tomorrow.commands) == (Stage.WAITING, [])
    assert any("break 1 bank-total" in tell.text for tell in place.town.told(Tell))  # type: ignore[union-attr]
    assert place.town.told(DayHeld) == [], "Wuhan goes on: the break is closed through its door"
    place.restart()
    assert (place.town.stage, tomorrow.commands) == (Stage.WAITING, [])

    assert place.town.close_breaks("five fen were on their way") == 1
    place.town.pump()
    assert place.town.stage is Stage.OPEN
    assert tomorrow.commands[0]["kind"] == Kind.STAGE
    place.finish()


def test_closed_once_with_a_reason_that_stays(place: Place) -> None:
    place.bank.sub_ledger[ACCOUNT] += 1
    compare(place)
    place.bank.sub_ledger[ACCOUNT] -= 1
    assert place.town.close_break(7, "x").refusal is RefusalCode.UNKNOWN_BREAK
    assert place.town.close_break(1, "").refusal is RefusalCode.INVALID_FIELD
    done = place.town.close_break(1, "counted again")
    assert done.state is OperationState.DONE
    assert place.town.close_break(1, "once more").refusal is RefusalCode.BREAK_CLOSED
    kept = find_break(place.town.store, 1)
    assert kept is not None and not kept.is_open
    assert (kept.closing_reason, kept.closing_operation_id) == ("counted again", done.operation_id)
    place.prove()


def test_what_is_still_there_is_a_new_break(place: Place) -> None:
    place.bank.sub_ledger[ACCOUNT] += 1
    compare(place)
    assert place.town.close_breaks("hoping") == 1
    compare(place)
    assert [found.what for found in open_breaks(place.town.store)] == [BreakKind.BANK_ACCOUNT]
    assert place.town.close_breaks("hoping once more") == 1
    place.finish_day()
    first = place.shanghai.number
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    compare(place)
    [again] = kept_breaks(place.town.store, only_open=True)
    assert (again.first_day, again.last_day) == (first, place.shanghai.number), "it keeps its age"


def kept(number: int, account: int, asset: int, what: BreakKind, more: int, bank_id: int = 0) -> KeptBreak:
    return KeptBreak(number, bank_id, 10, 10, 0, 0, "", Break(account, asset, what, 100 + more, 100))


UNITS = kept(1, 1001, CEA, BreakKind.UNITS, 5)
FEWER = kept(2, 1002, CEA, BreakKind.UNITS, -5)
CASH_OF_ONE = kept(3, 1001, CASH, BreakKind.CASH, 5)


@pytest.mark.parametrize(
    ("total", "accounts", "is_pinned"),
    [
        (kept(9, 0, CASH, BreakKind.UNITS_TOTAL, 5), [UNITS], True),
        (kept(9, 0, CASH, BreakKind.UNITS_TOTAL, 5), [UNITS, FEWER], False),
        (kept(9, 0, CASH, BreakKind.UNITS_TOTAL, 5), [], False),
        (kept(9, 0, CASH, BreakKind.UNITS_TOTAL, 5), [CASH_OF_ONE], False),
        (kept(9, 0, CASH, BreakKind.CASH_TOTAL, 5), [CASH_OF_ONE], True),
        (kept(9, 0, CASH, BreakKind.TRADES, 1), [UNITS], True),
        (kept(9, 0, CASH, BreakKind.TRADES, 1), [], False),
        (kept(9, 0, CASH, BreakKind.FEES_TOTAL, -5), [CASH_OF_ONE], True),
        (kept(9, 0, CASH, BreakKind.FEES_TOTAL, 5), [CASH_OF_ONE], False),
        (kept(9, 0, CASH, BreakKind.UNITS_TOTAL, 5), [UNITS._replace(closed_day=10)], True),
        (kept(9, 0, CASH, BreakKind.UNITS_TOTAL, 5), [UNITS, FEWER._replace(last_day=9)], True),
        (kept(9, 0, CASH, BreakKind.UNITS_TOTAL, 5), [UNITS._replace(last_day=9)], False),
        (kept(9, 0, CEA, BreakKind.ISSUED, 1), [UNITS], False),
        (kept(9, 0, CASH, BreakKind.BANK, 1), [CASH_OF_ONE], False),
        (
            kept(9, 0, CASH, BreakKind.BANK_TOTAL, 5, 1),
            [kept(4, 1001, CASH, BreakKind.BANK_ACCOUNT, 5, 1)],
            True,
        ),
        (
            kept(9, 0, CASH, BreakKind.BANK_TOTAL, 5, 1),
            [kept(4, 1001, CASH, BreakKind.BANK_ACCOUNT, 5, 2)],
            False,
        ),
        (kept(9, 0, CASH, BreakKind.BANK_ACCOUNT, 5, 1), [], False),  # the institutions' own
    ],
)
def test_a_total_is_explained_by_accounts_that_sum_to_it(
    total: KeptBreak, accounts: list[KeptBreak], is_pinned: bool
) -> None:
    assert unpinned([*accounts, total]) == ([] if is_pinned else [total])
    assert unpinned([*accounts, total._replace(closed_day=11)]) == []


def test_a_serial_in_the_wrong_account_is_a_break_of_both_at_the_day_s_end(place: Place) -> None:
    store = place.town.store
    sql = "SELECT ledger_account_id FROM ledger_account WHERE asset_id = ? AND bucket = ? AND owner_id = ?"
    ours, theirs = (
        store.number(sql, (CEA, Bucket.TRADING_AVAILABLE.value, owner)) for owner in (ACCOUNT, 1002)
    )
    with store.transaction():
        store.execute("DROP TRIGGER serial_block_fixed")  # whoever may write the file may do this
        store.execute(
            "UPDATE serial_block SET ledger_account_id = ?"
            " WHERE ledger_account_id = ? AND to_entry_id IS NULL",
            (theirs, ours),
        )
    place.shanghai.seal()
    place.town.pump()

    found = kept_breaks(store, only_open=True)
    assert [one.found for one in found] == [
        Break(ACCOUNT, CEA, BreakKind.SERIALS, 0, 1_000_000),
        Break(1002, CEA, BreakKind.SERIALS, 2_000_000, 1_000_000),
    ]
    assert [row.amount for row in trace(store, found[0]).rows] == [1_000_000]
    assert unpinned(kept_breaks(store)) == [], "the two accounts are blocked, the market opens"
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    assert place.shanghai.eligibility == {ACCOUNT: ALL_BUT_SELL, 1002: ALL_BUT_SELL}
