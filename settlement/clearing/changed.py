"""Trades on the terms that stand: what the exchange undid or corrected, carried into the day's trades. Pure.

A trade that was undone keeps its line, with nothing in it: gross clearing shows every trade, and whoever took
part in it is told of it. Source: rulebook §2.2 art 7 (trade by trade), kernel rules of busts in KERNEL.md.
"""

import numpy as np

from settlement.clearing.lines import CHANGED_FIELDS, Rows
from settlement.errors import CorruptionError


def apply_changes(trades: Rows, changes: Rows) -> Rows:
    """Trades (LINE, ascending match ids) on the newest terms of each; CorruptionError for an unknown one."""
    if not len(changes):
        return trades
    changed = trades.copy()
    places = np.searchsorted(trades["match_id"], changes["match_id"])
    for place, change in zip(places.tolist(), changes, strict=True):
        if place == len(trades) or trades["match_id"][place] != change["match_id"]:
            raise CorruptionError("BUST_REPORT", "a trade of the day", f"trade {change['match_id']}")
        for name in CHANGED_FIELDS:
            changed[name][place] = change[name]
    return changed
