"""A record of the public stream as named text fields: what an entry of a Redis stream holds.

Names are those of PROTOCOL.md, enumerated values are their names, numbers are decimal text. Left out is what
a public record never says (login, account, reference), levels beyond `level_count`, and zero padding.
"""

from enum import IntEnum
from typing import Final

import msgspec

from exchange.bridge.contract_state import named
from exchange.bridge.market import contract_code
from exchange.client.decode import OtherRecord
from exchange.client.events import Event
from exchange.vocabulary import enums
from exchange.vocabulary.kinds import Kind

Fields = dict[str, str | bytes]

_ENUMS: Final[dict[str, type[IntEnum]]] = {
    "side": enums.Side,
    "board_side": enums.Side,
    "imbalance_side": enums.Side,
    "method": enums.Method,
    "figure_method": enums.Method,
    "auction_method": enums.Method,
    "phase": enums.Phase,
    "previous_phase": enums.Phase,
    "level": enums.Level,
    "halt_reason": enums.HaltReason,
    "stage": enums.SettlementStage,
    "pricing": enums.AuctionPricing,
    "auction_kind": enums.AuctionKind,
    "breaker_state": enums.BreakerState,
    "breaker_kind": enums.BreakerKind,
}
_SILENT: Final = ("user_reference", "login_id", "account_id", "contract_id", "board_contract_id")


def fields_of(event: Event | OtherRecord) -> Fields:
    """The entry of one record; the same record always gives the same entry."""
    if isinstance(event, OtherRecord):
        return {"kind": named(Kind, event.kind), "record": event.data}
    fields: Fields = {"kind": Kind(event.KIND).name}
    said = msgspec.structs.asdict(event)
    contract_id = said.get("contract_id") or said.get("board_contract_id")
    if contract_id:
        fields["contract"] = contract_code(contract_id)
    levels = said.get("level_count", 0)
    for name, value in said.items():
        if name in _SILENT or (name.startswith("level_") and name[6].isdigit() and int(name[6]) > levels):
            continue
        if isinstance(value, bytes):
            fields[name] = value.rstrip(b"\0")
        else:
            fields[name] = named(_ENUMS[name], value) if name in _ENUMS else str(value)
    return fields
