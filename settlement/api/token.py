"""The bearer token of the HTTP status: made once, kept in a file only its owner can read."""

import secrets
import stat
from pathlib import Path

from settlement.errors import ConfigurationError
from settlement.files import write_atomically

TOKEN_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_or_make_token(path: Path) -> str:
    """The token of a file, made now if there is none; refused when others could read it, or too short."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        write_atomically(path, secrets.token_urlsafe(TOKEN_BYTES) + "\n")
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
