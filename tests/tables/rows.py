"""The language of the tables: one row a line, `who KIND field=value ... -> EVENT field=value ... ; ...`.

- `-> !REASON expected_value=55` is short for a REJECTED with that reason; `-> nothing` means no event at all;
  a last `...` means that more events may follow. Events are compared in order, in the fields that are named;
  `stream=` names the stream an event goes to, by a member's name or `public`.
- A value is a number (`100_000`), a price in yuan (`55.52`), a member's name, the name of an enum member, or
  `$name`, which an expected event binds when it is new and which stands for that number afterwards.
- `after=15_000` before a command lets so many milliseconds pass; `next_change_ns=+15_000` is as much later.
- `#` starts a comment. `---` alone on a line ends the rows that come before the opening positions.
"""

from enum import IntEnum
from typing import Final, NamedTuple

from exchange.vocabulary.enums import (
    AuctionKind,
    AuctionPricing,
    BreakerKind,
    BreakerState,
    ChangeKind,
    DoneReason,
    HaltReason,
    HoldKind,
    HoldState,
    Level,
    Method,
    OrderKind,
    ParameterId,
    Phase,
    ProposalState,
    Role,
    SelfTradeRule,
    SettlementStage,
    Side,
    TimeInForce,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason

SHORT: Final = {
    "q": "quantity_lots",
    "p": "price_ticks",
    "account": "account_id",
    "contract": "contract_id",
    "login": "login_id",
    "ref": "user_reference",
    "order": "order_id",
    "kind": "order_kind",
    "done": "done_reason",
    "to": "counterparty_account_id",
    "fee_t": "trading_fee_fen",
    "fee_s": "settlement_fee_fen",
    "match": "match_id",
    "tif": "time_in_force",
    "stp": "self_trade_rule",
    "t": "transfer_id",
}
ENUMS: Final[dict[str, type[IntEnum]]] = {
    "side": Side,
    "time_in_force": TimeInForce,
    "self_trade_rule": SelfTradeRule,
    "imbalance_side": Side,
    "board_side": Side,
    "phase": Phase,
    "breaker_state": BreakerState,
    "breaker_kind": BreakerKind,
    "previous_phase": Phase,
    "method": Method,
    "matching_rule": Method,
    "figure_method": Method,
    "auction_method": Method,
    "pricing": AuctionPricing,
    "auction_kind": AuctionKind,
    "report_method": Method,
    "order_kind": OrderKind,
    "role": Role,
    "hold_kind": HoldKind,
    "hold_state": HoldState,
    "hold_reason": RejectReason,
    "change_kind": ChangeKind,
    "done_reason": DoneReason,
    "reason": RejectReason,
    "level": Level,
    "subject_level": Level,
    "halt_reason": HaltReason,
    "parameter_id": ParameterId,
    "proposal_state": ProposalState,
    "command_kind": Kind,
    "stage": SettlementStage,
}


class Part(NamedTuple):
    """A command or an expected event: kind and the fields as written."""

    kind: Kind
    fields: dict[str, str]


class Row(NamedTuple):
    """One line of a table."""

    text: str
    who: str
    command: Part
    events: list[Part]
    more: bool


def parse_row(text: str) -> Row:
    """One row; a mistake in it raises ValueError naming the row."""
    left, arrow, right = text.partition("->")
    words = left.split()
    if not arrow or len(words) < 2:
        raise ValueError(f"expected `who KIND ... -> ...`, found {text!r}")
    texts = [event.strip() for event in right.split(";")]
    more = texts[-1] == "..."
    texts = [t for t in texts if t not in ("...", "nothing")]
    return Row(text, words[0], parse_part(words[1:]), [parse_part(t.split()) for t in texts], more)


def parse_part(words: list[str]) -> Part:
    """`KIND field=value ...`, or `!REASON field=value ...`."""
    fields = {}
    name = words[0]
    if name.startswith("!"):
        fields["reason"] = name[1:]
        name = "REJECTED"
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"expected field=value, found {word!r}")
        fields[SHORT.get(key, key)] = value
    return Part(Kind[name], fields)


def parse_table(table: str) -> tuple[list[Row], list[Row]]:
    """The rows before the opening positions, and those after trading has begun."""
    lines = [line.split("#")[0].strip() for line in table.splitlines()]
    lines = [line for line in lines if line]
    cut = lines.index("---") if "---" in lines else -1
    before = lines[:cut] if cut >= 0 else []
    return [parse_row(t) for t in before], [parse_row(t) for t in lines[cut + 1 :]]
