"""A flow becomes commands: one for one, named by the member's own references."""

import numpy as np
import pytest

from benchmarks.flows import make_flow
from benchmarks.flows_format import CANCEL, NEW, REPLACE
from benchmarks.flows_shapes import ACCOUNTS
from benchmarks.kernel_commands import Load, Style, make_load, order_key
from benchmarks.yardstick import CROSSING, SHRINKING, examine
from exchange.vocabulary.enums import Method, TimeInForce
from exchange.vocabulary.kinds import Kind
from tests.unit.benchmarks.wild_flow import wild_flow


def load_of(name: str, messages: int, style: Style = Style()) -> Load:  # noqa: B008 (a constant tuple)
    flow = make_flow(name, messages, 1, live_wanted=300)
    return make_load(flow, examine(flow, style.is_immediate)[0], style, 101)


def check_names(load: Load) -> None:
    """Replay the references: every target is the reference of the order's latest new command."""
    highest: dict[int, int] = {}
    made: dict[tuple[int, int], int] = {}
    for command in load.commands:
        login, reference = int(command["login_id"]), int(command["user_reference"])
        assert reference > highest.get(login, 0)
        highest[login] = reference
        if command["kind"] in (Kind.LIMIT_ORDER, Kind.LISTING, Kind.TAKE):
            made[login, reference] = reference
            assert command["target_reference"] == 0
        else:
            target = int(command["target_reference"])
            assert (login, target) in made
            assert reference - target < load.references_needed


def test_one_message_is_one_stamped_command() -> None:
    flow = make_flow("replace", 9_000, 1, live_wanted=300)
    load = make_load(flow, examine(flow, False)[0], Style(), 101)
    kinds = {NEW: Kind.LIMIT_ORDER, CANCEL: Kind.CANCEL, REPLACE: Kind.REPLACE}
    assert load.commands["kind"].tolist() == [kinds[kind] for kind in flow["type"].tolist()]
    assert load.commands["sequence"].tolist() == list(range(101, 9_101))
    assert (np.diff(load.commands["time_ns"]) > 0).all()
    assert np.array_equal(load.commands["account_id"], 1 + flow["order_id"] % ACCOUNTS)
    assert np.array_equal(load.commands["login_id"], load.commands["account_id"])
    is_priced = flow["type"] != CANCEL
    assert np.array_equal(load.commands["price_ticks"][is_priced], flow["price_ticks"][is_priced])
    assert np.array_equal(load.commands["quantity_lots"][is_priced], flow["quantity"][is_priced])
    assert (load.commands["side"][flow["type"] != NEW] == 0).all()
    assert load.last_command.tolist() == list(range(1, 9_001))
    check_names(load)


@pytest.mark.parametrize(
    ("gap", "is_colliding", "expected"),
    [(1, False, {1}), (7, False, {1, 2, 3, 4, 5, 6, 7}), (16, True, {16})],
)
def test_references_grow_by_the_gap_at_most_or_always(
    gap: int, is_colliding: bool, expected: set[int]
) -> None:
    load = load_of("A", 30_000, Style(reference_gap=gap, is_colliding=is_colliding))
    check_names(load)
    by_login = np.lexsort((load.commands["user_reference"], load.commands["login_id"]))
    logins = load.commands["login_id"][by_login]
    steps = np.diff(load.commands["user_reference"].astype(np.int64)[by_login])[np.diff(logins) == 0]
    assert set(steps.tolist()) == expected


def test_keys_lead_back_to_the_flow_s_orders() -> None:
    load = load_of("A", 9_000)
    is_new = load.commands["kind"] == Kind.LIMIT_ORDER
    logins = load.commands["login_id"][is_new].astype(np.uint64)
    keys = order_key(logins, load.commands["user_reference"][is_new].astype(np.uint64))
    assert load.order_ids_of(keys).tolist() == list(range(1, len(keys) + 1))
    with pytest.raises(ValueError, match="expected every execution to be of an order of the flow"):
        load.order_ids_of(keys[:1] + np.uint64(10**6))


def test_a_replace_that_only_shrinks_is_a_cancel_and_a_new_order() -> None:
    flow = wild_flow(3, 8_000)
    classes, _ = examine(flow, False)
    shrinking = np.flatnonzero(classes == SHRINKING)
    assert len(shrinking) >= 3
    load = make_load(flow, classes, Style(), 1)
    assert len(load.commands) == len(flow) + len(shrinking)
    for message in shrinking.tolist():
        cancel, again = load.commands[load.last_command[message] - 2 : load.last_command[message]]
        assert (cancel["kind"], again["kind"]) == (Kind.CANCEL, Kind.LIMIT_ORDER)
        assert again["quantity_lots"] == flow["quantity"][message]
        assert again["price_ticks"] == flow["price_ticks"][message]
    check_names(load)


def test_crossing_orders_are_takes_in_listed_mode_and_may_be_immediate_in_continuous() -> None:
    flow = make_flow("listed", 9_000, 1, live_wanted=300)
    classes, _ = examine(flow, True)
    is_crossing = classes == CROSSING
    listed = make_load(flow, classes, Style(Method.LISTED, True), 1).commands
    assert np.array_equal(listed["kind"] == Kind.TAKE, is_crossing)
    assert set(listed["kind"][~is_crossing].tolist()) == {Kind.LISTING, Kind.CANCEL}
    continuous = make_load(flow, classes, Style(is_immediate=True), 1).commands
    assert np.array_equal(continuous["time_in_force"] == TimeInForce.IOC, is_crossing)
    assert not make_load(flow, classes, Style(), 1).commands["time_in_force"].any()
