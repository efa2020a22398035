"""Order ids and slots: handed out in order first, last in first out afterwards; a full pool is a reject."""

from exchange import kernel
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import ORDER_SLOT_BITS, ORDER_SLOT_NONE
from exchange.vocabulary.rejects import RejectReason
from tests.unit.kernel.day import ANN, BOB, CAPACITY, Day, kinds_of, trading_day


def post(day: Day, price: int = 5_010) -> int:
    """Post a listing; its order id."""
    (accepted,) = day.order(Kind.LISTING, ANN, side=1, price_ticks=price, quantity_lots=10)
    return int(accepted["order_id"])


def test_slots_come_in_order_and_return_last_in_first_out() -> None:
    day = trading_day()
    ids = [post(day) for _ in range(4)]
    assert [i & ORDER_SLOT_NONE for i in ids] == [0, 1, 2, 3]
    assert [i >> ORDER_SLOT_BITS for i in ids] == [1, 2, 3, 4]
    day.order(Kind.CANCEL, ANN, order_id=ids[1])
    day.order(Kind.CANCEL, ANN, order_id=ids[3])
    assert [post(day) & ORDER_SLOT_NONE for _ in range(3)] == [3, 1, 4]


def test_an_old_id_of_a_reused_slot_is_unknown() -> None:
    day = trading_day()
    old = post(day)
    day.order(Kind.CANCEL, ANN, order_id=old)
    post(day)
    (rejected,) = day.order(Kind.CANCEL, ANN, order_id=old)
    assert rejected["reason"] == RejectReason.UNKNOWN_ORDER


def test_a_full_pool_rejects_and_frees_again() -> None:
    day = trading_day()
    ids = [post(day) for _ in range(CAPACITY.orders)]
    (rejected,) = day.order(Kind.LISTING, ANN, side=1, price_ticks=5_010, quantity_lots=10)
    assert rejected["reason"] == RejectReason.ORDER_CAPACITY
    kernel.check_state(day.state)
    day.order(Kind.CANCEL, ANN, order_id=ids[5])
    assert post(day) & ORDER_SLOT_NONE == 5


def test_a_reference_leaves_the_ring_after_its_length() -> None:
    day = trading_day()
    post(day)
    for _ in range(CAPACITY.references - 2):
        day.order(Kind.CANCEL, ANN, order_id=1)
    (done,) = day.order(Kind.CANCEL, ANN, target_reference=1)
    assert done["order_id"] == 1 << ORDER_SLOT_BITS
    day = trading_day()
    post(day)
    for _ in range(CAPACITY.references - 1):
        day.order(Kind.CANCEL, ANN, order_id=1)
    (rejected,) = day.order(Kind.CANCEL, ANN, target_reference=1)
    assert rejected["reason"] == RejectReason.REFERENCE_TOO_OLD


def test_a_take_frees_the_slot_between_the_two_executions() -> None:
    day = trading_day()
    first, second = post(day), post(day)
    events = day.order(Kind.TAKE, BOB, side=0, price_ticks=5_010, quantity_lots=20)
    trade = ["EXECUTED", "DONE", "EXECUTED", "TRADE", "TRADE_REPORT"]
    assert kinds_of(events) == [*trade, *trade, "DONE"]
    assert [e["order_id"] for e in events if e["kind"] == Kind.DONE][:2] == [first, second]
    assert post(day) & ORDER_SLOT_NONE == 1
