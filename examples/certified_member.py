"""A member's program that passes `exchange certify`: it does what notices on the public stream ask for.

.venv/bin/exchange certify -- .venv/bin/python examples/certified_member.py
"""

import asyncio
import sys
from pathlib import Path

from exchange.client import Address, Courier, LoginRefused, OtherRecord, Trader, load_credentials
from exchange.client.events import Accepted, Event, Executed, NoticeText, Reduced
from exchange.client.words import order_number
from exchange.vocabulary.enums import Side

CEA = 1
SIDES = {"buy": Side.BUY, "sell": Side.SELL}


class Member:
    """Keeps its own count of its orders, from its own stream, and obeys one instruction after the other."""

    def __init__(self) -> None:
        self.orders: dict[int, int] = {}  # by the short number: order id
        self.rest: dict[int, int] = {}  # tonnes left, by order id
        self.instructions: asyncio.Queue[list[str]] = asyncio.Queue()
        self.last = 0

    def hear_own(self, event: Event | OtherRecord) -> None:
        """My own stream: what is left of each order."""
        match event:
            case Accepted():
                self.orders[order_number(event.order_id)] = event.order_id
                self.rest[event.order_id] = event.quantity_lots
            case Executed() if event.order_id in self.rest:
                self.rest[event.order_id] -= event.quantity_lots
            case Reduced():
                self.rest[event.order_id] = event.quantity_lots

    def hear_public(self, event: Event | OtherRecord) -> None:
        """The public stream: what to do next; after a loss an instruction may come once more."""
        if isinstance(event, NoticeText):
            prefix, number, *words = event.text.rstrip(b"\0").decode().split()
            if prefix == "CERT" and int(number) > self.last:
                self.last = int(number)
                self.instructions.put_nowait(words)

    async def obey(self, trader: Trader, words: list[str]) -> None:
        """One instruction; whatever becomes of it, it is done once."""
        match words:
            case ["list", side, price, lots]:
                outcome = await trader.listing(SIDES[side], price, int(lots), contract_id=CEA)
            case ["take", side, price, lots]:
                outcome = await trader.take(SIDES[side], price, int(lots), contract_id=CEA)
            case ["cancel", number]:
                outcome = await trader.cancel(self.orders[int(number[1:])])
            case ["replace", number, price, "rest"]:
                order_id = self.orders[int(number[1:])]
                outcome = await trader.replace(order_id, price, self.rest[order_id])
            case ["session", "cancel", switch, *grace]:
                grace_ms = 1000 * int(grace[0]) if grace else 0
                outcome = await trader.session_setting(cancel_on_disconnect=switch == "on", grace_ms=grace_ms)
            case _:
                print(f"not understood: {' '.join(words)}")
                return
        print(f"{' '.join(words)}: {outcome.text()}")


async def main(host: str, port: int, path: Path) -> int:
    member, credentials, address = Member(), load_credentials(path), Address(host, port)
    try:
        trader = await Trader.open(credentials, address, listeners=(member.hear_own,))
    except LoginRefused as refusal:
        print(refusal)  # a wrong password stays wrong: trying again would only lock the login
        return 1
    public = Courier(credentials, lambda: address, (member.hear_public,), stream="PUBLIC")
    await public.start(is_patient=True)
    while (words := await member.instructions.get()) != ["quit"]:
        await member.obey(trader, words)
    await public.close()
    await trader.close()
    return 0


sys.exit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
