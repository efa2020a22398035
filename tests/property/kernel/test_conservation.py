"""Tonnes and fen are neither made nor lost, no balance is negative, a rejected command moves nothing."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import kernel
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from tests.property.kernel.trading import ACTIONS, BASE_TICKS, CONTRACT, PEOPLE, Action, Player
from tests.tables.market import CAST
from tests.tables.subjects import Event, KernelSubject

EXAMPLES = 60
UNITS = ("available_lots", "locked_lots", "bought_today_lots", "frozen_lots")
CASH = ("available_fen", "locked_fen", "frozen_fen")
OPENING_UNITS = sum(person.units for person in CAST.values())
OPENING_CASH_FEN = sum(person.cash_fen for person in CAST.values())


def state_of(player: Player) -> kernel.State:
    """The kernel's state behind a player."""
    assert isinstance(player.market.subject, KernelSubject)
    return player.market.subject.state


def balances(player: Player) -> dict[int, dict[str, int]]:
    """Every account's units of the contract and cash, by bucket, as a member would see them."""
    found: dict[int, dict[str, int]] = {}
    for name in PEOPLE:
        account_id = CAST[name].account_id
        buckets = dict.fromkeys(UNITS, 0)
        for row in kernel.holdings(state_of(player), account_id):
            if row["contract_id"] == CONTRACT:
                buckets = {bucket: int(row[bucket]) for bucket in UNITS}
        (money,) = kernel.cash(state_of(player), account_id)
        found[account_id] = buckets | {bucket: int(money[bucket]) for bucket in CASH}
    return found


def fees_of(events: list[Event]) -> int:
    """Fees charged by these events."""
    executed = [read(event) for _, event in events if event[3] == Kind.EXECUTED]
    return sum(int(e["trading_fee_fen"]) + int(e["settlement_fee_fen"]) for e in executed)


def is_rejected(events: list[Event]) -> bool:
    """Whether the command was refused."""
    return len(events) == 1 and events[0][1][3] == Kind.REJECTED


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ACTIONS)
def test_tonnes_and_fen_are_conserved(actions: list[Action]) -> None:
    """After every command, from what members may query and the events' fees alone."""
    player = Player()
    fees, before = 0, balances(player)
    for action in actions:
        events = player.play(action)
        fees += fees_of(events)
        now = balances(player)
        assert sum(account[bucket] for account in now.values() for bucket in UNITS) == OPENING_UNITS
        cash = sum(account[bucket] for account in now.values() for bucket in CASH)
        assert cash + fees == OPENING_CASH_FEN
        assert all(amount >= 0 for account in now.values() for amount in account.values())
        if is_rejected(events):
            assert now == before, f"expected a rejected {action} to move nothing"
        before = now


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ACTIONS)
def test_nothing_is_locked_after_the_close(actions: list[Action]) -> None:
    """At the seal every lock has come back and the totals sent to the registry are the opening ones."""
    player = Player()
    fees = sum(fees_of(player.play(action)) for action in actions)
    ended = player.end()  # an auction that still runs trades now
    fees += fees_of(ended)
    events = [read(event) for _, event in ended]
    assert not any(a["locked_lots"] or a["locked_fen"] for a in balances(player).values())
    (sealed,) = [event for event in events if event["kind"] == Kind.SEAL_BALANCES]
    assert sealed["cash_total_fen"] == OPENING_CASH_FEN - fees
    assert sealed["fees_fen"] == fees
    assert sealed["units_total_lots"] == OPENING_UNITS + 500  # contract 2 has 500 units and no trade here


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ACTIONS, st.sampled_from(PEOPLE), st.sampled_from((0, 1)), st.integers(1, 1_200))
def test_a_listing_cancelled_leaves_no_trace(
    actions: list[Action], who: str, side: int, quantity_lots: int
) -> None:
    """Whatever happened before, listing and cancelling gives back exactly what was locked."""
    player = Player()
    for action in actions:
        player.play(action)
    before = balances(player)
    price = {"price_ticks": BASE_TICKS, "contract_id": CONTRACT}
    events = player.market.send(
        Kind.LISTING,
        who,
        account_id=CAST[who].account_id,
        quantity_lots=quantity_lots,
        side=side,
        **price,
    )
    accepted: list[dict[str, Any]] = [read(event) for _, event in events if event[3] == Kind.ACCEPTED]
    for event in accepted:
        assert balances(player) != before
        player.market.send(Kind.CANCEL, who, order_id=event["order_id"])
    assert balances(player) == before
