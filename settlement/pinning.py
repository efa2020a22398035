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
    BreakKind.FEES_TOTAL: BreakKind.CASH,  # a fee too much is missing there: the opposite sum
}


def unpinned(breaks: Sequence[KeptBreak]) -> list[KeptBreak]:
    """Open breaks of totals that the accounts do not explain. `breaks`: all, the closed ones as well."""
    totals = [one for one in breaks if one.is_open and one.found.account_id == 0]
    return [one for one in totals if not _is_pinned(one, breaks)]


def parts_of(total: KeptBreak, breaks: Sequence[KeptBreak]) -> list[KeptBreak]:
    """Breaks of accounts of the sort that explains a total, found by the same comparison."""
    explaining = EXPLAINED_BY.get(total.found.what)
    return [
        one
        for one in _of_accounts(total, breaks)
        if one.found.what is explaining  # closed since or not: it was there when the total was compared
    ]


def _of_accounts(total: KeptBreak, breaks: Sequence[KeptBreak]) -> list[KeptBreak]:
    place = total.bank_id, total.last_day
    return [one for one in breaks if one.found.account_id and (one.bank_id, one.last_day) == place]


def _is_pinned(total: KeptBreak, breaks: Sequence[KeptBreak]) -> bool:
    if total.found.what is BreakKind.TRADES:  # a trade more or less shows at both who made it
        return bool(_of_accounts(total, breaks))
    parts = parts_of(total, breaks)
    sign = -1 if total.found.what is BreakKind.FEES_TOTAL else 1
    return bool(parts) and sign * difference(parts) == difference([total])


def difference(breaks: Iterable[KeptBreak]) -> int:
    """By how much the other side has more than Wuhan, over several breaks."""
    return sum(one.found.exchange_amount - one.found.registry_amount for one in breaks)
