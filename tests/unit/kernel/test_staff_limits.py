"""Limits of a login of staff: the lots that it puts up for others are no orders of its own."""

from exchange import kernel
from exchange.vocabulary.enums import MemberLimit
from exchange.vocabulary.kinds import Kind
from tests.unit.kernel.day import ANN, CEA, START_NS, Day, kinds_of, trading_day

STAFF = 7  # a login of the operators' stream
OPERATORS = 2


def put_up(day: Day, auction_id: int) -> None:
    """An auction of ANN's units, entered by staff."""
    told = day.do(
        Kind.AUCTION_NOTICE,
        STAFF,
        contract_id=CEA,
        account_id=ANN,
        auction_id=auction_id,
        quantity_lots=100_000,
        floor_ticks=5_000,
        bidder_share_ppm=1_000_000,
        end_ns=START_NS + 10**12,
    )
    assert kinds_of(told)[0] == "ACCEPTED", told


def limit(day: Day, value: int) -> None:
    """How many open orders the login of staff allows itself."""
    (told,) = day.do(
        Kind.MEMBER_LIMIT,
        STAFF,
        subject_id=STAFF,
        parameter_id=MemberLimit.OPEN_ORDERS,
        parameter_value=value,
    )
    assert told["kind"] == Kind.LIMIT_CHANGED


def test_lots_of_others_are_not_counted_as_orders_of_staff() -> None:
    day = trading_day()
    day.do(Kind.DEFINE_LOGIN, subject_id=STAFF, member_id=OPERATORS)
    limit(day, 5)
    put_up(day, 1)
    kernel.check_state(day.state)
    limit(day, 0)
    limit(day, 5)
    kernel.check_state(day.state)
    day.do(Kind.MASS_CANCEL, STAFF, contract_id=CEA, side=255, method=255)
    assert int(day.state.logins["open_orders"][STAFF]) == 0
    put_up(day, 2)
    limit(day, 0)
    limit(day, 1)
    kernel.check_state(day.state)
