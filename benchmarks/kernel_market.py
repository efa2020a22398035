"""The market that a flow meets: funded accounts with a member and a login each, every check and fee on.

The day is set up once; its image is copied back before every repeat, so that each starts from the same state
in the same memory.
"""

import sys
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from benchmarks.flows_shapes import ACCOUNTS
from benchmarks.kernel_commands import COMMAND_INTERVAL_NS, OWN_LIMITS, START_NS
from exchange import kernel
from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import (
    Eligibility,
    Method,
    ParameterId,
    Phase,
    Product,
    Right,
    SelfTradeRule,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import LEVELS_MAX, MEMBER_FIRST, PROTOCOL_VERSION, QUANTITY_LOTS_MAX
from exchange.vocabulary.records import COMMAND, EVENT, Records, make
from exchange.vocabulary.rejects import RejectReason

BASE_TICKS: Final = 5_000
PPM: Final = 1_000_000
UNITS_LOTS: Final = 10**12  # of every account, in every contract
CASH_FEN: Final = 10**15
OWN_LIMIT: Final = 2**40
LEVELS_MIN: Final = 1_024
EVENT_BUFFER: Final = 4_096
TRADING_DAY: Final = 1
#: Every limit is on and none is reached; the fee rates make every fee round.
PARAMETERS: Final = {
    ParameterId.TRADING_FEE_PPM: 317,
    ParameterId.SETTLEMENT_FEE_PPM: 83,
    ParameterId.LISTED_QUANTITY_LOTS_MAX: QUANTITY_LOTS_MAX,
    ParameterId.HOLDING_LIMIT_LOTS: 2**50,
    ParameterId.OPEN_ORDERS_MAX: 2**30,
    ParameterId.COMPOSITE_WEIGHT: 1,
    ParameterId.SELF_TRADE_RULE: SelfTradeRule.NONE,
    ParameterId.MESSAGES_PER_SECOND: 1_000_000,
    ParameterId.CANCELS_PER_SECOND: 1_000_000,
}


class Terms(NamedTuple):
    """What the market must hold."""

    method: Method
    contracts: int
    orders: int  # live at once
    references: int  # how far back a login names its orders
    trades: int
    price_min: int
    price_max: int
    extra: tuple[tuple[ParameterId, int], ...] = ()
    has_own_limits: bool = False


class Market:
    """A kernel state with its day set up, and the image to return to."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.state = kernel.new_state(capacity_of(terms))
        self.events = np.zeros(EVENT_BUFFER, EVENT)
        self.streams = np.zeros(EVENT_BUFFER, np.uint32)
        set_up = set_up_day(terms)
        self.next_sequence = len(set_up) + 1
        self._set_up(set_up)
        self.image = [rows.copy() for rows in self.state]

    def _set_up(self, commands: Records) -> None:
        rest = commands
        while len(rest):
            done, count, _ = kernel.apply_batch(self.state, rest, self.events, self.streams)
            told = self.events[:count]
            for refused in told[told["kind"] == Kind.REJECTED]:
                kind, reason = Kind(int(refused["command_kind"])), RejectReason(int(refused["reason"]))
                parameter = commands[int(refused["sequence"]) - 1]["parameter_id"]
                print(f"set-up: {kind.name} {parameter} refused: {reason.name}", file=sys.stderr)
            rest = rest[done:]

    def restore(self) -> None:
        """Back to the morning."""
        for rows, image in zip(self.state, self.image, strict=True):
            np.copyto(rows, image)

    @property
    def live_orders(self) -> int:
        """Orders open now."""
        return int(self.state.counters[0]["live_orders"])

    @property
    def bytes_per_order_slot(self) -> float:
        """What one more live order takes, whatever else the state holds."""
        small = capacity_of(self.terms)
        large = small._replace(orders=2 * small.orders)
        more = sum(rows.nbytes for rows in kernel.new_state(large)) - self.state_bytes
        return more / small.orders

    @property
    def state_bytes(self) -> int:
        """Memory of the whole state."""
        return sum(rows.nbytes for rows in self.state)


def reach_ticks(terms: Terms) -> int:
    """How far from the base the flow's prices lie, in whole per cents of the base, ten at least."""
    away = max(BASE_TICKS - terms.price_min, terms.price_max - BASE_TICKS)
    return max(10, -(-away * 100 // BASE_TICKS)) * BASE_TICKS // 100


def band_ppm(terms: Terms) -> int:
    """The band that holds every price; none, which is all that fits the levels, if it had to be double."""
    reach = reach_ticks(terms)
    return reach * PPM // BASE_TICKS if reach < BASE_TICKS else 0


def capacity_of(terms: Terms) -> kernel.Capacity:
    """Room for just that; rings and levels are powers of two."""
    levels = min(_power_of_two(2 * reach_ticks(terms) + 2), LEVELS_MAX)
    rooms = {
        "orders": terms.orders + 64,
        "levels": max(LEVELS_MIN, levels),
        "accounts": ACCOUNTS + 1,
        "contracts": terms.contracts + 1,
        "logins": ACCOUNTS + 1,
        "members": MEMBER_FIRST + ACCOUNTS + 1,
        "references": _power_of_two(terms.references),
        "trades": max(terms.trades, 1),
    }
    return kernel.Capacity(**{name: rooms[name] for name in rooms if name in kernel.Capacity._fields})


def _power_of_two(count: int) -> int:
    return 1 << max(count - 1, 0).bit_length()


def set_up_day(terms: Terms) -> Records:
    """Everything from OPEN_DAY to trading, stamped."""
    parts = [make(Kind.OPEN_DAY, version=PROTOCOL_VERSION, trading_day=TRADING_DAY)]
    rules = PARAMETERS | {ParameterId.LISTED_BAND_PPM: band_ppm(terms)} | dict(terms.extra)
    parts += [
        make(Kind.PARAMETER_SET, parameter_id=parameter, parameter_value=value)
        for parameter, value in rules.items()
    ]
    parts += [
        make(
            Kind.DEFINE_CONTRACT,
            contract_id=contract,
            contract_code=f"CEA{contract}".encode(),
            base_price_ticks=BASE_TICKS,
            product=Product.CEA,
            matching_rule=terms.method,
        )
        for contract in range(1, terms.contracts + 1)
    ]
    commands = _join(
        (
            np.frombuffer(b"".join(parts), COMMAND),
            _accounts(),
            _opening_positions(terms.contracts),
            np.frombuffer(make(Kind.SET_PHASE, phase=Phase.TRADING, method=255), COMMAND),
            *(_own_limits() if terms.has_own_limits else ()),
        )
    )
    commands["sequence"] = np.arange(1, len(commands) + 1)
    commands["time_ns"] = START_NS + commands["sequence"].astype(np.int64) * COMMAND_INTERVAL_NS
    return commands


def _accounts() -> Records:
    """Accounts 1 to 4000, each with a member and a login of its own."""
    numbers = np.arange(1, ACCOUNTS + 1)
    accounts = _copies(Kind.DEFINE_ACCOUNT, ACCOUNTS, eligibility=Eligibility.BUY | Eligibility.SELL)
    accounts["account_id"] = accounts["entity_id"] = numbers
    accounts["member_id"] = MEMBER_FIRST + numbers
    logins = _copies(Kind.DEFINE_LOGIN, ACCOUNTS, rights=Right.TRADE | Right.RISK)
    logins["subject_id"] = numbers
    logins["member_id"] = MEMBER_FIRST + numbers
    return _join((accounts, logins))


def _opening_positions(contracts: int) -> Records:
    letter = {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}
    parts = [np.frombuffer(make(Kind.OPENING_BEGIN, run=1, **letter), COMMAND)]
    control = 0
    numbers = np.arange(1, ACCOUNTS + 1)
    for contract in range(1, contracts + 1):
        units = _copies(
            Kind.OPENING_HOLDING, ACCOUNTS, contract_id=contract, available_lots=UNITS_LOTS, **letter
        )
        units["account_id"] = numbers
        parts.append(units)
        control += sum(balance_term(account, contract, UNITS_LOTS) for account in range(1, ACCOUNTS + 1))
    cash = _copies(Kind.OPENING_CASH, ACCOUNTS, available_fen=CASH_FEN, **letter)
    cash["account_id"] = numbers
    control += sum(balance_term(account, 0, CASH_FEN) for account in range(1, ACCOUNTS + 1))
    totals = make(
        Kind.OPENING_TOTALS,
        units_total_lots=contracts * ACCOUNTS * UNITS_LOTS,
        cash_total_fen=ACCOUNTS * CASH_FEN,
        record_count=(contracts + 1) * ACCOUNTS,
        control_hash=control % MODULUS,
        **letter,
    )
    return _join((*parts, cash, np.frombuffer(totals, COMMAND)))


def _own_limits() -> list[Records]:
    """Every member limits its own account."""
    parts = []
    for reference, limit in enumerate(OWN_LIMITS, 1):
        part = _copies(
            Kind.MEMBER_LIMIT,
            ACCOUNTS,
            user_reference=reference,
            parameter_id=limit,
            parameter_value=OWN_LIMIT,
        )
        part["login_id"] = part["account_id"] = np.arange(1, ACCOUNTS + 1)
        parts.append(part)
    return parts


def _join(parts: Iterable[Records]) -> Records:
    """One array after the other; numpy's concatenate would give each overlapping field a place of its own."""
    return np.frombuffer(b"".join(part.tobytes() for part in parts), COMMAND).copy()


def _copies(kind: Kind, count: int, **values: int | bytes) -> Records:
    """The same record so many times, ready to be filled in."""
    return np.repeat(np.frombuffer(make(kind, **values), COMMAND), count)
