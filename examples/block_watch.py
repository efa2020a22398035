"""A member without asyncio: say what happens on the stream, and decline every block offered below a price."""

import sys
from pathlib import Path

from exchange.client import BlockingTrader, address_of, credentials_of
from exchange.client.events import BlockOffered, Done, Executed
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.units import format_yuan, parse_yuan


def main(data: Path, user: str, lowest: str, seconds: float) -> None:
    with BlockingTrader.open(credentials_of(data, user), lambda: address_of(data)) as trader:
        print(f"cash {format_yuan(trader.cash().available_fen)} CNY")
        while (event := trader.next_event(seconds)) is not None:
            match event:
                case Executed():
                    print(f"traded {event.quantity_lots:,} t at {format_yuan(event.price_ticks)}")
                case Done():
                    print(f"order {event.order_id >> 24} is done, {event.quantity_lots:,} t untraded")
                case BlockOffered() if event.price_ticks < parse_yuan(lowest):
                    refusal = trader.command(
                        Kind.BLOCK_DECLINE, contract_id=event.contract_id, order_id=event.order_id
                    )
                    print(f"{event.quantity_lots:,} t at {format_yuan(event.price_ticks)}: {refusal.text()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
