"""First in, first out, compiled: blocks and flows in, blocks out. Pure; int64 arrays only.

Every account has a queue of parts in the order of arrival; a flow takes the upper end of the first part. A
block that was cut is closed at the end: what left it and what remains of it are its children. Neighbours in
a queue of which the later ends where the earlier begins are then merged: their serials leave in the same
order as before, so merging never changes who gets which serial.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from settlement.compiled import compiled

Table = NDArray[np.int64]

#: columns of blocks
ID, FIRST, LAST, ACCOUNT, ACQUIRED, PARENT, MATCH, IS_OPEN, SUCCESSOR = range(9)
BLOCK_WIDTH: Final = 9
#: columns of flows; source NONE mints FIRST..LAST, other flows with a FIRST take exactly FIRST..LAST
SOURCE, TARGET, LOTS, PINNED_FIRST, PINNED_LAST, FLOW_MATCH = range(6)
FLOW_WIDTH: Final = 6
#: columns of parts: what is left of a block, and the part after it in the queue
PART_FIRST, PART_LAST, BLOCK, NEXT = range(4)
PART_WIDTH: Final = 4
HEAD, TAIL = range(2)
BLOCKS, PARTS, NEXT_ID = range(3)  # how many there are
NONE: Final = -1


@compiled
def _room(table: Table, needed: int) -> Table:
    """The table, or one at least twice as long when `needed` rows do not fit."""
    if needed <= len(table):
        return table
    longer = np.zeros((2 * needed, table.shape[1]), np.int64)
    longer[: len(table)] = table
    return longer


@compiled
def _new_block(
    blocks: Table, sizes: Table, first: int, last: int, account: int, parent: int, match: int
) -> int:
    block = sizes[BLOCKS]
    sizes[BLOCKS] += 1
    blocks[block, ID] = sizes[NEXT_ID]
    sizes[NEXT_ID] += 1
    blocks[block, FIRST] = first
    blocks[block, LAST] = last
    blocks[block, ACCOUNT] = account
    blocks[block, ACQUIRED] = blocks[block, ID]
    blocks[block, PARENT] = parent
    blocks[block, MATCH] = match
    blocks[block, IS_OPEN] = 1
    blocks[block, SUCCESSOR] = 0
    return int(block)


@compiled
def _push(blocks: Table, parts: Table, queues: Table, sizes: Table, block: int) -> None:
    """Put a block at the end of its account's queue."""
    part = sizes[PARTS]
    sizes[PARTS] += 1
    parts[part, PART_FIRST] = blocks[block, FIRST]
    parts[part, PART_LAST] = blocks[block, LAST]
    parts[part, BLOCK] = block
    parts[part, NEXT] = NONE
    account = blocks[block, ACCOUNT]
    if queues[account, HEAD] == NONE:
        queues[account, HEAD] = part
    else:
        parts[queues[account, TAIL], NEXT] = part
    queues[account, TAIL] = part


@compiled
def _cut(
    parts: Table, queues: Table, sizes: Table, account: int, before: int, part: int, low: int, high: int
) -> None:
    """Take low..high out of a part: what is above and below keeps its place, the upper one first."""
    has_lower = parts[part, PART_FIRST] < low
    has_upper = high < parts[part, PART_LAST]
    if has_lower and has_upper:
        lower = sizes[PARTS]
        sizes[PARTS] += 1
        parts[lower, :] = parts[part, :]
        parts[lower, PART_LAST] = low - 1
        parts[part, PART_FIRST] = high + 1
        parts[part, NEXT] = lower
        if queues[account, TAIL] == part:
            queues[account, TAIL] = lower
    elif has_upper:
        parts[part, PART_FIRST] = high + 1
    elif has_lower:
        parts[part, PART_LAST] = low - 1
    else:
        if before == NONE:
            queues[account, HEAD] = parts[part, NEXT]
        else:
            parts[before, NEXT] = parts[part, NEXT]
        if queues[account, TAIL] == part:
            queues[account, TAIL] = before


