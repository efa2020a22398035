"""A login's credentials: a JSON file that only its owner may read."""

import stat
from pathlib import Path

import msgspec

from exchange.client.errors import CredentialsUnusable

OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who logs in; the password never appears in a repr, a log or an argument."""

    user: str
    password: str
    login_id: int
    member_id: int
    account_id: int
    name: str = ""
    certificate_file: str = ""  # PEM of certificate and key, found beside the credentials file; "" = none

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r}, login_id={self.login_id}, account_id={self.account_id})"


class Address(msgspec.Struct, frozen=True):
    """Where a running exchange listens; other keys of the file are not ours."""

    host: str
    port: int
    tls_authority: str = ""  # PEM of who vouches for the exchange's certificate; "" = no TLS


def load_credentials(path: Path) -> Credentials:
    """Read one credentials file; refused when anybody but its owner could have read or written it."""
    try:
        mode = path.stat().st_mode
        if mode & OTHERS:
            raise CredentialsUnusable(
                f"{path}: expected mode 0600, found {stat.S_IMODE(mode):04o}", f"chmod 600 {path}"
            )
        found = msgspec.json.decode(path.read_bytes(), type=Credentials)
        certificate = path.with_suffix(".pem")
        has_one = not found.certificate_file and certificate.exists()
        return msgspec.structs.replace(found, certificate_file=str(certificate)) if has_one else found
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none"
        raise CredentialsUnusable(
            f"{path} does not exist", f"name one of the logins of this folder: {known}"
        ) from None
    except (OSError, msgspec.MsgspecError) as error:
        raise CredentialsUnusable(f"{path} cannot be read: {error}", "provision the login again") from error


def credentials_of(data: Path, user: str) -> Credentials:
    """The credentials of a login of a data folder."""
    return load_credentials(data / "credentials" / f"{user.upper()}.json")


def address_of(data: Path) -> Address:
    """Where the exchange of a data folder listens now; it may change when the exchange restarts."""
    path = data / "run" / "shanghai.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Address)
    except FileNotFoundError:
        raise CredentialsUnusable(
            f"{path} does not exist: no exchange runs on {data}", "start one with `two-city up`"
        ) from None
    except (OSError, msgspec.MsgspecError) as error:
        raise CredentialsUnusable(f"{path} cannot be read: {error}", "start the exchange again") from error
