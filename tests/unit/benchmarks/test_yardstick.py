"""The bare book trades as a slow and obvious one does."""

import pytest

from benchmarks.flows import make_flow
from benchmarks.flows_format import REPLACE, Flow
from benchmarks.yardstick import CROSSING, DEAD, PLAIN, SHRINKING, examine, run_yardstick
from tests.unit.benchmarks.naive_book import NaiveBook
from tests.unit.benchmarks.wild_flow import wild_flow


def check_against_naive(flow: Flow) -> None:
    naive = NaiveBook()
    naive.run(flow)
    result, times = run_yardstick(flow, untimed=len(flow) // 2, repeats=2)
    assert len(times) == 2
    assert result.trades == len(naive.fills) > 0
    assert result.tonnes == sum(fill.quantity for fill in naive.fills)
    assert result.fill_hash == naive.fill_hash
    assert (result.live_orders, result.live_max, result.unknown) == (
        naive.live,
        naive.live_max,
        naive.unknown,
    )
    assert examine(flow, is_immediate=False)[1] == result


@pytest.mark.parametrize("seed", range(5))
def test_wild_flows(seed: int) -> None:
    check_against_naive(wild_flow(seed, 3_000))


@pytest.mark.parametrize("name", ["A", "B", "replace"])
def test_generated_flows(name: str) -> None:
    check_against_naive(make_flow(name, 3_000, 5, live_wanted=200))


def test_what_each_message_does() -> None:
    flow = wild_flow(1, 7)
    rows = [
        (0, 0, 0, 5_000, 5, 1, PLAIN),
        (0, 0, 0, 5_000, 5, 2, PLAIN),
        (2, 0, 0, 5_000, 4, 1, SHRINKING),
        (2, 0, 0, 5_000, 4, 1, PLAIN),
        (0, 1, 0, 4_999, 6, 3, CROSSING),
        (1, 0, 0, 0, 0, 2, DEAD),
        (2, 0, 0, 5_001, 2, 1, PLAIN),
    ]
    for index, row in enumerate(rows):
        flow[index] = row[:6]
    classes, result = examine(flow, is_immediate=False)
    assert classes.tolist() == [row[6] for row in rows]
    # Order 1 lost its place by shrinking, so order 2 fills first.
    naive = NaiveBook()
    naive.run(flow)
    assert [fill.maker_id for fill in naive.fills] == [2, 1]
    assert result.fill_hash == naive.fill_hash


def test_an_immediate_rest_does_not_stay() -> None:
    flow = wild_flow(1, 2)
    flow[0] = (0, 0, 0, 5_000, 5, 1)
    flow[1] = (0, 1, 0, 5_000, 8, 2)
    assert examine(flow, is_immediate=True)[1].live_orders == 0
    assert examine(flow, is_immediate=False)[1].live_orders == 1
    assert not (flow["type"] == REPLACE).any()
