"""Every figure of the kernel in one run, written to benchmarks/results/kernel.json.

The flows; listed against continuous mode on one list, take, cancel flow; whether the cost stays flat as the
book or the number of contracts grows; what single checks cost; memory; start-up. Each figure is a median of
the repeats, and stands only if the fills are those of the bare book.
"""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.flows import make_flow
from benchmarks.flows_format import NEW, Flow
from benchmarks.kernel_commands import Style
from benchmarks.kernel_measure import Outcome, Trial, measure, prepare
from benchmarks.kernel_start import call_overhead_us, machine, start_up_seconds, versions
from exchange import kernel
from exchange.vocabulary.enums import Method, ParameterId

RESULT: Final = Path(__file__).parent / "results" / "kernel.json"
FLOWS: Final = ("A", "B", "C", "replace")
GAP: Final = 16  # references of the adversarial flow grow by so much at most, or always
LIVE: Final = (1_000, 10_000, 100_000, 1_000_000)
CONTRACTS: Final = (1, 4, 16)
CALL_MESSAGES: Final = 64
CONTRACTS_LIVE: Final = 16_000  # over all contracts
#: What is left out of, or added to, all checks on flow A.
VARIANTS: Final[dict[str, tuple[tuple[ParameterId, int], ...]]] = {
    "all checks": (),
    "without fees": ((ParameterId.TRADING_FEE_PPM, 0), (ParameterId.SETTLEMENT_FEE_PPM, 0)),
    "without message limits": ((ParameterId.MESSAGES_PER_SECOND, 0), (ParameterId.CANCELS_PER_SECOND, 0)),
    "without holding and open-order limits": (
        (ParameterId.HOLDING_LIMIT_LOTS, 0),
        (ParameterId.OPEN_ORDERS_MAX, 0),
    ),
    "without composite": ((ParameterId.COMPOSITE_WEIGHT, 0),),
    "with dynamic breaker": ((ParameterId.BREAKER_PPM, 900_000),),
    "with windowed breaker": ((ParameterId.BREAKER_PPM, 900_000), (ParameterId.BREAKER_WINDOW_S, 300)),
    "with market breaker": ((ParameterId.MARKET_BREAKER_PPM, 900_000),),
}


def run_suite(messages: int, repeats: int, seed: int) -> None:
    """Measure everything, write it down, print it."""
    kernel.warm_up()
    result: dict[str, Any] = {"messages": messages, "repeats": repeats, "seed": seed}
    result["flows"] = dict(_flows(messages, repeats, seed))
    result["listed_and_continuous"] = _listed(messages, repeats, seed)
    result["live_orders"], result["memory"] = _live(messages, repeats, seed)
    result["contracts"] = dict(_contracts(messages, repeats, seed))
    result["checks_on_flow_A"] = dict(_checks(messages, repeats, seed))
    result["call_us"] = _calls(seed)
    result["start_up"] = start_up_seconds()
    result["kernel_hash"] = kernel.SOURCES_HASH
    result |= {"machine": machine(), "versions": versions()}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"written to {RESULT.relative_to(Path.cwd()) if RESULT.is_relative_to(Path.cwd()) else RESULT}")


