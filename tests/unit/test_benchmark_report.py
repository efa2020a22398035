"""The tables of measured numbers say what the results files say."""

import json
from pathlib import Path

import pytest

from benchmarks.report import NOTHING_YET, format_number, render
from tools.marked_block import MissingBlockError, read_block, replace_block


def write_result(folder: Path, name: str, result: object) -> None:
    (folder / f"{name}.json").write_text(json.dumps(result), encoding="utf-8")


def test_one_row_per_single_value_and_none_per_list(tmp_path: Path) -> None:
    result = {
        "machine": {"cpu": "two cores", "flags": ["x"]},
        "versions": {"python": "3.11.7"},
        "durability": "sync",
        "commands_per_second": 3_141_592,
        "round_trip_us": {"p50": 57.14, "p99": 83.9},
        "histogram": [1, 2, 3],
        "state_hash": "0" * 64,
    }
    write_result(tmp_path, "gateway", result)
    assert render(tmp_path).splitlines() == [
        "**gateway** (cpu two cores, python 3.11.7)",
        "",
        "| measure | value |",
        "|---|---:|",
        "| durability | sync |",
        "| commands per second | 3,141,592 |",
        "| round trip us, p50 | 57.1 |",
        "| round trip us, p99 | 83.9 |",
    ]


def test_like_measurements_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    row = {"ns_per_command": 41.26, "ratio": 3.2, "fill_hash": "0x01", "ns_per_command_all": [41.2, 41.3]}
    flows = {"A": row | {"trades": 316_387}, "C": row | {"trades": 0}}
    write_result(tmp_path, "kernel", {"machine": "m", "flows": flows, "seed": 1, "start_up": {"cold_s": 9.5}})
    assert render(tmp_path).splitlines() == [
        "**kernel** (m)",
        "",
        "| flows | ns per command | ratio | trades |",
        "|---|---:|---:|---:|",
        "| A | 41.3 | 3.2 | 316,387 |",
        "| C | 41.3 | 3.2 | 0 |",
        "",
        "| measure | value |",
        "|---|---:|",
        "| seed | 1 |",
        "| start up, cold s | 9.5 |",
    ]


def test_benchmarks_stand_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("kernel", "gateway"):
        write_result(tmp_path, name, {"machine": "m", "rate": 1})
    text = render(tmp_path)
    assert text.index("**gateway**") < text.index("**kernel**")


def test_no_results_are_said_to_be_none(tmp_path: Path) -> None:
    assert render(tmp_path) == NOTHING_YET


def test_a_result_without_a_machine_is_refused(tmp_path: Path) -> None:
    write_result(tmp_path, "kernel", {"rate": 1})
    with pytest.raises(ValueError, match="must name its machine"):
        render(tmp_path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12_345, "12,345"),
        (123.4, "123"),
        (0.00123456, "0.00123"),
        (26.04, "26"),
        (99.95, "100"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
    ],
)
def test_numbers_are_short_and_without_exponents(value: float, text: str) -> None:
    assert format_number(value) == text


def test_a_block_is_replaced_and_the_rest_kept() -> None:
    page = "above\n<!-- begin generated: numbers -->\nold\n<!-- end generated: numbers -->\nbelow\n"
    changed = replace_block(page, "numbers", "new\n")
    assert read_block(changed, "numbers") == "new"
    assert changed.startswith("above\n<!-- begin generated: numbers -->\n")
    assert changed.endswith("<!-- end generated: numbers -->\nbelow\n")
    assert replace_block(changed, "numbers", "new") == changed


def test_a_missing_block_is_an_error() -> None:
    with pytest.raises(MissingBlockError, match="expected one block named 'numbers', found 0"):
        replace_block("no markers here", "numbers", "x")
