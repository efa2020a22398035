"""Wuhan loses its power at every operation of its disk: what was sent stands, the day completes once."""

import copy
import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.records import COMMAND
from settlement.city import City
from settlement.ledger.balances import balance_of
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.serials.check import check_serials
from settlement.store.breaks import open_breaks, read_reports
from settlement.store.database import Store
from settlement.store.days import newest_day
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from tests.simulation.fake_disk import Survival
from tests.simulation.sqlite_disk import Disk, open_store
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import CEA, Town

HOLDER = Person("holder-1", Institution.HOLDER, Level.OPERATOR, 1)
PAGES_TO_CHECKPOINT = 40  # so that a day has several, each moving pages from the log into the database
EVERY = int(
    os.environ.get("TWO_CITY_POWER_LOSS_EVERY", "9")
)  # of the operations of the disk, one in so many is tried


class Sent(NamedTuple):
    """What Shanghai knew after a sending, and how far the disk was when it was made."""

    operations: int
    highest_reference: int
    shanghai: FakeShanghai


class TownOnDisk(Town):
    """A town whose store lies on the fake disk."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.disk = disk
        super().__init__(folder)

    def start(self) -> None:
        self.store = open_store()
        self.store.execute(f"PRAGMA wal_autocheckpoint = {PAGES_TO_CHECKPOINT}")
        self.city = City(self.store, self.season)


class Play(NamedTuple):
    """One scripted day as it went without a crash."""

    disk: Disk
    sent: list[Sent]


def ask(town: Town) -> OperationState:
    """Both transfers of the script; asked again, they are what they were."""
    states = []
    for key, kind, lots in (("out", OperationKind.TO_REGISTRY, 300), ("back", OperationKind.TO_TRADING, 100)):
        data = f'{{"entity_id": 1, "contract_id": {CEA}, "lots": {lots}}}'.encode()
        operation, said = town.city.ask(HOLDER, key, kind, data)
        town.obey(said)
        town.pump()
        states.append(operation.state)
    return states[-1]


def finish(town: Town, shanghai: FakeShanghai) -> None:
    """Play what is left of the day."""
    town.connect(shanghai)
    town.pump()
    if not shanghai.is_sealed:
        ask(town)
        for trade in TRADES[len(shanghai.trades) :]:
            shanghai.trade(*trade)
        town.pump()
        shanghai.seal()
    town.pump()


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    disk, sent = Disk(), []

    class Watched(FakeShanghai):
        """Keeps what it knew before and after everything that reaches it."""

        def receive(self, data: bytes) -> None:
            before = copy.deepcopy(self)
            super().receive(data)
            references = np.frombuffer(data, COMMAND)["user_reference"]
            sent.append(Sent(len(disk.log), int(references.max()), before))

    town, shanghai = TownOnDisk(tmp_path_factory.mktemp("play"), disk), Watched(**FEES)
    finish(town, shanghai)
    assert town.stage is Stage.STATED
    sent.append(Sent(len(disk.log), 0, copy.deepcopy(shanghai)))
    yield Play(disk, sent)
    town.store.close()
    disk.unregister()


def found_after(play: Play, operations: int, survival: Survival, folder: Path) -> Path:
    """The store's files as a crash after that many operations leaves them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in play.disk.after_crash(operations, survival, seed=operations).items():
        (folder / name).write_bytes(data)
    return folder / "wuhan.sqlite"


def test_whatever_is_sent_is_on_the_disk_before(play: Play, tmp_path: Path) -> None:
    """The references of a sending are reserved in the transaction that decided it."""
    assert len(play.sent) > 12
    for sent in play.sent[:-1]:
        store = Store.open(found_after(play, sent.operations, Survival.DROPPED, tmp_path / "found"))
        day = newest_day(store)
        assert day is not None and day.next_reference > sent.highest_reference
        store.close()


@pytest.mark.parametrize("survival", Survival, ids=lambda survival: survival.value)
def test_power_lost_at_any_operation(play: Play, survival: Survival, tmp_path: Path) -> None:
    for operations in range(1, len(play.disk.log), EVERY):
        found_after(play, operations, survival, tmp_path / "found")
        assert_completes(tmp_path / "found", known_at(play, operations))


def known_at(play: Play, operations: int) -> FakeShanghai:
    """Shanghai as it was when the disk had seen that many operations."""
    for earlier, later in pairwise(play.sent):
        if operations <= later.operations:
            return copy.deepcopy(later.shanghai if operations > earlier.operations else earlier.shanghai)
    raise AssertionError("expected a sending at the end of the day")


def assert_completes(folder: Path, known: FakeShanghai) -> None:
    shanghai = FakeShanghai(**FEES)
    shanghai.__dict__.update(known.__dict__)
    town = Town(folder)
    finish(town, shanghai)
    assert town.stage is Stage.STATED and Stage(shanghai.stages[-1]) is Stage.STATED
    assert shanghai.delivered is not None
    assert read_reports(town.store)[0].settled_trades == len(TRADES)
    assert open_breaks(town.store) == []
    assert ask(town) is OperationState.DONE
    assert balance_of(town.store, units(CEA, Bucket.REGISTRY_AVAILABLE, 1)) == 200
    check_ledger(town.store)
    check_serials(town.store)
    check_audit(town.store)
    town.kill()
