"""Measure one flow: yardstick and kernel on the same messages, medians of repeats, same work proven."""

import statistics
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.flows_format import CANCEL, Flow
from benchmarks.kernel_commands import Load, Style, make_load
from benchmarks.kernel_market import Market, Terms, set_up_day
from benchmarks.kernel_run import Pass, fill_hash, run_pass, warm_up
from benchmarks.yardstick import Result, examine, run_yardstick
from exchange.vocabulary.enums import Method, ParameterId

Extra = tuple[tuple[ParameterId, int], ...]
FILLS_SPARE = 1_000


class Trial(NamedTuple):
    """What is to be measured."""

    name: str
    flow: Flow
    style: Style = Style()
    untimed: int = 0  # first messages that only fill the book
    contract_of_order: NDArray[np.uint16] | None = None  # by order id; None = one contract
    extra: Extra = ()  # parameters besides the market's own


class Outcome(NamedTuple):
    """What has been measured."""

    trial: Trial
    messages: int  # timed
    commands: int  # of all messages
    nanoseconds: list[float]  # per message, of every repeat
    yardstick_ns: list[float]
    passed: Pass  # the last repeat; all are equal
    fill_hash: int
    is_same_work: bool  # the yardstick's fills are the kernel's, contract by contract
    state_bytes: int
    bytes_per_order_slot: float

    @property
    def ns_per_command(self) -> float:
        """The median."""
        return statistics.median(self.nanoseconds)

    def line(self) -> dict[str, Any]:
        """The figures that other engines' runs of the same file are compared with."""
        return {
            "flow": self.trial.name,
            "mode": "listed" if self.trial.style.method == Method.LISTED else "continuous",
            "commands": self.messages,
            "seconds": round(self.ns_per_command * self.messages / 1e9, 6),
            "ns_per_command": round(self.ns_per_command, 2),
            "trades": self.passed.trades,
            "tonnes": self.passed.tonnes,
            "fill_hash": self.fill_hash,
            "live_orders": self.passed.live_orders,
            "yardstick_ns": round(statistics.median(self.yardstick_ns), 2),
        }


def measure(trial: Trial, repeats: int) -> Outcome:
    """Yardstick first, then the kernel, each so many times on a fresh state."""
    classes, results = _examine(trial)
    trades = sum(result.trades for result in results.values())
    yardstick_ns = _yardstick(trial, repeats)
    market, load = _build(trial, classes, results)
    warm_up(market)
    untimed = int(load.last_command[trial.untimed - 1]) if trial.untimed else 0
    messages = len(trial.flow) - trial.untimed
    passes = [run_pass(market, load, untimed, trades + FILLS_SPARE) for _ in range(repeats)]
    folds = {(one.fold, one.trades, one.live_orders) for one in passes}
    if len(folds) != 1:
        raise AssertionError(f"expected the same events in all {repeats} repeats, found {sorted(folds)}")
    last = passes[-1]
    return Outcome(
        trial,
        messages,
        len(load.commands),
        [one.nanoseconds / messages for one in passes],
        yardstick_ns,
        last,
        fill_hash(load, last.fills),
        _is_same_work(load, last, results),
        market.state_bytes,
        market.bytes_per_order_slot,
    )


def _parts(trial: Trial) -> dict[int, NDArray[np.bool_]]:
    """Which messages are of which contract."""
    if trial.contract_of_order is None:
        return {1: np.ones(len(trial.flow), np.bool_)}
    of_message = trial.contract_of_order[trial.flow["order_id"]]
    return {int(contract): of_message == contract for contract in np.unique(of_message)}


def _examine(trial: Trial) -> tuple[NDArray[np.uint8], dict[int, Result]]:
    """What each message does, and what every contract's book comes to."""
    classes = np.zeros(len(trial.flow), np.uint8)
    results = {}
    for contract, is_part in _parts(trial).items():
        classes[is_part], results[contract] = examine(trial.flow[is_part], trial.style.is_immediate)
    return classes, results


def _yardstick(trial: Trial, repeats: int) -> list[float]:
    """Nanoseconds a message of the bare book; several contracts run one after the other."""
    totals = [0.0] * repeats
    for is_part in _parts(trial).values():
        part = trial.flow[is_part]
        untimed = int(is_part[: trial.untimed].sum())
        _, times = run_yardstick(part, untimed, repeats)
        totals = [total + one * (len(part) - untimed) for total, one in zip(totals, times, strict=True)]
    return [total / (len(trial.flow) - trial.untimed) for total in totals]


def prepare(trial: Trial) -> tuple[Market, Load]:
    """The market and the commands of a trial, not yet applied."""
    return _build(trial, *_examine(trial))


def _build(trial: Trial, classes: NDArray[np.uint8], results: dict[int, Result]) -> tuple[Market, Load]:
    """The commands, and a market just large enough for them."""
    priced = trial.flow["price_ticks"][trial.flow["type"] != CANCEL]
    terms = Terms(
        method=trial.style.method,
        contracts=max(results),
        orders=sum(result.live_max for result in results.values()),
        references=1,
        trades=sum(result.trades for result in results.values()) + FILLS_SPARE,
        price_min=int(priced.min()),
        price_max=int(priced.max()),
        extra=trial.extra,
        has_own_limits=trial.style.has_own_limits,
    )
    first_sequence = len(set_up_day(terms)) + 1
    load = make_load(trial.flow, classes, trial.style, first_sequence, trial.contract_of_order)
    return Market(terms._replace(references=load.references_needed)), load


def _is_same_work(load: Load, passed: Pass, results: dict[int, Result]) -> bool:
    """Whether every contract's fills are those of its bare book, by hash and by number."""
    for contract, result in results.items():
        fills = passed.fills[passed.fills["contract_id"] == contract]
        if len(fills) != result.trades or (
            fill_hash(load, fills) != result.fill_hash if len(fills) else False
        ):
            return False
    return True
