"""What a simulated member does at the registry for its obligation: move tonnes there, hand them in. Pure."""

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

COVERS_EVERY_DAYS: Final = 3  # a member looks after its obligation every third trading day ...
RUSH_DAYS: Final = 2  # ... and on each of the last days before the deadline


class Standing(NamedTuple):
    """How a member stands with its obligation, as the registry says."""

    year: int
    open_lots: int  # due, neither surrendered nor applied for
    registry_lots: int  # in the registry bucket, free
    trading_lots: int  # in the trading bucket, as of the last delivery

    @property
    def to_come_lots(self) -> int:
        """What of the obligation still has to come out of trading."""
        return max(0, self.open_lots - self.registry_lots)


class ErrandKind(StrEnum):
    """What is asked of the registry; the words are its own."""

    TO_REGISTRY = "to-registry"
    SURRENDER = "surrender"


class Errand(NamedTuple):
    """One operation to ask for. The key is the same however often it is asked."""

    kind: ErrandKind
    year: int
    lots: int
    key: str


def is_covering_day(entity_id: int, day_index: int, days_to_deadline: int) -> bool:
    """Whether a member looks after its obligation on the season's `day_index`-th trading day, from 0."""
    return days_to_deadline <= RUSH_DAYS or (entity_id + day_index) % COVERS_EVERY_DAYS == 0


def to_move(standing: Standing, today: date) -> Errand | None:
    """Tonnes to bring into the registry bucket; None when there are none, or none are wanted."""
    lots = min(standing.to_come_lots, standing.trading_lots)
    if lots <= 0:
        return None
    return Errand(ErrandKind.TO_REGISTRY, standing.year, lots, f"cover/{standing.year}/{today}")


def to_surrender(standing: Standing, today: date) -> Errand | None:
    """Tonnes to hand in of what lies in the registry bucket; None when nothing lies there or is due."""
    lots = min(standing.open_lots, standing.registry_lots)
    if lots <= 0:
        return None
    return Errand(ErrandKind.SURRENDER, standing.year, lots, f"surrender/{standing.year}/{today}")
