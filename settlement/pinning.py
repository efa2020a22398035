"""Which totals no account explains: such a break stops the next opening, others block their account. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from settlement.store.breaks import KeptBreak
from settlement.vocabulary.entry_kinds import BreakKind

#: a total -> the breaks of accounts that explain it if their differences sum to its own
EXPLAINED_BY: Final = {
    BreakKind.UNITS_TOTAL: BreakKind.UNITS,
    BreakKind.CASH_TOTAL: BreakKind.CASH,
    BreakKind.BANK_TOTAL: BreakKind.BANK_ACCOUNT,
}
#: consequences of a trade that differs: explained when any account differs on the same day
CONSEQUENCES: Final = frozenset({BreakKind.TRADES, BreakKind.FEES_TOTAL})


def unpinned(breaks: Sequence[KeptBreak]) -> list[KeptBreak]:
    """Open breaks of totals that the open breaks of accounts do not explain."""
    totals = [one for one in breaks if one.is_open and one.found.account_id == 0]
    return [one for one in totals if not _is_pinned(one, breaks)]


def _is_pinned(total: KeptBreak, breaks: Sequence[KeptBreak]) -> bool:
    of_accounts = [
        one for one in breaks if one.found.account_id and one.is_open and one.bank_id == total.bank_id
    ]
    if total.found.what in CONSEQUENCES:
        return any(one.last_day >= total.first_day for one in of_accounts)
    explaining = EXPLAINED_BY.get(total.found.what)
    if explaining is None:
        return False
    parts = [one for one in of_accounts if one.found.what is explaining]
    return bool(parts) and difference(parts) == difference([total])


def difference(breaks: Iterable[KeptBreak]) -> int:
    """By how much the other side has more than Wuhan, over several breaks."""
    return sum(one.found.exchange_amount - one.found.registry_amount for one in breaks)
