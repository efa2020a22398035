"""Limits: those a member sets for its own account or login, and how many messages a second it may send."""

from exchange.vocabulary.enums import MemberLimit
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX
from exchange.vocabulary.rejects import RejectReason
from tests.reference import metering
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.state import Account, Login

VALUE_SHOWN_MAX = 2**32 - 1


def passed_limit(
    limits: dict[MemberLimit, int], open_orders: int | None, price_ticks: int, quantity_lots: int
) -> int:
    """The first limit that an order passes, 0 for none; `open_orders` is None for what never rests."""
    asked = {
        MemberLimit.ORDER_QUANTITY_LOTS: quantity_lots,
        MemberLimit.ORDER_AMOUNT_FEN: price_ticks * quantity_lots,
        MemberLimit.OPEN_ORDERS: 0 if open_orders is None else open_orders + 1,
    }
    return next((limits[name] for name in MemberLimit if 0 < limits[name] < asked[name]), 0)


def check_own_limits(
    market: Market, account: Account, price_ticks: int, quantity_lots: int, rests: bool
) -> Refusal | None:
    """The limits of the account, then those of the login."""
    login = market.logins[market.command.login_id]
    entered = sum(
        order.login_id == login.login_id and order.account.member_id == login.member_id
        for order in market.orders.values()
    )
    for limits, open_orders in ((account.limits, account.open_orders), (login.limits, entered)):
        passed = passed_limit(limits, open_orders if rests else None, price_ticks, quantity_lots)
        if passed:
            return Refusal(RejectReason.OWN_LIMIT, min(passed, VALUE_SHOWN_MAX))
    return None


def count_message(market: Market, login: Login, command: Command) -> None:
    """A member's command counts when its reference is consumed, whatever becomes of it."""
    bucket = metering.bucket_of(login, command.kind, market.defaults)
    if bucket is None:
        return
    member, limit = market.members[login.member_id], market.defaults[bucket]
    metering.count(member, bucket, command.time_ns)
    market.is_over_limit = 0 < limit < metering.sent_in(member, bucket, command.time_ns)


def check_message_limit(market: Market) -> Refusal | None:
    """The command's bucket held it."""
    return Refusal(RejectReason.MESSAGE_LIMIT) if market.is_over_limit else None


def apply_member_limit(market: Market, command: Command) -> Refusal | None:
    """MEMBER_LIMIT: of one's own account, or of a login of one's own member."""
    subject: Account | Login | None = market.own_account()
    if command.subject_id == 0 and subject is None:
        return Refusal(RejectReason.WRONG_ACCOUNT)
    if refusal := check_message_limit(market):
        return refusal
    if command.subject_id:
        subject = market.logins.get(command.subject_id)
        if subject is None or subject.member_id != market.login_member:
            return Refusal(RejectReason.UNKNOWN_LEVEL)
    if command.parameter_id not in tuple(MemberLimit):
        return Refusal(RejectReason.UNKNOWN_PARAMETER)
    if not 0 <= command.parameter_value <= BALANCE_MAX:
        return Refusal(RejectReason.PARAMETER_VALUE)
    # From here the command succeeds.
    assert subject is not None
    subject.limits[MemberLimit(command.parameter_id)] = command.parameter_value
    market.emit_caused(
        market.stream_of(market.logins.get(command.login_id)),
        Kind.LIMIT_CHANGED,
        account_id=0 if command.subject_id else command.account_id,
        parameter_value=command.parameter_value,
        subject_id=command.subject_id,
        parameter_id=command.parameter_id,
    )
    return None
