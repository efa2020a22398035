"""Transfers against the real exchange: its kernel holds, commits, takes in, seals and confirms."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from exchange.client import Connection, Credentials, LoginRefused, address_of, credentials_of
from exchange.client.credentials import Address
from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.city import City
from settlement.config import Settings
from settlement.instructions import Instruction, Send
from settlement.ledger.balances import balance_of
from settlement.ledger.check import check_ledger
from settlement.season import load_season
from settlement.serials.check import check_serials
from settlement.store.breaks import open_breaks
from settlement.store.database import Store
from settlement.store.operations import Operation, read_operation
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode
from tests.system.cities import MEMBERS, PATIENCE_S, Cities

CEA, ENTITY, ACCOUNT = 1, 1, 1001
HOLDER = Person("holder-1", Institution.HOLDER, Level.OPERATOR, ENTITY)

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)


class Wuhan:
    """The core of Wuhan on a line to the real exchange."""

    def __init__(self, data: Path, store: Store, connection: Connection) -> None:
        self.store = store
        self.line = connection
        settings = Settings(
            data=data, scenario="season-2021", members=int(MEMBERS), first_day=date(2021, 12, 16)
        )
        self.city = City(store, load_season(settings))

    @classmethod
    async def beside(cls, cities: Cities) -> "Wuhan":
        """Start the exchange, and open the line to its first day."""
        cities.start_exchange(day_seconds="8")
        who, where = credentials_of(cities.data, "WUHAN1"), address_of(cities.data)
        line = await _first_day_of(where, who)
        wuhan = cls(cities.data, Store.open(cities.data / "wuhan.sqlite"), line)
        await wuhan.obey(wuhan.city.line_opened())
        await wuhan.until_stage(Stage.OPEN)
        return wuhan

    async def close(self) -> None:
        await self.line.close()
        self.store.close()

    async def obey(self, said: list[Instruction]) -> None:
        for one in said:
            if isinstance(one, Send):
                self.line.send(one.data)
                await self.line.drain()

    async def until_stage(self, stage: Stage) -> None:
        while (status := self.city.status()) is None or status.stage is not stage:
            await self.hear()

    async def until_ended(self, operation: Operation) -> Operation:
        while (found := read_operation(self.store, operation.operation_id)) is None or (
            found.state is OperationState.RUNNING
        ):
            await self.hear()
        return found

    async def hear(self) -> None:
        chunk = await self.line.receive()
        assert chunk is not None, "the exchange ended the stream"
        await self.obey(self.city.take(chunk.first_number, chunk.events))

    async def ask(self, kind: OperationKind, lots: int, key: str, *, is_sent: bool = True) -> Operation:
        data = f'{{"entity_id": {ENTITY}, "contract_id": {CEA}, "lots": {lots}}}'.encode()
        operation, said = self.city.ask(HOLDER, key, kind, data)
        if is_sent:
            await self.obey(said)
        return operation

    def has(self, bucket: Bucket, owner: int) -> int:
        return balance_of(self.store, units(CEA, bucket, owner))


async def test_the_real_exchange_holds_commits_and_takes_in(cities: Cities) -> None:
    wuhan = await Wuhan.beside(cities)
    store, line = wuhan.store, wuhan.line
    opening = wuhan.has(Bucket.TRADING_AVAILABLE, ACCOUNT)

    out = await wuhan.until_ended(await wuhan.ask(OperationKind.TO_REGISTRY, 300, "out"))
    assert (out.state, wuhan.has(Bucket.REGISTRY_AVAILABLE, ENTITY)) == (OperationState.DONE, 300)
    back = await wuhan.until_ended(await wuhan.ask(OperationKind.TO_TRADING, 100, "back"))
    assert (back.state, wuhan.has(Bucket.REGISTRY_AVAILABLE, ENTITY)) == (OperationState.DONE, 200)
    assert wuhan.has(Bucket.TRADING_AVAILABLE, ACCOUNT) == opening - 200
    more = await wuhan.until_ended(await wuhan.ask(OperationKind.TO_REGISTRY, opening, "more"))
    assert (more.state, more.refusal) == (OperationState.REFUSED, RefusalCode.SHANGHAI_REFUSED)

    # one command lost on the line, overtaken by another, then asked again under a new number
    lost = await wuhan.ask(OperationKind.TO_REGISTRY, 7, "lost", is_sent=False)
    await wuhan.until_ended(await wuhan.ask(OperationKind.TO_REGISTRY, 5, "later"))
    await wuhan.obey(wuhan.city.resend())
    assert (await wuhan.until_ended(lost)).state is OperationState.DONE
    assert wuhan.has(Bucket.REGISTRY_AVAILABLE, ENTITY) == 212

    # the commit of this one never leaves: the day is sealed with the hold granted
    held = await wuhan.ask(OperationKind.TO_REGISTRY, 11, "held")
    wuhan.city.take(*(await _next_chunk(line)))
    await wuhan.until_stage(Stage.STATED)
    assert open_breaks(store) == []
    assert (await wuhan.until_ended(held)).state is OperationState.DONE
    assert wuhan.has(Bucket.REGISTRY_AVAILABLE, ENTITY) == 223
    assert wuhan.has(Bucket.TRADING_AVAILABLE, ACCOUNT) == opening - 223
    check_ledger(store)
    check_serials(store)
    await wuhan.close()


async def _first_day_of(where: Address, who: Credentials) -> Connection:
    """The exchange listens a moment before its first day begins: asked again until then."""
    while True:
        try:
            return await Connection.open(where, who, next_number=1)
        except LoginRefused as refusal:
            if not refusal.may_retry:
                raise
            await asyncio.sleep(0.05)


async def _next_chunk(line: Connection) -> tuple[int, object]:
    chunk = await line.receive()
    assert chunk is not None
    return chunk.first_number, chunk.events
