"""Splits a day's published totals into single trades of whole tonnes at whole ticks that add up exactly."""

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.official.rows import OfficialRow

BLOCK_LOTS_AIM = 1_000_000  # larger totals become several blocks, as several pairs of members would make them


class Trade(NamedTuple):
    """Price and size of one trade."""

    price_ticks: int
    lots: int


class CannotSplit(Exception):
    """No set of whole-tonne trades can have the published figures; says which figure stands in the way."""


def listed_trades(row: OfficialRow, lots_max: int) -> list[Trade]:
    """The day's listed trades: first at the open, one at the high, one at the low, the rest at two ticks.

    Each is at most `lots_max`. One tonne at each published extreme leaves the rest an average inside the
    range whenever any set of trades has one, so a failure means that the figures contradict each other.
    """
    lots, amount_fen = row.listed_lots, row.listed_fen
    if lots == 0:
        if amount_fen:
            raise CannotSplit(f"a listed amount of {amount_fen} fen without tonnes")
        return []
    if amount_fen is None:
        raise CannotSplit("listed tonnes without a listed amount")
    published = [price for price in (row.open_ticks, row.high_ticks, row.low_ticks) if price]
    firsts = list(dict.fromkeys(published))
    rest_lots, rest_fen = lots - len(firsts), amount_fen - sum(firsts)
    if rest_lots < 0:
        raise CannotSplit(f"{lots} t traded at {len(firsts)} different prices")
    trades = [Trade(price, 1) for price in firsts]
    if rest_lots == 0:
        if rest_fen:
            raise CannotSplit(f"{amount_fen} fen is not the sum of the open, high and low for {lots} t")
        return trades
    base, extra = divmod(rest_fen, rest_lots)
    lowest, highest = min(published, default=base), max(published, default=base + 1)
    if base < lowest or base + (extra > 0) > highest:
        raise CannotSplit(f"{amount_fen} fen for {lots} t is outside the published range {lowest}..{highest}")
    for price, part in ((base, rest_lots - extra), (base + 1, extra)):
        trades += [Trade(price, size) for size in _chunks(part, lots_max)]
    return trades


def block_trades(lots: int, amount_fen: int | None, lots_min: int, prices: range) -> list[Trade]:
    """The day's blocks: each `lots_min` or more, every price in `prices` (the band), the amount exact."""
    if lots == 0:
        if amount_fen:
            raise CannotSplit(f"a block amount of {amount_fen} fen without tonnes")
        return []
    if amount_fen is None:
        raise CannotSplit("block tonnes without a block amount")
    if lots < lots_min:
        raise CannotSplit(f"{lots} t of blocks is below the smallest block of {lots_min} t")
    levels = _two_levels(lots, amount_fen, lots_min, prices) or _three_levels(
        lots, amount_fen, lots_min, prices
    )
    if levels is None:
        raise CannotSplit(
            f"no blocks of {lots_min} t and more at whole ticks {prices.start}..{prices.stop - 1} "
            f"make {amount_fen} fen for {lots} t"
        )
    return [Trade(level.price_ticks, size) for level in levels for size in _blocks(level.lots, lots_min)]


def _two_levels(lots: int, amount_fen: int, lots_min: int, prices: range) -> list[Trade] | None:
    """One price, or the two closest prices whose shares are whole and large enough."""
    mean, extra = divmod(amount_fen, lots)
    if not extra:
        return [Trade(mean, lots)] if mean in prices else None
    for lower in range(min(mean, prices.stop - 1), prices.start - 1, -1):
        above_fen = amount_fen - lower * lots  # what the trades at the higher price add, gap x their tonnes
        narrowest, widest = -(-above_fen // (lots - lots_min or 1)), above_fen // lots_min
        for gap in range(max(1, narrowest), min(widest, prices.stop - 1 - lower) + 1):
            share, odd = divmod(above_fen, gap)
            if not odd and lots_min <= share <= lots - lots_min:
                return [Trade(lower + gap, share), Trade(lower, lots - share)]
    return None


def _three_levels(lots: int, amount_fen: int, lots_min: int, prices: range) -> list[Trade] | None:
    """One smallest block at some price, the rest at two."""
    if lots < 2 * lots_min:
        return None
    for price in sorted(prices, key=lambda p: abs(p * lots - amount_fen)):
        rest = _two_levels(lots - lots_min, amount_fen - price * lots_min, lots_min, prices)
        if rest is not None:
            return [Trade(price, lots_min), *rest]
    return None


def _chunks(lots: int, lots_max: int) -> Iterator[int]:
    """Full chunks, then what is left."""
    while lots > 0:
        yield min(lots, lots_max)
        lots -= lots_max


def _blocks(lots: int, lots_min: int) -> Iterator[int]:
    """Nearly equal blocks of about BLOCK_LOTS_AIM, never below the smallest."""
    count = max(1, min(lots // lots_min, -(-lots // BLOCK_LOTS_AIM)))
    for index in range(count):
        yield (lots + index) // count
