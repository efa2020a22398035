"""The trader for plain code: the same calls, without asyncio; an event loop runs in a thread of its own.

with BlockingTrader.open(credentials, address) as trader:
    print(trader.listing(Side.SELL, "48.50", 1000, contract_id=1).text())
"""

import asyncio
import threading
from collections.abc import Coroutine
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from exchange.client.courier import Locate
from exchange.client.credentials import Address, Credentials
from exchange.client.decode import OtherRecord
from exchange.client.events import Event
from exchange.client.outcome import Outcome
from exchange.client.replies import BoardListing, Cash, Contract, Holding, MethodPhase, OpenOrder
from exchange.client.trader import Trader
from exchange.vocabulary.enums import Side, TimeInForce
from exchange.vocabulary.kinds import Kind

CALL_TIMEOUT_S: Final = 30.0
R = TypeVar("R")


class BlockingTrader:
    """One login; every call waits for its answer, at most `timeout_s` (then TimeoutError)."""

    def __init__(self, timeout_s: float = CALL_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="trader", daemon=True)
        self._events: SimpleQueue[Event | OtherRecord] = SimpleQueue()
        self._trader: Trader | None = None

    @classmethod
    def open(
        cls, credentials: Credentials, address: Address | Locate, *, timeout_s: float = CALL_TIMEOUT_S
    ) -> Self:
        """Log in; raises LoginRefused or ConnectionLost when that fails."""
        blocking = cls(timeout_s)
        blocking._thread.start()
        try:
            blocking._trader = blocking._call(
                Trader.open(credentials, address, listeners=(blocking._events.put,))
            )
        except BaseException:
            blocking._stop()
            raise
        return blocking

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Log out and end the thread; harmless when already closed."""
        if self._loop.is_closed():
            return
        try:
            if self._trader is not None:
                self._call(self._trader.close())
        finally:
            self._stop()

    def listing(self, side: Side, price: int | str, quantity_lots: int, *, contract_id: int) -> Outcome:
        """Post a listing 挂牌."""
        return self._call(self._open.listing(side, price, quantity_lots, contract_id=contract_id))

    def take(
        self, side: Side, worst_price: int | str, quantity_lots: int, *, contract_id: int, order_id: int = 0
    ) -> Outcome:
        """Take 摘牌 by price, or the one listing named."""
        return self._call(
            self._open.take(side, worst_price, quantity_lots, contract_id=contract_id, order_id=order_id)
        )

    def limit(
        self,
        side: Side,
        price: int | str,
        quantity_lots: int,
        *,
        contract_id: int,
        time_in_force: TimeInForce = TimeInForce.DAY,
        is_post_only: bool = False,
    ) -> Outcome:
        """Limit order of continuous mode."""
        return self._call(
            self._open.limit(
                side,
                price,
                quantity_lots,
                contract_id=contract_id,
                time_in_force=time_in_force,
                is_post_only=is_post_only,
            )
        )

    def reduce(self, order_id: int, remaining_lots: int) -> Outcome:
        """Lower what is left of an order."""
        return self._call(self._open.reduce(order_id, remaining_lots))

    def replace(self, order_id: int, price: int | str, remaining_lots: int) -> Outcome:
        """New price and what shall be left of an order."""
        return self._call(self._open.replace(order_id, price, remaining_lots))

    def mass_cancel(self, *, contract_id: int = 0, side: Side | None = None) -> Outcome:
        """Cancel every order of the default account that fits."""
        return self._call(self._open.mass_cancel(contract_id=contract_id, side=side))

    def block_offer(
        self,
        side: Side,
        price: int | str,
        quantity_lots: int,
        *,
        contract_id: int,
        counterparty_account_id: int = 0,
        is_partial: bool = False,
    ) -> Outcome:
        """Offer a block to an account, or on the board."""
        return self._call(
            self._open.block_offer(
                side,
                price,
                quantity_lots,
                contract_id=contract_id,
                counterparty_account_id=counterparty_account_id,
                is_partial=is_partial,
            )
        )

    def cancel(self, order_id: int) -> Outcome:
        """Cancel 撤单 an open order of one's own member."""
        return self._call(self._open.cancel(order_id))

    def command(self, kind: Kind, **fields: int | bytes) -> Outcome:
        """Any other command of the catalogue."""
        return self._call(self._open.command(kind, **fields))

    def board(self, contract_id: int) -> list[BoardListing]:
        """Every listing inside the best five levels of both sides."""
        return self._call(self._open.board(contract_id))

    def orders(self) -> list[OpenOrder]:
        """Open orders of one's own."""
        return self._call(self._open.orders())

    def holdings(self) -> list[Holding]:
        """Units by contract."""
        return self._call(self._open.holdings())

    def cash(self) -> Cash:
        """Cash of the default account."""
        return self._call(self._open.cash())

    def contracts(self) -> list[Contract]:
        """The day's contracts and their bands."""
        return self._call(self._open.contracts())

    def phases(self) -> list[MethodPhase]:
        """Phase of each method of each contract."""
        return self._call(self._open.phases())

    def next_event(self, timeout_s: float) -> Event | OtherRecord | None:
        """The next event of the stream, from the day's first; None when none came in that time."""
        try:
            return self._events.get(timeout=timeout_s)
        except Empty:
            return None

    @property
    def _open(self) -> Trader:
        assert self._trader is not None, "made by open"
        return self._trader

    def _call(self, work: Coroutine[Any, Any, R]) -> R:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(self._timeout_s)
        except TimeoutError:
            future.cancel()
            raise

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
