"""What somebody asks of the door: who it is, the query, the body; what cannot be read is a Problem."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from starlette.requests import Request

from settlement.api.problems import problem, refusal_problem
from settlement.limits import DOOR_BODY_BYTES_MAX, FIRST_DATE, LAST_DATE
from settlement.vocabulary.operations import OperationKind, Person
from settlement.vocabulary.refusals import RefusalCode

NUMBER_MAX: Final = 2**63 - 1  # that a row's number can be


class Asked(NamedTuple):
    """One request, with who asks."""

    request: Request
    person: Person

    def number(self, name: str, default: int) -> int:
        """A whole number of the query."""
        text = self.request.query_params.get(name, str(default))
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise problem("MALFORMED", f"{name}: expected a whole number, found {text!r}")
        return int(text)

    def day(self, name: str) -> date | None:
        """A date of the query."""
        text = self.request.query_params.get(name)
        return day_of(text) if text else None

    def path_number(self, name: str) -> int:
        """A whole number of the path; Problem where nothing has so large a one."""
        number = int(self.request.path_params[name])
        if number > NUMBER_MAX:
            raise problem("NOT_FOUND", f"{name} {number}")
        return number

    @property
    def operation_id(self) -> int:
        """Of the path."""
        return self.path_number("operation_id")


async def body_of(request: Request) -> dict[str, Any]:
    """A JSON object of bounded size; nothing is an empty one."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > DOOR_BODY_BYTES_MAX:
            raise problem("BODY_TOO_LARGE", f"expected at most {DOOR_BODY_BYTES_MAX} bytes")
    try:
        found = json.loads(data or b"{}")
    except (ValueError, RecursionError) as error:
        raise problem("MALFORMED", f"expected JSON: {error}") from None
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise problem("MALFORMED", f"expected text in Unicode: {error.reason}") from None
    if not isinstance(found, dict):
        raise problem("MALFORMED", "expected a JSON object")
    return found


def kind_of(body: Mapping[str, Any]) -> OperationKind:
    """The kind that a body asks for."""
    word = body.get("kind")
    if not isinstance(word, str) or word not in set(OperationKind):
        detail = f"kind: expected one of GET /v1/kinds, found {word!r}"
        raise refusal_problem(RefusalCode.INVALID_FIELD, detail)
    return OperationKind(word)


def day_of(text: str) -> date:
    """A date as the door takes it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise problem("MALFORMED", f"day: expected YYYY-MM-DD, found {text!r}") from None
    if not FIRST_DATE <= day <= LAST_DATE:
        raise problem("NOT_FOUND", f"day {text}: expected one from {FIRST_DATE} to {LAST_DATE}")
    return day
