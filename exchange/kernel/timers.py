"""Cancel-on-disconnect and the dead-man's timer: what a login asks for, and what TICK does about it.

A dead-man's timer is two times: `heard_ns`, when the login was last heard, which every command of its moves;
and `silent_ns`, the hearing after which it has run out once. counters.timer_wake_ns is no later than the
first timer that can be due, so that a tick looks at the logins only then.
"""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    counters_of,
    event_at,
    events_in,
    login_at,
    login_limits_at,
    logins_in,
    member_at,
    order_at,
)
from exchange.kernel.book import first_of_account, next_of_account
from exchange.kernel.breaker import NS_PER_MS, TIME_NS_MAX, later
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    DISCONNECTED,
    NEVER,
    NONE,
    ONE,
    STEP_EVENTS,
    STREAM_OPERATOR,
    TICK_STAGE_DONE,
    TIMER_MS_MAX,
    ZERO,
)
from exchange.kernel.ending import end_resting
from exchange.kernel.events import begin_event, reject
from exchange.kernel.limits import check_messages
from exchange.kernel.one_way import is_binding


@cold
def wake_by(counters: np.void, due_ns: int) -> None:
    """See to it that the logins are looked at when this timer is due."""
    if due_ns < signed(counters["timer_wake_ns"]):
        counters["timer_wake_ns"] = due_ns


@cold
def stream_of_login(state: Core, login_id: int) -> int:
    """The stream of a login's member; the operators' for logins of no member."""
    member_id = signed(login_at(state, login_id)["member_id"])
    return STREAM_OPERATOR if member_id == 0 else member_id


@cold
def check_setting(state: Core, command: np.void) -> int:
    """Every check of SESSION_SETTING in its precedence."""
    if signed(command["login_id"]) == 0:
        return reasons.WRONG_ACCOUNT
    longest = signed(command["grace_ms"])
    if signed(command["dead_man_ms"]) > longest:
        longest = signed(command["dead_man_ms"])
    if signed(command["cancel_on_disconnect"]) > ONE or longest > TIMER_MS_MAX:
        return reasons.INVALID_FIELD
    return check_messages(state)


