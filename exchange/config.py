"""What `exchange up` and `exchange serve` are told, checked once and never changed afterwards."""

from datetime import date
from pathlib import Path

import msgspec

from exchange.errors import UsageError


class RunConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One run of the two cities. Fixed for the life of a data folder, so that a second run can resume it."""

    scenario: str = "season-2021"
    profile: str = "national"
    members: int = 40
    first_day: date

    def refuse_other(self, kept: "RunConfig", data: Path) -> None:
        """Raise UsageError when the data folder was begun with other settings."""
        for name in self.__struct_fields__:
            wanted, found = getattr(self, name), getattr(kept, name)
            if wanted != found:
                raise UsageError(
                    f"{data} was begun with {name} = {found}, but this run asks for {wanted}",
                    "use --fresh to begin anew, or --data FOLDER for another season",
                )


def keep(config: RunConfig, data: Path) -> RunConfig:
    """Write the configuration of a new data folder, or check it against the one kept there."""
    path = data / "run.json"
    if path.exists():
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=RunConfig)
        except msgspec.MsgspecError as error:
            raise UsageError(f"{path} cannot be read: {error}", "use --fresh to begin anew") from error
        config.refuse_other(kept, data)
        return kept
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=2))
    return config


def kept_config(data: Path) -> RunConfig:
    """The configuration a data folder was begun with."""
    path = data / "run.json"
    if not path.exists():
        raise UsageError(f"{data} holds no season yet", "run `two-city up` first, or name it with --data")
    return msgspec.json.decode(path.read_bytes(), type=RunConfig)
