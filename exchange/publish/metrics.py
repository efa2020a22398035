"""The exchange's own measurements: rates and latency percentiles over the last seconds.

Latencies go to a log-linear histogram (G. Tene's idea of HdrHistogram): 32 steps in every power of two, so a
percentile is at most 3.2 % above the truth whatever its size. Time is passed in.
"""

from typing import Final, NamedTuple

from exchange.vocabulary.units import NS_PER_SECOND

STEPS_BITS: Final = 5
STEPS: Final = 1 << STEPS_BITS
BUCKETS: Final = (64 - STEPS_BITS) * STEPS
WINDOW_SECONDS: Final = 5  # "the last seconds" of REPLY_STATUS
PERMILLE: Final = 1_000


class Histogram:
    """Counts of whole numbers from 0 to 2^63; memory is fixed, recording is O(1)."""

    __slots__ = ("_counts", "count")

    def __init__(self) -> None:
        self._counts = [0] * BUCKETS
        self.count = 0

    def record(self, value: int, count: int = 1) -> None:
        """Count a value; negative ones count as 0."""
        self._counts[_bucket(max(value, 0))] += count
        self.count += count

    def add(self, other: "Histogram") -> None:
        """Take over another's counts."""
        if other.count:
            self._counts = [a + b for a, b in zip(self._counts, other._counts, strict=True)]
            self.count += other.count

    def percentile(self, permille: int) -> int:
        """The smallest bound that `permille` of all values do not pass; 0 when nothing is recorded."""
        if not 0 < permille <= PERMILLE:
            raise ValueError(f"expected 1 to {PERMILLE} permille, found {permille}")
        wanted = -(-self.count * permille // PERMILLE)
        seen = 0
        for bucket, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return _bound(bucket)
        return 0


def _bucket(value: int) -> int:
    shift = max(value.bit_length() - STEPS_BITS - 1, 0)
    return (shift << STEPS_BITS) + (value >> shift)


def _bound(bucket: int) -> int:
    """The largest value counted in a bucket."""
    if bucket < 2 * STEPS:
        return bucket
    shift = (bucket >> STEPS_BITS) - 1
    return (((bucket - (shift << STEPS_BITS)) + 1) << shift) - 1


class Status(NamedTuple):
    """What a status query is told of rates and latencies."""

    commands_per_second: int  # last full second
    latency_p50_us: int
    latency_p99_us: int
    latency_p999_us: int


class _Second:
    __slots__ = ("commands", "latency_ns", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.commands = 0
        self.latency_ns = Histogram()


class Metrics:
    """Counts of the running second and of the ones before it, for as long as a status query looks back."""

    def __init__(self) -> None:
        self.commands_total = 0
        self._seconds: list[_Second] = []

    def count_commands(self, count: int, real_ns: int) -> None:
        """Commands sequenced at a (monotonic) real time."""
        self.commands_total += count
        self._second(real_ns).commands += count

    def record_latency(self, latency_ns: int, real_ns: int, count: int = 1) -> None:
        """Time from receiving a packet to sending its answer."""
        self._second(real_ns).latency_ns.record(latency_ns, count)

    def status(self, real_ns: int) -> Status:
        """Rate of the last full second, percentiles of the window."""
        now = real_ns // NS_PER_SECOND
        merged = Histogram()
        rate = 0
        for second in self._seconds:
            if now - WINDOW_SECONDS <= second.number <= now:
                merged.add(second.latency_ns)
            if second.number == now - 1:
                rate = second.commands
        return Status(rate, *(-(-merged.percentile(p) // 1_000) for p in (500, 990, 999)))

    def _second(self, real_ns: int) -> _Second:
        number = real_ns // NS_PER_SECOND
        if not self._seconds or self._seconds[-1].number < number:
            self._seconds.append(_Second(number))
            del self._seconds[: -WINDOW_SECONDS - 1]
        return self._seconds[-1]
