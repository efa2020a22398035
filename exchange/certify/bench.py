"""The market that a program is examined in: Shanghai here, on a clock set by hand; Wuhan as it always is.

The exchange is the real one, with its gateway on a free port, in a thread. Only time is ours: the day begins,
goes on and ends when the examiner says so. Whatever else happens, happens over sessions: an operator's, a
counterparty's and the console's.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from exchange.assembly import HOST, ServeOptions, make_directory, make_settings
from exchange.certify.errors import ExaminerFailed
from exchange.certify.scenario import PREFIX
from exchange.client.blocking import BlockingTrader
from exchange.client.credentials import Address, credentials_of
from exchange.client.decode import OtherRecord
from exchange.client.events import Event, PhaseChanged, SettlementStage
from exchange.client.replies import BoardListing, Contract
from exchange.client.signing import SHANGHAI, signer
from exchange.config import RunConfig, keep
from exchange.engine.clock import ManualClock
from exchange.engine.engine import Engine
from exchange.kernel import warm_up
from exchange.net.gateway import Gateway
from exchange.net.service import gateway_in_thread
from exchange.rulebook.scenarios import load_scenario, participants
from exchange.vocabulary.enums import Method, Phase, Side
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.units import market_time_ns

SCENARIO: Final = "season-2021"
MEMBERS: Final = 16
DAYS_MAX: Final = 250  # no examination plays the season to its end
NOTICE_BYTES: Final = RECORD_BYTES // 2  # one record's text: an instruction never needs two
MORNING_S: Final = 10 * 3600
AFTER_CLOSE_S: Final = 15 * 3600 + 10 * 60
CALL_TIMEOUT_S: Final = 60.0
LOOK_S: Final = 0.01


class Bench:
    """A running exchange with an operator, a counterparty and a watcher of the public stream."""

    def __init__(self, data: Path, config: RunConfig, engine: Engine, clock: ManualClock, port: int) -> None:
        self.data = data
        self.config = config
        self.address = Address(HOST, port)
        self._engine = engine
        self._clock = clock
        self._notices = 0
        self._stack = ExitStack()

    def open_sessions(self) -> None:
        """Log in as everybody that the examiner plays, and let the first day begin."""
        users = [one.user for one in participants(load_scenario(SCENARIO), MEMBERS)]
        self.members = users[:-1]
        self._watch = self._session("CONSOL")
        self._operator = self._session("OPER01")
        self._counterparty = self._session(users[-1])
        self.begin_day()

    def close(self) -> None:
        """Log out."""
        self._stack.close()

    def begin_day(self) -> None:
        """Wait for the opening positions, and let it be ten in the morning."""
        self._until(lambda event: isinstance(event, PhaseChanged) and event.phase == Phase.PRE_OPEN)
        self._clock.set(market_time_ns(self.trading_day, MORNING_S))
        self._until(
            lambda event: (
                isinstance(event, PhaseChanged)
                and event.phase == Phase.TRADING
                and event.method == Method.LISTED
            )
        )
        self.contract: Contract = self._counterparty.contracts()[0]

    def end_day(self) -> None:
        """Close the market and wait until both cities are done with the day."""
        self._clock.set(market_time_ns(self.trading_day, AFTER_CLOSE_S))
        self._until(lambda event: isinstance(event, SettlementStage) and event.stage == Stage.STATED)

    @property
    def trading_day(self) -> date:
        """The day being traded or opened."""
        return self._engine.trading_day

    def instruct(self, words: str) -> None:
        """Tell the program, on the public stream, what to do next."""
        self._notices += 1
        text = f"{PREFIX} {self._notices} {words}"
        data = text.encode()
        if len(data) > NOTICE_BYTES:
            raise ValueError(f"expected at most {NOTICE_BYTES} bytes, found {len(data)}: {text}")
        outcome = self._operator.command(
            Kind.NOTICE, notice_id=self._notices, fragment_index=0, fragment_count=1, text=data
        )
        if not outcome.accepted:
            raise ExaminerFailed(f"expected a notice to be taken, found {outcome.text()}")

    def offer(self, side: Side, price_ticks: int, quantity_lots: int) -> None:
        """The counterparty lists."""
        outcome = self._counterparty.listing(
            side, price_ticks, quantity_lots, contract_id=self.contract.contract_id
        )
        if not outcome.accepted:
            raise ExaminerFailed(f"expected the counterparty's listing to be taken, found {outcome.text()}")

    def take(self, side: Side, price_ticks: int, quantity_lots: int) -> None:
        """The counterparty takes what the program has listed."""
        outcome = self._counterparty.take(
            side, price_ticks, quantity_lots, contract_id=self.contract.contract_id
        )
        if outcome.filled_lots != quantity_lots:
            raise ExaminerFailed(f"expected to take {quantity_lots} t, found {outcome.text()}")

    def until_gone(self, price_ticks: int) -> None:
        """Wait until nothing is listed at a price any more."""
        deadline = time.monotonic() + CALL_TIMEOUT_S
        while any(one.price_ticks == price_ticks for one in self._board()):
            if time.monotonic() > deadline:
                raise ExaminerFailed(f"expected an empty price {price_ticks}, found a listing there")
            time.sleep(LOOK_S)

    def _board(self) -> list[BoardListing]:
        return self._counterparty.board(self.contract.contract_id)

    def clear_board(self) -> None:
        """Nothing of an earlier step may rest: the operator cancels all."""
        self._operator.mass_cancel()

    def _session(self, user: str) -> BlockingTrader:
        credentials = credentials_of(self.data, user)
        trader = BlockingTrader.open(credentials, self.address, is_patient=True, timeout_s=CALL_TIMEOUT_S)
        return self._stack.enter_context(trader)

    def _until(self, is_it: Callable[[Event | OtherRecord], bool]) -> None:
        while (event := self._watch.next_event(CALL_TIMEOUT_S)) is not None:
            if is_it(event):
                return
        raise ExaminerFailed(f"expected the market to go on, found silence for {CALL_TIMEOUT_S:.0f} s")


@contextmanager
def running_exchange(data: Path) -> Iterator[Bench]:
    """An exchange of its own in an empty folder; its sessions are opened once Wuhan is told the port."""
    scenario = load_scenario(SCENARIO)
    config = keep(RunConfig(scenario=SCENARIO, members=MEMBERS, first_day=scenario.first_date), data)
    options = ServeOptions(
        data=data, port=0, days=DAYS_MAX, day_seconds=0.0, resume_after_restart_s=1.0, durability="sync"
    )
    directory, clock = make_directory(data, config), ManualClock()
    warm_up()
    engine = Engine.open(make_settings(options, config), directory, clock, sign=signer(data, SHANGHAI))
    gateway = Gateway(engine, directory)
    try:
        with gateway_in_thread(gateway):
            bench = Bench(data, config, engine, clock, gateway.port)
            try:
                yield bench
            finally:
                bench.close()
    finally:
        engine.close()
