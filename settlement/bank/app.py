"""The HTTP of a bank: requests to the teller in the books' own thread, and its answers back."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from settlement.bank.books import fault_of
from settlement.bank.store import BankStore
from settlement.bank.teller import Conflict, Full, Teller, Unserved
from settlement.limits import BANK_BODY_BYTES_MAX, BANK_PAGE_MOVEMENTS
from settlement.vocabulary.bank_messages import (
    ArrivalBody,
    BalanceBody,
    Body,
    DepositBody,
    HoursBody,
    InstructionBody,
    MovementBody,
    Name,
    ReceivedBody,
)
from settlement.vocabulary.banking import BankMovement

Result = TypeVar("Result")
Asked = TypeVar("Asked", bound=Body)


class Malformed(Exception):
    """What was sent is not what a bank understands."""


class Counter:
    """The teller and its store behind one thread, and bells for who carries to other banks."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "bank-books")
        self._bells: list[asyncio.Event] = []
        self._staff: tuple[BankStore, Teller] | None = None

    async def open(self, make: Callable[[], tuple[BankStore, Teller]]) -> None:
        """Build both in their thread."""
        self._staff = await self._run(make)

    def bell(self) -> asyncio.Event:
        """Rings whenever money may have moved."""
        self._bells.append(asyncio.Event())
        return self._bells[-1]

    async def tell(self, act: Callable[[Teller], Result]) -> Result:
        """Something that may move money."""
        result = await self._run(lambda: act(self._open_staff()[1]))
        for bell in self._bells:
            bell.set()
        return result

    async def look(self, question: Callable[[BankStore], Result]) -> Result:
        """Something that only looks."""
        return await self._run(lambda: question(self._open_staff()[0]))

    async def acknowledge(self, number: int) -> None:
        """Another bank has what left with that movement."""
        await self.tell(lambda teller: teller.acknowledge(number))

    async def close(self) -> None:
        """Close the store in its own thread, and end the thread."""
        if self._staff is not None:
            await self._run(self._staff[0].close)
        self._executor.shutdown()

    def _open_staff(self) -> tuple[BankStore, Teller]:
        assert self._staff is not None, "expected open() first"
        return self._staff

    async def _run(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)


def make_app(counter: Counter, token: str) -> Starlette:
    """The routes, each with the bearer token."""

    async def instruct(request: Request) -> Response:
        name = _converted(request.path_params["instruction_id"], Name)
        instruction = (await _body(request, InstructionBody)).named(name)
        if fault := fault_of(instruction):
            raise Malformed(fault)
        number = await counter.tell(lambda teller: teller.receive(instruction))
        return _answer(ReceivedBody("answered" if number else "received", number))

    async def movements(request: Request) -> Response:
        after, limit = _number(request, "after", 0), _number(request, "limit", BANK_PAGE_MOVEMENTS)
        bounded = min(limit, BANK_PAGE_MOVEMENTS)
        found = await counter.look(lambda store: store.movements(after, bounded))
        return _answer([MovementBody(*movement) for movement in found])

    async def balances(request: Request) -> Response:
        return _answer(BalanceBody(*await counter.look(BankStore.balance)))

    async def pay_in(request: Request) -> Response:
        asked = await _body(request, DepositBody)
        return _said(
            await counter.tell(lambda t: t.pay_in(asked.reference, asked.account_id, asked.amount_fen))
        )

    async def arrive(request: Request) -> Response:
        asked = await _body(request, ArrivalBody)
        return _said(await counter.tell(lambda t: t.take_arrival(asked.instruction_id, asked.amount_fen)))

    async def hours(request: Request) -> Response:
        asked = await _body(request, HoursBody)
        await counter.tell(lambda teller: teller.set_open(asked.is_open))
        return _answer(asked)

    routes = [
        ("PUT", "/instructions/{instruction_id:path}", instruct),
        ("GET", "/movements", movements),
        ("GET", "/balances", balances),
        ("POST", "/deposits", pay_in),
        ("POST", "/arrivals", arrive),
        ("POST", "/hours", hours),
    ]
    return Starlette(
        routes=[Route(path, _guarded(act, token), methods=[method]) for method, path, act in routes]
    )


def _guarded(
    act: Callable[[Request], Awaitable[Response]], token: str
) -> Callable[[Request], Awaitable[Response]]:
    async def checked(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return _problem(401, "expected the bearer token of this bank")
        try:
            return await act(request)
        except Malformed as error:
            return _problem(400, str(error))
        except (Conflict, Unserved) as error:
            return _problem(409, str(error))
        except Full as error:
            return _problem(503, str(error))

    return checked


async def _body(request: Request, kind: type[Asked]) -> Asked:
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > BANK_BODY_BYTES_MAX:
            raise Malformed(f"body: expected at most {BANK_BODY_BYTES_MAX} bytes")
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise Malformed(str(error)) from None


def _converted(value: str, kind: Any) -> str:
    try:
        found: str = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from None
    return found


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Malformed(f"{name}: expected a whole number, found {text!r}")
    return int(text)


def _said(movement: BankMovement) -> Response:
    return _answer(MovementBody(*movement))


def _problem(status: int, text: str) -> Response:
    return _answer({"error": text}, status)


def _answer(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
