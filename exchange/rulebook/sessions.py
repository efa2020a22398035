"""A trading day's schedule as data: at which second which method of which contracts goes into which phase."""

from collections.abc import Iterable
from datetime import date, time
from typing import NamedTuple

from exchange.rulebook.errors import RulebookError
from exchange.rulebook.keys import RuleKey
from exchange.rulebook.model import Session
from exchange.rulebook.profiles import load_profile, rules_on
from exchange.vocabulary.enums import Method, Phase

EVERY_CONTRACT = 0
CALL_AUCTION = Phase.CALL_AUCTION.name.lower()
#: methods that every contract has beside its book, whether or not the profile opens them
EVERY_DAY = frozenset({Method.BLOCK, Method.ONE_WAY})


class PhaseChange(NamedTuple):
    """One scheduled change. Changes of the same second happen in the order given."""

    seconds_of_day: int  # Asia/Shanghai, from midnight
    contract_id: int  # 0 = every contract
    method: Method
    phase: Phase

    @property
    def time_of_day(self) -> time:
        """The same as a clock time."""
        return time(self.seconds_of_day // 3600, self.seconds_of_day // 60 % 60, self.seconds_of_day % 60)


class AuctionEnd(NamedTuple):
    """When a scheduled call auction ends: at a second of the day, or up to some seconds later by lot."""

    seconds_of_day: int
    method: Method
    random_end_s: int


def auction_ends_on(profile: str, day: date) -> tuple[AuctionEnd, ...]:
    """The ends of the day's call auctions, in order. The lot is drawn by whoever keeps the schedule."""
    rows = _sessions_in_force(load_profile(profile).sessions, day)
    auctions = (row for row in rows if row.phase == CALL_AUCTION)
    return tuple(
        sorted(
            AuctionEnd(_seconds(row.closes), Method[row.method.upper()], row.random_end_s) for row in auctions
        )
    )


def sessions_on(profile: str, day: date) -> tuple[PhaseChange, ...]:
    """The day's phase changes in order: sessions open into TRADING, gaps are BREAK, the last close is ENDED.

    A call auction opens into CALL_AUCTION; a session that begins where one ends follows it directly. A method
    without sessions of its own ends with the day, so that the day can be closed; in continuous mode the
    listed sessions are those of the continuous book. PRE_OPEN is not here: it follows the confirmed opening
    positions, whenever they come. The schedule does not say whether `day` is a trading day; ask the trading
    calendar.
    """
    in_force = _sessions_in_force(load_profile(profile).sessions, day)
    if not in_force:
        raise RulebookError(f"profile {profile}: expected sessions on {day}, found none in force")
    is_continuous = rules_on(profile, day).holds(RuleKey.MODE_CONTINUOUS)
    changes: list[PhaseChange] = []
    for method in sorted({Method[row.method.upper()] for row in in_force}):
        rows = sorted((row for row in in_force if row.method == method.name.lower()), key=lambda r: r.opens)
        for index, row in enumerate(rows):
            is_last = index == len(rows) - 1
            if not is_last and rows[index + 1].opens < row.closes:
                raise RulebookError(
                    f"profile {profile}: expected sessions of {row.method} apart, found {row.closes} after "
                    f"{rows[index + 1].opens}"
                )
            called = Method.CONTINUOUS if is_continuous and method is Method.LISTED else method
            changes.append(_change(row.opens, called, Phase[row.phase.upper()]))
            if is_last or rows[index + 1].opens > row.closes:
                changes.append(_change(row.closes, called, Phase.ENDED if is_last else Phase.BREAK))
    last_close = max(change.seconds_of_day for change in changes)
    without = EVERY_DAY - {change.method for change in changes}
    changes += [PhaseChange(last_close, EVERY_CONTRACT, method, Phase.ENDED) for method in without]
    return tuple(sorted(changes))


def _sessions_in_force(rows: Iterable[Session], day: date) -> list[Session]:
    """Of each method, all sessions of the latest effective date up to `day`."""
    rows = [row for row in rows if row.effective_from <= day]
    latest = {row.method: max(r.effective_from for r in rows if r.method == row.method) for row in rows}
    return [row for row in rows if row.effective_from == latest[row.method]]


def _change(at: time, method: Method, phase: Phase) -> PhaseChange:
    return PhaseChange(_seconds(at), EVERY_CONTRACT, method, phase)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
