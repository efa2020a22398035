"""Ed25519 keys of the two cities: made once, kept in files, used to sign and to check what a day came to.

`credentials/<city>.key` holds the private key (PEM, mode 0600), `credentials/<city>.pub` the public one. On
one machine both cities find them in the data folder; apart, each is given the other's .pub and nothing else.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from exchange.client.errors import CredentialsUnusable

SHANGHAI, WUHAN = "shanghai", "wuhan"
Sign = Callable[[bytes], bytes]  # text to 64 bytes
Check = Callable[[bytes, bytes], bool]  # (text, signature)


def signer(data: Path, city: str) -> Sign:
    """Who signs for a city; its key is made where there is none."""
    path = data / "credentials" / f"{city}.key"
    if not path.exists() and path.with_suffix(".pub").exists():
        raise CredentialsUnusable(
            f"{path.name}: expected it beside {city}.pub, found none; another would not prove what it signed",
            "put the former file back, or begin anew: two-city up --fresh",
        )
    key = _read_private(path) if path.exists() else _make(path)
    return key.sign


def checker(data: Path, city: str) -> Check | None:
    """Who checks a city's signatures; None when its public key is not there."""
    path = data / "credentials" / f"{city}.pub"
    if not path.exists():
        return None
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise _unusable(path, error) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unusable(path, type(key).__name__)

    def check(text: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, text)
        except InvalidSignature:
            return False
        return True

    return check


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise _unusable(path, error) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, type(key).__name__)
    if not path.with_suffix(".pub").exists():
        _write_public(path, key)  # a kill came between the two
    return key


def _unusable(path: Path, found: object) -> CredentialsUnusable:
    return CredentialsUnusable(
        f"{path.name}: expected an Ed25519 key in PEM, found {found}", "put the former file back"
    )


def _make(path: Path) -> Ed25519PrivateKey:
    """The private key is durable before the public one is there: what can be checked can be signed."""
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write_public(path, key)
    return key


def _write_public(path: Path, key: Ed25519PrivateKey) -> None:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write(path.with_suffix(".pub"), public, 0o644)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Whole and durable, or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
