"""What a bank has sent to another: carried there, again and again, until that bank says that it has it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from settlement.api.bank_client import BankAway, BankClient, BankRefused
from settlement.bank.app import Counter
from settlement.limits import BANK_DELIVERIES_MAX, RECONNECT_FIRST_MS, RECONNECT_MAX_MS

LOG: Final = logging.getLogger("bank")


async def deliver(counter: Counter, target_bank_id: int, open_client: Callable[[], BankClient]) -> None:
    """Carry to one other bank for as long as this bank runs; one that is away is tried again."""
    pause_ms, why_down = RECONNECT_FIRST_MS, ""
    bell = counter.bell()
    while True:
        bell.clear()
        try:
            if not await _deliver_some(counter, target_bank_id, open_client):
                await bell.wait()
            pause_ms, why_down = RECONNECT_FIRST_MS, ""
        except (BankAway, BankRefused) as error:
            if str(error) != why_down:
                why_down = str(error)
                LOG.log(
                    logging.ERROR if isinstance(error, BankRefused) else logging.WARNING,
                    "to bank %d: %s",
                    target_bank_id,
                    error,
                )
            await asyncio.sleep(pause_ms / 1000)
            pause_ms = min(2 * pause_ms, RECONNECT_MAX_MS)


async def _deliver_some(counter: Counter, target_bank_id: int, open_client: Callable[[], BankClient]) -> bool:
    """Carry the oldest of what is under way; False when nothing is."""
    under_way = await counter.look(lambda store: store.under_way(target_bank_id, BANK_DELIVERIES_MAX))
    if not under_way:
        return False
    async with open_client() as client:
        for sent in under_way:
            await client.arrive(sent.instruction_id, sent.amount_fen)
            await counter.acknowledge(sent.number)
            LOG.info("%s: %d fen are at bank %d", sent.instruction_id, sent.amount_fen, target_bank_id)
    return True
