"""The bearer token of the HTTP status: made once, kept in a file only its owner can read."""

import os
import secrets
import stat
from pathlib import Path

from settlement.errors import ConfigurationError

TOKEN_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_or_make_token(path: Path) -> str:
    """The token of a file, made now if there is none; refused when others could read it, or too short."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(TOKEN_BYTES))
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        raise ConfigurationError(f"{path}: expected mode 0600, found {mode:04o}; mend: chmod 600 {path}")
    token = path.read_text(encoding="ascii").strip()
    if len(token) < TOKEN_BYTES:
        raise ConfigurationError(
            f"{path}: expected a token of at least {TOKEN_BYTES} characters, found {len(token)}; remove the "
            "file: a new one is made"
        )
    return token


def write_secret(path: Path, secret: str) -> None:
    """Write a secret that only its owner can read: whole and durable, or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
