"""The sequencer: exchange commands first, members' in order of arrival, all stamped, none trusted."""

import pytest

from exchange.engine.bounds import QUEUE_COMMANDS_MAX
from exchange.engine.sequencer import QueueFull, Sequencer
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import COMMAND, Records, make, new_records


def listings(*references: int, login_id: int = 0) -> Records:
    records = new_records(Kind.LISTING, len(references)).view(COMMAND)
    records["user_reference"] = references
    records["sequence"], records["time_ns"], records["login_id"] = 999, 999, login_id
    return records


def rows(batch: Records) -> list[tuple[int, int, int, int, int]]:
    names = ("kind", "user_reference", "sequence", "time_ns", "login_id")
    return [tuple(int(record[name]) for name in names) for record in batch]


def test_a_batch_is_stamped_whatever_the_sender_wrote() -> None:
    sequencer = Sequencer()
    sequencer.queue(listings(5, 6), 101)
    sequencer.queue(listings(1, login_id=102), None)
    batch = sequencer.take([make(Kind.TICK, login_id=7)], 40, 123, with_queued=True)
    assert rows(batch) == [
        (Kind.TICK, 0, 40, 123, 0),
        (Kind.LISTING, 5, 41, 123, 101),
        (Kind.LISTING, 6, 42, 123, 101),
        (Kind.LISTING, 1, 43, 123, 102),
    ]
    assert sequencer.queued == 0


def test_queued_commands_wait_while_only_the_exchange_is_heard() -> None:
    sequencer = Sequencer()
    sequencer.queue(listings(5), 101)
    assert len(sequencer.take([make(Kind.TICK)], 1, 1, with_queued=False)) == 1
    assert rows(sequencer.take([], 2, 2, with_queued=True)) == [(Kind.LISTING, 5, 2, 2, 101)]


def test_a_batch_is_one_contiguous_array_of_commands() -> None:
    sequencer = Sequencer()
    sequencer.queue(listings(5), 101)
    batch = sequencer.take([make(Kind.TICK)] * 3, 1, 1, with_queued=True)
    assert (batch.dtype, batch.flags.c_contiguous, batch.flags.writeable) == (COMMAND, True, True)


def test_the_queue_is_bounded() -> None:
    sequencer = Sequencer()
    sequencer.queue(listings(*range(QUEUE_COMMANDS_MAX - 1)), 101)
    assert sequencer.room == 1
    with pytest.raises(QueueFull, match="expected at most 1 commands, found 2"):
        sequencer.queue(listings(1, 2), 101)
    sequencer.queue(listings(1), 101)
    assert sequencer.room == 0
    assert len(sequencer.take([], 1, 1, with_queued=True)) == QUEUE_COMMANDS_MAX
    assert sequencer.room == QUEUE_COMMANDS_MAX
