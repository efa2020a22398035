"""Bounds of the engine, each with what happens at it; the bounds of the wire are in vocabulary.limits."""

from typing import Final

from exchange.vocabulary.limits import BATCH_COMMANDS_MAX, EVENTS_PER_STEP_MAX, RECORD_BYTES

#: Member commands waiting for the next turn. At the bound `Engine.room()` is 0 and the gateway stops reading.
QUEUE_COMMANDS_MAX: Final = BATCH_COMMANDS_MAX
#: Exchange-internal commands of one turn; the rest waits, and member commands wait with it.
INTERNAL_COMMANDS_MAX: Final = 1_024
#: Bytes handed to the journal's thread and not yet durable. At the bound a turn takes nothing (returns 0).
JOURNAL_BEHIND_BYTES_MAX: Final = 8 << 20
#: A batch of at most so many commands is synced inline when the journal's thread is idle. Handing one order
#: to the thread and being woken again costs more than half of a sync; from here on overlapping pays.
INLINE_COMMANDS_MAX: Final = 1
#: The same where nothing is synced: writing to the page cache is cheaper than waking a thread (by 50 us).
INLINE_UNSYNCED_COMMANDS_MAX: Final = 256
#: Events the kernel may write in one call; a longer answer continues in the next call.
EVENT_BUFFER_RECORDS: Final = 8_192
#: Written zeros per journal file.
SEGMENT_BYTES: Final = 16 << 20
#: Events of one day kept in memory before the oldest go to files.
EVENTS_IN_MEMORY_MAX: Final = 16 << 20
#: Orders alive at once in one day.
ORDERS_CAPACITY: Final = (
    1 << 18
)  #: Trades of one day that are kept for busts and corrections; an older one is UNKNOWN_TRADE.
TRADES_CAPACITY: Final = 1 << 16
#: Transfers of the registry in one day; the next one is TRANSFER_CAPACITY.
TRANSFERS_CAPACITY: Final = 1 << 12
#: What one read of a journal that is being written takes; the largest batch fits.
TAIL_WINDOW_BYTES: Final = 2 << 20
#: What one look at such a journal takes at most; more than can wait for the disk, so that a look always ends
#: behind something durable.
TAIL_BATCHES_BYTES_MAX: Final = 2 * JOURNAL_BEHIND_BYTES_MAX
#: Events that the follower holds before it writes a file of them, whether a snapshot is due or not.
EVENTS_PER_FILE_MAX: Final = 1 << 19
#: Snapshots of a day that are kept: the newest, the one it is proven from, and one to fall back to.
SNAPSHOTS_KEPT: Final = 3

assert EVENT_BUFFER_RECORDS >= 4 * EVENTS_PER_STEP_MAX
assert (1 + INTERNAL_COMMANDS_MAX + QUEUE_COMMANDS_MAX) * RECORD_BYTES <= TAIL_WINDOW_BYTES
assert TAIL_BATCHES_BYTES_MAX > JOURNAL_BEHIND_BYTES_MAX + TAIL_WINDOW_BYTES
