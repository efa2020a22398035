"""Bounds of the gateway, each with what happens at it; the bounds of the wire are in vocabulary.limits."""

from typing import Final

from exchange.vocabulary.limits import BATCH_COMMANDS_MAX, RECORD_BYTES

#: Records taken from one connection in one loop turn; the rest waits for the next turn.
QUANTUM_RECORDS: Final = BATCH_COMMANDS_MAX // 2
#: A batch of at most so many records is looked at record by record; numpy pays from there on.
FEW_RECORDS: Final = 16
#: Bytes of records waiting in one connection's queue. At it the socket is not read, until half is gone.
QUEUE_BYTES_MAX: Final = 2 * QUANTUM_RECORDS * RECORD_BYTES
#: Bytes of one write. A connection takes the next only when the operating system has taken most of the last.
WRITE_BYTES_MAX: Final = 256 << 10
#: Bytes a connection's transport holds before it counts as slow and is fed no more until it has drained.
SLOW_BYTES: Final = 256 << 10
#: Writes made at once to a connection that catches up; then others get their turn.
CATCH_UP_WRITES: Final = 4
#: Queries of one connection that wait for an answer; at it the socket is not read.
QUERIES_WAITING_MAX: Final = 1_024
#: Queries answered in one loop turn, over all connections.
QUERIES_PER_TURN_MAX: Final = 64
#: Bytes of answers held for one connection until they are durable; above it its further queries wait.
HELD_BYTES_MAX: Final = 256 << 10
#: Newest executions given to one query.
TRADES_REPLY_MAX: Final = 10_000
#: The engine is given a turn at least so often: schedule, ticks, restarts.
TURN_INTERVAL_MS: Final = 10
#: How often silence is looked for; heartbeats are late by at most this.
SILENCE_INTERVAL_MS: Final = 250
#: Time for connections to take the end of the last day before the gateway closes them.
FAREWELL_MS: Final = 3_000
#: Descriptors left for files, beside the connections.
DESCRIPTORS_KEPT: Final = 128
#: One part in so many of all connections may be such that have not logged in: strangers take no more.
STRANGERS_SHARE: Final = 2
#: Connections the operating system queues while the gateway is in a turn.
BACKLOG: Final = 4_096
