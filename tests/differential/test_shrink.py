"""The comparison itself is tested: a planted fault is found, and shown as a short list of commands."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exchange import kernel
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from tests.differential.day import generate_day
from tests.differential.drive import Divergence, run_kernel
from tests.differential.flow import Day
from tests.differential.profiles import PROFILES
from tests.differential.shrink import explain, shrink
from tests.reference.layout import write

SHORT_DAY = next(profile for profile in PROFILES if profile.name == "short")
SHOWN_COMMANDS_MAX = 60
SEEDS = 20
Apply = Callable[..., Any]


@pytest.fixture(scope="module")
def day() -> Day:
    """A short day with trades that the kernel gets right."""
    days = (generate_day(seed, SHORT_DAY) for seed in range(SEEDS))
    day = next(day for day in days if events_of(day, Kind.TRADE))
    run_kernel(day, 5)
    return day


def events_of(day: Day, kind: Kind) -> list[bytes]:
    """The day's events of one kind."""
    return [event for events in day.expected for _, event in events if event[3] == kind]


def with_fault(spoil: Callable[[np.ndarray, np.ndarray], None]) -> Apply:
    """The kernel, but its events are spoiled on their way out."""
    correct = kernel.apply_batch

    def apply_batch(state: Any, commands: np.ndarray, events: np.ndarray, streams: np.ndarray) -> Any:
        done, count, more = correct(state, commands, events, streams)
        spoil(events[:count], streams[:count])
        return done, count, more

    return apply_batch


def one_fen(events: np.ndarray, streams: np.ndarray) -> None:
    """Every execution's trading fee is one fen too much."""
    events["trading_fee_fen"][events["kind"] == Kind.EXECUTED] += 1


def wrong_stream(events: np.ndarray, streams: np.ndarray) -> None:
    """Every trade is told to the operator instead of the public."""
    streams[events["kind"] == Kind.TRADE] = 2


@pytest.mark.parametrize("fault", [one_fen, wrong_stream])
def test_a_fault_is_found_and_shown_short(
    day: Day, fault: Callable[[np.ndarray, np.ndarray], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "apply_batch", with_fault(fault))
    with pytest.raises(Divergence, match="expected -> stream") as raised:
        run_kernel(day, 5)
    text = explain(day, raised.value)
    assert "first difference: command" in text
    shown = int(text.splitlines()[1].split()[0])
    assert shown <= SHOWN_COMMANDS_MAX, text


def test_a_wrong_digest_is_found(day: Day) -> None:
    stop = max(day.digests)
    with pytest.raises(Divergence, match="canonical digest: expected 0000"):
        run_kernel(day._replace(digests=day.digests | {stop: bytes(32)}), 5)


def test_lost_and_added_events_are_found(day: Day) -> None:
    for changed in ([], [day.expected[-1][0]] * 2):
        expected = [*day.expected[:-1], changed]
        with pytest.raises(Divergence):
            run_kernel(day._replace(expected=expected), 5)


def test_shrinking_keeps_what_matters() -> None:
    """Of a hundred records the two that fail together are left, in their order."""
    records = [write(Kind.TICK, {"sequence": number}) for number in range(100)]

    def fails(shorter: list[bytes]) -> bool:
        return records[17] in shorter and records[80] in shorter

    assert shrink(records, fails) == [records[17], records[80]]


def test_written_records_are_the_catalogue_s() -> None:
    """The reference's own layouts give what the vocabulary's dtypes read."""
    record = write(Kind.LISTING, {"sequence": 3, "contract_id": 1, "price_ticks": 5_552, "side": 1})
    fields = {name: value for name, value in read(record).items() if value}
    assert fields.pop("packet_type") == ord("U")
    assert fields == {
        "length_low": 62,
        "kind": 1,
        "sequence": 3,
        "contract_id": 1,
        "price_ticks": 5_552,
        "side": 1,
    }
    with pytest.raises(ValueError, match="expected fields of"):
        write(Kind.LISTING, {"match_id": 1})


def test_the_reference_shares_only_the_vocabulary() -> None:
    """An oracle that imported the kernel would agree with it for the wrong reason."""
    for path in (Path(__file__).parents[1] / "reference").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            foreign = [
                name
                for name in names
                if name.split(".")[0] in ("exchange", "settlement")
                and not name.startswith("exchange.vocabulary")
            ]
            assert not foreign, f"{path.name}: expected vocabulary only, found {foreign}"