@compiled
def _step(blocks: Table, parts: Table, queues: Table, sizes: Table, flow: Table, left: int) -> int:
    """Move what one part of the source can give; returns the lots, 0 when it has none."""
    if flow[SOURCE] == NONE:
        block = _new_block(blocks, sizes, flow[PINNED_FIRST], flow[PINNED_LAST], flow[TARGET], 0, 0)
        _push(blocks, parts, queues, sizes, block)
        return left
    before = NONE
    part = queues[flow[SOURCE], HEAD]
    if flow[PINNED_FIRST]:
        while part != NONE and (
            parts[part, PART_LAST] < flow[PINNED_FIRST] or flow[PINNED_LAST] < parts[part, PART_FIRST]
        ):
            before = part
            part = parts[part, NEXT]
    if part == NONE:
        return 0
    high = parts[part, PART_LAST]
    low = max(parts[part, PART_FIRST], high - left + 1)
    if flow[PINNED_FIRST]:
        high = min(high, flow[PINNED_LAST])
        low = max(parts[part, PART_FIRST], flow[PINNED_FIRST])
    parent = parts[part, BLOCK]
    blocks[parent, IS_OPEN] = 0
    _cut(parts, queues, sizes, flow[SOURCE], before, part, low, high)
    block = _new_block(blocks, sizes, low, high, flow[TARGET], blocks[parent, ID], flow[FLOW_MATCH])
    _push(blocks, parts, queues, sizes, block)
    return int(high - low + 1)


@compiled
def _keep_remainders(blocks: Table, parts: Table, queues: Table, sizes: Table) -> Table:
    """What is left of a block that was cut becomes a block in its place; returns the blocks."""
    for account in range(len(queues)):
        part = queues[account, HEAD]
        while part != NONE:
            cut = parts[part, BLOCK]
            if not blocks[cut, IS_OPEN]:
                blocks = _room(blocks, sizes[BLOCKS] + 1)
                kept = _new_block(
                    blocks,
                    sizes,
                    parts[part, PART_FIRST],
                    parts[part, PART_LAST],
                    account,
                    blocks[cut, ID],
                    0,
                )
                blocks[kept, ACQUIRED] = blocks[cut, ACQUIRED]
                parts[part, BLOCK] = kept
            part = parts[part, NEXT]
    return blocks


@compiled
def _merge(blocks: Table, parts: Table, queues: Table, sizes: Table) -> Table:
    """Join each run of neighbours in a queue of which every one ends where the one before begins.

    Returns the blocks.
    """
    for account in range(len(queues)):
        start = queues[account, HEAD]
        while start != NONE:
            end = start
            following = parts[start, NEXT]
            while following != NONE and parts[following, PART_LAST] + 1 == parts[end, PART_FIRST]:
                end = following
                following = parts[following, NEXT]
            if end != start:
                blocks = _room(blocks, sizes[BLOCKS] + 1)
                merged = _new_block(
                    blocks, sizes, parts[end, PART_FIRST], parts[start, PART_LAST], account, 0, 0
                )
                blocks[merged, ACQUIRED] = blocks[parts[start, BLOCK], ACQUIRED]
                while start != following:
                    blocks[parts[start, BLOCK], IS_OPEN] = 0
                    blocks[parts[start, BLOCK], SUCCESSOR] = blocks[merged, ID]
                    start = parts[start, NEXT]
            start = following
    return blocks


@compiled
def follow(loaded: Table, flows: Table, account_count: int, next_id: int) -> tuple[Table, int]:
    """Let blocks follow flows; returns the loaded blocks as they now are, then the new ones, and NONE.

    Requires: loaded blocks by account in the order of arrival, as many as flows take; one of 0 lots, whose
    first serial is 0, stands for those that follow and keeps what arrives apart. New ids count from
    `next_id`. A flow that finds too few units waits for what later flows bring; the index of one that never
    gets them is returned.
    Complexity: O(blocks + flows + pieces); pinned flows also walk their source's queue.
    """
    expected = len(loaded) + len(flows) + 16
    blocks = np.zeros((2 * expected, BLOCK_WIDTH), np.int64)
    parts = np.zeros((2 * expected, PART_WIDTH), np.int64)
    queues = np.full((account_count, 2), NONE, np.int64)
    sizes = np.array([len(loaded), 0, next_id], np.int64)
    blocks[: len(loaded)] = loaded
    for block in range(len(loaded)):
        _push(blocks, parts, queues, sizes, block)
    left = flows[:, LOTS].copy()
    waiting = 0
    moved = 1
    while waiting != NONE and moved:
        waiting = NONE
        moved = 0
        for index in range(len(flows)):
            while left[index] > 0:
                blocks = _room(blocks, sizes[BLOCKS] + 1)
                parts = _room(parts, sizes[PARTS] + 2)
                lots = _step(blocks, parts, queues, sizes, flows[index], left[index])
                if lots == 0:
                    waiting = index if waiting == NONE else waiting
                    break
                left[index] -= lots
                moved += lots
    blocks = _keep_remainders(blocks, parts, queues, sizes)
    blocks = _merge(blocks, parts, queues, sizes)
    return blocks[: sizes[BLOCKS]], waiting
