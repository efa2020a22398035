"""What a trouble does, each by the way on which it would come: an operator, a court's paper, a cut cable."""

import asyncio
import logging
from datetime import date
from pathlib import Path
from typing import Any, Final

from exchange.client.credentials import address_of, credentials_of
from exchange.client.door import Door
from exchange.client.operating import Operator
from exchange.rulebook.contracts import contract
from exchange.rulebook.scenarios import Participant, Trouble
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import trading_day_number

OPERATOR: Final = "OPER01"
ASKS, APPROVES = "registry-operator", "registry-reviewer"
BUSTS_TRIED_MAX: Final = 50  # a trade whose units or proceeds are gone cannot be undone: the next is tried
BUST_REASON: Final = 1
log = logging.getLogger("troubles")


async def bust(data: Path, day: str, first: int) -> bool:
    """Undo a trade: the first from `first` down that can still be undone."""
    number = trading_day_number(date.fromisoformat(day))
    operator = await Operator.open(credentials_of(data, OPERATOR), lambda: address_of(data))
    async with operator:
        for match_id in range(first, max(0, first - BUSTS_TRIED_MAX), -1):
            outcome = await operator.bust(match_id, trading_day=number, bust_reason=BUST_REASON)
            if outcome.accepted:
                log.info("%s: trade %d undone", day, match_id)
                return True
            if outcome.reason in (RejectReason.DAY_SEALED, RejectReason.OPENING_NOT_ACCEPTED):
                break
    log.warning("%s: none of the trades up to %d can be undone any more", day, first)
    return False


async def freeze(data: Path, day: str, trouble: Trouble, who: Participant, code: str) -> bool:
    """Have a court's freeze entered by the registry's two persons, and see what becomes of it."""
    return await asyncio.to_thread(_freeze, data, day, trouble, who, code)


def _freeze(data: Path, day: str, trouble: Trouble, who: Participant, code: str) -> bool:
    fields: dict[str, Any] = {
        "entity_id": who.entity_id,
        "place": "cash" if trouble.is_cash else "trading",
        "contract_id": 0 if trouble.is_cash else contract(code).contract_id,
        "amount": trouble.amount,
        "document": f"planted trouble of {day}",
    }
    with Door.open(data, ASKS) as registry, Door.open(data, APPROVES) as reviewer:
        asked = registry.ask("freeze", f"trouble {day} {who.entity_id}", **fields)
        if asked["state"] == "asked":
            asked = reviewer.approve(asked["operation_id"], asked["command_hash"])
    log.info("%s: freeze %s of entity %d: %s", day, fields["place"], who.entity_id, asked["state"])
    return bool(asked["state"] in ("done", "running"))
