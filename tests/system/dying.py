"""`settlement serve` that kills a city at every step once: `python -m tests.system.dying VICTIM serve ...`.

VICTIM is wuhan (this very process) or shanghai (the process that run/shanghai.json names). At every step the
victim dies at two instants: `before` the commit, when the step's work is done and nothing of it is kept, and
`after` it, when it is kept and nothing of it has been sent. deaths.txt in the data folder remembers who has
died where, so that each start goes one death further.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.__main__ import main
from settlement.day_end import Step
from settlement.steps import Done, Steps
from settlement.store.database import Store
from settlement.store.days import DayRow

DEATHS = "deaths.txt"
#: a refused day is begun anew by a restart, so of what is done on its entry only the last can be reached
IN_REFUSED = (Step.HOLD, Step.BEGIN_CORRECTION)

run_step, commit_of = Steps.run, Store.transaction


class Executioner:
    """Knows who is to die, and where somebody has died already."""

    def __init__(self, victim: str, data: Path) -> None:
        self._victim = victim
        self._data = data
        self._path = data / DEATHS
        self._point = ""  # the step just done, while its transaction is open

    def run(self, steps: Steps, step: Step, day: DayRow) -> Done:
        done = run_step(steps, step, day)
        if day.stage is not Stage.REFUSED or step in IN_REFUSED:
            self._point = step.value
            self._visit("before")
        return done

    @contextmanager
    def transaction(self, store: Store) -> Iterator[None]:
        self._point = ""
        with commit_of(store):
            yield
        if self._point:
            self._visit("after")
            self._point = ""

    def _visit(self, moment: str) -> None:
        point = f"{self._point} {moment}"
        known = self._path.read_text().splitlines() if self._path.exists() else []
        if point in known:
            return
        with self._path.open("a") as file:
            file.write(point + "\n")
        if self._victim == "wuhan":
            os.kill(os.getpid(), signal.SIGKILL)
        with suppress(
            FileNotFoundError, ProcessLookupError
        ):  # dead since the step before: dead at this one too
            address = json.loads((self._data / "run" / "shanghai.json").read_text())
            os.kill(address["pid"], signal.SIGKILL)


if __name__ == "__main__":
    victim = sys.argv.pop(1)
    executioner = Executioner(victim, Path(sys.argv[sys.argv.index("--data") + 1]))
    Steps.run = lambda self, step, day: executioner.run(self, step, day)  # type: ignore[method-assign]
    Store.transaction = lambda self: executioner.transaction(self)  # type: ignore[method-assign]
    main()
