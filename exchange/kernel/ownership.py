"""Proof that every member lists its accounts and every account its live orders: a part of check_state."""

from exchange.errors import CorruptionError
from exchange.kernel.state import State
from exchange.kernel.views import account_head, account_slots, defined_accounts, member_accounts


def check_lists(state: State, live: list[int]) -> None:
    """Raise CorruptionError naming the first list that is not whole; `live` are all live slots."""
    orders: dict[int, list[int]] = {}
    for slot in sorted(live, key=lambda slot: int(state.orders["order_id"][slot])):
        orders.setdefault(int(state.orders["account_id"][slot]), []).append(slot)
    accounts: dict[int, list[int]] = {}
    for account_id in defined_accounts(state):
        accounts.setdefault(int(state.accounts["member_id"][account_id]), []).append(account_id)
        _check_account(state, account_id, orders.get(account_id, []))
    for member_id, mine in accounts.items():
        _expect(f"accounts of member {member_id}", mine, list(member_accounts(state, member_id)))
        _expect(
            f"last account of member {member_id}", mine[-1], int(state.members["last_account"][member_id])
        )


def _check_account(state: State, account_id: int, wanted: list[int]) -> None:
    """By ascending order id, linked both ways."""
    place = f"orders of account {account_id}"
    _expect(place, wanted, list(account_slots(state, account_id)))
    head = account_head(state, account_id)
    backwards = state.links["account_previous"][[*wanted, head]].tolist()
    _expect(f"{place} backward links", [head, *wanted], backwards)


def _expect(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise CorruptionError(what, expected, found)
