"""A diverging day cut down to few commands that still diverge, printed as commands and expected events."""

from collections.abc import Callable

from tests.differential.describe import describe, describe_event
from tests.differential.drive import Divergence, run_kernel
from tests.differential.flow import Day
from tests.reference import Capacity, Reference
from tests.reference.digest import book_digest, levels_digest

TRIALS_MAX = 2_000


def replay(capacity: Capacity, records: list[bytes], checkpoints: bool) -> Day:
    """A day of given commands, with a digest after each of them or only after the last."""
    reference = Reference(capacity)
    expected, digests, books = [], {}, {}
    for number, record in enumerate(records, 1):
        expected.append(reference.apply(record))
        if checkpoints or number == len(records):
            digests[number] = reference.canonical_digest()
            books[number] = book_digest(reference.market), levels_digest(reference.market)
    return Day(capacity, records, expected, digests, books)


def divergence_of(capacity: Capacity, records: list[bytes]) -> Divergence | None:
    """How the kernel differs on these commands; whatever it raises counts."""
    day = replay(capacity, records, checkpoints=False)
    try:
        run_kernel(day, seed=0)
    except Divergence as divergence:
        return divergence
    except Exception as error:  # the kernel's own checks, or numba's
        return Divergence(len(records) - 1, f"{type(error).__name__}: {error}")
    return None


def shrink(records: list[bytes], fails: Callable[[list[bytes]], bool]) -> list[bytes]:
    """Fewer commands that still fail: chunks are removed, large ones first, while trials remain."""
    chunk, trials = max(len(records) // 2, 1), 0
    while trials < TRIALS_MAX:
        index, removed = 0, False
        while index < len(records) and trials < TRIALS_MAX:
            shorter = records[:index] + records[index + chunk :]
            trials += 1
            if shorter and fails(shorter):
                records, removed = shorter, True
            else:
                index += chunk
        if chunk == 1 and not removed:
            break
        chunk = max(chunk // 2, 1)
    return records


def explain(day: Day, first: Divergence) -> str:
    """The shortest failing command list found, one line a command, with the reference's events."""
    records = day.records[: first.index + 1]
    if divergence_of(day.capacity, records) is None:
        return f"{first}\n(the first {len(records)} commands alone do not differ: batches or buffers matter)"
    records = shrink(records, lambda shorter: divergence_of(day.capacity, shorter) is not None)
    short = replay(day.capacity, records, checkpoints=False)
    lines = [f"{day.capacity}", f"{len(records)} commands:"]
    for record, events in zip(short.records, short.expected, strict=True):
        lines.append(describe(record))
        lines += [f"    {describe_event(*event)}" for event in events]
    return "\n".join([*lines, f"first difference: {divergence_of(day.capacity, records)}"])
