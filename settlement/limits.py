"""Every bound of Wuhan's own, named. What the two cities share is in exchange.vocabulary.limits."""

from datetime import date
from typing import Final

CHUNKS_WAITING_MAX: Final = 256  # beyond it the socket is not read, so the exchange's stream waits
EVENTS_PER_TRANSACTION_MAX: Final = 131_072  # stored in one commit; a finality never waits longer than that
SEND_PIECE_RECORDS: Final = 1_024  # sent before the socket is asked whether it takes more
SEND_PIECE_RECORDS_MIN: Final = 32  # after the exchange said BUSY the pieces become smaller, down to this
BUSY_PAUSE_MS: Final = 50  # between pieces once the exchange has said BUSY
RECONNECT_FIRST_MS: Final = 50
RECONNECT_MAX_MS: Final = 1_000
DOOR_BODY_BYTES_MAX: Final = 16_384
FIRST_DATE: Final = date(2000, 1, 2)  # trading days are numbered from there
LAST_DATE: Final = date(2099, 12, 31)
DOOR_WAITING_MAX: Final = 64  # operations that wait for the core; beyond it the door says BUSY
DOOR_PAGE_MAX: Final = 500  # operations in one answer
BANK_INSTRUCTIONS_MAX: Final = 8_192  # unanswered ones of a bank given at a time
LAST_DAY_PATIENCE_MS: Final = 5_000  # for the exchange's end of session after the last day
BANK_BODY_BYTES_MAX: Final = 4_096
BANK_WAITING_MAX: Final = (
    2 * BANK_INSTRUCTIONS_MAX
)  # unanswered at a bank; beyond it the bank says that it is full
BANK_PAGE_MOVEMENTS: Final = 500  # of a bank's stream in one answer
BANK_DELIVERIES_MAX: Final = 64  # of one bank to another, asked of the store at a time
BANK_TICK_MS: Final = 100  # between two looks of Wuhan at a bank
BANK_TIMEOUT_MS: Final = 5_000  # for one answer of a bank
LAST_BANKS_PATIENCE_MS: Final = 5_000  # for banks that are there, to answer what the last day asked of them
