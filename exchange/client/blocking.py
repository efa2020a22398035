"""The trader for plain code: the same calls, without asyncio; an event loop runs in a thread of its own.

with BlockingTrader.open(credentials, address) as trader:
    print(trader.listing(Side.SELL, "48.50", 1000, contract_id=1).text())

Every call of `Trader` is here under its name and with its parameters, and waits for its answer. Reconnecting
and resuming is the courier's work, here as there: a call under way when the line is lost waits, is sent again
under its reference when the exchange is back, and gives the one outcome that it had. Give `open` a function
as address (`lambda: address_of(data)`) where the exchange may come back at another port.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from functools import update_wrapper
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from exchange.client.courier import Listener, Locate
from exchange.client.credentials import Address, Credentials
from exchange.client.decode import OtherRecord
from exchange.client.events import Event
from exchange.client.outcome import Outcome
from exchange.client.trader import Trader
from exchange.vocabulary.kinds import Kind

CALL_TIMEOUT_S: Final = 30.0
P = ParamSpec("P")
R = TypeVar("R")
Call = Callable[Concatenate[Trader, P], Coroutine[Any, Any, R]]


def _waits(call: Call[P, R]) -> "Callable[Concatenate[BlockingTrader, P], R]":
    """The same call, waited for."""

    def wait(blocking: "BlockingTrader", /, *args: P.args, **kwargs: P.kwargs) -> R:
        return blocking._call(call(blocking._open, *args, **kwargs))

    update_wrapper(wait, call)
    return wait


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
        cls,
        credentials: Credentials,
        address: Address | Locate,
        *,
        is_patient: bool = False,
        listeners: tuple[Listener, ...] = (),
        timeout_s: float = CALL_TIMEOUT_S,
    ) -> Self:
        """Log in; raises LoginRefused or ConnectionLost when that fails; see Trader.open.

        `listeners` are called in the trader's own thread.
        """
        blocking = cls(timeout_s)
        blocking._thread.start()
        listeners = (blocking._events.put, *listeners)
        try:
            blocking._trader = blocking._call(
                Trader.open(credentials, address, is_patient=is_patient, listeners=listeners)
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

    # ---- commands and queries: Trader's own

    listing = _waits(Trader.listing)
    take = _waits(Trader.take)
    limit = _waits(Trader.limit)
    reduce = _waits(Trader.reduce)
    replace = _waits(Trader.replace)
    cancel = _waits(Trader.cancel)
    mass_cancel = _waits(Trader.mass_cancel)
    block_offer = _waits(Trader.block_offer)
    block_counter = _waits(Trader.block_counter)
    block_accept = _waits(Trader.block_accept)
    block_decline = _waits(Trader.block_decline)
    bid = _waits(Trader.bid)
    session_setting = _waits(Trader.session_setting)
    member_limit = _waits(Trader.member_limit)
    commands = _waits(Trader.commands)
    board = _waits(Trader.board)
    orders = _waits(Trader.orders)
    holdings = _waits(Trader.holdings)
    cash = _waits(Trader.cash)
    contracts = _waits(Trader.contracts)
    phases = _waits(Trader.phases)
    trades = _waits(Trader.trades)
    figures = _waits(Trader.figures)
    rules = _waits(Trader.rules)
    status = _waits(Trader.status)
    ask = _waits(Trader.ask)
    orders_table = _waits(Trader.orders_table)
    trades_table = _waits(Trader.trades_table)
    holdings_table = _waits(Trader.holdings_table)
    board_table = _waits(Trader.board_table)
    contracts_table = _waits(Trader.contracts_table)
    figures_table = _waits(Trader.figures_table)
    stream_tables = _waits(Trader.stream_tables)
    until_ready = _waits(Trader.until_ready)

    def command(self, kind: Kind, **fields: int | bytes) -> Outcome:
        """Send any command of the catalogue and wait for its outcome."""
        return self._call(self._open.command(kind, **fields))

    # ---- events

    def next_event(self, timeout_s: float) -> Event | OtherRecord | None:
        """The next event of the stream, from the day's first; None when none came in that time."""
        try:
            return self._events.get(timeout=timeout_s)
        except Empty:
            return None

    def events(self) -> Iterator[Event | OtherRecord]:
        """Every event from now on, for ever: end it with `break`, or use `next_event` to wait for a time."""
        queue: SimpleQueue[Event | OtherRecord] = SimpleQueue()
        self.listen(queue.put)
        return self._iterate(queue)

    def _iterate(self, queue: "SimpleQueue[Event | OtherRecord]") -> Iterator[Event | OtherRecord]:
        try:
            while True:
                yield queue.get()
        finally:
            if not self._loop.is_closed():
                self.unlisten(queue.put)

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every event from now on, in the trader's own thread."""
        self._call(_do(self._open.listen, listener))

    def unlisten(self, listener: Listener) -> None:
        """Undo `listen`."""
        self._call(_do(self._open.unlisten, listener))

    def listen_to_day_end(self, listener: Callable[[], None]) -> None:
        """Call `listener`, in the trader's own thread, whenever the followed stream has ended."""
        self._call(_do(self._open.listen_to_day_end, listener))

    # ---- how the session stands

    @property
    def credentials(self) -> Credentials:
        """Whose session it is."""
        return self._open.credentials

    @property
    def locate(self) -> Locate:
        """Says where the exchange listens now."""
        return self._open.locate

    @property
    def stream(self) -> str:
        """What is asked for each day; blank = the login's own."""
        return self._open.stream

    @property
    def session(self) -> str:
        """The stream followed now; blank between days."""
        return self._open.session

    @property
    def ended_session(self) -> str:
        """The last stream that was followed to its end."""
        return self._open.ended_session

    @property
    def is_connected(self) -> bool:
        """Whether the line is there now."""
        return self._open.is_connected

    @property
    def connections(self) -> int:
        """Connections made so far."""
        return self._open.connections

    @property
    def settled_sequence(self) -> int:
        """Last sequence of today that an answered query is known to have reflected."""
        return self._open.settled_sequence

    # ---- own

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


async def _do(act: Callable[[R], None], what: R) -> None:
    """Do it in the loop's thread."""
    act(what)
