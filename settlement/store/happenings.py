"""What a day had besides trades: lines opened again, runs refused, operations ended; kept where it was."""

from typing import Final, NamedTuple

from settlement.store.database import Store
from settlement.store.days import DayRow
from settlement.vocabulary.operations import OperationKind, OperationState

#: operations that a day's report names one by one; the others are the registry's daily bread
NAMED: Final = (
    OperationKind.FREEZE,
    OperationKind.RELEASE,
    OperationKind.RESTRICT_ACCOUNT,
    OperationKind.REVERSE,
    OperationKind.CLOSE_BREAK,
    OperationKind.OBJECT,
    OperationKind.DECIDE_OBJECTION,
    OperationKind.FUND_RESERVE,
    OperationKind.RECOVER,
)


class LineOpening(NamedTuple):
    """The line was opened while a day was under way."""

    next_number: int
    is_restart: bool


class RunRefused(NamedTuple):
    """Shanghai's word on a run that it refused."""

    run: int
    account_id: int
    contract_id: int
    expected_amount: int
    found_amount: int
    difference_count: int


class NamedOperation(NamedTuple):
    """An operation that a day's report names."""

    operation_id: int
    kind: OperationKind
    entity_id: int
    params: str  # JSON
    detail: str


def note_line_opening(store: Store, day: DayRow, *, is_restart: bool) -> None:
    """Keep that the line was opened in the middle of a day."""
    store.require_transaction()
    store.execute(
        "INSERT INTO line_opening (trading_day, next_number, is_restart) VALUES (?, ?, ?)",
        (day.trading_day, day.next_number, int(is_restart)),
    )


def line_openings(store: Store, trading_day: int) -> list[LineOpening]:
    """Every opening of the line in the middle of a day, in order."""
    rows = store.rows(
        "SELECT next_number, is_restart FROM line_opening WHERE trading_day = ? ORDER BY line_opening_id",
        (trading_day,),
    )
    return [LineOpening(row[0], bool(row[1])) for row in rows]


def runs_refused(store: Store, trading_day: int) -> list[RunRefused]:
    """Every run of a day that Shanghai refused."""
    rows = store.rows(
        "SELECT run, account_id, contract_id, expected_amount, found_amount, difference_count FROM refusal"
        " WHERE trading_day = ? ORDER BY run",
        (trading_day,),
    )
    return [RunRefused(*row) for row in rows]


def named_operations(store: Store, trading_day: int) -> list[NamedOperation]:
    """Operations of a day that its report names: done, or a freeze that is not whole yet."""
    marks = ", ".join("?" * len(NAMED))
    rows = store.rows(
        "SELECT operation_id, kind, entity_id, params, detail FROM operation"
        f" WHERE trading_day = ? AND (state = ? OR state = ? AND kind = ?) AND kind IN ({marks})"
        " ORDER BY operation_id",
        (
            trading_day,
            OperationState.DONE.value,
            OperationState.RUNNING.value,
            OperationKind.FREEZE.value,
            *(kind.value for kind in NAMED),
        ),
    )
    return [NamedOperation(row[0], OperationKind(row[1]), *row[2:]) for row in rows]
