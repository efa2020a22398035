"""What the rules of cash and freezes leave open, as committed data: loaded once, checked, with sources."""

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from exchange.rulebook.checks import check_source
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.files import load_toml
from exchange.rulebook.model import Flag

DATA: Final = Path(__file__).parent / "data"
BANKS_MAX: Final = 16


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a rule is from; what nobody states is a configuration with a reason."""

    source: str
    locator: str
    flag: Flag
    configuration: bool = False
    reason: str = ""


class Banks(Origin, frozen=True, kw_only=True):
    """The settlement banks."""

    count: Annotated[int, msgspec.Meta(ge=1, le=BANKS_MAX)]


class Freeze(Origin, frozen=True, kw_only=True):
    """What a freeze does that arrives while the day runs."""

    intraday: Literal["unlocked", "queued"]


class CashRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    banks: Banks
    freeze: Freeze

    @property
    def is_freeze_queued(self) -> bool:
        """Whether a freeze that arrives while the day runs waits for its end."""
        return self.freeze.intraday == "queued"

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
    for origin in (rules.banks, rules.freeze):
        check_source(origin.source, f"cash.toml: {origin.locator}")
        if origin.flag is Flag.UNKNOWN and not (origin.configuration and origin.reason):
            raise RulebookError(
                f"cash.toml: {origin.locator}: expected a configuration with a reason, found none"
            )
    return rules
