"""The range of every parameter."""

from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BLOCK_BAND,
    BLOCK_MAX,
    BLOCK_MIN,
    CANCEL_IN_BREAK,
    COMPOSITE_WEIGHT,
    FEE_RATE_MAX,
    LISTED_BAND,
    LISTED_MAX,
    LISTED_MIN,
    PPM,
    PROCEEDS_REUSABLE,
    PUBLIC_DEPTH,
    QUANTITY_MAX,
    RESALE_SAME_DAY,
    SETTLEMENT_FEE,
    STRICT_PRIORITY,
    TAKE_DEPTH,
    TRADING_FEE,
)

WEIGHT_MAX = signed(1000)


@cold
def is_in_range(parameter: int, value: int, levels: int) -> bool:
    """Whether a parameter may have that value; limits that can be off only need not be negative."""
    if value < 0:
        return False
    if parameter == LISTED_BAND or parameter == BLOCK_BAND:
        return value < PPM
    if parameter == TRADING_FEE or parameter == SETTLEMENT_FEE:
        return value <= FEE_RATE_MAX
    if parameter == LISTED_MIN or parameter == LISTED_MAX or parameter == BLOCK_MIN or parameter == BLOCK_MAX:
        return 1 <= value <= QUANTITY_MAX
    if parameter == TAKE_DEPTH or parameter == PUBLIC_DEPTH:
        return 1 <= value <= levels
    if (
        parameter == STRICT_PRIORITY
        or parameter == RESALE_SAME_DAY
        or parameter == PROCEEDS_REUSABLE
        or parameter == CANCEL_IN_BREAK
    ):
        return value <= 1
    if parameter == COMPOSITE_WEIGHT:
        return value <= WEIGHT_MAX
    return True
