"""Reads TOML data files into typed Structs, refusing unknown keys and naming the file in every error."""

import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from exchange.rulebook.errors import RulebookError

T = TypeVar("T")


def load_toml(path: Path, kind: type[T]) -> T:
    """Read one TOML file as `kind`; unknown keys, wrong types and bad syntax raise RulebookError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulebookError(f"{path.name}: expected a readable UTF-8 TOML file, found: {error}") from error
    return parse_toml(text, kind, path.name)


def parse_toml(text: str, kind: type[T], name: str) -> T:
    """Parse TOML text as `kind`; `name` is what an error calls it."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(f"{name}: expected TOML, found a syntax error: {error}") from error
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise RulebookError(f"{name}: expected {kind.__name__}, found: {error}") from error
