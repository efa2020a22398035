"""Both cities in one test: a Wuhan core on a real store, a fake Shanghai, and a line that can be cut."""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from exchange.client.signing import SHANGHAI, WUHAN, checker, signer
from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.city import City
from settlement.clearing.fault import Fault
from settlement.instructions import Instruction, Send
from settlement.registry.accounts import Holder
from settlement.season import Season
from settlement.store.breaks import kept_breaks
from settlement.store.database import Store
from settlement.store.days import DayRow, newest_day
from settlement.store.operations import Operation
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
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


CLERK = Person("registry-operator", Institution.REGISTRY, Level.OPERATOR)
CHECKER = Person("registry-reviewer", Institution.REGISTRY, Level.REVIEWER)


class Town:
    """Drives a City against a FakeShanghai."""

    def __init__(
        self,
        folder: Path,
        people: tuple[Holder, ...] | None = None,
        fault: Fault | None = None,
        codes: Mapping[int, str] = CODES,
        obligation_year: int = 0,
        keys: Path | None = None,
        is_matched_frozen: bool = False,
        reserve_fen: int = 0,
    ) -> None:
        self.path = folder / "wuhan.sqlite"
        people = people or holders()
        self.season = Season(
            "test",
            len(people),
            people,
            lambda day: codes,
            folder,
            fault,
            obligation_year=obligation_year,
            is_matched_frozen=is_matched_frozen,
            reserve_fen=reserve_fen,
        )
        if keys is not None:
            self.season = self.season._replace(
                sign=signer(keys, WUHAN), check_of_shanghai=lambda: checker(keys, SHANGHAI)
            )
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

    def by_registry(self, kind: OperationKind, /, **fields: object) -> Operation:
        """Two persons of the registry ask and approve; gives the operation as it ends."""
        data = msgspec.json.encode(fields)
        asked, said = self.city.ask(CLERK, f"{kind} {fields}"[:100], kind, data)
        self.obey(said)
        if asked.state is not OperationState.ASKED:
            return asked
        ended, said = self.city.approve(CHECKER, asked.operation_id, asked.command_hash)
        self.obey(said)
        return ended

    def close_break(self, break_id: int, reason: str) -> Operation:
        """Close one break."""
        return self.by_registry(OperationKind.CLOSE_BREAK, break_id=break_id, reason=reason)

    def close_breaks(self, reason: str) -> int:
        """Close every open break; how many that were."""
        found = kept_breaks(self.store, only_open=True)
        for one in found:
            closed = self.close_break(one.break_id, reason)
            assert closed.state is OperationState.DONE
        return len(found)

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
