"""Opening a data folder's store for a command, or saying that there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from settlement.commands.serve import EXIT_CONFIGURATION
from settlement.config import store_path
from settlement.store.database import Store


@contextmanager
def opened(data: Path, *, is_writing: bool = False) -> Iterator[Store]:
    """The store of a data folder, beside a running `serve`; the command ends with code 2 without one."""
    path = store_path(data)
    if not path.exists():
        text = f"{path} does not exist: expected a store made by `settlement serve` or `exchange up`"
        typer.echo(text, err=True)
        raise typer.Exit(EXIT_CONFIGURATION)
    store = Store.open(path) if is_writing else Store.read(path)
    try:
        yield store
    finally:
        store.close()
