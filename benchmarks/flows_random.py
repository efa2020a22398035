"""Random numbers of the flow generators: one 64-bit state, the same numbers on every machine and version."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.compiled import compiled, signed, unsigned

Random = NDArray[np.uint64]  # one element: the state of splitmix64


def new_random(seed: int) -> Random:
    """A generator of its own for a seed."""
    return np.array([seed], np.uint64)


@compiled
def draw(random: Random) -> int:
    """The next 64 random bits (splitmix64, a public-domain algorithm)."""
    random[0] += unsigned(0x9E3779B97F4A7C15)
    mixed = random[0]
    mixed = (mixed ^ (mixed >> unsigned(30))) * unsigned(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> unsigned(27))) * unsigned(0x94D049BB133111EB)
    drawn: int = mixed ^ (mixed >> unsigned(31))
    return drawn


@compiled
def below(random: Random, bound: int) -> int:
    """A whole number from 0 to bound - 1."""
    return signed((draw(random) >> unsigned(32)) * unsigned(bound) >> unsigned(32))


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
