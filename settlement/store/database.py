"""The database: opening it durably, bringing its schema up to date, and explicit transactions.

The SQL kept to is what PostgreSQL also speaks, but for the table options STRICT and WITHOUT ROWID and the
bodies of the triggers, so that a second dialect needs its own migrations and nothing else.
"""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from settlement.errors import CorruptionError
from settlement.sqlite import BUSY_TIMEOUT_S, connect, make_durable, transaction

MIGRATIONS = Path(__file__).parent / "migrations"
CHUNK_ROWS = 32_768


class Store:
    """One connection. A writer opens it with `open`, a reader beside a running writer with `read`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open for writing, durable at every commit, and migrate."""
        return cls.durable(connect(path))

    @classmethod
    def durable(cls, connection: sqlite3.Connection) -> "Store":
        """On an open connection: durable at every commit, its schema up to date."""
        make_durable(connection)
        connection.execute("PRAGMA cache_size = -65536")
        store = cls(connection)
        with store._closed_on_failure():
            store._migrate()
        return store

    @classmethod
    def read(cls, path: Path) -> "Store":
        """Open for reading only."""
        uri = f"{path.resolve().as_uri()}?mode=ro"
        store = cls(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None))
        with store._closed_on_failure():
            store._expect_version(_versions()[-1][0])
        return store

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self._connection.close()

    @contextmanager
    def _closed_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is committed together, or nothing is."""
        with transaction(self._connection):
            yield

    def require_transaction(self) -> None:
        """Assert that the caller has opened one: what it is about to write must not stand alone."""
        assert self._connection.in_transaction, "expected an open transaction, found none"

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; returns the number of rows changed."""
        return self._connection.execute(sql, values).rowcount

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows."""
        self._connection.executemany(sql, rows)

    def execute_chunks(self, sql: str, table: NDArray[np.int64]) -> None:
        """Run one statement for many rows of integers, of which only a part are Python's at a time."""
        for start in range(0, len(table), CHUNK_ROWS):
            self.execute_many(sql, table[start : start + CHUNK_ROWS].tolist())

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def table(self, sql: str, width: int, values: Sequence[Any] = ()) -> NDArray[np.int64]:
        """All rows of a query for `width` integers, without a Python object for each."""
        cells = itertools.chain.from_iterable(self._connection.execute(sql, values))
        return np.fromiter(cells, np.int64).reshape(-1, width)

    def each(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, one at a time."""
        return self._connection.execute(sql, values)

    def row(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return found

    def number(self, sql: str, values: Sequence[Any] = ()) -> int:
        """The one integer a query gives; NULL and no row are 0."""
        found = self.row(sql, values)
        return int(found[0] or 0) if found else 0

    def _migrate(self) -> None:
        current = self.number("PRAGMA user_version")
        known = _versions()
        if current > known[-1][0]:
            self._expect_version(known[-1][0])
        for version, script in known:
            if version > current:
                text = script.read_text(encoding="utf-8")
                self._connection.executescript(f"BEGIN;\n{text}\nPRAGMA user_version = {version};\nCOMMIT;")

    def _expect_version(self, expected: int) -> None:
        found = self.number("PRAGMA user_version")
        if found != expected:
            raise CorruptionError("schema of the settlement store", f"version {expected}", f"version {found}")


def _versions() -> list[tuple[int, Path]]:
    """Number and file of every migration, in order; the numbers are 1, 2, 3 without a gap."""
    files = sorted(MIGRATIONS.glob("[0-9]*.sql"))
    versions = [(int(file.name.split("_")[0]), file) for file in files]
    if [version for version, _ in versions] != list(range(1, len(versions) + 1)):
        raise CorruptionError("migrations", "numbers from 1 without a gap", [file.name for file in files])
    return versions
