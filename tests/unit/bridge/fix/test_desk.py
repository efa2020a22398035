"""Requests and events to commands and reports, and the same again from the store."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.bridge.fix.codec import Field, Message, decode
from exchange.bridge.fix.desk import Desk
from exchange.bridge.fix.hearing import AskContracts, Effect, ToExchange
from exchange.bridge.fix.orders import Report, average_text
from exchange.bridge.fix.store import Answered, Entry, Heard, Linked, Opened, Received
from exchange.bridge.fix.tables import LAYOUTS, Tag
from exchange.vocabulary.enums import DoneReason, Method, OrderKind, Side, TakeFlag, TimeInForce
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make, read
from exchange.vocabulary.rejects import RejectReason
from tests.unit.bridge.fix.talking import Talk, order

LOGIN = 7
OPENED = Opened(1, "211216000G", 1, 1, 1_800_000_000_000)
CONTRACTS = ((1, "CEA", int(Method.LISTED)), (2, "CCER", int(Method.CONTINUOUS)))


class Play:
    """A desk, and the steps that made it."""

    def __init__(self) -> None:
        self.desk = Desk(OPENED)
        self.entries: list[Entry] = [OPENED, Linked(LOGIN, 100, CONTRACTS)]
        self.desk.take_linked(Linked(LOGIN, 100, CONTRACTS))
        self.number = 1
        self.sequence = 100
        self.talk = Talk()

    def ask(self, msg_type: str, *body: Field, **head: str) -> list[Effect]:
        raw = self.talk.encoded(msg_type, 2, *body, **head)
        self.entries.append(Received(2, raw))
        return self.desk.take_message(decode(raw))

    def hear(self, kind: Kind, **fields: int) -> list[Effect]:
        self.sequence += 1
        record = make(kind, **{"sequence": self.sequence, "login_id": LOGIN, "contract_id": 1, **fields})
        self.entries.append(Heard(self.number, record))
        self.number += 1
        return self.desk.take_records(self.number - 1, record)

    def refused(self, reference: int, reason: RejectReason) -> list[Effect]:
        record = make(
            Kind.REFUSED, user_reference=reference, command_kind=int(Kind.LISTING), reason=int(reason)
        )
        self.entries.append(Answered(record))
        return self.desk.take_answers(record)

    def listed(self, name: str, reference: int = 1, order_id: int = 50) -> None:
        """A listing of 10 t at 42.50 that rests."""
        self.ask("D", *order(name))
        self.hear(
            Kind.ACCEPTED, user_reference=reference, order_id=order_id, side=int(Side.BUY), price_ticks=4_250,
            quantity_lots=10, order_kind=int(OrderKind.LISTING),
        )  # fmt: skip


@pytest.fixture
def play() -> Play:
    return Play()


def command(effects: list[Effect]) -> dict[str, int | bytes]:
    (effect,) = effects
    assert isinstance(effect, ToExchange)
    return read(effect.record) | {"kind": effect.record[3]}


def report(effects: list[Effect]) -> dict[int, str]:
    (effect,) = effects
    assert isinstance(effect, Report)
    layout = LAYOUTS[effect.msg_type]
    tags = [tag for tag, _ in effect.fields]
    assert set(layout.required) <= set(tags) <= {*layout.required, *layout.optional}
    assert len(tags) == len(set(tags))
    return {int(tag): value for tag, value in effect.fields}


@pytest.mark.parametrize(
    ("symbol", "more", "kind", "expected"),
    [
        ("CEA", {}, Kind.LISTING, {}),
        ("CEA", {Tag.ExecInst: "6"}, Kind.LISTING, {}),
        ("CEA", {Tag.TimeInForce: "3"}, Kind.TAKE, {"order_flags": TakeFlag.PARTIAL}),
        ("CCER", {}, Kind.LIMIT_ORDER, {"time_in_force": TimeInForce.DAY, "order_flags": 0}),
        ("CCER", {Tag.ExecInst: "6"}, Kind.LIMIT_ORDER, {"order_flags": 1}),
        ("CCER", {Tag.TimeInForce: "3"}, Kind.LIMIT_ORDER, {"time_in_force": TimeInForce.IOC}),
        ("CCER", {Tag.TimeInForce: "4"}, Kind.LIMIT_ORDER, {"time_in_force": TimeInForce.FOK}),
    ],
)
def test_an_order_becomes_what_its_contract_trades(
    play: Play, symbol: str, more: dict[Tag, str], kind: Kind, expected: dict[str, int]
) -> None:
    body = [(tag, symbol if tag == Tag.Symbol else value) for tag, value in order("a", "42.5", "10.0")]
    found = command(play.ask("D", *body, *more.items()))
    wanted = {"kind": kind, "price_ticks": 4_250, "quantity_lots": 10, "side": 0, "user_reference": 1}
    assert {name: found[name] for name in {**wanted, **expected}} == {**wanted, **expected}


@pytest.mark.parametrize(
    ("price", "quantity", "more", "text"),
    [
        ("42.505", "10", {}, "PRICE_OFF_TICK (303): Price has at most two decimals"),
        ("10000.01", "10", {}, "PRICE_OUTSIDE_BAND (304)"),
        ("42.50", "10.5", {}, "INVALID_FIELD (113): OrderQty is in whole tonnes"),
        ("42.50", "20000001", {}, "QUANTITY_ABOVE_MAXIMUM (302)"),
        ("42.50", "10", {Tag.TimeInForce: "4"}, "INVALID_FIELD (113): a listed contract"),
        ("42.50", "10", {Tag.TimeInForce: "3", Tag.ExecInst: "6"}, "INVALID_FIELD (113): ExecInst"),
        ("42.50", "10", {Tag.Account: "mine"}, "WRONG_ACCOUNT (112)"),
    ],
)
def test_what_the_exchange_cannot_be_asked_is_refused_here(
    play: Play, price: str, quantity: str, more: dict[Tag, str], text: str
) -> None:
    refused = report(play.ask("D", *order("a", price, quantity), *more.items()))
    assert refused[Tag.Text].startswith(text)
    assert (refused[Tag.ExecType], refused[Tag.OrderQty], refused[Tag.Price]) == ("8", quantity, price)
    assert report(play.ask("D", *order("a", price, quantity), *more.items()))[Tag.OrdRejReason] == "6"


def test_a_take_is_acknowledged_by_its_first_fill_and_its_rest_is_cancelled(play: Play) -> None:
    play.ask("D", *order("t"), (Tag.TimeInForce, "3"))
    common = {"user_reference": 1, "order_id": 99, "side": int(Side.BUY), "order_kind": int(OrderKind.TAKE)}
    fill = play.hear(
        Kind.EXECUTED, price_ticks=4_240, quantity_lots=3, match_id=5, trading_fee_fen=8, **common
    )
    new, trade = (report([effect]) for effect in fill)
    assert (new[Tag.ExecType], trade[Tag.ExecType], trade[Tag.LeavesQty]) == ("0", "F", "7")
    assert new[Tag.ExecID] != trade[Tag.ExecID]
    assert (trade[Tag.Commission], trade[Tag.SecondaryExecID]) == ("0.08", "5")
    rest = report(play.hear(Kind.DONE, quantity_lots=7, done_reason=int(DoneReason.REMAINDER), **common))
    assert (rest[Tag.ExecType], rest[Tag.CumQty], rest[Tag.AvgPx]) == ("4", "3", "42.40")


def test_a_take_that_a_breaker_stops_is_told_too(play: Play) -> None:
    play.ask("D", *order("t"), (Tag.TimeInForce, "3"))
    done = play.hear(
        Kind.DONE,
        user_reference=1,
        order_id=99,
        side=0,
        quantity_lots=10,
        done_reason=int(DoneReason.REMAINDER),
    )
    assert [report([effect])[Tag.ExecType] for effect in done] == ["0", "4"]


def test_a_cancel_names_the_order_and_is_told_under_its_own_name(play: Play) -> None:
    play.listed("a")
    asked = command(play.ask("F", *change("c", "a")))
    assert (asked["kind"], asked["order_id"], asked["user_reference"]) == (Kind.CANCEL, 50, 2)
    done = report(
        play.hear(Kind.DONE, user_reference=1, order_id=50, side=0, done_reason=int(DoneReason.CANCELLED))
    )
    assert (done[Tag.ClOrdID], done[Tag.OrigClOrdID], done[Tag.OrdStatus]) == ("c", "a", "4")
    again = report(play.ask("F", *change("c", "a")))
    assert (again[Tag.CxlRejReason], again[Tag.OrdStatus]) == ("6", "4")
    assert report(play.ask("F", *change("d", "a")))[Tag.CxlRejReason] == "0"
    assert report(play.ask("F", *change("e", "nothing")))[Tag.CxlRejReason] == "1"


def test_a_cancel_before_the_order_is_accepted_names_its_reference(play: Play) -> None:
    play.ask("D", *order("a"))
    asked = command(play.ask("F", *change("c", "a")))
    assert (asked["order_id"], asked["target_reference"]) == (0, 1)


@pytest.mark.parametrize(
    ("price", "quantity", "kind", "left"),
    [("42.50", "8", Kind.REDUCE, 5), ("42.50", "12", Kind.REPLACE, 9), ("42.60", "8", Kind.REPLACE, 5)],
)
def test_a_replacement_counts_what_is_filled(
    play: Play, price: str, quantity: str, kind: Kind, left: int
) -> None:
    play.listed("a")
    play.hear(Kind.EXECUTED, user_reference=1, order_id=50, side=0, price_ticks=4_250, quantity_lots=3)
    asked = command(play.ask("G", (Tag.OrigClOrdID, "a"), *order("b", price, quantity)))
    assert (asked["kind"], asked["quantity_lots"]) == (kind, left)
    ticks = 4_260 if price == "42.60" else 4_250
    told = report(
        play.hear(
            Kind.REDUCED,
            user_reference=2,
            order_id=50,
            price_ticks=ticks,
            quantity_lots=left,
            target_reference=1,
        )  # fmt: skip
    )
    assert (told[Tag.ExecType], told[Tag.OrderQty], told[Tag.Price]) == ("5", quantity, price)
    assert (told[Tag.ClOrdID], told[Tag.OrigClOrdID], told[Tag.CumQty]) == ("b", "a", "3")
    low = report(play.ask("G", (Tag.OrigClOrdID, "b"), *order("c", price, "3")))
    assert low[Tag.Text].startswith("QUANTITY_BELOW_MINIMUM (301): OrderQty must be above CumQty, which is 3")


def test_an_order_that_lapses_is_expired_and_prevention_restates_it(play: Play) -> None:
    play.listed("a")
    told = report(
        play.hear(Kind.REDUCED, order_id=50, price_ticks=4_250, quantity_lots=6, target_reference=1)
    )
    assert (told[Tag.ExecType], told[Tag.OrderQty], told[Tag.Text]) == ("D", "6", "self-trade prevented")
    lapsed = report(
        play.hear(Kind.DONE, user_reference=1, order_id=50, side=0, done_reason=int(DoneReason.LAPSED))
    )
    assert (lapsed[Tag.ExecType], lapsed[Tag.OrdStatus], lapsed[Tag.LeavesQty]) == ("C", "C", "0")


def test_a_number_that_another_program_used_is_replaced(play: Play) -> None:
    play.ask("D", *order("a"))
    other = {"user_reference": 1, "order_id": 60, "side": 1, "price_ticks": 4_000, "quantity_lots": 1}
    assert play.hear(Kind.ACCEPTED, order_kind=int(OrderKind.LISTING), **other) == []
    taken = play.hear(
        Kind.REJECTED, user_reference=1, command_kind=int(Kind.LISTING), highest_reference=5,
        reason=int(RejectReason.DUPLICATE_REFERENCE),
    )  # fmt: skip
    assert command(taken)["user_reference"] == 6
    mine = {"user_reference": 6, "order_id": 61, "side": 0, "price_ticks": 4_250, "quantity_lots": 10}
    accepted = play.hear(Kind.ACCEPTED, order_kind=int(OrderKind.LISTING), **mine)
    assert report(accepted)[Tag.ClOrdID] == "a"


def test_what_was_done_before_a_crash_is_not_done_again(play: Play) -> None:
    play.ask("D", *order("a"))
    assert command([ToExchange(play.desk.to_resend())])["user_reference"] == 1
    play.hear(
        Kind.ACCEPTED, user_reference=1, order_id=50, side=0, price_ticks=4_250, quantity_lots=10,
        order_kind=int(OrderKind.LISTING),
    )  # fmt: skip
    again = play.hear(
        Kind.REJECTED, user_reference=1, command_kind=int(Kind.LISTING), highest_reference=1,
        reason=int(RejectReason.DUPLICATE_REFERENCE),
    )  # fmt: skip
    assert again == []  # the answer to the second sending stands behind the first outcome
    assert play.desk.to_resend() == b""


def test_a_refusal_outside_the_stream_and_a_changed_contract(play: Play) -> None:
    play.ask("D", *order("a"))
    busy = report(play.refused(1, RejectReason.BUSY))
    assert busy[Tag.Text].startswith("BUSY (904): ")
    play.ask("D", *order("b"))
    effects = play.hear(
        Kind.REJECTED, user_reference=2, command_kind=int(Kind.LISTING), reason=int(RejectReason.WRONG_PHASE)
    )
    assert report(effects[:1])[Tag.OrdStatus] == "8"
    assert effects[1:] == [AskContracts()]


def test_mass_cancel_is_of_this_login_alone(play: Play) -> None:
    asked = command(play.ask("q", (Tag.ClOrdID, "m"), (Tag.MassCancelRequestType, "7")))
    assert (asked["subject_id"], asked["side"], asked["contract_id"]) == (LOGIN, 255, 0)
    done = report(play.hear(Kind.MASS_CANCELLED, user_reference=1, record_count=4, cancelled_lots=9))
    assert (done[Tag.MassCancelResponse], done[Tag.TotalAffectedOrders]) == ("7", "4")
    unknown = play.ask("q", (Tag.ClOrdID, "n"), (Tag.MassCancelRequestType, "1"), (Tag.Symbol, "X"))
    assert report(unknown)[Tag.MassCancelResponse] == "0"


def test_what_was_meant_for_an_earlier_day_is_not_done(play: Play) -> None:
    stale = play.ask("D", *order("a"), first_sent="20270101-00:00:00")
    assert report(stale)[Tag.Text].startswith("WRONG_TRADING_DAY (701): it was first sent before")


def test_a_day_that_ends_answers_what_it_left_open(play: Play) -> None:
    play.ask("D", *order("a"))
    assert report(play.desk.end_day())[Tag.Text].startswith("DAY_NOT_OPEN (200)")
    assert play.desk.to_resend() == b""


def test_events_of_others_say_nothing(play: Play) -> None:
    play.listed("a")
    assert play.hear(Kind.DONE, user_reference=1, order_id=50, login_id=8, done_reason=1) == []
    assert play.hear(Kind.DONE, user_reference=1, order_id=51, side=0, done_reason=2) == []


def test_the_desk_rebuilt_from_the_store_is_the_same(play: Play) -> None:
    play.listed("a")
    play.ask("F", *change("c", "a"))
    play.ask("D", *order("b", "42.505"))
    play.ask("D", *order("d", "42.60"))
    play.refused(3, RejectReason.BUSY)
    play.ask("G", (Tag.OrigClOrdID, "a"), *order("r", "42.50", "4"))
    rebuilt = Desk.rebuilt(play.entries)
    assert rebuilt.to_resend() == play.desk.to_resend() != b""
    assert rebuilt.book.by_clord_id == play.desk.book.by_clord_id
    asked = ("H", (Tag.ClOrdID, "a"), (Tag.Symbol, "CEA"), (Tag.Side, "1"))
    message: Message = decode(play.talk.encoded(asked[0], 2, *asked[1:]))
    assert rebuilt.take_message(message) == play.desk.take_message(message)


@given(st.lists(st.tuples(st.integers(100, 1_000_000), st.integers(1, 20_000_000)), min_size=1, max_size=9))
def test_the_average_is_exact_or_the_nearest_of_eight_decimals(fills: list[tuple[int, int]]) -> None:
    amount, lots = sum(price * lots for price, lots in fills), sum(lots for _, lots in fills)
    text = average_text(amount, lots)
    exact, told = Fraction(amount, 100 * lots), Fraction(Decimal(text))
    assert abs(exact - told) <= Fraction(1, 2 * 10**8)
    assert told == exact or (10**8 * exact).denominator > 1
    assert len(text.partition(".")[2]) in range(2, 9)


def change(name: str, orig: str) -> list[Field]:
    """The body of an OrderCancelRequest."""
    return [(Tag.OrigClOrdID, orig), (Tag.ClOrdID, name), (Tag.Symbol, "CEA"), (Tag.Side, "1")]
