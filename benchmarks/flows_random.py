"""Random numbers of the flow generators: one 64-bit state, the same numbers on every machine and version."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.compiled import compiled

Random = NDArray[np.uint64]  # one element: the state of splitmix64


def new_random(seed: int) -> Random:
    """A generator of its own for a seed."""
    return np.array([seed], np.uint64)


@compiled
def draw(random: Random) -> np.uint64:
    """The next 64 random bits (splitmix64, a public-domain algorithm)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed = random[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@compiled
def below(random: Random, bound: int) -> int:
    """A whole number from 0 to bound - 1."""
    return np.int64((draw(random) >> np.uint64(32)) * np.uint64(bound) >> np.uint64(32))


@compiled
def between(random: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + below(random, high - low + 1)


@compiled
def steps(random: Random, chance_of_64: int, limit: int) -> int:
    """How often in a row a chance of n in 64 comes true, at most `limit` times: small numbers are likely."""
    count = 0
    while count < limit and below(random, 64) < chance_of_64:
        count += 1
    return count
