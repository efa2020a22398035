"""The settlement stream's name, and what of its records is said to people. Pure."""

from typing import Final

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_SETTLEMENT
from exchange.vocabulary.units import format_yuan, trading_day_date
from settlement.incoming import STORED_FIELDS, StoredRows
from settlement.instructions import Instruction, Tell

BASE36: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def settlement_session(trading_day: int) -> str:
    """The id of a day's settlement stream: YYMMDD and the stream number in four base-36 digits."""
    digits, rest = "", STREAM_SETTLEMENT
    for _ in range(4):
        rest, digit = divmod(rest, 36)
        digits = BASE36[digit] + digits
    return f"{trading_day_date(trading_day):%y%m%d}{digits}"


def told_changes(trading_day: int, part: StoredRows) -> list[Instruction]:
    """Say of each trade that was undone or corrected what is left of it."""
    tells: list[Instruction] = []
    for row in part.rows:
        change = dict(zip(STORED_FIELDS[Kind.BUST_REPORT], row, strict=True))
        lots, price = change["quantity_lots"], change["price_ticks"]
        what = f"corrected to {lots:,} t at {format_yuan(price)} yuan" if lots else "undone"
        text = f"{date_of(trading_day)}: trade {change['match_id']} {what}, reason {change['bust_reason']}"
        tells.append(Tell(text, is_grave=True))
    return tells


def date_of(trading_day: int) -> str:
    """The date of a trading day."""
    return trading_day_date(trading_day).isoformat()
