"""Both cities in one test: a Wuhan core on a real store, a fake Shanghai, and a line that can be cut."""

from collections.abc import Callable, Mapping
from pathlib import Path

from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.city import City
from settlement.clearing.fault import Fault
from settlement.instructions import Instruction, Send
from settlement.registry.accounts import Holder
from settlement.season import Season
from settlement.store.database import Store
from settlement.store.days import DayRow, newest_day
from tests.unit.settlement.fake_shanghai import FakeShanghai

CEA = 1
CEA21 = 2
CODES: Mapping[int, str] = {CEA: "CEA", CEA21: "CEA21"}
FIRST_ACCOUNT = 1001


def holders(count: int = 4, lots: int = 1_000_000, cash_fen: int = 10_000_000_000) -> tuple[Holder, ...]:
    """Synthetic participants, all alike."""
    return tuple(
        Holder(1 + i, FIRST_ACCOUNT + i, 16 + i, "noise", f"示例 {i}", f"Sample {i}", {CEA: lots}, cash_fen)
        for i in range(count)
    )


_opened: list[Store] = []


def close_stores() -> None:
    """Close every store that a test has opened; one closed already stays so."""
    while _opened:
        _opened.pop().close()


class Town:
    """Drives a City against a FakeShanghai."""

    def __init__(
        self, folder: Path, people: tuple[Holder, ...] | None = None, fault: Fault | None = None
    ) -> None:
        self.path = folder / "wuhan.sqlite"
        people = people or holders()
        self.season = Season("test", len(people), people, lambda day: CODES, folder, fault)
        self.said: list[Instruction] = []
        self._taken = 1  # next number on the line
        self.start()

    def start(self) -> None:
        """Start Wuhan's process, or start it anew after `kill`."""
        self.store = Store.open(self.path)
        _opened.append(self.store)
        self.city = City(self.store, self.season)

    def kill(self) -> None:
        """Wuhan's process is gone; what was not committed is lost."""
        self.store.close()

    def connect(self, shanghai: FakeShanghai) -> None:
        """Open the line and send what is owed."""
        self.shanghai = shanghai
        _, self._taken = self.city.wanted_stream()
        self.obey(self.city.line_opened())

    def obey(
        self, instructions: list[Instruction], *, line_holds: Callable[[bytes], bool] | None = None
    ) -> None:
        """Carry out instructions; `line_holds` says which sends arrive."""
        self.said += instructions
        for instruction in instructions:
            if isinstance(instruction, Send) and (line_holds is None or line_holds(instruction.data)):
                self.shanghai.receive(instruction.data)

    def pump(self, chunk: int = 1_000_000) -> None:
        """Let records flow both ways until nothing moves."""
        while self._taken <= len(self.shanghai.records):
            events = self.shanghai.events(self._taken)[:chunk]
            first, self._taken = self._taken, self._taken + len(events)
            self.obey(self.city.take(first, events))

    def play(self, shanghai: FakeShanghai, trades: list[tuple[int, int, int, int, int]]) -> None:
        """A whole day: open, trade, seal, settle."""
        self.connect(shanghai)
        self.pump()
        for trade in trades:
            shanghai.trade(*trade)
        self.pump()
        shanghai.seal()
        self.pump()

    @property
    def day(self) -> DayRow:
        """The newest day's row."""
        found = newest_day(self.store)
        assert found is not None
        return found

    @property
    def stage(self) -> Stage:
        """The newest day's stage."""
        return self.day.stage

    def told(self, kind: type) -> list[Instruction]:
        """Instructions of one kind so far."""
        return [instruction for instruction in self.said if isinstance(instruction, kind)]
