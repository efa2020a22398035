"""Random days with every operation: conserved, never negative, tiled, replayable, and no false break.

`TWO_CITY_RANDOM_DAYS` says how many; `make soak` lives a thousand.
"""

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from settlement.vocabulary.operations import OperationKind, OperationState
from tests.property.settlement.life import Life

DAYS = int(os.environ.get("TWO_CITY_RANDOM_DAYS", "60"))
#: from the first deadline on, and through the months of carry-over
SEASONS = (
    (date(2021, 12, 16), {1: "CEA", 2: "CEA21"}, 2020),
    (date(2025, 12, 29), {1: "CEA", 5: "CEA24", 6: "CEA25"}, 2025),
)
DAYS_OF_A_LIFE = 30
LIVES = max(2, DAYS // DAYS_OF_A_LIFE)
DONE, RUNNING = OperationState.DONE, OperationState.RUNNING


def live(folder: Path, seed: int) -> Life:
    life = Life(folder, seed, *SEASONS[seed % len(SEASONS)])
    for number in range(1, DAYS_OF_A_LIFE + 1):
        life.live()
        if number % 10 == 0:
            life.prove()
    return life


@pytest.mark.timeout(3_600)
def test_random_lives_conserve_every_tonne_and_fen(tmp_path: Path) -> None:
    asked: Counter[tuple[OperationKind, OperationState]] = Counter()
    for seed in range(LIVES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        life = live(folder, seed)
        asked += life.asked
        life.town.kill()
    done = {kind for (kind, state), count in asked.items() if state in (DONE, RUNNING) and count}
    never = set(OperationKind) - done - {OperationKind.CLOSE_BREAK}
    assert not never, f"expected every operation to be done at least once, never: {sorted(never)}"
