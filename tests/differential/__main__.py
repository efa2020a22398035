"""`python -m tests.differential --seed 7 --commands 20000`: a differential run by hand, with any seed."""

import argparse
import sys

from tests.differential.shard import commands_in, events_in, missing, run_shard


def main() -> int:
    """Run one shard and say what occurred; a difference is an AssertionError with a short case."""
    parser = argparse.ArgumentParser(description="Compare the kernel with the reference on random commands.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", type=int, default=100_000)
    options = parser.parse_args()
    occurred = run_shard(options.seed, options.commands)
    sys.stdout.write(f"equal: {commands_in(occurred)} commands, {events_in(occurred)} events\n")
    sys.stdout.write(f"did not occur: {', '.join(missing(occurred)) or 'nothing missing'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
