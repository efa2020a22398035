"""TLS of a member's connection: the exchange's certificate is checked, one's own shown if there is one."""

import ssl
from functools import lru_cache

from exchange.client.credentials import Address
from exchange.client.errors import CredentialsUnusable


def security_of(address: Address, certificate_file: str = "") -> ssl.SSLContext | None:
    """How to connect there: None = without TLS. Raises CredentialsUnusable naming the file at fault."""
    return _context(address.tls_authority, certificate_file) if address.tls_authority else None


@lru_cache(maxsize=256)
def _context(authority: str, certificate: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate:
            context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(filter(None, (authority, certificate)))
        raise CredentialsUnusable(f"TLS cannot be used with {names}: {error}", "name PEM files") from error
    return context
