"""Tables of a real exchange: own trades and orders, a day's public stream; with asyncio and without."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.gateway_market import BASE_TICKS, CONTRACT, HOLDING_LOTS
from exchange.client import Address, BlockingTrader, Credentials, Trader, credentials_of
from exchange.client.tables import named
from exchange.vocabulary.enums import Side
from tests.unit.net.running import Running, running_exchange


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with running_exchange(tmp_path) as running:
        yield running


def who(running: Running, user: str) -> Credentials:
    found = credentials_of(running.data, user)
    return Credentials(found.user, found.password, found.login_id, found.member_id, found.account_id)


def test_tables_without_asyncio(running: Running) -> None:
    address = Address("127.0.0.1", running.port)
    with (
        BlockingTrader.open(who(running, "B00000"), address) as seller,
        BlockingTrader.open(who(running, "B00001"), address) as buyer,
    ):
        for step in range(3):
            seller.listing(Side.SELL, BASE_TICKS + step, 10, contract_id=CONTRACT)
        buyer.take(Side.BUY, BASE_TICKS + 1, 15, contract_id=CONTRACT)
        trades, orders = seller.trades_table(), seller.orders_table()
        assert trades["quantity_lots"].to_pylist() == [10, 5]
        assert trades["price_ticks"].to_pylist() == [BASE_TICKS, BASE_TICKS + 1]
        assert named(trades)["side"].to_pylist() == ["SELL", "SELL"]
        assert orders["remaining_lots"].to_pylist() == [5, 10]
        assert buyer.board_table(CONTRACT)["quantity_lots"].to_pylist() == [5, 10]
        assert seller.holdings_table()["available_lots"].to_pylist() == [HOLDING_LOTS - 30]
        assert sum(buyer.figures_table()["volume_lots"].to_pylist()) == 15
        assert buyer.contracts_table()["contract_code"].to_pylist() == ["CEA"]
        public, own = buyer.stream_tables(), buyer.stream_tables("")
        assert public["TRADE"]["quantity_lots"].to_pylist() == [10, 5]
        assert public["STREAM_OPENED"]["number"].to_pylist() == [1]
        assert own["EXECUTED"]["quantity_lots"].to_pylist() == [10, 5]
        total = sum(table.num_rows for table in public.values())
        assert max(max(table["number"].to_pylist()) for table in public.values()) == total


async def test_tables_with_asyncio(running: Running) -> None:
    async with await Trader.open(who(running, "B00000"), Address("127.0.0.1", running.port)) as trader:
        await trader.listing(Side.SELL, BASE_TICKS, 10, contract_id=CONTRACT)
        assert (await trader.orders_table())["remaining_lots"].to_pylist() == [10]
        assert (await trader.trades_table()).num_rows == 0
        assert "BAND" in await trader.stream_tables()
