"""Follow the market: its best five levels as they change, or the whole book, proven by its digest."""

import asyncio
import sys
from pathlib import Path

from exchange.client import Book, FiveLevelBook, MarketFeed, address_of, credentials_of
from exchange.vocabulary.enums import Side
from exchange.vocabulary.units import format_yuan

CEA = 1
CHANGES = 10


def text_of(book: Book | FiveLevelBook) -> str:
    """Both sides, a line each, best price first."""
    lines = []
    for side, name in ((Side.BUY, "bids"), (Side.SELL, "asks")):
        levels = [f"{lots:,} t at {format_yuan(price)}" for price, lots in book.levels(CEA, side)[:5]]
        lines.append(f"{name} {'  '.join(levels) or '-'}")
    return "\n".join(lines)


async def main(data: Path, user: str, *, whole: bool) -> None:
    who = credentials_of(data, user)
    if not whole:
        async with MarketFeed(who, lambda: address_of(data), FiveLevelBook) as images:
            await images.until_live()
            for _ in range(CHANGES):
                shown = text_of(images.book)
                print(shown)
                while text_of(images.book) == shown:
                    await images.changed()
        return
    async with MarketFeed(who, lambda: address_of(data), Book) as orders:
        await orders.until_live()
        print(text_of(orders.book))
        await orders.check()
        print(f"{len(orders.book):,} orders after record {orders.book.number:,}: the exchange has the same")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], whole="--whole" in sys.argv[3:]))
