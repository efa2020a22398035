"""A member's trader (asyncio): typed commands with awaited outcomes, queries, and the stream's events.

    async with await Trader.open(credentials, address) as trader:
        outcome = await trader.listing(Side.SELL, "48.50", 1000, contract_id=1)
        print(outcome.text())

Prices are yuan text or integer ticks. Reconnecting and resuming is the courier's work.
"""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from exchange.client.courier import Listener, Locate
from exchange.client.credentials import Address, Credentials
from exchange.client.decode import OtherRecord
from exchange.client.errors import ConnectionLost
from exchange.client.events import Event
from exchange.client.member_commands import MemberCommands
from exchange.client.replies import (
    BoardListing,
    Cash,
    Contract,
    Figures,
    Holding,
    MethodPhase,
    OpenOrder,
    OwnTrade,
    Reply,
    Rule,
    Status,
)
from exchange.client.stream import PUBLIC_STREAM, read_stream
from exchange.vocabulary.enums import QueryKind

if TYPE_CHECKING:
    from exchange.client.tables import Table

EVENTS_QUEUED_MAX: Final = 100_000
R = TypeVar("R")


class Trader(MemberCommands):
    """One login that trades for a whole season. Made by `open`; closed by `close` or `async with`."""

    @classmethod
    async def open(
        cls,
        credentials: Credentials,
        address: Address | Locate,
        *,
        is_patient: bool = False,
        listeners: tuple[Listener, ...] = (),
    ) -> Self:
        """Log in. `address` may be a function, asked again at every reconnect.

        Raises LoginRefused or ConnectionLost when the first try fails; `is_patient` waits for the exchange
        instead (a wrong password still raises). `listeners` see every event of the stream from its first.
        """
        trader = cls(credentials, (lambda: address) if isinstance(address, Address) else address, listeners)
        await trader.start(is_patient=is_patient)
        return trader

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # ---- queries

    async def board(self, contract_id: int) -> list[BoardListing]:
        """Every listing inside the best five levels of both sides."""
        return await self._answer(QueryKind.BOARD, BoardListing, contract_id)

    async def orders(self) -> list[OpenOrder]:
        """Open orders of one's own."""
        return await self._answer(QueryKind.ORDERS, OpenOrder)

    async def holdings(self) -> list[Holding]:
        """Units by contract."""
        return await self._answer(QueryKind.HOLDINGS, Holding)

    async def cash(self) -> Cash:
        """Cash of the default account."""
        return _only(await self._answer(QueryKind.CASH, Cash), "cash")

    async def contracts(self) -> list[Contract]:
        """The day's contracts and their bands."""
        return await self._answer(QueryKind.CONTRACTS, Contract)

    async def phases(self) -> list[MethodPhase]:
        """Phase of each method of each contract."""
        return await self._answer(QueryKind.PHASES, MethodPhase)

    async def trades(self) -> list[OwnTrade]:
        """One's own executions today."""
        return await self._answer(QueryKind.TRADES, OwnTrade)

    async def figures(self) -> list[Figures]:
        """The day's figures so far."""
        return await self._answer(QueryKind.FIGURES, Figures)

    async def rules(self, contract_id: int) -> list[Rule]:
        """The rules in force for a contract."""
        return await self._answer(QueryKind.RULES, Rule, contract_id)

    async def status(self) -> Status:
        """Health of the exchange (operators, console)."""
        return _only(await self._answer(QueryKind.STATUS, Status), "status")

    # ---- the same as Arrow tables, for notebooks; these alone need pyarrow

    async def orders_table(self) -> "Table":
        """Open orders of one's own; columns as `client.tables` says."""
        return await self._table(QueryKind.ORDERS, OpenOrder)

    async def trades_table(self) -> "Table":
        """One's own executions today."""
        return await self._table(QueryKind.TRADES, OwnTrade)

    async def holdings_table(self) -> "Table":
        """Units by contract."""
        return await self._table(QueryKind.HOLDINGS, Holding)

    async def board_table(self, contract_id: int) -> "Table":
        """Every listing inside the best five levels of both sides."""
        return await self._table(QueryKind.BOARD, BoardListing, contract_id)

    async def contracts_table(self) -> "Table":
        """The day's contracts and their bands."""
        return await self._table(QueryKind.CONTRACTS, Contract)

    async def figures_table(self) -> "Table":
        """The day's figures so far."""
        return await self._table(QueryKind.FIGURES, Figures)

    async def stream_tables(self, session: str = PUBLIC_STREAM) -> "dict[str, Table]":
        """A day's whole stream until now, a table for each kind of record; over a line of its own.

        One's own stream is followed over one connection: the trader gives its up meanwhile and comes back.

        "PUBLIC" is today's public stream, "" one's own, a session id any that is kept and one's to read.
        """
        from exchange.client.tables import tables_of

        async with self._lent():
            return tables_of(await read_stream(self.credentials, self.locate(), session))

    async def _table(self, kind: QueryKind, expected: type[Reply], contract_id: int = 0) -> "Table":
        from exchange.client.tables import replies_table

        return replies_table(expected.KIND, await self._answer(kind, expected, contract_id))

    async def _answer(self, kind: QueryKind, expected: type[R], contract_id: int = 0) -> list[R]:
        return [reply for reply in await self.ask(kind, contract_id) if isinstance(reply, expected)]

    # ---- events

    async def events(self) -> AsyncIterator[Event | OtherRecord]:
        """Every event from now on; raises ConnectionLost when the reader is 100,000 events behind."""
        queue: asyncio.Queue[Event | OtherRecord] = asyncio.Queue(EVENTS_QUEUED_MAX)
        is_behind = False

        def put(event: Event | OtherRecord) -> None:
            nonlocal is_behind
            if queue.full():
                is_behind = True
            else:
                queue.put_nowait(event)

        self.listen(put)
        try:
            while not (is_behind and queue.empty()):
                yield await queue.get()
            raise ConnectionLost(f"the reader of events fell {EVENTS_QUEUED_MAX} events behind")
        finally:
            self.unlisten(put)


def _only(answer: list[R], what: str) -> R:
    if len(answer) != 1:
        raise ConnectionLost(f"expected one record of {what}, found {len(answer)}")
    return answer[0]
