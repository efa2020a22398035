"""Follow the market: its best five levels as they change, or the whole book, proven by its digest."""

import asyncio
import sys
from pathlib import Path

from exchange.client import Book, FiveLevelBook, MarketFeed, address_of, credentials_of
from exchange.vocabulary.enums import Side
from exchange.vocabulary.units import format_yuan

CEA = 1
CHANGES = 10


def show(book: Book | FiveLevelBook) -> None:
    """Both sides in one line, best price first."""
    for side, name in ((Side.BUY, "bids"), (Side.SELL, "asks")):
        levels = book.levels(CEA, side)[:5]
        print(f"{name} {'  '.join(f'{lots:,} t at {format_yuan(price)}' for price, lots in levels) or '-'}")


async def main(data: Path, user: str, *, whole: bool) -> None:
    who = credentials_of(data, user)
    if not whole:
        async with MarketFeed(who, lambda: address_of(data), FiveLevelBook) as images:
            await images.until_live()
            for _ in range(CHANGES):
                show(images.book)
                await images.changed()
        return
    async with MarketFeed(who, lambda: address_of(data), Book) as orders:
        await orders.until_live()
        show(orders.book)
        await orders.check()
        print(f"{len(orders.book):,} orders after record {orders.book.number:,}: the exchange has the same")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], whole="--whole" in sys.argv[3:]))
