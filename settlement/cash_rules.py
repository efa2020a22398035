"""What the rules of cash and freezes leave open, as committed data: loaded once, checked, with sources."""

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from exchange.rulebook.files import load_toml
from settlement.sourced import Origin, check_origins

DATA: Final = Path(__file__).parent / "data"
BANKS_MAX: Final = 16


class Banks(Origin, frozen=True, kw_only=True):
    """The settlement banks."""

    count: Annotated[int, msgspec.Meta(ge=1, le=BANKS_MAX)]


class Freeze(Origin, frozen=True, kw_only=True):
    """What a freeze does that arrives while the day runs."""

    intraday: Literal["unlocked", "queued"]
    matched: Literal["untouched", "taken"]


class Reserve(Origin, frozen=True, kw_only=True):
    """The settlement reserve 结算准备金 at the beginning."""

    opening_fen: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class CashRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    banks: Banks
    freeze: Freeze
    reserve: Reserve

    @property
    def is_freeze_queued(self) -> bool:
        """Whether a freeze that arrives while the day runs waits for its end."""
        return self.freeze.intraday == "queued"

    @property
    def is_matched_frozen(self) -> bool:
        """Whether a freeze takes what was matched as well."""
        return self.freeze.matched == "taken"

    def is_bank(self, bank_id: int) -> bool:
        """Whether there is such a settlement bank."""
        return 1 <= bank_id <= self.banks.count

    def bank_of(self, member_id: int) -> int:
        """The bank that serves a member: of two, bank 1 those of odd numbers."""
        return 1 + (member_id - 1) % self.banks.count


@cache
def load_cash_rules() -> CashRules:
    """Read and check the rules; raises RulebookError naming the row."""
    rules = load_toml(DATA / "cash.toml", CashRules)
    check_origins("cash.toml", (rules.banks, rules.freeze, rules.reserve))
    return rules
