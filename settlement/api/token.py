"""The bearer token of the HTTP status: made once, kept in a file only its owner can read."""

import os
import secrets
import stat
from pathlib import Path

from settlement.errors import ConfigurationError

TOKEN_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_or_make_token(path: Path) -> str:
    """The token of a file, made now if there is none; refused when others could read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & OTHERS:
            raise ConfigurationError(
                f"{path}: expected mode 0600, found {mode:04o}; mend: chmod 600 {path}"
            ) from None
        return path.read_text(encoding="ascii").strip()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token
