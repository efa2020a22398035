"""Every bound, named. What happens at a bound is a reject or a closed connection, never a crash.

Bounds are proven together: AMOUNT_FEN_MAX * FEE_RATE_PPM_MAX / 1e6 fits u4, price * quantity fits i8,
and a day of DAY_TRADES_MAX trades at AMOUNT_FEN_MAX fits i8 (tests/unit/vocabulary).
"""

RECORD_BYTES = 64  # every record
PROTOCOL_VERSION = 1  # said by STREAM_OPENED

PRICE_TICKS_MIN = 100  # 1 CNY: below it rounding up both fees could exceed the proceeds of one tonne
PRICE_TICKS_MAX = 1_000_000  # 10,000 CNY; the record close is 105.65 (rulebook §5.4)
QUANTITY_LOTS_MAX = 20_000_000  # one order; the record day of all block trades is 19.6 Mt (rulebook §1.4)
AMOUNT_FEN_MAX = 400_000_000_000  # 4 billion CNY in one order: keeps either fee of a fill inside u4
FEE_RATE_PPM_MAX = 10_000  # 1 %
LEVEL_LOTS_MAX = 2**32 - 1  # all lots resting at one price: the level image is u4
BALANCE_MAX = 2**53 - 1  # lots or fen of one account

REFERENCE_GAP_MAX = 1 << 20  # how far a user reference may jump ahead of the highest seen
ORDER_SLOT_BITS = 24  # order_id = day order number << 24 | slot
ORDER_SLOT_NONE = (1 << ORDER_SLOT_BITS) - 1  # slot of a command that never rests (a take)
ORDERS_MAX = ORDER_SLOT_NONE - 1  # open orders at once
DAY_TRADES_MAX = 2**24 - 1  # so that a day's turnover fits i8 even if every trade were the largest
CONTRACTS_MAX = 64  # contracts of a day
ACCOUNTS_MAX = 1 << 20  # account ids lie below it
LOGINS_MAX = 65_535  # logins of a day
LEVELS_MAX = 65_536  # price levels of one side of one contract
TRADES_KEPT_MAX = DAY_TRADES_MAX  # trades kept for busts and corrections
TRANSFERS_MAX = 1 << 20  # registry transfers of one day
PROPOSALS_MAX = 64  # two-person proposals open at once
TIMER_MS_MAX = 3_600_000  # longest grace, dead-man's timer or limit state

IMAGE_LEVELS = 5  # of FIVE_LEVELS; a market whose public depth is more shows its whole book
SNAPSHOT_ORDERS_MAX = 65_536  # resting orders in one answer about the depth: beyond, follow from number 1

EVENTS_PER_STEP_MAX = 16  # a command, or one slice of a long one, emits at most this many events

# Streams: a stream's id is its member's id; these few are not trading members.
STREAM_PUBLIC = 0  # everybody with the right PUBLIC
STREAM_SETTLEMENT = 1  # the registry's
STREAM_OPERATOR = 2  # the operators'
STREAM_DEPTH = 3  # derived: the resting orders of every book
DROP_COPY_FIRST = 4  # derived, up to MEMBER_FIRST: merged streams of a set of members, one a drop copy
MEMBER_FIRST = 16  # first stream of a trading member

# Sessions (SoupBinTCP 3.00: heartbeat after 1 s of silence, dead after 15 s).
HEARTBEAT_MS = 1_000  # own silence before a heartbeat is owed
DEAD_MS = 15_000  # the other's silence before it counts as gone
LOGIN_TIMEOUT_MS = 5_000  # from the connection to the login
SLOW_WARN_MS = 5_000  # a reader has taken nothing of what waits for it: SLOW_READER
SLOW_CLOSE_MS = 15_000  # and then it is closed; its stream waits for it
CONTROL_PACKET_BYTES_MAX = 256  # login, logout, heartbeat, debug
CONNECTIONS_MAX = 8_192  # at once
SEND_BUFFER_BYTES_MAX = 8 << 20  # unread by the peer, then it is cut off
BATCH_COMMANDS_MAX = 16_384  # commands of one turn of the exchange
TICK_INTERVAL_MS = 100  # between two images of the board
