"""Blocks of commands: no batch split without need, an end at every cut, nothing lost and nothing doubled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.engine.journal_reader import Batch
from exchange.engine.replay import blocks
from exchange.vocabulary.limits import BATCH_COMMANDS_MAX
from exchange.vocabulary.records import COMMAND


def batches(counts: list[int]) -> list[Batch]:
    made, first = [], 1
    for number, count in enumerate(counts):
        records = np.zeros(count, COMMAND)
        records["sequence"] = np.arange(first, first + count)
        made.append(Batch(first, number, records, bytes([number + 1])))
        first += count
    return made


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.sets(st.integers(0, 60), max_size=8))
def test_blocks_hold_every_command_once_and_end_at_cuts(counts: list[int], cuts: set[int]) -> None:
    found = []
    ends = []
    chains = {batch.last_sequence: batch.chain for batch in batches(counts)}
    for block in blocks(batches(counts), cuts):
        found += block.commands["sequence"].tolist()
        ends.append(block.last_sequence)
        assert block.chain == chains.get(block.last_sequence, b"")
    assert found == list(range(1, sum(counts) + 1))
    assert {cut for cut in cuts if 1 <= cut <= sum(counts)} <= set(ends)


@pytest.mark.parametrize(
    ("counts", "ends"),
    [
        ([BATCH_COMMANDS_MAX - 1, 2, 3], [BATCH_COMMANDS_MAX - 1, BATCH_COMMANDS_MAX + 4]),
        ([BATCH_COMMANDS_MAX + 5, 1], [BATCH_COMMANDS_MAX, BATCH_COMMANDS_MAX + 6]),
    ],
)
def test_a_batch_is_split_only_when_it_is_larger_than_a_block(counts: list[int], ends: list[int]) -> None:
    assert [block.last_sequence for block in blocks(batches(counts))] == ends
