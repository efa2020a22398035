"""The beginning of a generated day: definitions with mistakes, opening positions wrong and right."""

from typing import Any

from exchange.vocabulary.enums import Method, ParameterId, Product
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, MEMBER_FIRST, PROTOCOL_VERSION, QUANTITY_LOTS_MAX
from tests.differential.flow import Flow
from tests.differential.rules import set_usual_rules
from tests.reference.opening import opening_totals

TRADING_DAY = 8_020
REGISTRY_LOGIN, OPERATOR_LOGIN, CONSOLE_LOGIN, SECOND_OPERATOR_LOGIN = 1, 2, 3, 4
STAFF = {REGISTRY_LOGIN: 1, OPERATOR_LOGIN: 2, CONSOLE_LOGIN: 0, SECOND_OPERATOR_LOGIN: 2}
LOGIN_FIRST = 11
ACCOUNT_FIRST = 1_001
LISTED, CONTINUOUS = Method.LISTED, Method.CONTINUOUS
#: contract -> product, matching rules, base prices and bands to choose from
CONTRACTS = {
    1: (Product.CEA, (LISTED,), (5_552, 4_000, 7_125), (100_000, 100_000, 50_000)),
    2: (Product.CEA, (LISTED, CONTINUOUS), (100, 105, 150), (300_000, 0)),
    3: (Product.CCER, (LISTED, CONTINUOUS), (8_000, 999_900), (0, 50_000)),
    4: (Product.CEA, (CONTINUOUS,), (6_000, 5_100), (100_000, 40_000)),
    5: (Product.CEA, (LISTED, CONTINUOUS), (30_000, 24_001), (20_000, 15_000)),
}
#: a wide limit on purpose: 20 Mt listings fill a price level, 20 Mt at 300 yuan pass the amount's bound
GIANT_CONTRACT = 5
DEFINITION_TRIES = 9
UNITS_CHOICES = (0, 2_000, 300_000, 40_000_000, 10**12, 10**12)
CASH_CHOICES = (0, 10**8, 10**12, 10**14, 10**15, 10**15)


def set_up(flow: Flow) -> None:
    """From an empty state to PRE_OPEN."""
    before_open(flow)
    define(flow)
    opening(flow)


def define(flow: Flow) -> None:
    """The day, its rules, contracts, accounts and logins."""
    flow.send(Kind.OPEN_DAY, version=PROTOCOL_VERSION, trading_day=TRADING_DAY)
    set_usual_rules(flow, 0, often=0.2)
    for contract_id in CONTRACTS:
        define_contract(flow, contract_id)
    define_members(flow)
    for _ in range(flow.rng.randrange(8)):
        wrong_definition(flow)


def before_open(flow: Flow) -> None:
    """Nothing works before OPEN_DAY, and OPEN_DAY only under this version."""
    while flow.chance(0.5):
        flow.send(flow.rng.choice((Kind.TICK, Kind.LISTING, Kind.HALT, Kind.MASS_CANCEL, Kind.QUERY)))
    if flow.chance(0.3):
        flow.send(Kind.OPEN_DAY, version=PROTOCOL_VERSION + 1, trading_day=TRADING_DAY)
    if flow.chance(0.3):
        flow.send(Kind.OPEN_DAY, login_id=OPERATOR_LOGIN, version=PROTOCOL_VERSION, trading_day=TRADING_DAY)


def define_contract(flow: Flow, contract_id: int) -> None:
    """A contract with some rules of its own."""
    product, methods, bases, bands = CONTRACTS[contract_id]
    rng = flow.rng
    defined: dict[str, Any] = {
        "contract_id": contract_id,
        "base_price_ticks": rng.choice(bases),
        "product": product,
        "matching_rule": rng.choice(methods),
        "contract_code": b"CEA%d" % contract_id,
    }
    flow.send(Kind.DEFINE_CONTRACT, **defined)
    for _ in range(DEFINITION_TRIES):
        if contract_id in flow.market.contracts:
            break
        # The default band is too wide for the book at this base, or the record was damaged.
        flow.send(Kind.PARAMETER_SET, parameter_id=ParameterId.LISTED_BAND_PPM, parameter_value=0)
        flow.send(Kind.DEFINE_CONTRACT, **defined)
    set_usual_rules(flow, contract_id, often=0.25)
    for band in (ParameterId.LISTED_BAND_PPM, ParameterId.BLOCK_BAND_PPM):
        flow.send(
            Kind.PARAMETER_SET, contract_id=contract_id, parameter_id=band, parameter_value=rng.choice(bands)
        )
    if contract_id == GIANT_CONTRACT:
        for parameter, value in (
            (ParameterId.LISTED_QUANTITY_LOTS_MAX, QUANTITY_LOTS_MAX),
            (ParameterId.BLOCK_QUANTITY_LOTS_MAX, QUANTITY_LOTS_MAX),
            (ParameterId.PROCEEDS_REUSABLE, 0),
            (ParameterId.CANCEL_IN_BREAK, 0),
            (ParameterId.OPEN_ORDERS_MAX, 0),
        ):
            flow.send(
                Kind.PARAMETER_SET, contract_id=contract_id, parameter_id=parameter, parameter_value=value
            )


