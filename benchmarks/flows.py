"""Make a flow file from a seed: `python -m benchmarks.flows A --messages 2000000 --seed 1 --out FILE`.

The same name, count, seed and number of live orders give the same bytes everywhere. What the shapes are is in
flows_shapes.py, the file format in flows_format.py.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.flows_format import CANCEL, FLOW, NEW, REPLACE, Flow, write_flow
from benchmarks.flows_random import new_random
from benchmarks.flows_shapes import PRICE_MAX, PRICE_MIN, SHAPES, generate
from benchmarks.yardstick import Result, examine, new_book


def make_flow(name: str, messages: int, seed: int, live_wanted: int | None = None) -> Flow:
    """The flow of that name; `live_wanted` replaces the shape's own number of live orders."""
    shape = SHAPES[name]
    if live_wanted is not None:
        shape = shape._replace(live_wanted=live_wanted)
    flow = np.zeros(messages, FLOW)
    book = new_book(messages, PRICE_MIN, PRICE_MAX)
    generate(shape, new_random(seed), book, np.zeros(messages + 1, np.uint32), flow)
    return flow


def describe(flow: Flow, result: Result) -> str:
    """Shares of the messages and what they do, in one line."""
    shares = (float(np.mean(flow["type"] == kind)) * 100 for kind in (NEW, CANCEL, REPLACE))
    new, cancel, replace = shares
    return (
        f"{len(flow):,} messages: {new:.1f} % new, {cancel:.1f} % cancel, {replace:.1f} % replace; "
        f"{result.trades:,} trades, {result.live_orders:,} live at the end, {result.live_max:,} at most"
    )


def main() -> None:
    """Make the file and say what is in it."""
    parser = argparse.ArgumentParser(description="Make a flow file from a seed.")
    parser.add_argument("name", choices=sorted(SHAPES))
    parser.add_argument("--messages", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--live", type=int, default=None, help="live orders wanted, instead of the shape's own"
    )
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.messages < 1:
        sys.exit(f"--messages: expected at least 1, found {options.messages}")
    flow = make_flow(options.name, options.messages, options.seed, options.live)
    write_flow(options.out, flow)
    print(f"{options.out}: {describe(flow, examine(flow, False)[1])}")


if __name__ == "__main__":
    main()
