"""The flows: the same bytes from the same seed, and every message does its work."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.flows import make_flow
from benchmarks.flows_format import CANCEL, FLOW, NEW, REPLACE, check_flow, read_flow, write_flow
from benchmarks.flows_shapes import PRICE_MAX, PRICE_MIN, SHAPES
from benchmarks.yardstick import CROSSING, SHRINKING, examine

MESSAGES = 20_000
HASHES = {
    "A": "ae53e30573a02aa3",
    "B": "f97653f4a0831359",
    "C": "9e77895f0f5d5d09",
    "adversarial": "e221da3ccc1598c6",
    "listed": "5d80e7dff408cf3b",
    "replace": "12ccf81cde027f16",
}
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_seed_gives_the_same_bytes_everywhere(name: str) -> None:
    flow = make_flow(name, MESSAGES, 1)
    assert hashlib.sha256(flow.tobytes()).hexdigest()[:16] == HASHES[name]
    assert make_flow(name, MESSAGES, 1).tobytes() == flow.tobytes()
    assert make_flow(name, MESSAGES, 2).tobytes() != flow.tobytes()


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_message_names_a_live_order_inside_the_band(name: str) -> None:
    flow = make_flow(name, MESSAGES, 3)
    check_flow(flow)
    classes, result = examine(flow, is_immediate=False)
    assert result.unknown == 0
    assert not (classes == SHRINKING).any()
    priced = flow["price_ticks"][flow["type"] != CANCEL]
    assert PRICE_MIN <= priced.min() <= priced.max() <= PRICE_MAX


@pytest.mark.parametrize(
    ("name", "new", "cancel", "replace", "crossing"),
    [
        ("A", 48, 42, 0, 10),
        ("B", 70, 15, 0, 15),
        ("C", 50, 50, 0, 0),
        ("adversarial", 46, 44, 0, 10),
        ("listed", 48, 42, 0, 10),
        ("replace", 32, 26, 32, 10),
    ],
)
def test_shares_are_those_of_the_shape(name: str, new: int, cancel: int, replace: int, crossing: int) -> None:
    flow = make_flow(name, 100_000, 4, live_wanted=100 if SHAPES[name].live_wanted else None)
    classes, _ = examine(flow, is_immediate=False)
    is_crossing = classes == CROSSING
    found = {
        "new": np.mean((flow["type"] == NEW) & ~is_crossing),
        "cancel": np.mean(flow["type"] == CANCEL),
        "replace": np.mean(flow["type"] == REPLACE),
        "crossing": np.mean(is_crossing),
    }
    expected = {"new": new, "cancel": cancel, "replace": replace, "crossing": crossing}
    assert {key: round(100 * value) for key, value in found.items()} == pytest.approx(expected, abs=1)


def test_the_burst_grows_and_comes_in_waves() -> None:
    flow = make_flow("B", 80_000, 1)
    _, result = examine(flow, is_immediate=False)
    assert result.live_orders > 0.2 * len(flow)
    first = flow[:20_000]
    second = flow[20_000:40_000]
    assert np.mean(first["side"][first["type"] == NEW] == 0) > 0.8
    assert np.mean(second["side"][second["type"] == NEW] == 1) > 0.8


def test_live_orders_are_kept_near_the_number_wanted() -> None:
    _, result = examine(make_flow("A", 60_000, 1, live_wanted=500), is_immediate=False)
    assert 500 <= result.live_orders <= result.live_max < 700


def test_the_adversarial_flow_spreads_over_the_whole_book() -> None:
    prices = make_flow("adversarial", MESSAGES, 1)["price_ticks"]
    near = make_flow("A", MESSAGES, 1)["price_ticks"]
    assert prices.std() > 4 * near.std()


def test_crossing_orders_of_the_listed_flow_fill_whole() -> None:
    flow = make_flow("listed", MESSAGES, 1, live_wanted=500)
    as_limits, limits = examine(flow, is_immediate=False)
    as_takes, takes = examine(flow, is_immediate=True)
    assert np.array_equal(as_limits, as_takes)
    assert limits == takes


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "flow.bin"
    command = [sys.executable, "-m", "benchmarks.flows", "A", "--messages", "3000", "--seed", "7"]
    done = subprocess.run(
        [*command, "--out", str(path)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "3,000 messages" in done.stdout
    assert path.stat().st_size == 48_000
    assert read_flow(path).tobytes() == make_flow("A", 3_000, 7).tobytes()


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([(3, 0, 0, 5_000, 1, 1)], "record 0: expected a type of 0 to 2, found 3"),
        ([(0, 2, 0, 5_000, 1, 1)], "record 0: expected a side of 0 or 1, found 2"),
        ([(0, 0, 0, 5_000, 0, 1)], "record 0: expected a quantity of at least 1, found 0"),
        ([(0, 0, 0, 5_000, 1, 2)], "record 0: expected new order id 1, found 2"),
        ([(0, 0, 0, 5_000, 1, 1), (1, 0, 0, 0, 0, 2)], "record 1: expected the id of an order already sent"),
    ],
)
def test_a_broken_file_is_refused_with_its_record(
    tmp_path: Path, rows: list[tuple[int, ...]], text: str
) -> None:
    path = tmp_path / "flow.bin"
    write_flow(path, np.array(rows, FLOW))
    with pytest.raises(ValueError, match=text):
        read_flow(path)


def test_a_file_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flow.bin"
    path.write_bytes(bytes(17))
    with pytest.raises(ValueError, match="expected a positive multiple of 16 bytes, found 17"):
        read_flow(path)
