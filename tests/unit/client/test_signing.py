"""Keys of the cities: made once, readable by their owner alone, and what is wrong with one is said."""

from pathlib import Path

import pytest

from exchange.client.errors import CredentialsUnusable
from exchange.client.signing import SHANGHAI, WUHAN, checker, signer

TEXT = b"two-city confirmed 1: ..."


def test_made_once_and_checked_with_the_public_half(tmp_path: Path) -> None:
    assert checker(tmp_path, SHANGHAI) is None
    signature = signer(tmp_path, SHANGHAI)(TEXT)
    assert len(signature) == 64
    assert signer(tmp_path, SHANGHAI)(TEXT) == signature
    check = checker(tmp_path, SHANGHAI)
    assert check is not None
    assert check(TEXT, signature)
    assert not check(TEXT + b".", signature)
    assert not check(TEXT, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not check(TEXT, signer(tmp_path, WUHAN)(TEXT))
    assert (tmp_path / "credentials" / "shanghai.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["shanghai.key", "shanghai.pub"])
def test_a_file_that_is_no_key_is_named(tmp_path: Path, name: str) -> None:
    signer(tmp_path, SHANGHAI)
    (tmp_path / "credentials" / name).write_text("no key")
    with pytest.raises(CredentialsUnusable, match=f"{name}: expected an Ed25519 key in PEM"):
        signer(tmp_path, SHANGHAI)
        checker(tmp_path, SHANGHAI)
