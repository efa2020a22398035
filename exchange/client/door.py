"""The registry's door over HTTP, for programs of members and offices: blocking, one request at a time.

    with Door.open(data, "holder-1") as door:
        moved = door.ask("to-registry", "move-1", entity_id=1, contract_id=1, lots=300)

`run/wuhan.json` says where the door is, `credentials/keys/<person>.key` holds the secret. Asking again with
the same key gives the same operation, so a request that was cut off is simply made again.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlencode

TIMEOUT_S: Final = 10.0
NO_KEY: Final = 401  # what the door would say
KEY_MISSING: Final = {
    "name": "KEY_MISSING",
    "zh": "缺少密钥文件",
    "en": "expected a file with the secret of a machine key",
}
Json = dict[str, Any]


class DoorAway(Exception):
    """Nobody answers: the registry is not running, or it restarts."""


class DoorRefused(Exception):
    """The door answered, and not with what was asked for."""

    def __init__(self, status: int, error: Mapping[str, str]) -> None:
        self.status = status
        self.name, self.zh, self.en = (error.get(name, "") for name in ("name", "zh", "en"))
        self.detail = error.get("detail", "")
        what = f"{status} {self.name}: {self.en} {self.zh}"
        super().__init__(f"{what} ({self.detail})" if self.detail else what)


class Door:
    """One person's way to the registry."""

    def __init__(self, host: str, port: int, secret: str) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        self._secret = secret

    @classmethod
    def open(cls, data: Path, person_id: str) -> "Door":
        """The door of a running registry, as that person.

        Raises DoorAway when it does not run, DoorRefused when there is no secret of that person.
        """
        return cls._at(data, lambda address: f"credentials/keys/{person_id}.key")

    @classmethod
    def as_status_reader(cls, data: Path) -> "Door":
        """The status pages of a running registry (/status, /days, /breaks): they have their own token."""
        return cls._at(data, lambda address: str(address["token_file"]))

    @classmethod
    def _at(cls, data: Path, secret_file: Callable[[Json], str]) -> "Door":
        try:
            address = json.loads((data / "run" / "wuhan.json").read_text())
        except (OSError, ValueError) as error:
            raise DoorAway(f"expected a running registry, found: {error}") from error
        try:
            secret = (data / secret_file(address)).read_text().strip()
        except OSError as error:
            raise DoorRefused(NO_KEY, {**KEY_MISSING, "detail": str(error)}) from error
        return cls(address["host"], address["port"], secret)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> "Door":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, path: str, **query: str | int) -> Any:
        """What a path shows."""
        return self._request("GET", f"{path}?{urlencode(query)}" if query else path)

    def ask(self, kind: str, key: str, /, **params: Any) -> Json:
        """Ask for an operation; how it stands."""
        body = {"kind": kind, "params": params}
        found: Json = self._request("POST", "/v1/operations", body, {"Idempotency-Key": key})
        return found

    def operation(self, operation_id: int) -> Json:
        """How an operation stands."""
        found: Json = self._request("GET", f"/v1/operations/{operation_id}")
        return found

    def approve(self, operation_id: int, command_hash: str) -> Json:
        """Approve, as the second person, exactly that command."""
        return self._decide(operation_id, "approve", command_hash=command_hash)

    def decline(self, operation_id: int, reason: str) -> Json:
        """Decline as the second person."""
        return self._decide(operation_id, "decline", reason=reason)

    def withdraw(self, operation_id: int) -> Json:
        """Withdraw what one has asked oneself."""
        return self._decide(operation_id, "withdraw")

    def _decide(self, operation_id: int, what: str, **body: str) -> Json:
        found: Json = self._request("POST", f"/v1/operations/{operation_id}/{what}", body)
        return found

    def _request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        sent = {"Authorization": f"Bearer {self._secret}", **(headers or {})}
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = self._connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()  # the next request opens it anew
            raise DoorAway(str(error)) from error
        if answer.status != 200:
            raise DoorRefused(answer.status, _error_of(data))
        if answer.headers.get_content_type() != "application/json":
            return data.decode("utf-8-sig")
        return json.loads(data)


def _error_of(data: bytes) -> Mapping[str, str]:
    try:
        found: Mapping[str, str] = json.loads(data)["error"]
    except (ValueError, KeyError, TypeError):
        return {"en": data[:200].decode("utf-8", "replace")}
    return found
