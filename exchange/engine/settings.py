"""What the engine is told at its start; fixed while it runs."""

from datetime import date
from pathlib import Path

import msgspec

from exchange.engine.bounds import EVENTS_IN_MEMORY_MAX, ORDERS_CAPACITY, SEGMENT_BYTES
from exchange.engine.journal import Durability


class EngineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One engine. `folder` holds journal/, days/, snapshots/ and events/."""

    folder: Path
    profile: str
    first_day: date
    days: int | None = None  # trading days counted from first_day; None: until the calendar ends
    opening_bases: dict[
        int, int
    ] = {}  # contract id -> base ticks on the first day; else the rulebook's first base
    resume_after_restart_s: float = 0.0  # 0 = an operator must resume
    durability: Durability = Durability.SYNC
    is_threaded: bool = True  # False: everything in the caller's thread, for tests that count operations
    orders_capacity: int = ORDERS_CAPACITY
    segment_bytes: int = SEGMENT_BYTES
    events_in_memory_max: int = EVENTS_IN_MEMORY_MAX

    @property
    def journal_folder(self) -> Path:
        """One folder per trading day."""
        return self.folder / "journal"

    @property
    def days_folder(self) -> Path:
        """One file of figures per trading day."""
        return self.folder / "days"

    @property
    def snapshots_folder(self) -> Path:
        """Snapshots and the events beside them, of the last days."""
        return self.folder / "snapshots"

    def day_journal(self, day: date) -> Path:
        """The journal of one trading day."""
        return self.journal_folder / day.isoformat()

    def day_file(self, day: date) -> Path:
        """The figures of one trading day."""
        return self.days_folder / f"{day.isoformat()}.json"
