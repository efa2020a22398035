"""SHA-256 of one 64-byte record by FIPS 180-4, in signed 64-bit integers, with its words in scratch rows.

Scratch rows 0 to 15 are the block and then the message schedule, 16 to 23 the hash.
"""

from typing import Final

import numpy as np

from exchange.kernel.access import Core, scratch_at
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import ONE, ZERO

ROUNDS: Final = 64
BLOCK_WORDS: Final = 16
HASH_WORDS: Final = 8
WORD = signed(0xFFFFFFFF)
BYTE = signed(0xFF)
HASH = signed(BLOCK_WORDS)  # the row of the hash's first word
LAST_BIT = signed(0x80000000)  # the one bit that ends a message
RECORD_BITS = signed(512)


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _root_fraction(value: int, degree: int) -> int:
    """The first 32 bits of the fraction of a square or cube root, in whole numbers."""
    scaled, low, high = value << (32 * degree), 0, (value + 1) << 32
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= scaled else (low, middle)
    return low & 0xFFFFFFFF


#: the standard's constants
FIRST_HASH: Final = tuple(_root_fraction(prime, 2) for prime in _primes(HASH_WORDS))
ROUND_CONSTANTS: Final = tuple(_root_fraction(prime, 3) for prime in _primes(ROUNDS))


@cold
def word_at(state: Core, index: int) -> int:
    """A scratch word."""
    return signed(scratch_at(state, index)["word"])


@cold
def twice(word: int) -> int:
    """A 32-bit word beside itself: shifted to the right its low bits are the word rotated."""
    return word | word << 32


@cold
def swap(word: int) -> int:
    """The bytes of the low 32 bits in the other order."""
    ends = (word & BYTE) << 24 | (word >> 24) & BYTE
    return ends | (word >> 8 & BYTE) << 16 | (word >> 16 & BYTE) << 8


@cold
def schedule_word(state: Core, index: int) -> int:
    """The next word of the message schedule; it takes the place of the one sixteen before."""
    early = word_at(state, (index + 1) % BLOCK_WORDS)
    late = word_at(state, (index + 14) % BLOCK_WORDS)
    early_twice = twice(early)
    late_twice = twice(late)
    word = word_at(state, index % BLOCK_WORDS) + word_at(state, (index + 9) % BLOCK_WORDS)
    word += (early_twice >> 7 ^ early_twice >> 18 ^ early >> 3) & WORD
    word += (late_twice >> 17 ^ late_twice >> 19 ^ late >> 10) & WORD
    scratch_at(state, index % BLOCK_WORDS)["word"] = word & WORD
    return word & WORD


@cold
def add_block(state: Core) -> None:
    """Go on with the hash by the block that stands in the scratch words."""
    a = word_at(state, HASH)
    b = word_at(state, HASH + 1)
    c = word_at(state, HASH + 2)
    d = word_at(state, HASH + 3)
    e = word_at(state, HASH + 4)
    f = word_at(state, HASH + 5)
    g = word_at(state, HASH + 6)
    h = word_at(state, HASH + 7)
    for index in range(ROUNDS):
        word = word_at(state, index) if index < BLOCK_WORDS else schedule_word(state, index)
        turned = twice(e)
        first = h + ((turned >> 6 ^ turned >> 11 ^ turned >> 25) & WORD) + ((e & f) ^ ((e ^ WORD) & g))
        first += ROUND_CONSTANTS[index] + word
        turned = twice(a)
        second = ((turned >> 2 ^ turned >> 13 ^ turned >> 22) & WORD) + ((a & b) ^ (a & c) ^ (b & c))
        h = g
        g = f
        f = e
        e = (d + first) & WORD
        d = c
        c = b
        b = a
        a = (first + second) & WORD
    add_word(state, ZERO, a)
    add_word(state, ONE, b)
    add_word(state, ONE + 1, c)
    add_word(state, ONE + 2, d)
    add_word(state, ONE + 3, e)
    add_word(state, ONE + 4, f)
    add_word(state, ONE + 5, g)
    add_word(state, ONE + 6, h)


@cold
def add_word(state: Core, index: int, word: int) -> None:
    """Add to a word of the hash."""
    scratch_at(state, HASH + index)["word"] = (word_at(state, HASH + index) + word) & WORD


@cold
def put_record(state: Core, record: np.void) -> None:
    """A record whose stamps are zero as the sixteen big-endian words of a block."""
    top = signed(record["length_high"]) << 24 | signed(record["length_low"]) << 16
    put_word(state, ZERO, swap(top | signed(record["packet_type"]) << 8 | signed(record["kind"])))
    for index in range(1, 6):
        put_word(state, index, ZERO)
    put_word(state, ONE + 5, signed(record["contract_id"]) << 16)
    put_word(state, ONE + 6, signed(record["account_id"]))
    put_pair(state, ONE + 7, signed(record["order_id"]))
    put_pair(state, ONE + 9, signed(record["amount_fen"]))
    put_word(state, ONE + 11, signed(record["subject_id"]))
    put_word(state, ONE + 12, signed(record["parameter_id"]) | signed(record["trading_day"]) << 16)
    put_pair(state, ONE + 13, signed(record["expires_ns"]))


@cold
def put_word(state: Core, index: int, little: int) -> None:
    """One word of the block, given as the little-endian number of its bytes."""
    scratch_at(state, index)["word"] = swap(little)


@cold
def put_pair(state: Core, index: int, little: int) -> None:
    """Two words of the block, given as the little-endian number of their bytes."""
    put_word(state, index, little & WORD)
    put_word(state, index + 1, (little >> 32) & WORD)


@cold
def is_hash_of(state: Core, record: np.void, short_hash: int) -> bool:
    """Whether the first eight bytes of a record's SHA-256 are, little-endian, that number."""
    for index in range(HASH_WORDS):
        scratch_at(state, HASH + index)["word"] = FIRST_HASH[index]
    put_record(state, record)
    add_block(state)
    for index in range(BLOCK_WORDS):
        scratch_at(state, index)["word"] = 0
    scratch_at(state, ZERO)["word"] = LAST_BIT
    scratch_at(state, ONE + 14)["word"] = RECORD_BITS
    add_block(state)
    low = swap(word_at(state, HASH))
    high = swap(word_at(state, HASH + 1))
    return low == short_hash & WORD and high == (short_hash >> 32) & WORD
