"""The settings of one Wuhan process: one frozen struct, made once by the command line."""

from datetime import date
from pathlib import Path

import msgspec

from settlement.clearing.fault import Fault


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `settlement serve` runs with."""

    data: Path
    scenario: str
    members: int
    first_day: date | None = None  # the only day on which an empty store may begin; None = the scenario's
    days: int = 0  # days of the season to settle, those of earlier runs included; 0 = without end
    exchange: str = ""  # HOST:PORT; empty = read run/shanghai.json at every connect
    is_real_time: bool = False  # market time is this machine's; else it stands still between two records
    once: bool = False  # exit when the days are settled, or with code 3 when a day is held
    fault: Fault | None = None
    http_host: str = "127.0.0.1"
    http_port: int = 0  # 0 = any free one, written to run/wuhan.json

    @property
    def folder(self) -> Path:
        """Wuhan's own folder."""
        return self.data / "wuhan"

    @property
    def store_path(self) -> Path:
        """The store."""
        return store_path(self.data)

    @property
    def token_path(self) -> Path:
        """The bearer token of the HTTP status."""
        return self.data / "credentials" / "wuhan-api.token"

    @property
    def keys_folder(self) -> Path:
        """The machine keys of the door, one file each."""
        return self.data / "credentials" / "keys"

    @property
    def address_path(self) -> Path:
        """Where a running Wuhan says where it listens."""
        return self.data / "run" / "wuhan.json"


def store_path(data: Path) -> Path:
    """Where a data folder keeps Wuhan's store."""
    return data / "wuhan" / "wuhan.sqlite"
