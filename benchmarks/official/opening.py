"""Opens one official day: rules as parameters, contracts with their bases, two members funded to the fen."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from benchmarks.official.market import Desk
from benchmarks.official.split import Trade
from exchange.rulebook import NATIONAL, rules_hash
from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Eligibility, Method, ParameterId, Product, Right
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import MEMBER_FIRST, PROTOCOL_VERSION, STREAM_SETTLEMENT
from exchange.vocabulary.units import trading_day_number

REGISTRY_LOGIN: Final = 1


class Trader(NamedTuple):
    """One of the two members: owner of an account and a login, a legal entity of its own."""

    account_id: int
    member_id: int
    entity_id: int
    login_id: int


SELLER: Final = Trader(1001, MEMBER_FIRST, 1, 101)
BUYER: Final = Trader(1002, MEMBER_FIRST + 1, 2, 102)


class ContractPlan(NamedTuple):
    """What one contract needs on one day."""

    contract_id: int
    code: str
    vintage: int
    base_ticks: int
    parameters: tuple[tuple[ParameterId, int], ...]
    listed: tuple[Trade, ...]
    blocks: tuple[Trade, ...]


def define(desk: Desk, plans: Sequence[ContractPlan]) -> None:
    """Open the day; define rules, contracts, accounts and logins."""
    rules = int.from_bytes(rules_hash(NATIONAL, desk.day)[:8], "little")
    day_number = trading_day_number(desk.day)
    desk.put(Kind.OPEN_DAY, version=PROTOCOL_VERSION, trading_day=day_number, rules_hash=rules)
    common = set(plans[0].parameters).intersection(*(plan.parameters for plan in plans))
    for parameter, value in sorted(common):
        desk.put(Kind.PARAMETER_SET, parameter_id=int(parameter), parameter_value=value)
    for plan in plans:
        desk.put(
            Kind.DEFINE_CONTRACT,
            contract_id=plan.contract_id,
            contract_code=plan.code.encode("ascii"),
            base_price_ticks=plan.base_ticks,
            vintage=plan.vintage,
            product=int(Product.CEA),
            matching_rule=int(Method.LISTED),
            venue=1,
            registry=1,
        )
        for parameter, value in sorted(set(plan.parameters) - common):
            desk.put(
                Kind.PARAMETER_SET,
                contract_id=plan.contract_id,
                parameter_id=int(parameter),
                parameter_value=value,
            )
    for trader in (SELLER, BUYER):
        desk.put(
            Kind.DEFINE_ACCOUNT,
            account_id=trader.account_id,
            member_id=trader.member_id,
            entity_id=trader.entity_id,
            eligibility=int(Eligibility.BUY | Eligibility.SELL),
        )
        desk.put(
            Kind.DEFINE_LOGIN, subject_id=trader.login_id, member_id=trader.member_id, rights=int(Right.TRADE)
        )
    desk.put(
        Kind.DEFINE_LOGIN, subject_id=REGISTRY_LOGIN, member_id=STREAM_SETTLEMENT, rights=int(Right.SETTLE)
    )


def fund(desk: Desk, plans: Sequence[ContractPlan]) -> None:
    """The seller gets exactly the tonnes of the day and the buyer exactly their cost."""
    stamp = {"version": PROTOCOL_VERSION, "trading_day": trading_day_number(desk.day)}
    desk.put(Kind.OPENING_BEGIN, login_id=REGISTRY_LOGIN, run=1, **stamp)
    control = units = records = 0
    for plan in plans:
        lots = sum(trade.lots for trade in (*plan.listed, *plan.blocks))
        if lots:
            desk.put(
                Kind.OPENING_HOLDING,
                login_id=REGISTRY_LOGIN,
                contract_id=plan.contract_id,
                account_id=SELLER.account_id,
                available_lots=lots,
                **stamp,
            )
            control += balance_term(SELLER.account_id, plan.contract_id, lots)
            units, records = units + lots, records + 1
    cash = sum(t.lots * t.price_ticks for plan in plans for t in (*plan.listed, *plan.blocks))
    desk.put(
        Kind.OPENING_CASH, login_id=REGISTRY_LOGIN, account_id=BUYER.account_id, available_fen=cash, **stamp
    )
    control += balance_term(BUYER.account_id, 0, cash)
    desk.put(
        Kind.OPENING_TOTALS,
        login_id=REGISTRY_LOGIN,
        units_total_lots=units,
        cash_total_fen=cash,
        record_count=records + 1,
        control_hash=control % MODULUS,
        **stamp,
    )
