"""Words for assets in reports."""

from collections.abc import Mapping
from typing import Final

from settlement.vocabulary.chart import CASH

CASH_WORD: Final = "cash"
ALL_WORD: Final = "all"


def asset_word(asset_id: int, codes: Mapping[int, str]) -> str:
    """The contract's code, or `cash`."""
    return CASH_WORD if asset_id == CASH else codes.get(asset_id, str(asset_id))
