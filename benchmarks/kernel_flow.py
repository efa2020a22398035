"""A listed flow from a seed: posts near the touch, cancels by reference and sweeping takes, ready stamped.

A small model of the book runs beside the generator, so that takes reach something and cancels name orders
that are still open: what the benchmark times is commands that do their work, not rejections.
"""

import random
from collections import deque
from typing import Final, NamedTuple

import numpy as np

from exchange.kernel import Capacity
from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Eligibility, Method, ParameterId, Phase, Product, Right, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import MEMBER_FIRST, PROTOCOL_VERSION
from exchange.vocabulary.records import COMMAND, LENGTH_PREFIX, UNSEQUENCED, Records, make

ACCOUNTS: Final = 4_000
BASE_TICKS: Final = 5_000
BAND_PPM: Final = 100_000
LEVELS: Final = 1_024
CONTRACT: Final = 1
START_NS: Final = 1_639_617_300_000_000_000
UNITS_LOTS: Final = 1_000_000_000
CASH_FEN: Final = 1_000_000_000_000_000
FEE_PPM: Final = 300
LIVE_WANTED: Final = 10_000
NEAR_TICKS: Final = 20  # listings rest within so many ticks of the middle
TAKE_TICKS: Final = 3  # a take reaches so far past the best price
CAPACITY: Final = Capacity(
    orders=1 << 17,
    levels=LEVELS,
    accounts=ACCOUNTS + 1,
    contracts=4,
    logins=ACCOUNTS + 1,
    members=MEMBER_FIRST + ACCOUNTS + 1,
    references=256,
)


class Listing(NamedTuple):
    """An open listing of the model."""

    account_id: int
    reference: int
    side: int
    price_ticks: int


class Model:
    """What is open, by price, and what every account has used: enough to keep the flow meaningful."""

    def __init__(self) -> None:
        self.queues: dict[tuple[int, int], deque[Listing]] = {}
        self.remaining: dict[Listing, int] = {}
        self.open: list[Listing] = []
        self.references = [0] * (ACCOUNTS + 1)

    def next_reference(self, account_id: int) -> int:
        """The next user reference of the account's only login."""
        self.references[account_id] += 1
        return self.references[account_id]

    def post(self, listing: Listing, quantity_lots: int) -> None:
        """A listing rests."""
        self.queues.setdefault((listing.side, listing.price_ticks), deque()).append(listing)
        self.remaining[listing] = quantity_lots
        self.open.append(listing)

    def pick_open(self, rng: random.Random) -> Listing | None:
        """A random open listing, removed; those taken meanwhile are dropped on the way."""
        while self.open:
            index = rng.randrange(len(self.open))
            listing = self.open[index]
            self.open[index] = self.open[-1]
            self.open.pop()
            if self.remaining.pop(listing, 0):
                return listing
        return None

    def best(self, side: int) -> int:
        """The best price at which a side has an open listing, 0 = none."""
        step = -1 if side == Side.BUY else 1
        start = BASE_TICKS + (NEAR_TICKS if side == Side.BUY else -NEAR_TICKS)
        for price in range(start, start + step * (4 * NEAR_TICKS), step):
            queue = self.queues.get((side, price))
            while queue and not self.remaining.get(queue[0]):
                queue.popleft()
            if queue:
                return price
        return 0

    def take(self, side: int, best: int, quantity_lots: int) -> None:
        """The listings of `side` that a sweep fills, best first (own ones are rare enough to ignore)."""
        step = -1 if side == Side.BUY else 1
        for price in range(best, best + step * (TAKE_TICKS + 1), step):
            for listing in self.queues.get((side, price), ()):
                rest = self.remaining.get(listing, 0)
                if rest and quantity_lots:
                    filled = min(rest, quantity_lots)
                    quantity_lots -= filled
                    self.remaining[listing] = rest - filled
                    if rest == filled:
                        del self.remaining[listing]


def set_up_day() -> Records:
    """Everything from OPEN_DAY to both methods trading: one contract, funded accounts with a login each."""
    parts = [
        make(Kind.OPEN_DAY, version=PROTOCOL_VERSION, trading_day=1),
        *(
            make(Kind.PARAMETER_SET, parameter_id=parameter, parameter_value=value)
            for parameter, value in (
                (ParameterId.LISTED_BAND_PPM, BAND_PPM),
                (ParameterId.TRADING_FEE_PPM, FEE_PPM),
                (ParameterId.SETTLEMENT_FEE_PPM, FEE_PPM),
                (ParameterId.COMPOSITE_WEIGHT, 1),
            )
        ),
        make(
            Kind.DEFINE_CONTRACT,
            contract_id=CONTRACT,
            contract_code=b"CEA",
            base_price_ticks=BASE_TICKS,
            product=Product.CEA,
            matching_rule=Method.LISTED,
        ),
    ]
    eligibility = Eligibility.BUY | Eligibility.SELL
    for number in range(1, ACCOUNTS + 1):
        member = MEMBER_FIRST + number
        ids = {"account_id": number, "member_id": member, "entity_id": member}
        parts.append(make(Kind.DEFINE_ACCOUNT, eligibility=eligibility, **ids))
        parts.append(make(Kind.DEFINE_LOGIN, member_id=member, subject_id=number, rights=Right.TRADE))
    parts += _opening_positions()
    letter = {"method": 255, "contract_id": 0}
    parts.append(make(Kind.SET_PHASE, phase=Phase.TRADING, **letter))
    return stamp(np.frombuffer(b"".join(parts), COMMAND).copy(), 1)


