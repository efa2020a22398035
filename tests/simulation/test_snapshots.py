"""Snapshots by a follower: whatever becomes of them, the exchange comes back as from its journal."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from exchange.engine.follower import Every, SnapshotFollower
from exchange.engine.journal_reader import JournalReader
from exchange.engine.rebuild import Rebuilt, rebuild
from exchange.engine.recovery import identity_of
from exchange.engine.snapshot_format import SNAPSHOT_MAGIC, load_state, pack_snapshot, unpack_snapshot
from exchange.engine.snapshots import EVENTS_SUFFIX, SNAPSHOT_SUFFIX, SnapshotFolder
from exchange.errors import CorruptionError
from exchange.kernel import State, digest_canonical, digest_raw
from exchange.vocabulary.enums import Side
from exchange.vocabulary.records import Records
from tests.simulation.fake_disk import Crashed, FakeDisk, Survival
from tests.simulation.market import DAY, NEXT_DAY, Market, crash, settings
from tests.simulation.scripted_day import STEPS, Script

SETTINGS = settings(days=2, resume_after_restart_s=1.0, orders_capacity=32, segment_bytes=2048)
FOLDER = SETTINGS.snapshots_folder
NEVER = 10**18


class Heard:
    """Everything a rebuild tells, as bytes by stream."""

    def __init__(self) -> None:
        self.streams: dict[int, bytearray] = {}
        self.commands_bytes = bytearray()
        self.sequence = 0

    def commands(self, commands: Records) -> None:
        self.commands_bytes += commands.view(np.uint64).tobytes()

    def events(self, events: Records, streams: np.ndarray, sequence: int) -> None:
        assert sequence >= self.sequence
        for event, stream in zip(events, streams.tolist(), strict=True):
            self.streams.setdefault(stream, bytearray()).extend(event.tobytes())

    def applied(self, sequence: int) -> None:
        assert sequence > self.sequence
        self.sequence = sequence


def follower(market: Market, commands: int = 10, disk: FakeDisk | None = None) -> SnapshotFollower:
    files = disk or market.files
    return SnapshotFollower(
        SETTINGS.journal_folder, FOLDER, files, Every(commands, NEVER), market.real
    )  # fmt: skip


def catch_up(following: SnapshotFollower) -> None:
    while following.step():
        pass


def rebuilt(disk: FakeDisk, folder: Path = FOLDER) -> tuple[Heard, Rebuilt]:
    journal = SETTINGS.day_journal(DAY)
    identity = identity_of(journal, disk)
    assert identity is not None
    return rebuild(journal, identity, disk, SnapshotFolder(folder, disk), Heard)


def played(steps: int = 5, follow_each: bool = True, commands: int = 10) -> tuple[Market, FakeDisk]:
    """A day played to some step with a follower behind it."""
    disk = FakeDisk()
    market = Market(disk, SETTINGS)
    following = follower(market, commands)
    script = Script()
    market.run()
    for step in STEPS[:steps]:
        script.play(market, STEPS[: STEPS.index(step) + 1])
        if follow_each:
            catch_up(following)
    market.engine.close()
    catch_up(following)
    following.write_now()
    return market, disk


def snapshots(disk: FakeDisk) -> list[int]:
    return SnapshotFolder(FOLDER, disk).sequences(DAY)


def path_of(sequence: int, suffix: str = SNAPSHOT_SUFFIX) -> Path:
    return FOLDER / f"{DAY.isoformat()}-{sequence:012d}{suffix}"


def test_a_rebuild_from_a_snapshot_gives_what_the_whole_journal_gives() -> None:
    _, disk = played()
    heard, from_snapshot = rebuilt(disk)
    whole, from_beginning = rebuilt(disk, Path("/nowhere"))
    assert from_snapshot.from_sequence > 0
    assert from_snapshot.proven_sequence == snapshots(disk)[0] > from_snapshot.from_sequence
    assert (from_beginning.from_sequence, from_beginning.proven_sequence) == (0, 0)
    assert digest_raw(from_snapshot.state) == digest_raw(from_beginning.state)
    assert digest_canonical(from_snapshot.state) == digest_canonical(from_beginning.state)
    assert (heard.streams, heard.commands_bytes) == (whole.streams, whole.commands_bytes)
    assert from_snapshot.end == from_beginning.end


def test_the_exchange_comes_back_from_a_snapshot_with_the_streams_it_had() -> None:
    market, disk = played()
    digest = digest_canonical(market.engine.state)
    market.start(disk)  # the market's followers compare every stream byte for byte
    assert digest_canonical(market.engine.state) == digest
    assert rebuilt(disk)[1].from_sequence > 0


def test_snapshots_hold_both_digests_and_only_what_is_durable() -> None:
    market, disk = played()
    found = unpack_snapshot(disk.read(path_of(snapshots(disk)[0])))
    state = load_state(found)
    assert found.head.digest_raw == digest_raw(state).hex() == digest_raw(market.engine.state).hex()
    assert found.head.digest_canonical == digest_canonical(state).hex()
    assert found.head.sequence <= found.head.durable_sequence


def test_the_follower_takes_nothing_that_is_not_named_durable() -> None:
    market = Market(FakeDisk(), SETTINGS)
    market.run()
    following = follower(market)
    catch_up(following)
    assert following.day is not None
    # the last batch is on the disk, but nothing after it says so yet
    last_batch = list(JournalReader(SETTINGS.day_journal(DAY), market.files).batches())[-1]
    assert following.day.sequence == last_batch.first_sequence - 1
    market.go_to(9, 30)
    catch_up(following)
    assert following.day.sequence >= last_batch.last_sequence


def test_only_the_newest_snapshots_of_a_day_are_kept_and_all_its_events() -> None:
    market, disk = played(steps=5)
    assert len(snapshots(disk)) == 3
    kept = SnapshotFolder(FOLDER, disk)
    ends = kept.sequences(DAY, EVENTS_SUFFIX)
    assert ends[0] == snapshots(disk)[0]
    first = [kept.read_events(_identity(disk), end) for end in ends][-1]
    assert first is not None and first.head.first_sequence == 1


def test_the_next_day_is_followed_and_days_long_over_are_removed() -> None:
    market = Market(FakeDisk(), SETTINGS)
    following = follower(market, commands=NEVER)
    script = Script()
    script.play(market, STEPS[:5])
    catch_up(following)
    script.play(market)
    catch_up(following)  # ends with the old day finished: its last commands and a snapshot of them
    assert snapshots(market.files) == [_last_sequence(market)]
    catch_up(following)
    assert following.day is not None and following.day.identity.day == NEXT_DAY
    following.write_now()
    crash(market, days=2, orders_capacity=32)
    yesterday = market.engine.yesterday
    assert yesterday is not None
    heard, found = rebuilt(market.files)
    assert found.proven_sequence == _last_sequence(market)
    for stream, data in heard.streams.items():
        assert yesterday.read(stream, 1, len(data)) == bytes(data)
    kept = SnapshotFolder(FOLDER, market.files)
    kept.remove_old(NEXT_DAY, kept=3, days_kept=1)
    assert {name[:10] for name in market.files.names(FOLDER)} == {NEXT_DAY.isoformat()}


def _last_sequence(market: Market) -> int:
    return list(JournalReader(SETTINGS.day_journal(DAY), market.files).batches())[-1].last_sequence


def _torn(disk: FakeDisk, sequence: int) -> None:
    disk.flip_bit(path_of(sequence), len(disk.read(path_of(sequence))) // 2)


def _other_kernel(disk: FakeDisk, sequence: int) -> None:
    _rewrite(disk, sequence, kernel_hash="00" * 8)


def _other_rules(disk: FakeDisk, sequence: int) -> None:
    _rewrite(disk, sequence, rules_hash="00" * 8)


def _rewrite(disk: FakeDisk, sequence: int, **changes: str) -> None:
    snapshot = unpack_snapshot(disk.read(path_of(sequence)))
    bound = msgspec.structs.replace(snapshot.head.bound, **changes)
    head = msgspec.structs.replace(snapshot.head, bound=bound)
    _put(disk, path_of(sequence), pack_snapshot(head, load_state(snapshot)))


def _put(disk: FakeDisk, path: Path, data: bytes) -> None:
    if path in disk._names:
        disk.remove(path)
    file = disk.create(path)
    file.write_at(0, data)
    file.sync()


@pytest.mark.parametrize("damage", [_torn, _other_kernel, _other_rules])
def test_what_cannot_be_trusted_is_passed_over_for_the_older_one(
    damage: Callable[[FakeDisk, int], None],
) -> None:
    market, disk = played()
    newest, older, oldest = snapshots(disk)
    damage(disk, newest)
    _, found = rebuilt(disk)
    assert (found.from_sequence, found.proven_sequence) == (oldest, older)
    for sequence in (older, oldest):
        damage(disk, sequence)
    _, found = rebuilt(disk)
    assert (found.from_sequence, found.proven_sequence) == (0, 0)
    assert digest_raw(found.state) == digest_raw(market.engine.state)


def test_a_snapshot_newer_than_what_is_durable_is_passed_over() -> None:
    """Without syncing, a power cut may take back commands that a snapshot, which is synced, already holds."""
    _, disk = played()
    newest, older, oldest = snapshots(disk)
    snapshot, ahead = unpack_snapshot(disk.read(path_of(newest))), 10**6
    head = msgspec.structs.replace(snapshot.head, sequence=ahead)
    _put(disk, path_of(ahead), pack_snapshot(head, load_state(snapshot)))
    disk.remove(path_of(newest))
    _, found = rebuilt(disk)
    assert (found.from_sequence, found.proven_sequence) == (older, 0)
    for sequence in (older, oldest):
        disk.remove(path_of(sequence))
    assert rebuilt(disk)[1].from_sequence == 0


def test_a_snapshot_of_another_history_is_passed_over() -> None:
    _, disk = played()
    newest, _, oldest = snapshots(disk)
    for sequence in snapshots(disk):
        snapshot = unpack_snapshot(disk.read(path_of(sequence)))
        head = msgspec.structs.replace(snapshot.head, chain="00" * 16)
        _put(disk, path_of(sequence), pack_snapshot(head, load_state(snapshot)))
    assert rebuilt(disk)[1].from_sequence == 0


@pytest.mark.parametrize("damage", ["torn", "missing", "of another run"])
def test_without_every_file_of_events_the_journal_alone_brings_the_streams(damage: str) -> None:
    market, disk = played()
    ends = SnapshotFolder(FOLDER, disk).sequences(DAY, EVENTS_SUFFIX)
    path = path_of(ends[-1], EVENTS_SUFFIX)
    if damage == "torn":
        disk.flip_bit(path, len(disk.read(path)) - 40)
    elif damage == "missing":
        disk.remove(path)
    else:
        _put(disk, path, disk.read(path_of(ends[0], EVENTS_SUFFIX)))
    heard, found = rebuilt(disk)
    assert found.from_sequence == 0
    assert heard.streams == rebuilt(disk, Path("/nowhere"))[0].streams
    market.start(disk)


def _alter(state: State) -> None:
    state.accounts["available"][1001] += 1


@pytest.mark.parametrize("which", [0, 1])
def test_a_replay_that_hashes_differently_refuses_to_start(which: int) -> None:
    """Which 0: the newest one, met by the replay. 1: the one begun from, whose own digest it belies."""
    market, disk = played()
    sequence = snapshots(disk)[which]
    snapshot = unpack_snapshot(disk.read(path_of(sequence)))
    state = load_state(snapshot)
    _alter(state)
    head = snapshot.head
    if which == 0:
        head = msgspec.structs.replace(head, digest_raw=digest_raw(state).hex())
    _put(disk, path_of(sequence), pack_snapshot(head, state))
    expected = (
        f"2021-12-16, command {sequence}: SHA-256 of .*: expected {head.digest_raw}.* found [0-9a-f]{{64}}"
    )
    with pytest.raises(CorruptionError, match=expected):
        market.start(disk)


def test_a_follower_started_again_goes_on_from_its_snapshot() -> None:
    market = Market(FakeDisk(), SETTINGS)
    first = follower(market)
    script = Script()
    script.play(market, STEPS[:3])
    catch_up(first)
    first.write_now()
    assert first.day is not None
    script.play(market, STEPS[:6])
    second = follower(market)
    catch_up(second)
    second.write_now()
    assert second.day is not None
    assert second.day.sequence > first.day.sequence
    heard, found = rebuilt(market.files)
    assert found.from_sequence == first.day.sequence
    assert heard.streams == rebuilt(market.files, Path("/nowhere"))[0].streams


def test_a_follower_whose_history_was_lost_begins_again() -> None:
    """Without syncing, a power cut may take back what the follower saw."""
    market, disk = played(steps=4)
    newest = snapshots(disk)[0]
    snapshot = unpack_snapshot(disk.read(path_of(newest)))
    head = msgspec.structs.replace(snapshot.head, chain="11" * 16)
    _put(disk, path_of(newest), pack_snapshot(head, load_state(snapshot)))
    following = follower(market, disk=disk)
    assert following.step() == 0
    assert newest not in snapshots(disk)
    catch_up(following)
    following.write_now()
    assert snapshots(disk)[0] == newest
    assert unpack_snapshot(disk.read(path_of(newest))).head.chain == snapshot.head.chain


@pytest.mark.parametrize("survival", Survival)
def test_a_crash_at_any_operation_of_the_follower_harms_nothing(survival: Survival) -> None:
    market, disk = played(steps=4, follow_each=False, commands=NEVER)
    for name in disk.names(FOLDER):
        disk.remove(FOLDER / name)
    disk.sync_folder(FOLDER)
    whole = rebuilt(disk)[0].streams
    operations, before = 0, disk.operations
    while True:
        operations += 1
        trial = disk.after_crash(Survival.KEPT)
        trial.crash_at = trial.operations + operations
        following = follower(market, commands=10, disk=trial)
        try:
            catch_up(following)
            following.write_now()
            break
        except Crashed:
            survivor = trial.after_crash(survival, seed=operations)
            heard, _ = rebuilt(survivor)
            assert heard.streams == whole
            again = follower(market, disk=survivor)
            catch_up(again)
            again.write_now()
            assert rebuilt(survivor)[0].streams == whole
            assert not [name for name in survivor.names(FOLDER) if name.endswith(".new")]
    assert operations > 5
    assert disk.operations == before


def test_a_snapshot_is_small_while_the_books_are_empty() -> None:
    _, disk = played()
    data = disk.read(path_of(snapshots(disk)[0]))
    assert data.startswith(SNAPSHOT_MAGIC)
    whole = sum(rows.nbytes for rows in load_state(unpack_snapshot(data)))
    assert len(data) < whole // 4


def test_trading_goes_on_after_a_recovery_from_a_snapshot() -> None:
    market, disk = played(steps=3)
    market.start(disk)
    market.run()
    market.real.advance(2)
    market.run()
    market.send(market.alice, market.alice.listing(Side.SELL, 5200, 7))
    market.run()
    kinds = [int(kind) for kind in market.kinds(16)]
    assert kinds[-1] == 0x80
    market.start(market.files.after_crash(Survival.DROPPED))
    assert rebuilt(market.files)[1].from_sequence > 0


def _identity(disk: FakeDisk):  # type: ignore[no-untyped-def]
    return identity_of(SETTINGS.day_journal(DAY), disk)