def _flows(messages: int, repeats: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in FLOWS:
        yield name, _figures(Trial(name, make_flow(name, messages, seed)), repeats)
    flow = make_flow("adversarial", messages, seed)
    for name, is_colliding in (("adversarial, gapped", False), ("adversarial, colliding", True)):
        style = Style(reference_gap=GAP, is_colliding=is_colliding)
        yield name, _figures(Trial(name, flow, style), repeats)


def _listed(messages: int, repeats: int, seed: int) -> dict[str, Any]:
    """The same fills by takes of listings, by immediate-or-cancel orders and by limit orders."""
    flow = make_flow("listed", messages, seed)
    styles = {
        "listings and takes": Style(method=Method.LISTED, is_immediate=True),
        "limit and immediate-or-cancel orders": Style(is_immediate=True),
        "limit orders": Style(),
    }
    return {name: _figures(Trial(name, flow, style), repeats) for name, style in styles.items()}


def _live(messages: int, repeats: int, seed: int) -> tuple[dict[str, Any], dict[str, float]]:
    """Flow A at several sizes of the book; filling it is not timed. Also the memory at the largest."""
    rows = {}
    for live in LIVE:
        untimed = live + live // 4
        trial = Trial(f"{live:,}", make_flow("A", untimed + messages, seed, live), untimed=untimed)
        outcome = measure(trial, repeats)
        rows[trial.name] = _told(outcome)
    memory = {
        "bytes_per_order_slot": outcome.bytes_per_order_slot,
        f"state_bytes_per_live_order_of_{live}": outcome.state_bytes / outcome.passed.live_orders,
    }
    return rows, {name: round(figure, 1) for name, figure in memory.items()}


def _contracts(messages: int, repeats: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Flow A message by message over several contracts; the live orders together stay the same."""
    for count in CONTRACTS:
        each = messages // count
        live = CONTRACTS_LIVE // count
        flow, of_order = interleave([make_flow("A", each, seed + n, live) for n in range(count)])
        yield str(count), _figures(Trial(str(count), flow, contract_of_order=of_order), repeats)


def _checks(messages: int, repeats: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    flow = make_flow("A", messages, seed)
    for name, extra in VARIANTS.items():
        yield name, _figures(Trial(name, flow, extra=extra), repeats)
    name = "with members' own limits"
    yield name, _figures(Trial(name, flow, Style(has_own_limits=True)), repeats)


def _calls(seed: int) -> dict[str, float]:
    """What one call costs, whatever the commands."""
    market, load = prepare(Trial("calls", make_flow("C", CALL_MESSAGES, seed)))
    return call_overhead_us(market, load.commands)


def interleave(flows: list[Flow]) -> tuple[Flow, NDArray[np.uint16]]:
    """One flow of several equally long ones in turn; also the contract of every order, the first being 1."""
    merged = np.stack(flows, axis=1).reshape(-1)
    contract = np.tile(np.arange(len(flows)), len(flows[0]))
    is_new = merged["type"] == NEW
    ids = np.zeros((len(flows), len(flows[0]) + 1), np.uint32)
    ids[contract[is_new], merged["order_id"][is_new]] = np.arange(1, is_new.sum() + 1)
    merged["order_id"] = ids[contract, merged["order_id"]]
    of_order = np.zeros(int(is_new.sum()) + 1, np.uint16)
    of_order[merged["order_id"][is_new]] = contract[is_new] + 1
    return merged, of_order


def _figures(trial: Trial, repeats: int) -> dict[str, Any]:
    return _told(measure(trial, repeats))


def _told(outcome: Outcome) -> dict[str, Any]:
    """The row of an outcome, told at once; raises AssertionError if the work was not the bare book's."""
    if not outcome.is_same_work:
        raise AssertionError(f"{outcome.trial.name}: expected the fills of the bare book, found others")
    line = outcome.line()
    yardstick = statistics.median(outcome.yardstick_ns)
    print(
        f"{outcome.trial.name:40} {outcome.ns_per_command:7.1f} ns, bare book {yardstick:5.1f} ns, "
        f"{line['trades']:9,} trades, {line['live_orders']:9,} live",
        flush=True,
    )
    return {name: line[name] for name in ("commands", "trades", "tonnes", "live_orders", "fill_hash")} | {
        "ns_per_command": line["ns_per_command"],
        "ns_per_command_all": [round(time, 1) for time in outcome.nanoseconds],
        "yardstick_ns": line["yardstick_ns"],
        "ratio": round(outcome.ns_per_command / yardstick, 2),
        "rejected": sum(outcome.passed.rejects.values()),
        "events": outcome.passed.event_count,
    }
