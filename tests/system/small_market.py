"""A real exchange of two members in a data folder that bridges can follow, and what it says of itself."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.gateway_market import BASE_TICKS, CONTRACT, DAY
from exchange.client.decode import decode_events, decode_replies
from exchange.client.replies import Contract, Figures, MethodPhase
from exchange.config import RunConfig, keep
from exchange.protocol.client_session import Accepted
from exchange.vocabulary.enums import HaltReason, Level, Method, Phase, QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, make
from tests.unit.net.running import Peer, Running, running_exchange

PATIENCE_S = 60
TICK_NS = 200_000_000
SELLER, BUYER, OPERATOR = "B00000", "B00001", "OPER01"


class SmallMarket:
    """One exchange, stopped and started again at will; every trade is made by hand."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.trades = 0
        self._references = {SELLER: 0, BUYER: 0, OPERATOR: 0}
        self._exchange: Any = None
        self._running: Running | None = None
        keep(RunConfig(first_day=DAY, members=8), data)

    def start(self) -> None:
        """Open the day, or go on where it was stopped; the market then trades."""
        is_new = not (self.data / "shanghai").exists()
        self._exchange = running_exchange(self.data, is_trading=is_new)
        self._running = self._exchange.__enter__()
        address = self.data / "run" / "shanghai.json"
        address.parent.mkdir(exist_ok=True)
        address.write_text(json.dumps({"host": "127.0.0.1", "port": self.running.port}))
        if not is_new:
            self._tell(OPERATOR, Kind.COMMAND_DONE, Kind.RESUME, level=Level.MARKET)

    def stop(self) -> None:
        """The exchange goes away."""
        if self._exchange is not None:
            (self.data / "run" / "shanghai.json").unlink(missing_ok=True)
            exchange, self._exchange, self._running = self._exchange, None, None
            exchange.__exit__(None, None, None)

    @property
    def running(self) -> Running:
        assert self._running is not None
        return self._running

    def trade(self, count: int = 1) -> None:
        """So many trades, at prices that go up and down."""
        listings, takes = [], []
        for _ in range(count):
            self.trades += 1
            price_ticks = BASE_TICKS + self.trades % 5
            listings.append(self._order(SELLER, Kind.LISTING, Side.SELL, price_ticks))
            takes.append(self._order(BUYER, Kind.TAKE, Side.BUY, BASE_TICKS + 5))
        for user, orders, answer in ((SELLER, listings, Kind.ACCEPTED), (BUYER, takes, Kind.DONE)):
            with self.running.peer(user) as peer:
                peer.send(*orders)
                self._wait_for(peer, answer, self._references[user])

    def _order(self, user: str, kind: Kind, side: Side, price_ticks: int) -> bytes:
        self._references[user] += 1
        return make(
            kind, user_reference=self._references[user], contract_id=CONTRACT, price_ticks=price_ticks,
            quantity_lots=10, side=side,
        )  # fmt: skip

    def list_one(self, price_ticks: int, side: Side = Side.SELL) -> None:
        """A listing that rests."""
        self._tell(
            SELLER, Kind.ACCEPTED, Kind.LISTING, contract_id=CONTRACT, price_ticks=price_ticks,
            quantity_lots=5, side=side,
        )  # fmt: skip

    def halt(self) -> None:
        """Halt the contract."""
        self._tell(
            OPERATOR, Kind.COMMAND_DONE, Kind.HALT, level=Level.CONTRACT, subject_id=CONTRACT,
            halt_reason=HaltReason.TECHNICAL,
        )  # fmt: skip

    def tick(self) -> None:
        """Let a tick pass, so that the best five levels are told."""
        self.running.clock.advance(TICK_NS)

    def _tell(self, user: str, answer: Kind, kind: Kind, **fields: int) -> None:
        self._references[user] += 1
        reference = self._references[user]
        with self.running.peer(user) as peer:
            peer.send(make(kind, user_reference=reference, **fields))
            self._wait_for(peer, answer, reference)

    @staticmethod
    def _wait_for(peer: Peer, answer: Kind, reference: int) -> None:
        while all(row["user_reference"] != reference for row in peer.wait_for(answer)):
            peer.read()

    # ---- what is true

    def public(self) -> list[Any]:
        """Every record of the public stream so far, as events; the first is number 1."""
        with self.running.peer("CONSOL", "PUBLIC", 0) as newest:
            count = next(event.next_number for event in newest.log if isinstance(event, Accepted))
        with self.running.peer("CONSOL", "PUBLIC", 1) as peer:
            while len(peer.data) < 64 * count:
                peer.read()
            return list(decode_events(np.frombuffer(peer.data, EVENT)))

    def ask(self, query: QueryKind) -> list[Any]:
        """The exchange's own answer."""
        with self.running.peer("CONSOL", "PUBLIC") as peer:
            peer.send(make(Kind.QUERY, query=query))
            peer.wait_for(Kind.REPLY_END)
            return list(decode_replies(peer.replies))[:-1]

    def check_last_values(self, value: Callable[[str], Any]) -> None:
        """Compare `value(topic path)` with what the exchange itself answers; every number of it."""
        (contract,) = [row for row in self.ask(QueryKind.CONTRACTS) if isinstance(row, Contract)]
        band = value("CEA/band")
        for name in (
            "base_price_ticks", "lower_ticks", "upper_ticks", "block_lower_ticks", "block_upper_ticks",
        ):  # fmt: skip
            assert band[name] == getattr(contract, name)
        phases = [row for row in self.ask(QueryKind.PHASES) if isinstance(row, MethodPhase)]
        methods = value("CEA/phase")["methods"]
        for row in phases:
            if Method(row.method).name in methods:
                assert methods[Method(row.method).name]["phase"] == Phase(row.phase).name
        halt = value("CEA/halt")
        assert bool(halt and halt["is_halted"]) == any(row.is_halted for row in phases)
        figures = {row.figure_method: row for row in self.ask(QueryKind.FIGURES) if isinstance(row, Figures)}
        said = value("CEA/figures")["methods"]["LISTED"]
        listed = figures[Method.LISTED]
        assert (said["trade_count"], said["open_ticks"], said["high_ticks"], said["low_ticks"]) == (
            listed.figure_trade_count, listed.open_ticks, listed.high_ticks, listed.low_ticks,
        )  # fmt: skip
        assert (said["close_ticks"], said["volume_lots"], said["turnover_fen"]) == (
            listed.close_ticks, listed.volume_lots, listed.turnover_fen,
        )  # fmt: skip
        assert said["trade_count"] == self.trades
        assert value("CEA/last")["match_id"] == self.trades
        assert self.is_board(value("CEA/quote"))

    def is_board(self, quote: Any) -> bool:
        """Whether a quote is what the exchange answers about its board; told at ticks, so it may be late."""
        board: dict[str, dict[int, int]] = {"buy": {}, "sell": {}}
        for row in self.ask(QueryKind.BOARD):
            side = board[Side(row.side).name.lower()]
            side[row.price_ticks] = side.get(row.price_ticks, 0) + row.quantity_lots
        said = {
            name: {level["price_ticks"]: level["quantity_lots"] for level in (quote or {}).get(name, [])}
            for name in board
        }
        return said == board


@contextmanager
def small_market(data: Path) -> Iterator[SmallMarket]:
    """Started, and stopped at the end."""
    market = SmallMarket(data)
    market.start()
    try:
        yield market
    finally:
        market.stop()


async def until(condition: Callable[[], Any], what: str) -> None:
    """Wait until something is so."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - the other end is another process
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"waiting for {what}") from None


__all__ = ["Peer", "SmallMarket", "small_market", "until"]
