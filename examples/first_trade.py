"""Buy a hundred tonnes: wait with a low listing, look at the board, then take what is offered."""

import asyncio
import sys
from pathlib import Path

from exchange.client.credentials import address_of, credentials_of
from exchange.client.trader import Trader
from exchange.vocabulary.enums import Side
from exchange.vocabulary.units import format_yuan


async def main(data: Path, user: str) -> None:
    async with await Trader.open(credentials_of(data, user), address_of(data)) as trader:
        cea = next(contract for contract in await trader.contracts() if contract.code == "CEA")
        listing = await trader.listing(Side.BUY, cea.lower_ticks, 100, contract_id=cea.contract_id)
        print(listing.text())

        for offer in await trader.board(cea.contract_id):
            if offer.side == Side.SELL:
                print(f"{offer.quantity_lots:>8,} t at {format_yuan(offer.price_ticks)}")

        take = await trader.take(Side.BUY, cea.upper_ticks, 100, contract_id=cea.contract_id)
        print(take.text())
        if listing.accepted:
            print((await trader.cancel(listing.order_id)).text())


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
