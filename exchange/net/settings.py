"""What the gateway is told at its start."""

from pathlib import Path
from typing import Final, NamedTuple

from exchange.net.tls import TlsFiles
from exchange.vocabulary.limits import CONNECTIONS_MAX


class GatewaySettings(NamedTuple):
    """One gateway."""

    host: str = "127.0.0.1"
    port: int = 0  # 0 = a free one
    tls: TlsFiles | None = None
    #: from one address: behind a load test or an office's gateway there may be thousands of logins
    connections_per_address_max: int = CONNECTIONS_MAX
    #: of the directory's file, whose keys may be rotated and revoked meanwhile; None = they never change
    directory_folder: Path | None = None


DEFAULTS: Final = GatewaySettings()
