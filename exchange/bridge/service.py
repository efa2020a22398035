"""Where a broker or a Redis is: a URL without a secret, a password from a file, TLS off this machine."""

import ipaddress
import ssl
import stat
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from exchange.errors import UsageError

SECRET_BYTES_MAX: Final = 4_096


class Scheme(NamedTuple):
    """A URL's beginning."""

    name: str
    port: int
    is_tls: bool


MQTT: Final = (Scheme("mqtt", 1883, False), Scheme("mqtts", 8883, True))
REDIS: Final = (Scheme("redis", 6379, False), Scheme("rediss", 6379, True))


class Service(NamedTuple):
    """What to connect to; the password is in no representation of it."""

    name: str  # for a person: scheme, host and port
    host: str
    port: int
    user: str | None
    database: int  # of Redis; 0 where none is named
    tls: ssl.SSLContext | None
    ca_file: Path | None  # what `tls` trusts; None = what this machine trusts


def parse_service(url: str, schemes: tuple[Scheme, ...], ca_file: Path | None = None) -> Service:
    """The service of a URL like mqtts://user@host:8883; UsageError says what is wrong with it."""
    known = " or ".join(f"{scheme.name}://HOST:{scheme.port}" for scheme in schemes)
    parts = urlsplit(url)
    scheme = next((scheme for scheme in schemes if scheme.name == parts.scheme), None)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if scheme is None or not parts.hostname or port == -1 or parts.query or parts.fragment:
        shown = url if parts.password is None else "one with a password in it"
        raise UsageError(f"expected a URL like {known}, found {shown}", "mend the URL")
    if parts.password is not None:
        raise UsageError(
            "expected a URL without a password: everybody on the machine can read a command line",
            "write the password to a file with mode 0600 and name it with --password-file",
        )
    if not scheme.is_tls and not is_loopback(parts.hostname):
        secure = next(scheme for scheme in schemes if scheme.is_tls)
        raise UsageError(
            f"{parts.hostname} is not this machine, and {scheme.name}:// is not encrypted",
            f"use {secure.name}://{parts.hostname}:{secure.port}",
        )
    if ca_file is not None and not scheme.is_tls:
        raise UsageError("--ca-file is only for an encrypted connection", f"use {schemes[-1].name}://")
    database = parts.path.strip("/")
    if database and (schemes is not REDIS or not database.isdecimal()):
        raise UsageError(f"expected a URL like {known}, found {url}", "mend what follows the port")
    port = port or scheme.port
    tls = _context(ca_file) if scheme.is_tls else None
    name = f"{scheme.name}://{parts.hostname}:{port}"
    return Service(name, parts.hostname, port, parts.username, int(database or 0), tls, ca_file)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address alone: nothing is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_secret(path: Path | None) -> str | None:
    """The password in a file: its first line; refused when others may read it."""
    if path is None:
        return None
    try:
        mode = path.stat().st_mode
        text = path.read_bytes()[: SECRET_BYTES_MAX + 1].decode().partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "name a file with the password") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"{path}: expected mode 0600, found {stat.S_IMODE(mode):04o}", f"chmod 600 {path}")
    if not text or len(text) > SECRET_BYTES_MAX:
        raise UsageError(f"{path}: expected a password in the first line, found none", "write it there")
    return text


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError as error:
        raise UsageError(
            f"{ca_file} cannot be used: {error}", "name a file of certificates in PEM form"
        ) from error
