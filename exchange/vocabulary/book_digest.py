"""Digests of what rests in the books: what the kernel, a rebuilt feed and the reference must all compute.

A digest is the SHA-256 of a head and of rows without padding, little-endian. A book's rows are its orders,
the five levels' rows their sums; contracts ascending, buys before sells, best price first, first come first.
What is empty has no row, so a reader need not know which contracts there are. Block offers and the bids of a
one-way auction rest in no book.
"""

import hashlib
from typing import Final

import numpy as np

from exchange.vocabulary.records import Records

BOOK_HEAD: Final = b"two-city book 1"
LEVELS_HEAD: Final = b"two-city levels 1"

#: one resting order, 19 bytes
BOOK_ROW: Final = np.dtype(
    [("contract_id", "<u2"), ("side", "u1"), ("price_ticks", "<u4"), ("order_id", "<u8"), ("lots", "<u4")]
)
#: all orders at one price, 11 bytes
LEVEL_ROW: Final = np.dtype([("contract_id", "<u2"), ("side", "u1"), ("price_ticks", "<u4"), ("lots", "<u4")])


def book_digest(rows: Records) -> bytes:
    """SHA-256 of every order, as BOOK_ROW."""
    return hashlib.sha256(BOOK_HEAD + rows.astype(BOOK_ROW, copy=False).tobytes()).digest()


def levels_digest(rows: Records) -> bytes:
    """SHA-256 of the best levels, as LEVEL_ROW."""
    return hashlib.sha256(LEVELS_HEAD + rows.astype(LEVEL_ROW, copy=False).tobytes()).digest()
