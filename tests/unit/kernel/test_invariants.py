"""check_state finds every kind of damage and names it with what was expected and found."""

from collections.abc import Callable

import pytest

from exchange import kernel
from exchange.errors import CorruptionError
from exchange.kernel.state import State
from exchange.vocabulary.enums import BreakerState
from tests.unit.kernel.day import ANN, BOB, CAPACITY, CEA, busy_day

HOLDING = ANN * CAPACITY.contracts + CEA


def add(rows_name: str, index: int, field: str, change: int) -> Callable[[State], None]:
    """Damage: a number that is off by so much."""

    def damage(state: State) -> None:
        rows = getattr(state, rows_name)
        rows[field][index] += change

    return damage


def best_of_asks(state: State) -> None:
    state.contracts["best"][CEA][1] += 1


def first_bitmap_word(state: State) -> None:
    start = (CEA * 3 + 1) * int(state.counters["side_words"][0])
    state.words["bits"][start] ^= 1


def lost_order(state: State) -> None:
    """An order that left its queue but stayed live."""
    levels = state.levels
    full = levels["count"].nonzero()[0][0]
    levels["head"][full] = levels["tail"][full] = 0xFFFFFFFF
    levels["count"][full] = levels["lots"][full] = 0


def slot_twice_free(state: State) -> None:
    head = int(state.counters["free_head"][0])
    after = int(state.links["next"][head])
    state.links["next"][after] = head


def back_link(state: State) -> None:
    """The last listing of ANN points back to itself."""
    slot = max(s for s in range(CAPACITY.orders) if state.orders["account_id"][s] == ANN)
    state.links["previous"][slot] = slot


def account_without_orders(state: State) -> None:
    """The ring of ANN's orders is empty, though they live."""
    head = CAPACITY.orders + ANN
    state.links["account_next"][head] = state.links["account_previous"][head] = head


def account_link(state: State) -> None:
    """The ring of ANN's orders is whole one way only."""
    state.links["account_previous"][CAPACITY.orders + ANN] = CAPACITY.orders + ANN


def held_by_nobody(state: State) -> None:
    """A unit set aside without a hold of the registry."""
    state.holdings["available"][HOLDING] -= 1
    state.holdings["held"][HOLDING] += 1


def proposal_of_nothing(state: State) -> None:
    """A complete proposal whose command is not the one that it names."""
    state.counters["highest_proposal"] = 1
    state.proposals["proposal_id"][0], state.proposals["halves"][0] = 1, 3


def breaker_without_phase(state: State) -> None:
    """A breaker that pauses a book which trades."""
    state.contracts["breaker_state"][CEA] = BreakerState.PAUSE


def timer_slept_over(state: State) -> None:
    """A disconnect timer that no tick would see in time."""
    state.logins["cancels_on_disconnect"][1] = 1
    state.logins["disconnect_due_ns"][1] = int(state.counters["timer_wake_ns"][0]) - 1


def timer_of_nobody(state: State) -> None:
    """A disconnect timer of a login that did not ask for one."""
    state.counters["timer_wake_ns"] = 0
    state.logins["disconnect_due_ns"][1] = 1


def buckets_apart(state: State) -> None:
    """One bucket of a member in another second than the other."""
    state.logins["buckets"][1, 0] += 10**9


def limits_that_count_nothing(state: State) -> None:
    """Logins with limits whose orders were not counted when the limits came."""
    state.logins["has_limits"] = 1
    state.login_limits["value"] = 1


DAMAGES = {
    "units of contract 1": add("holdings", HOLDING, "available", 1),
    "cash plus fees": add("accounts", BOB, "available", -1),
    "fees of all accounts": add("accounts", BOB, "fees_today", 1),
    "negative holdings.open_buys": add("holdings", HOLDING, "open_buys", -1),
    "holdings.open_buys": add("holdings", HOLDING, "open_buys", 1),
    "accounts.open_orders": add("accounts", ANN, "open_orders", 1),
    "live orders": add("counters", 0, "live_orders", 1),
    "match_count": add("counters", 0, "match_count", 1),
    "tonnes_lots": add("counters", 0, "tonnes_lots", 1),
    "amount_fen": add("counters", 0, "amount_fen", 1),
    "kept trades of contract 1": add("trades", 0, "lots", 1),
    "holdings.held": held_by_nobody,
    "order of transfers": add("counters", 0, "transfers", 2),
    "cash_moved": add("counters", 0, "cash_moved", 1),
    "units_moved": add("counters", 0, "units_moved", 1),
    "covered_fen": add("counters", 0, "covered_fen", 1),
    "contract 1 SELL best": best_of_asks,
    "contract 1 SELL bitmap": first_bitmap_word,
    "contract 1 SELL empty levels with lots|contract 1 BUY b": lost_order,
    "logins.open_orders": add("logins", 0, "open_orders", 1),
    r"accounts.has_limits\[1": add("account_limits", ANN, "value", 1),
    r"logins.has_limits\[0": add("logins", 0, "has_limits", 1),
    "is_metered": add("counters", 0, "is_metered", 1),
    "proposals above the highest number": add("proposals", 9, "proposal_id", 1),
    "proposal 1 hash": proposal_of_nothing,
    "breaker of contract 1: phase": breaker_without_phase,
    "breaker of contract 1: prices": add("contracts", CEA, "frozen_upper", 1),
    "window of contract 1: tonnes": add("contracts", CEA, "window_lots", 1),
    "window of contract 1: amount": add("windows", CEA * 300, "fen", 1),
    "timers due before": timer_slept_over,
    "disconnect timers that nobody asked for": timer_of_nobody,
    "contracts.is_stopped": add("contracts", CEA, "is_stopped", 1),
    "contracts.usual_method": add("contracts", CEA, "usual_method", 1),
    "contracts.wants": add("contracts", CEA, "wants", 1),
    "logins.is_stopped": add("logins", 1, "is_stopped", 1),
    "members whose buckets are of two seconds": buckets_apart,
    "of a login with limits is not counted": limits_that_count_nothing,
    "free slots": slot_twice_free,
    r"level \d+ backward links": back_link,
    f"orders of account {ANN}: expected": account_without_orders,
    f"orders of account {ANN} backward links": account_link,
}


def test_a_busy_day_balances() -> None:
    kernel.check_state(busy_day().state)


@pytest.mark.parametrize("message", DAMAGES)
def test_damage_is_named(message: str) -> None:
    day = busy_day()
    DAMAGES[message](day.state)
    with pytest.raises(CorruptionError, match=message) as caught:
        kernel.check_state(day.state)
    assert "expected" in str(caught.value)
    assert "found" in str(caught.value)
