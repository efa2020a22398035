"""HTTP on loopback: bind a port, say in a file where it is, serve without touching the signals."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette

from settlement.errors import ConfigurationError
from settlement.files import write_atomically

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class HttpServer(uvicorn.Server):
    """uvicorn without its own signal handlers: stopping is ours."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(uvicorn.Config(app, log_config=None, log_level="warning", access_log=False))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def require_loopback(host: str) -> None:
    """Refuse to listen where others could hear."""
    if host not in LOOPBACK:
        raise ConfigurationError(f"expected an HTTP host of {LOOPBACK}, found {host}: elsewhere it needs TLS")


@contextmanager
def listening(host: str, port: int, address_path: Path, token_file: str) -> Iterator[socket.socket]:
    """Bind the port and say where it is; the file goes when the process goes."""
    listener = socket.create_server((host, port))
    host, port = listener.getsockname()[:2]
    address_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = {"host": host, "port": port, "pid": os.getpid(), "token_file": token_file}
    write_atomically(address_path, json.dumps(address) + "\n")
    try:
        yield listener
    finally:
        address_path.unlink(missing_ok=True)
        listener.close()
