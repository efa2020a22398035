"""What every rule of committed data says of itself, and the check that it does."""

from collections.abc import Iterable

import msgspec

from exchange.rulebook.checks import check_source
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.model import Flag


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a rule is from; what nobody states is a configuration with a reason."""

    source: str
    locator: str
    flag: Flag
    configuration: bool = False
    reason: str = ""


def check_origins(file: str, origins: Iterable[Origin]) -> None:
    """Raise RulebookError unless every source is the rulebook's and every unknown has a reason."""
    for origin in origins:
        where = f"{file}: {origin.locator}"
        check_source(origin.source, where)
        if origin.flag is Flag.UNKNOWN and not (origin.configuration and origin.reason):
            raise RulebookError(
                f"{file}: {origin.locator}: expected a configuration with a reason, found none"
            )