@cold
def apply_session_setting(state: Core, count: int, command: np.void) -> int:
    """SESSION_SETTING: of the login that sends it."""
    reason = check_setting(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    login_id = signed(command["login_id"])
    login = login_at(state, login_id)
    login["cancels_on_disconnect"] = command["cancel_on_disconnect"]
    login["grace_ms"] = command["grace_ms"]
    login["dead_man_ms"] = command["dead_man_ms"]
    if signed(command["cancel_on_disconnect"]) == 0:
        login["disconnect_due_ns"] = NEVER
    wake_by(counters_of(state), dead_man_due(state, login_id))
    reference = signed(command["user_reference"])
    stream = stream_of_login(state, login_id)
    begin_event(state, count, stream, kinds.SETTING_CHANGED, command, login_id, reference, ZERO, ZERO)
    event = event_at(state, count)
    event["grace_ms"] = command["grace_ms"]
    event["dead_man_ms"] = command["dead_man_ms"]
    event["cancel_on_disconnect"] = command["cancel_on_disconnect"]
    return count + 1


@cold
def dead_man_due(state: Core, login_id: int) -> int:
    """When a login's dead-man's timer runs out; NEVER while it is off or has run out already."""
    login = login_at(state, login_id)
    wait_ms = signed(login["dead_man_ms"])
    if wait_ms == 0 or signed(login["heard_ns"]) == signed(login_limits_at(state, login_id)["silent_ns"]):
        return NEVER
    heard_ns = signed(login["heard_ns"])
    return (heard_ns if heard_ns < TIME_NS_MAX else TIME_NS_MAX) + wait_ms * NS_PER_MS


@cold
def set_connected(state: Core, login_id: int, is_up: int) -> None:
    """A login is up, and nothing is cancelled; or down, and its grace begins unless it runs already."""
    login = login_at(state, login_id)
    login["is_up"] = is_up
    if is_up != 0:
        login["disconnect_due_ns"] = NEVER
    elif signed(login["cancels_on_disconnect"]) != 0 and signed(login["disconnect_due_ns"]) == NEVER:
        login["disconnect_due_ns"] = later(state, signed(login["grace_ms"]))
        wake_by(counters_of(state), signed(login["disconnect_due_ns"]))


@cold
def restart_logins(state: Core) -> None:
    """After a restart every login is down and every wait begins again: nobody could be heard meanwhile."""
    counters = counters_of(state)
    for login_id in range(1, logins_in(state)):
        login = login_at(state, login_id)
        if signed(login["is_defined"]) == 0:
            continue
        login["disconnect_due_ns"] = NEVER
        set_connected(state, login_id, ZERO)
        if signed(login["heard_ns"]) != signed(login_limits_at(state, login_id)["silent_ns"]):
            login["heard_ns"] = counters["last_time_ns"]


@cold
def is_timer_due(state: Core, login_id: int) -> bool:
    """Whether a login's orders are to be cancelled now; its timers that are due have then run out."""
    now_ns = signed(counters_of(state)["last_time_ns"])
    login = login_at(state, login_id)
    disconnect_ns, dead_man_ns = signed(login["disconnect_due_ns"]), dead_man_due(state, login_id)
    is_down_due = disconnect_ns != NEVER and now_ns >= disconnect_ns
    is_silent_due = dead_man_ns != NEVER and now_ns >= dead_man_ns
    if is_down_due:
        login["disconnect_due_ns"] = NEVER
    if is_silent_due:
        login_limits_at(state, login_id)["silent_ns"] = login["heard_ns"]
    return is_down_due or is_silent_due


@cold
def begin_cancelling(state: Core, login_id: int) -> None:
    """Start at the first order of the member's first account."""
    counters = counters_of(state)
    account_id = signed(member_at(state, signed(login_at(state, login_id)["member_id"]))["first_account"])
    counters["timer_login"] = login_id
    counters["timer_account"] = account_id
    counters["timer_slot"] = first_of_account(state, account_id) if account_id > 0 else NONE
    counters["timer_orders"] = 0
    counters["timer_lots"] = 0


@cold
def cancel_next(state: Core, count: int, command: np.void) -> int:
    """One step along the member's accounts and their orders, oldest first; what binds its member stays."""
    counters = counters_of(state)
    slot = signed(counters["timer_slot"])
    if slot == NONE:
        account_id = signed(account_at(state, signed(counters["timer_account"]))["next_account"])
        counters["timer_account"] = account_id
        if account_id > 0:
            counters["timer_slot"] = first_of_account(state, account_id)
        return count
    counters["timer_slot"] = next_of_account(state, slot)
    order = order_at(state, slot)
    if signed(order["login_id"]) != signed(counters["timer_login"]) or is_binding(state, slot):
        return count
    counters["timer_orders"] = signed(counters["timer_orders"]) + 1
    counters["timer_lots"] = signed(counters["timer_lots"]) + signed(order["remaining"])
    return end_resting(state, count, command, slot, DISCONNECTED)


@cold
def write_cancelled(state: Core, count: int, command: np.void) -> int:
    """MASS_CANCELLED to the member, in the name of the login."""
    counters = counters_of(state)
    login_id = signed(counters["timer_login"])
    stream = stream_of_login(state, login_id)
    begin_event(state, count, stream, kinds.MASS_CANCELLED, command, login_id, ZERO, ZERO, ZERO)
    event = event_at(state, count)
    event["cancelled_lots"] = counters["timer_lots"]
    event["record_count"] = counters["timer_orders"]
    return count + 1


@cold
def run_logins(state: Core, count: int, command: np.void) -> int:
    """TICK: what is due, logins ascending (cursor = login); halts do not hold it up."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    login_id = signed(counters["cursor"])
    if login_id == 0:
        if signed(counters["last_time_ns"]) < signed(counters["timer_wake_ns"]):
            counters["cursor"] = TICK_STAGE_DONE
            return count
        counters["timer_wake_ns"] = NEVER
        login_id = ONE
    while login_id < logins_in(state):
        if signed(counters["timer_login"]) == 0 and is_timer_due(state, login_id):
            begin_cancelling(state, login_id)
        while signed(counters["timer_login"]) != 0:
            counters["cursor"] = login_id
            if count > room:
                return count
            if signed(counters["timer_account"]) > 0:
                count = cancel_next(state, count, command)
            else:
                count = write_cancelled(state, count, command)
                counters["timer_login"] = 0
        login = login_at(state, login_id)
        wake_by(counters, signed(login["disconnect_due_ns"]))
        if signed(login["dead_man_ms"]) > 0:  # heard later, it is due later: no command need move the wake
            due_ns = dead_man_due(state, login_id)
            wake_by(counters, due_ns if due_ns != NEVER else later(state, signed(login["dead_man_ms"])))
        login_id += 1
    counters["cursor"] = TICK_STAGE_DONE
    return count
