"""How fast the kernel is: `python -m benchmarks.kernel [--flow FILE] [--mode continuous|listed] [--json]`.

With a flow file: that flow through one contract with every check, fee and event on, beside a bare order book
on the same messages; `--json` prints one line. Without: all the figures of the kernel, into
benchmarks/results/kernel.json (kernel_suite.py). One process, one core; medians of the repeats.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

from benchmarks.flows_format import read_flow
from benchmarks.kernel_commands import Style
from benchmarks.kernel_measure import Outcome, Trial, measure
from benchmarks.kernel_suite import run_suite
from exchange.vocabulary.enums import Method
from exchange.vocabulary.limits import REFERENCE_GAP_MAX


def main() -> None:
    """One flow, or everything."""
    options = _options()
    if options.flow is None:
        run_suite(options.messages, options.repeats, options.seed)
        return
    is_listed = options.mode == "listed"
    style = Style(
        method=Method.LISTED if is_listed else Method.CONTINUOUS,
        is_immediate=is_listed or options.ioc,
        reference_gap=options.gap,
        is_colliding=options.collide,
        seed=options.seed,
    )
    try:
        flow = read_flow(options.flow)
    except (OSError, ValueError) as error:
        sys.exit(f"cannot use the flow: {error}")
    outcome = measure(Trial(options.flow.stem, flow, style), options.repeats)
    tell(outcome)
    if options.json:
        print(json.dumps(outcome.line()))
    else:
        for name, value in outcome.line().items():
            print(f"{name}: {value}")
    if not is_listed and not outcome.is_same_work:
        sys.exit("the kernel's fills differ from the bare book's")


def tell(outcome: Outcome) -> None:
    """What is not among the figures, to people."""
    passed = outcome.passed
    times = ", ".join(f"{time:.1f}" for time in outcome.nanoseconds)
    ratio = outcome.ns_per_command / statistics.median(outcome.yardstick_ns)
    lines = (
        f"repeats: {times} ns; {ratio:.1f} times the bare book",
        f"events: {passed.event_count:,}, read in full; state: {outcome.state_bytes:,} bytes",
        f"rejected: {sum(passed.rejects.values()):,} {passed.rejects or ''}",
        f"replaces sent as cancel and new order: {outcome.commands - len(outcome.trial.flow):,}",
        f"fills: {'those' if outcome.is_same_work else 'NOT those'} of the bare book",
    )
    print("\n".join(lines), file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast the kernel is.")
    parser.add_argument("--flow", type=Path, help="a file of 16-byte records (benchmarks/flows_format.py)")
    parser.add_argument("--mode", choices=["continuous", "listed"], default="continuous")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--ioc", action="store_true", help="continuous: what crosses is immediate-or-cancel")
    parser.add_argument("--gap", type=int, default=1, help="references grow by 1 to this, at random")
    parser.add_argument("--collide", action="store_true", help="references grow by --gap always")
    parser.add_argument("--messages", type=int, default=2_000_000, help="of each flow, without --flow")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name in ("repeats", "gap", "messages"):
        if getattr(options, name) < 1:
            parser.error(f"--{name}: expected at least 1, found {getattr(options, name)}")
    if options.gap > REFERENCE_GAP_MAX:
        parser.error(f"--gap: expected at most {REFERENCE_GAP_MAX}, found {options.gap}")
    return options


if __name__ == "__main__":
    main()
