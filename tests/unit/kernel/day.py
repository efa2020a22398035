"""A small market on the kernel: commands by name in, events by name out. What every test here starts from."""

from typing import Any

import numpy as np

from exchange import kernel
from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Eligibility, Method, Phase, Product
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import COMMAND, EVENT, Records, make, read

CAPACITY = kernel.Capacity(orders=16, levels=512, accounts=8, contracts=4, logins=8, members=24, references=8)
TRADING_DAY = 8_020
START_NS = 1_639_617_300_000_000_000
CEA = 1
ANN, BOB = 1, 2  # account and login ids; their members are 16 + id, their entities the id
UNITS, CASH = 500_000, 10**12
LETTER = {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}

Event = dict[str, Any]


class Day:
    """A state, the sequence, and one reference counter per login."""

    def __init__(self, capacity: kernel.Capacity = CAPACITY) -> None:
        self.state = kernel.new_state(capacity)
        self.events = np.zeros(64, EVENT)
        self.streams = np.zeros(64, np.uint32)
        self.references: dict[int, int] = {}
        self.commands: list[bytes] = []

    def command(self, kind: Kind, login_id: int = 0, **values: int | bytes) -> bytes:
        """A stamped command; a login's reference counts up by itself."""
        if login_id and "user_reference" not in values:
            self.references[login_id] = values["user_reference"] = self.references.get(login_id, 0) + 1
        sequence = len(self.commands) + 1
        record = make(kind, sequence=sequence, time_ns=START_NS + sequence, login_id=login_id, **values)
        self.commands.append(record)
        return record

    def do(self, kind: Kind, login_id: int = 0, **values: int | bytes) -> list[Event]:
        """Apply one command; its events, each with the stream it went to."""
        batch = np.frombuffer(self.command(kind, login_id, **values), COMMAND).copy()
        told: list[Event] = []
        done = 0
        while not done:
            done, count, _ = kernel.apply_batch(self.state, batch, self.events, self.streams)
            told += [
                read(self.events[i : i + 1].tobytes()) | {"stream": int(self.streams[i])}
                for i in range(count)
            ]
        return told

    def order(self, kind: Kind, who: int, **values: int) -> list[Event]:
        """A member's command for the member's own account and login."""
        return self.do(kind, who, contract_id=CEA, account_id=who, **values)


def kinds_of(events: list[Event]) -> list[str]:
    """The events' kinds by name."""
    return [Kind(event["kind"]).name for event in events]


def define_market(day: Day, rule: Method = Method.LISTED) -> Day:
    """A day with one contract at 50.00, two funded members with a login each; opening positions accepted."""
    day.do(Kind.OPEN_DAY, version=PROTOCOL_VERSION, trading_day=TRADING_DAY)
    day.do(
        Kind.DEFINE_CONTRACT,
        contract_id=CEA,
        contract_code=b"CEA",
        base_price_ticks=5_000,
        product=Product.CEA,
        matching_rule=rule,
        vintage=0,
    )
    control = 0
    for who in (ANN, BOB):
        day.do(
            Kind.DEFINE_ACCOUNT,
            account_id=who,
            member_id=16 + who,
            entity_id=who,
            eligibility=Eligibility.BUY | Eligibility.SELL,
        )
        day.do(Kind.DEFINE_LOGIN, member_id=16 + who, subject_id=who)
    day.do(Kind.OPENING_BEGIN, run=1, **LETTER)
    for who in (ANN, BOB):
        day.do(Kind.OPENING_HOLDING, account_id=who, contract_id=CEA, available_lots=UNITS, **LETTER)
        day.do(Kind.OPENING_CASH, account_id=who, available_fen=CASH, **LETTER)
        control += balance_term(who, CEA, UNITS) + balance_term(who, 0, CASH)
    day.do(
        Kind.OPENING_TOTALS,
        units_total_lots=2 * UNITS,
        cash_total_fen=2 * CASH,
        record_count=4,
        control_hash=control % MODULUS,
        **LETTER,
    )
    return day


def trading_day(rule: Method = Method.LISTED) -> Day:
    """The same with every method trading."""
    day = define_market(Day(), rule)
    day.do(Kind.SET_PHASE, phase=Phase.TRADING, method=255)
    return day


def busy_day() -> Day:
    """Listings on both sides, one taken in part, one cancelled, and an open block offer."""
    day = trading_day()
    for price in (5_010, 5_020, 5_010):
        day.order(Kind.LISTING, ANN, side=1, price_ticks=price, quantity_lots=100)
    for price in (4_990, 4_980):
        day.order(Kind.LISTING, BOB, side=0, price_ticks=price, quantity_lots=200)
    day.order(Kind.TAKE, BOB, side=0, price_ticks=5_010, quantity_lots=150)
    day.order(Kind.CANCEL, BOB, target_reference=2)
    day.order(
        Kind.BLOCK_OFFER,
        BOB,
        side=1,
        price_ticks=5_100,
        quantity_lots=100_000,
        counterparty_account_id=ANN,
    )
    return day


def replay(commands: list[bytes], batch: int, room: int) -> tuple[kernel.State, bytes, bytes]:
    """The same commands in batches of one size through a buffer of one size: state, events, streams."""
    state = kernel.new_state(CAPACITY)
    events, streams = np.zeros(room, EVENT), np.zeros(room, np.uint32)
    array: Records = np.frombuffer(b"".join(commands), COMMAND).copy()
    told, routed = [], []
    for start in range(0, len(array), batch):
        rest = array[start : start + batch]
        while len(rest):
            done, count, more = kernel.apply_batch(state, rest, events, streams)
            assert more == (done < len(rest))
            told.append(events[:count].tobytes())
            routed.append(streams[:count].tobytes())
            rest = rest[done:]
    return state, b"".join(told), b"".join(routed)
