"""The commands a benchmark session sends: 45 % listings, 45 % cancels, 10 % takes, made by whole arrays.

Listings rest away from the market, half of them bids, over 100 price levels; cancels take back what was
listed some blocks earlier; takes buy one or two tonnes from listings that a provider posted at the base
price.
"""

from typing import Final

import numpy as np

from benchmarks.gateway_market import BASE_TICKS, CONTRACT
from exchange.vocabulary.enums import Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import COMMAND, Records, make

BLOCK: Final = 20  # commands: nine pairs of listing and cancel, then two takes
PAIRS: Final = 9
LEVELS: Final = 50  # of each side
SEED: Final = 20_211_216
PROVIDER_LOTS: Final = 99_999


class Flow:
    """An endless numbered flow of one login. `lag_blocks`: how old a listing is when it is cancelled."""

    def __init__(self, blocks: int, lag_blocks: int, seed: int = SEED) -> None:
        assert BLOCK * blocks < 1 << 20
        self._pattern = make_pattern(blocks, lag_blocks, seed)
        self._words = self._pattern.view(np.uint64).reshape(-1, 8)
        self._next_reference = 1
        self._is_cancel = self._pattern["kind"] == Kind.CANCEL
        self._lag = BLOCK * lag_blocks + 1

    def __len__(self) -> int:
        return len(self._pattern)

    def chunk(self) -> bytes:
        """The next `len(self)` commands."""
        count = len(self._pattern)
        references = np.arange(self._next_reference, self._next_reference + count, dtype=np.int64)
        self._next_reference += count
        self._pattern["user_reference"] = references
        self._pattern["target_reference"] = np.where(
            self._is_cancel, np.maximum(references - self._lag, 0), 0
        )
        too_early = self._is_cancel & (references <= self._lag)
        if not too_early.any():
            return self._words.tobytes()
        words = self._words.copy()  # at first there is nothing yet to cancel: takes instead
        words[too_early] = words[2 * PAIRS]
        start = words.reshape(-1).view(COMMAND)
        start["user_reference"] = references
        return words.tobytes()


def make_pattern(blocks: int, lag_blocks: int, seed: int) -> Records:
    """The commands of one chunk, references left at 0."""
    random = np.random.default_rng(seed)
    records = np.zeros(BLOCK * blocks, COMMAND)
    header = np.frombuffer(make(Kind.LISTING), COMMAND)[0]
    for name in ("length_high", "length_low", "packet_type"):
        records[name] = header[name]
    place = np.arange(len(records)) % BLOCK
    is_take = place >= 2 * PAIRS
    is_listing = ~is_take & (place % 2 == 0)
    records["kind"] = np.where(
        is_take, int(Kind.TAKE), np.where(is_listing, int(Kind.LISTING), int(Kind.CANCEL))
    )
    records["contract_id"] = CONTRACT
    side = np.where(random.integers(0, 2, len(records)) == 0, int(Side.BUY), int(Side.SELL))
    away = random.integers(1, LEVELS + 1, len(records))
    price = np.where(side == Side.BUY, BASE_TICKS - 50 - away, BASE_TICKS + 50 + away)
    records["side"] = np.where(is_take, int(Side.BUY), np.where(is_listing, side, 0))
    records["price_ticks"] = np.where(is_take, BASE_TICKS, np.where(is_listing, price, 0))
    lots = np.where(is_take, random.integers(1, 3, len(records)), random.integers(1, 1_000, len(records)))
    records["quantity_lots"] = np.where(is_take | is_listing, lots, 0)
    return records


def provider_listings(count: int) -> bytes:
    """What the takes of everybody else buy from."""
    return b"".join(
        make(
            Kind.LISTING,
            user_reference=reference + 1,
            contract_id=CONTRACT,
            price_ticks=BASE_TICKS,
            quantity_lots=PROVIDER_LOTS,
            side=int(Side.SELL),
        )
        for reference in range(count)
    )


def single_order(reference: int) -> bytes:
    """One listing away from the market, or the cancel of the one before: for one order in flight."""
    if reference % 2:
        return make(
            Kind.LISTING,
            user_reference=reference,
            contract_id=CONTRACT,
            price_ticks=BASE_TICKS + 60,
            quantity_lots=10,
            side=int(Side.SELL),
        )
    return make(Kind.CANCEL, user_reference=reference, target_reference=reference - 1)