def define_members(flow: Flow) -> None:
    """Staff logins; then members with one to three accounts and logins, some sharing a legal entity."""
    rng = flow.rng
    for login_id, member_id in STAFF.items():
        if flow.chance(0.2):
            flow.send(Kind.DEFINE_LOGIN, subject_id=login_id, member_id=member_id, rights=64)
        flow.send(Kind.DEFINE_LOGIN, subject_id=login_id, member_id=member_id, rights=8)
    account_id, login_id = ACCOUNT_FIRST, LOGIN_FIRST
    for member_id in range(MEMBER_FIRST, flow.profile.capacity.members - 1):
        for _ in range(rng.randrange(1, 4)):
            if account_id < flow.profile.capacity.accounts:
                flow.send(
                    Kind.DEFINE_ACCOUNT,
                    account_id=account_id,
                    member_id=member_id,
                    entity_id=rng.choice(flow.profile.entities),
                    group_id=1,
                    eligibility=7 if flow.chance(0.9) else rng.choice((0, 3, 6, 5, 8)),
                )
                account_id += 1
        for _ in range(rng.randrange(1, 3)):
            flow.send(Kind.DEFINE_LOGIN, subject_id=login_id, member_id=member_id, rights=1)
            login_id += 1


def wrong_definition(flow: Flow) -> None:
    """Definitions at and past their bounds, and twice."""
    rng, capacity = flow.rng, flow.profile.capacity
    flow.send(
        Kind.DEFINE_CONTRACT,
        contract_id=rng.choice((0, 1, capacity.contracts - 1, capacity.contracts)),
        base_price_ticks=rng.choice((0, 99, 1_000_001, 1_000_000_000)),
        product=rng.choice((0, 1, 2, 3)),
        matching_rule=rng.randrange(5),
    )
    flow.send(
        Kind.DEFINE_ACCOUNT,
        account_id=rng.choice((0, ACCOUNT_FIRST, capacity.accounts, 2**32 - 1)),
        member_id=rng.choice((MEMBER_FIRST, MEMBER_FIRST - 1, capacity.members)),
    )
    flow.send(
        Kind.DEFINE_LOGIN,
        subject_id=rng.choice((0, 1, capacity.logins, 70_000)),
        member_id=rng.choice((1, MEMBER_FIRST, capacity.members)),
    )
    flow.send(
        Kind.PARAMETER_SET,
        contract_id=rng.choice((0, 1, 2, capacity.contracts - 1, 999)),
        parameter_id=rng.choice((0, 1, 5, 17, 25, 37, 38, 999)),
        parameter_value=rng.choice((-1, 0, 1, 999_999, 2**40)),
    )


def opening(flow: Flow) -> None:
    """Some wrong sets, then positions that agree with their totals."""
    for run in range(1, 1 + flow.rng.randrange(4)):
        give_positions(flow, run, mistakes=0.5)
        send_opening_totals(flow, off=flow.rng.randrange(1, 5))
    while not flow.market.is_opening_accepted:
        give_positions(flow, run=9, mistakes=0.0)
        send_opening_totals(flow, off=0)
    if flow.chance(0.5):
        send_opening_totals(flow, off=0)


def give_positions(flow: Flow, run: int, mistakes: float) -> None:
    """One set of opening positions."""
    rng = flow.rng
    letter = {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}
    flow.send(Kind.OPENING_BEGIN, login_id=REGISTRY_LOGIN, run=run, **letter)
    for account_id in list(flow.market.accounts):
        for contract_id in flow.market.contracts:
            if flow.chance(0.8):
                plenty = flow.profile.name == "giant" and contract_id == GIANT_CONTRACT
                available = UNITS_CHOICES[-1] if plenty else rng.choice(UNITS_CHOICES)
                units = {"available_lots": available, "frozen_lots": rng.choice((0, 0, 10))}
                flow.send(
                    Kind.OPENING_HOLDING,
                    login_id=REGISTRY_LOGIN,
                    account_id=account_id,
                    contract_id=contract_id,
                    **units,
                    **letter,
                )
        if flow.chance(0.9):
            cash = {"available_fen": rng.choice(CASH_CHOICES), "frozen_fen": rng.choice((0, 0, 99))}
            flow.send(Kind.OPENING_CASH, login_id=REGISTRY_LOGIN, account_id=account_id, **cash, **letter)
        if flow.chance(mistakes):
            wrong_position(flow)


def wrong_position(flow: Flow) -> None:
    """A record that must be refused, that is the account's second, or that begins anew."""
    rng = flow.rng
    letter = {"version": rng.choice((1, 1, 1, 2)), "trading_day": TRADING_DAY + rng.choice((0, 0, 0, 1))}
    account_id = rng.choice((0, ACCOUNT_FIRST, ACCOUNT_FIRST + 1, 2**32 - 1))
    amount = rng.choice((-1, 0, BALANCE_MAX, BALANCE_MAX + 1))
    if flow.chance(0.1):
        flow.send(Kind.OPENING_BEGIN, login_id=REGISTRY_LOGIN, run=8, **letter)
    elif flow.chance(0.5):
        flow.send(Kind.OPENING_CASH, account_id=account_id, available_fen=amount, **letter)
    else:
        flow.send(
            Kind.OPENING_HOLDING,
            account_id=account_id,
            contract_id=rng.choice((0, 1, 63, 65_535)),
            available_lots=5,
            frozen_lots=amount,
            **letter,
        )


def send_opening_totals(flow: Flow, off: int) -> None:
    """The control totals; `off` says which of the four is wrong."""
    market = flow.market
    units, cash = opening_totals(market)
    flow.send(
        Kind.OPENING_TOTALS,
        login_id=REGISTRY_LOGIN,
        units_total_lots=units + (off == 1),
        cash_total_fen=cash + (off == 2),
        record_count=len(market.opening_given) + (off == 3),
        control_hash=market.opening_control + (off == 4),
        version=PROTOCOL_VERSION,
        trading_day=TRADING_DAY,
    )
