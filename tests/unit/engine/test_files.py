"""The file operations, on the operating system's files and on the fake disk alike."""

from pathlib import Path

import pytest

from exchange.engine.files import Files, RealFiles, preallocate, write_atomically
from tests.simulation.fake_disk import Crashed, FakeDisk, Survival


@pytest.fixture(params=["real", "fake"])
def files(request: pytest.FixtureRequest) -> Files:
    return RealFiles() if request.param == "real" else FakeDisk()


def test_a_file_is_written_at_offsets_and_read_whole(files: Files, tmp_path: Path) -> None:
    file = files.create(tmp_path / "a")
    file.write_at(4, b"5678")
    file.write_at(0, b"1234")
    file.sync()
    file.close()
    again = files.open(tmp_path / "a")
    again.write_at(1, memoryview(b"xy"))
    again.close()
    assert files.read(tmp_path / "a") == b"1xy45678"


def test_a_file_is_not_created_twice(files: Files, tmp_path: Path) -> None:
    files.create(tmp_path / "a").close()
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "a")


def test_names_are_sorted_and_none_in_a_folder_that_is_not_there(files: Files, tmp_path: Path) -> None:
    files.make_folder(tmp_path / "x")
    for name in ("b", "a", "c"):
        files.create(tmp_path / "x" / name).close()
    files.remove(tmp_path / "x" / "c")
    files.rename(tmp_path / "x" / "b", tmp_path / "x" / "a")
    assert files.names(tmp_path / "x") == ["a"]
    assert files.names(tmp_path / "y") == []


def test_preallocated_files_are_zeros(files: Files, tmp_path: Path) -> None:
    preallocate(files, tmp_path / "a", (1 << 20) + 100).close()
    assert files.read(tmp_path / "a") == bytes((1 << 20) + 100)


def test_a_file_is_replaced_as_a_whole(files: Files, tmp_path: Path) -> None:
    write_atomically(files, tmp_path / "a", b"old")
    write_atomically(files, tmp_path / "a", b"new")
    assert files.read(tmp_path / "a") == b"new"
    assert files.names(tmp_path) == ["a"]


@pytest.mark.parametrize("survival", Survival)
@pytest.mark.parametrize("crash_at", range(1, 8))
def test_a_crash_while_replacing_leaves_the_old_or_the_new(crash_at: int, survival: Survival) -> None:
    folder = Path("/days")
    disk = FakeDisk()
    write_atomically(disk, folder / "a", b"old" * 500)
    disk.crash_at = disk.operations + crash_at
    has_crashed = False
    try:
        write_atomically(disk, folder / "a", b"new" * 500)
    except Crashed:
        has_crashed = True
    for seed in range(4):
        found = disk.after_crash(survival, seed)
        assert found.read(folder / "a") in ((b"old" * 500, b"new" * 500) if has_crashed else (b"new" * 500,))
        write_atomically(found, folder / "a", b"next")  # a leftover does not stand in the way
        assert found.read(folder / "a") == b"next"


def test_only_the_owner_reads_what_the_engine_writes(tmp_path: Path) -> None:
    files = RealFiles()
    files.make_folder(tmp_path / "secret")
    files.create(tmp_path / "secret" / "a").close()
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert (tmp_path / "secret" / "a").stat().st_mode & 0o077 == 0
