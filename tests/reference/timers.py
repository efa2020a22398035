"""Cancel-on-disconnect and the dead-man's timer: what a login asks for, and what TICK does about it."""

from exchange.vocabulary.enums import DoneReason, OrderKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import TIMER_MS_MAX
from exchange.vocabulary.rejects import RejectReason
from tests.reference.admission import is_binding
from tests.reference.layout import Command
from tests.reference.limits import check_message_limit
from tests.reference.market import Market, Refusal
from tests.reference.money import end, end_offer
from tests.reference.monitor import NS_PER_MS, TIME_NS_MAX, later
from tests.reference.state import NEVER_NS, Login


def apply_session_setting(market: Market, command: Command) -> Refusal | None:
    """SESSION_SETTING: of the login that sends it."""
    login = market.logins.get(command.login_id)
    if login is None:
        return Refusal(RejectReason.WRONG_ACCOUNT)
    if command.cancel_on_disconnect > 1 or max(command.grace_ms, command.dead_man_ms) > TIMER_MS_MAX:
        return Refusal(RejectReason.INVALID_FIELD)
    if refusal := check_message_limit(market):
        return refusal
    # From here the command succeeds.
    login.cancels_on_disconnect = bool(command.cancel_on_disconnect)
    login.grace_ms, login.dead_man_ms = command.grace_ms, command.dead_man_ms
    if not login.cancels_on_disconnect:
        login.disconnect_due_ns = NEVER_NS
    market.emit_caused(
        market.stream_of(login),
        Kind.SETTING_CHANGED,
        grace_ms=command.grace_ms,
        dead_man_ms=command.dead_man_ms,
        cancel_on_disconnect=command.cancel_on_disconnect,
    )
    return None


def login_went_down(market: Market, login: Login) -> None:
    """The grace begins; it does not begin again while it runs."""
    if login.cancels_on_disconnect and login.disconnect_due_ns == NEVER_NS:
        login.disconnect_due_ns = later(market, login.grace_ms)


def login_came_up(login: Login) -> None:
    """Back in time: nothing is cancelled."""
    login.disconnect_due_ns = NEVER_NS


def restart_timers(market: Market, login: Login) -> None:
    """After a restart every wait begins again: nobody could be heard while the exchange was down."""
    login.disconnect_due_ns = NEVER_NS
    login_went_down(market, login)
    if login.heard_ns != login.silent_ns:
        login.heard_ns = market.command.time_ns


def has_gone_silent(market: Market, login: Login) -> bool:
    """Whether the dead-man's timer has run out since the login was last heard, for the first time."""
    if not login.dead_man_ms or login.heard_ns == login.silent_ns:
        return False
    now_ns: int = market.command.time_ns
    return now_ns >= min(login.heard_ns, TIME_NS_MAX) + login.dead_man_ms * NS_PER_MS


def cancel_orders_of(market: Market, login: Login) -> None:
    """All that the login entered but binding bids, accounts ascending, oldest first; then what it came to."""
    entered = [order for order in market.orders.values() if order.login_id == login.login_id]
    chosen = [order for order in entered if not is_binding(market, order)]
    lots = sum(order.remaining_lots for order in chosen)
    for order in sorted(chosen, key=lambda order: (order.account.account_id, order.order_id)):
        if order.kind == OrderKind.BLOCK_OFFER:
            end_offer(market, order, DoneReason.DISCONNECTED)
        else:
            end(market, order, DoneReason.DISCONNECTED)
    market.emit(
        market.stream_of(login),
        Kind.MASS_CANCELLED,
        login_id=login.login_id,
        cancelled_lots=lots,
        record_count=len(chosen),
    )


def fire_logins(market: Market) -> None:
    """TICK: logins ascending; halts do not hold it up, because cancels always pass."""
    for login in market.logins.values():
        is_set = login.disconnect_due_ns != NEVER_NS
        is_due = is_set and market.command.time_ns >= login.disconnect_due_ns
        is_silent = has_gone_silent(market, login)
        if is_due:
            login.disconnect_due_ns = NEVER_NS
        if is_silent:
            login.silent_ns = login.heard_ns
        if is_due or is_silent:
            cancel_orders_of(market, login)
