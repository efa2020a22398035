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
    return key


def _unusable(path: Path, found: object) -> CredentialsUnusable:
    return CredentialsUnusable(
        f"{path.name}: expected an Ed25519 key in PEM, found {found}", "put the former file back"
    )


def _make(path: Path) -> Ed25519PrivateKey:
    """The public key is written first: a private one without it would sign what nobody can check."""
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub").write_bytes(public)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
        file.flush()
        os.fsync(file.fileno())
    return key