def _opening_positions() -> list[bytes]:
    letter = {"version": PROTOCOL_VERSION, "trading_day": 1}
    parts = [make(Kind.OPENING_BEGIN, run=1, **letter)]
    control = 0
    for account in range(1, ACCOUNTS + 1):
        units = {"contract_id": CONTRACT, "available_lots": UNITS_LOTS}
        parts.append(make(Kind.OPENING_HOLDING, account_id=account, **units, **letter))
        parts.append(make(Kind.OPENING_CASH, account_id=account, available_fen=CASH_FEN, **letter))
        control += balance_term(account, CONTRACT, UNITS_LOTS) + balance_term(account, 0, CASH_FEN)
    totals = {
        "units_total_lots": ACCOUNTS * UNITS_LOTS,
        "cash_total_fen": ACCOUNTS * CASH_FEN,
        "record_count": 2 * ACCOUNTS,
        "control_hash": control % MODULUS,
    }
    return [*parts, make(Kind.OPENING_TOTALS, **totals, **letter)]


def stamp(commands: Records, first_sequence: int) -> Records:
    """Number the commands and give them market times, as the sequencer does."""
    numbers = np.arange(first_sequence, first_sequence + len(commands), dtype=np.uint64)
    commands["sequence"] = numbers
    commands["time_ns"] = START_NS + numbers.astype(np.int64) * 1_000
    return commands


def listed_flow(seed: int, count: int, first_sequence: int) -> Records:
    """45 % listings, 45 % cancels, 10 % takes once the wanted number of orders is open."""
    rng = random.Random(seed)
    model = Model()
    commands = np.zeros(count, COMMAND)
    commands["length_low"] = LENGTH_PREFIX
    commands["packet_type"] = UNSEQUENCED
    commands["contract_id"] = CONTRACT
    for index in range(count):
        command = commands[index]
        draw = rng.random()
        if len(model.remaining) < LIVE_WANTED and draw < 0.9:
            _post(rng, model, command)
        elif draw < 0.1:
            _take(rng, model, command)
        elif draw < 0.55 or not _cancel(rng, model, command):
            _post(rng, model, command)
    return stamp(commands, first_sequence)


def _sign(model: Model, command: np.void, kind: Kind, account_id: int) -> int:
    reference = model.next_reference(account_id)
    command["kind"] = kind
    command["login_id"] = command["account_id"] = account_id
    command["user_reference"] = reference
    return reference


def _post(rng: random.Random, model: Model, command: np.void) -> None:
    account, side = rng.randint(1, ACCOUNTS), rng.randint(0, 1)
    away = min(int(rng.expovariate(0.25)), NEAR_TICKS - 1) + 1
    price = BASE_TICKS - away if side == Side.BUY else BASE_TICKS + away
    quantity = rng.randint(1, 500)
    reference = _sign(model, command, Kind.LISTING, account)
    command["side"], command["price_ticks"], command["quantity_lots"] = side, price, quantity
    model.post(Listing(account, reference, side, price), quantity)


def _cancel(rng: random.Random, model: Model, command: np.void) -> bool:
    listing = model.pick_open(rng)
    if listing is None:
        return False
    _sign(model, command, Kind.CANCEL, listing.account_id)
    command["contract_id"] = 0
    command["target_reference"] = listing.reference
    return True


def _take(rng: random.Random, model: Model, command: np.void) -> None:
    account, side = rng.randint(1, ACCOUNTS), rng.randint(0, 1)
    other = Side.SELL if side == Side.BUY else Side.BUY
    best = model.best(other)
    if not best:
        _post(rng, model, command)
        return
    worst = best + (TAKE_TICKS if side == Side.BUY else -TAKE_TICKS)
    quantity = rng.randint(1, 800)
    _sign(model, command, Kind.TAKE, account)
    command["side"], command["price_ticks"], command["quantity_lots"] = side, worst, quantity
    model.take(other, best, quantity)
