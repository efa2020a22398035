"""One settlement bank over HTTP, as Wuhan, other banks and people at the counter reach it.

`run/bank-N.json` says where the bank is, `credentials/bank-N.token` lets in. Everything asked twice is
answered as the first time, so what was cut off is simply asked again.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from settlement.limits import BANK_PAGE_MOVEMENTS, BANK_TIMEOUT_MS
from settlement.vocabulary.bank_messages import (
    ArrivalBody,
    BalanceBody,
    DepositBody,
    HoursBody,
    InstructionBody,
    MovementBody,
    ReceivedBody,
)
from settlement.vocabulary.banking import BankBalance, BankInstruction, BankMovement

Found = TypeVar("Found")
FULL: Final = 503


class BankAway(Exception):
    """Nobody answers, or not now: the bank is not running, it restarts, or it is full."""


class BankRefused(Exception):
    """The bank answered, and not with what was asked for."""


class Address(msgspec.Struct, frozen=True):
    """What a bank's address file says."""

    host: str
    port: int
    token_file: str


def address_path(data: Path, bank_id: int) -> Path:
    """Where a running bank says where it listens."""
    return data / "run" / f"bank-{bank_id}.json"


class BankClient:
    """An open way to one bank."""

    def __init__(
        self, bank_id: int, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._bank_id = bank_id
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=BANK_TIMEOUT_MS / 1000,
            transport=transport,
            trust_env=False,  # a bank is on this machine: no proxy of the environment stands between
        )

    @classmethod
    def open(cls, data: Path, bank_id: int) -> "BankClient":
        """The way to a running bank; BankAway when it does not run."""
        try:
            address = msgspec.json.decode(address_path(data, bank_id).read_bytes(), type=Address)
            token = (data / address.token_file).read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise BankAway(f"bank {bank_id}: expected it to run, found: {error}") from None
        return cls(bank_id, f"http://{address.host}:{address.port}", token)

    async def __aenter__(self) -> "BankClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def instruct(self, instruction: BankInstruction) -> int:
        """Give an instruction; the number of the movement that answers it, 0 while it waits."""
        body = InstructionBody(
            instruction.order, instruction.account_id, instruction.amount_fen, instruction.target_bank_id
        )
        path = f"/instructions/{quote(instruction.instruction_id)}"
        return (await self._ask("PUT", path, ReceivedBody, body)).number

    async def movements(self, after: int, limit: int = BANK_PAGE_MOVEMENTS) -> list[BankMovement]:
        """The next movements, consecutive from the number after `after`; those known are left out."""
        found = await self._ask("GET", f"/movements?after={after}&limit={limit}", list[MovementBody])
        return next_in_order(self._bank_id, after, [body.movement for body in found])

    async def balance(self) -> BankBalance:
        """The books as they stand."""
        return (await self._ask("GET", "/balances", BalanceBody)).balance

    async def pay_in(self, reference: str, account_id: int, amount_fen: int) -> BankMovement:
        """Pay in at the counter."""
        body = DepositBody(reference, account_id, amount_fen)
        return (await self._ask("POST", "/deposits", MovementBody, body)).movement

    async def arrive(self, instruction_id: str, amount_fen: int) -> BankMovement:
        """Hand over what was sent to this bank."""
        body = ArrivalBody(instruction_id, amount_fen)
        return (await self._ask("POST", "/arrivals", MovementBody, body)).movement

    async def set_open(self, is_open: bool) -> None:
        """Open the bank, or close it."""
        await self._ask("POST", "/hours", HoursBody, HoursBody(is_open))

    async def _ask(self, method: str, path: str, found: type[Found], body: Any = None) -> Found:
        content = None if body is None else msgspec.json.encode(body)
        try:
            answer = await self._http.request(method, path, content=content)
        except httpx.HTTPError as error:
            raise BankAway(f"bank {self._bank_id}: {type(error).__name__} {error}") from None
        where = f"bank {self._bank_id}: {method} {path}"
        if answer.status_code == FULL:
            raise BankAway(f"{where}: {answer.text}")
        if answer.status_code != httpx.codes.OK:
            raise BankRefused(f"{where}: {answer.status_code} {answer.text}")
        try:
            return msgspec.json.decode(answer.content, type=found)
        except msgspec.DecodeError as error:
            raise BankRefused(f"{where}: expected {found}, found: {error}") from None


def next_in_order(bank_id: int, after: int, movements: Sequence[BankMovement]) -> list[BankMovement]:
    """Leave out what is known; BankRefused where a number is missing."""
    fresh: list[BankMovement] = []
    for movement in movements:
        expected = after + 1 + len(fresh)
        if movement.number < expected:
            continue
        if movement.number > expected:
            raise BankRefused(
                f"bank {bank_id}: next movement: expected number {expected}, found {movement.number}"
            )
        fresh.append(movement)
    return fresh
