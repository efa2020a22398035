"""The members' door: HTTP for programs of holders and for the offices, each with a machine key. See API.md.

Reads look at a snapshot of the store through connections of their own; what changes something goes to the
desk in the core's thread, and what it has to say to Shanghai goes out on the line, in order. The door decides
nothing: who may do what is in operations/roles.py.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import trading_day_number
from settlement.api import own
from settlement.api.asking import Asked, body_of, day_of, kind_of
from settlement.api.keys import hash_of
from settlement.api.line import Line
from settlement.api.problems import Problem, problem, refusal_problem
from settlement.api.routes import KEY_HEADER, ROUTES
from settlement.city import City
from settlement.instructions import Instruction
from settlement.limits import DOOR_PAGE_MAX, DOOR_WAITING_MAX
from settlement.reports.balances import code_of_assets
from settlement.store.database import Store
from settlement.store.days import read_day
from settlement.store.keys import find_person
from settlement.store.operations import Operation, see_operation, see_operations
from settlement.vocabulary.chart import Bucket
from settlement.vocabulary.operations import Institution, OperationState, Person

SCHEME: Final = "Bearer "


Answer = Callable[[Asked], Awaitable[Response]]
Read = Callable[[Store, Asked], Any]
Act = Callable[[City, Person, int, Mapping[str, Any]], tuple[Operation, list[Instruction]]]


class Door:
    """The routes of the door."""

    def __init__(self, line: Line, store_path: Path, statements: Path, profile: str) -> None:
        self._line = line
        self._store_path = store_path
        self._statements = statements
        self._profile = profile
        self._waiting = 0

    def routes(self) -> list[Route]:
        """To be served beside the status."""
        handlers = {**{path: self._reading(read) for path, read in READS.items()}, **self._special()}
        return [
            Route(documented.path, self._guarded(handlers[documented.path]), methods=[documented.method])
            for documented in ROUTES
        ]

    def _special(self) -> dict[str, Answer]:
        deciding = {f"/v1/operations/{{operation_id:int}}/{name}": act for name, act in ACTS.items()}
        return {
            "/v1/operations": self._operations,
            "/v1/statements/{day}": self._statement,
            "/v1/calendar/{year:int}": self._calendar,
            **{path: self._acting(act) for path, act in deciding.items()},
        }

    # ---- who asks

    def _guarded(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def checked(request: Request) -> Response:
            try:
                return await answer(Asked(request, await self._person(request)))
            except Problem as found:
                return found.answer()

        return checked

    async def _person(self, request: Request) -> Person:
        given = request.headers.get("authorization", "")
        secret = given.removeprefix(SCHEME) if given.startswith(SCHEME) else ""
        person: Person | None = None
        if secret:
            person = await self._read(lambda store: find_person(store, hash_of(secret)))
        if person is None:
            raise problem("KEY_UNKNOWN")
        return person

    # ---- reading

    async def _read(self, question: Callable[[Store], Any]) -> Any:
        def ask() -> Any:
            store = Store.read(self._store_path)
            try:
                return question(store)
            finally:
                store.close()

        return await asyncio.to_thread(ask)

    def _reading(self, read: Read) -> Answer:
        async def answer(asked: Asked) -> Response:
            return JSONResponse(await self._read(lambda store: read(store, asked)))

        return answer

    async def _calendar(self, asked: Asked) -> Response:
        return JSONResponse(own.calendar_body(self._profile, asked.path_number("year")))

    async def _statement(self, asked: Asked) -> Response:
        """The statement as it was written; what is not stated yet has none."""
        day = day_of(asked.request.path_params["day"])

        def find(store: Store) -> Path | None:
            entity = own.visible_entity(store, asked.person, _entity_id(asked))
            row = read_day(store, trading_day_number(day))
            path = self._statements / day.isoformat() / f"{entity.account_id}.csv"
            return path if row is not None and row.stage is Stage.STATED and path.exists() else None

        if (path := await self._read(find)) is None:
            raise problem("NOT_FOUND", f"statement of {day}")
        return FileResponse(path, media_type="text/csv; charset=utf-8", filename=f"{day}-{path.name}")

    # ---- acting

    async def _operations(self, asked: Asked) -> Response:
        if asked.request.method == "GET":
            return JSONResponse(await self._read(lambda store: _list_operations(store, asked)))
        body = await body_of(asked.request)
        kind, params = kind_of(body), body.get("params", {})
        key = asked.request.headers.get(KEY_HEADER, "")
        data = json.dumps(params).encode()
        return await self._act(lambda city: city.ask(asked.person, key, kind, data))

    def _acting(self, act: Act) -> Answer:
        async def answer(asked: Asked) -> Response:
            body = await body_of(asked.request)
            return await self._act(lambda city: act(city, asked.person, asked.operation_id, body))

        return answer

    async def _act(self, call: Callable[[City], tuple[Operation, list[Instruction]]]) -> Response:
        if self._waiting >= DOOR_WAITING_MAX:
            raise problem("BUSY")
        self._waiting += 1
        try:
            operation = await self._line.do(call)
        finally:
            self._waiting -= 1
        if not operation.operation_id:
            raise refusal_problem(operation.refusal, operation.detail)
        return JSONResponse(own.operation_body(operation))


# ---- what each route reads or does


def _entity_id(asked: Asked) -> int:
    is_holder = asked.person.institution is Institution.HOLDER
    entity_id = asked.number("entity_id", asked.person.scope_id if is_holder else 0)
    if not entity_id:
        raise problem("MALFORMED", "entity_id: expected whose, found nothing")
    return entity_id


def _me(store: Store, asked: Asked) -> Any:
    return asked.person._asdict()


def _kinds(store: Store, asked: Asked) -> Any:
    return own.kinds_body()


def _account(store: Store, asked: Asked) -> Any:
    return own.account_body(own.visible_entity(store, asked.person, _entity_id(asked)))


def _holdings(store: Store, asked: Asked) -> Any:
    entity = own.visible_entity(store, asked.person, _entity_id(asked))
    return own.holdings_body(store, entity, code_of_assets())


def _serials(store: Store, asked: Asked) -> Any:
    entity = own.visible_entity(store, asked.person, _entity_id(asked))
    code = asked.request.query_params.get("contract", "")
    ids = {code: number for number, code in code_of_assets().items()}
    if code not in ids:
        raise problem("MALFORMED", f"contract: expected one of {', '.join(sorted(ids))}, found {code!r}")
    word = asked.request.query_params.get("bucket", Bucket.REGISTRY_AVAILABLE.value)
    if word not in set(Bucket):
        raise problem("MALFORMED", f"bucket: found {word!r}")
    return own.serials_body(store, entity, ids[code], Bucket(word), asked.day("day"))


def _outcomes(store: Store, asked: Asked) -> Any:
    if asked.person.institution in own.ALL_SEEING and "entity_id" not in asked.request.query_params:
        return own.outcomes_body(store, 0, code_of_assets())
    entity = own.visible_entity(store, asked.person, _entity_id(asked))
    return own.outcomes_body(store, entity.entity_id, code_of_assets())


def _objections(store: Store, asked: Asked) -> Any:
    if asked.person.institution in own.ALL_SEEING and "entity_id" not in asked.request.query_params:
        return own.objections_body(store, 0)
    return own.objections_body(store, own.visible_entity(store, asked.person, _entity_id(asked)).entity_id)


def _breaks(store: Store, asked: Asked) -> Any:
    return own.breaks_body(store, asked.person, code_of_assets())


def _break(store: Store, asked: Asked) -> Any:
    return own.trace_body(store, asked.person, asked.path_number("break_id"), code_of_assets())


def _operation(store: Store, asked: Asked) -> Any:
    operation = see_operation(store, own.sight_of(asked.person), asked.operation_id)
    if operation is None:
        raise problem("NOT_FOUND", f"operation {asked.operation_id}")
    return own.operation_body(operation)


def _list_operations(store: Store, asked: Asked) -> Any:
    after, limit = asked.number("after", 0), min(asked.number("limit", 100), DOOR_PAGE_MAX)
    word = asked.request.query_params.get("state", "")
    if word and word not in set(OperationState):
        raise problem("MALFORMED", f"state: expected one of {', '.join(OperationState)}, found {word!r}")
    state = OperationState(word) if word else None
    found = see_operations(store, own.sight_of(asked.person), after, limit, state)
    return [own.operation_body(one) for one in found]


def _approve(
    city: City, person: Person, operation_id: int, body: Mapping[str, Any]
) -> tuple[Operation, list[Instruction]]:
    try:
        command_hash = bytes.fromhex(str(body.get("command_hash", "")))
    except ValueError:
        raise problem("MALFORMED", "command_hash: expected 64 hexadecimal digits") from None
    return city.approve(person, operation_id, command_hash)


def _decline(
    city: City, person: Person, operation_id: int, body: Mapping[str, Any]
) -> tuple[Operation, list[Instruction]]:
    reason = str(body.get("reason", "")).strip()[:400]
    if not reason:
        raise problem("MALFORMED", "reason: expected why it is declined, found nothing")
    return city.decline(person, operation_id, reason)


def _withdraw(
    city: City, person: Person, operation_id: int, body: Mapping[str, Any]
) -> tuple[Operation, list[Instruction]]:
    return city.withdraw(person, operation_id)


READS: Final[Mapping[str, Read]] = {
    "/v1/me": _me,
    "/v1/kinds": _kinds,
    "/v1/account": _account,
    "/v1/holdings": _holdings,
    "/v1/serials": _serials,
    "/v1/obligations": _outcomes,
    "/v1/objections": _objections,
    "/v1/breaks": _breaks,
    "/v1/breaks/{break_id:int}": _break,
    "/v1/operations/{operation_id:int}": _operation,
}
ACTS: Final[Mapping[str, Act]] = {"approve": _approve, "decline": _decline, "withdraw": _withdraw}
