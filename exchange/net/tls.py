"""TLS of the gateway: optional on loopback, demanded elsewhere; client certificates where asked for."""

import ssl
from pathlib import Path
from typing import Any, NamedTuple

from exchange.errors import UsageError


class TlsFiles(NamedTuple):
    """PEM files. `client_authority`: who signs members' certificates; None = none is asked for."""

    certificate: Path
    key: Path
    client_authority: Path | None = None


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """TLS 1.2 or newer; raises UsageError naming the file that cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(files.certificate, files.key)
        if files.client_authority is not None:
            context.load_verify_locations(files.client_authority)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(str(file) for file in files if file is not None)
        raise UsageError(f"TLS cannot be begun with {names}: {error}", "name readable PEM files") from error
    return context


def user_of_certificate(certificate: Any) -> str | None:
    """The common name of a peer's certificate: the user it may log in as; None without a certificate."""
    for part in (certificate or {}).get("subject", ()):
        for name, value in part:
            if name == "commonName":
                return str(value)
    return None
