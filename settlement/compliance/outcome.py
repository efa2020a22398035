"""The outcome list: how each entity stands with each year's obligation. Pure, from rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from settlement.store.obligations import Obligation, Surrendered


class Standing(StrEnum):
    """How an obligation stands."""

    OPEN = "open"  # it can still be met on time
    ON_TIME = "on-time"
    LATE = "late"  # met, but not all of it before the deadline
    SHORT = "short"  # the deadline is over and something is missing


LATE_SURRENDERERS: Final = frozenset({Standing.LATE, Standing.SHORT})


class ComplianceOutcome(NamedTuple):
    """One entity and year."""

    entity_id: int
    year: int
    due_lots: int
    surrendered: Mapping[int, int]  # lots by contract id
    pending_lots: int
    short_lots: int  # due and not surrendered yet
    standing: Standing

    @property
    def surrendered_lots(self) -> int:
        """Of all vintages."""
        return sum(self.surrendered.values())

    @property
    def open_lots(self) -> int:
        """What can still be applied for."""
        return self.short_lots - self.pending_lots


def outcome_list(
    obligations: Iterable[Obligation],
    applications: Iterable[Surrendered],
    deadline_ns: Callable[[int], int | None],
    now_ns: int,
) -> list[ComplianceOutcome]:
    """One row per obligation, in the order given."""
    by_obligation: dict[tuple[int, int], list[Surrendered]] = defaultdict(list)
    for row in applications:
        by_obligation[row.obliged_entity_id, row.year].append(row)
    return [
        _outcome(one, by_obligation[one.entity_id, one.year], deadline_ns(one.year), now_ns)
        for one in obligations
    ]


def _outcome(
    obligation: Obligation, applications: list[Surrendered], deadline_ns: int | None, now_ns: int
) -> ComplianceOutcome:
    by_contract: dict[int, int] = defaultdict(int)
    for row in applications:
        if not row.is_pending:
            by_contract[row.contract_id] += row.lots
    short = obligation.due_lots - sum(by_contract.values())
    return ComplianceOutcome(
        obligation.entity_id,
        obligation.year,
        obligation.due_lots,
        dict(sorted(by_contract.items())),
        sum(row.lots for row in applications if row.is_pending),
        short,
        _standing(obligation.due_lots, short, applications, deadline_ns, now_ns),
    )


def _standing(
    due: int, short: int, applications: list[Surrendered], deadline_ns: int | None, now_ns: int
) -> Standing:
    """An application asked for on time counts as on time while it waits."""
    on_time = sum(row.lots for row in applications if deadline_ns is None or row.asked_ns < deadline_ns)
    if on_time >= due:
        return Standing.OPEN if short > 0 else Standing.ON_TIME
    if short <= 0:
        return Standing.LATE
    return Standing.OPEN if deadline_ns is None or now_ns < deadline_ns else Standing.SHORT
