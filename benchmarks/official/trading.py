"""Plays one official day: contracts, two members funded to the fen, the published totals as trades, close."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from benchmarks.official.market import Desk, Event, Market, of_kind
from benchmarks.official.opening import BUYER, SELLER, ContractPlan, define, fund
from benchmarks.official.split import Trade
from exchange.rulebook import NATIONAL, PhaseChange, sessions_on
from exchange.vocabulary.enums import (
    Method,
    ParameterId,
    Phase,
    Side,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason

OPENING_SECONDS: Final = 9 * 3600 + 15 * 60
CLOSING_SECONDS: Final = 15 * 3600 + 60


class DayOutcome(NamedTuple):
    """What the kernel said of the day, by contract id."""

    figures: dict[tuple[int, Method], Event]
    bands: dict[int, Event]
    composite: Event
    refused: list[tuple[int, RejectReason]]  # trades that the kernel did not take
    loose_limits: list[int]  # contracts where a price one tick beyond a limit was not refused
    command_count: int
    trade_count: int
    digest: bytes


def play_day(market: Market, day: date, plans: Sequence[ContractPlan]) -> DayOutcome:
    """One whole day, from the opening positions to the seal."""
    desk = Desk(market, day)
    desk.move_to(OPENING_SECONDS)
    define(desk, plans)
    fund(desk, plans)
    opened = desk.run()
    _expect(opened, Kind.OPENING_ACCEPTED, 1)
    traded, loose = _trade(desk, plans)
    desk.move_to(CLOSING_SECONDS)
    desk.put(Kind.CLOSE_DAY)
    desk.put(Kind.SEAL_DAY)
    closed = desk.run()
    _expect(closed, Kind.SEAL_TOTALS, 1)
    return DayOutcome(
        {(e["contract_id"], Method(e["figure_method"])): e for e in of_kind(closed, Kind.DAY_FIGURES)},
        {e["contract_id"]: e for e in of_kind(opened, Kind.BAND)},
        of_kind(closed, Kind.COMPOSITE)[-1],
        [(e["contract_id"], RejectReason(e["reason"])) for e in of_kind(traded, Kind.REJECTED)],
        loose,
        desk.command_count,
        desk.trade_count,
        market.digest(),
    )


def _trade(desk: Desk, plans: Sequence[ContractPlan]) -> tuple[list[Event], list[int]]:
    """Follow the day's schedule: half of the listed trades in each session, the blocks in the afternoon."""
    events: list[Event] = []
    loose: list[int] = []
    sessions = 0
    for change in sessions_on(NATIONAL, desk.day):
        desk.move_to(change.seconds_of_day)
        desk.set_phase(change.method, change.phase)
        events += desk.run()
        if not _opens(change):
            continue
        if change.method is Method.BLOCK:
            events += _trade_blocks(desk, plans)
        if change.method is not Method.LISTED:
            continue
        sessions += 1
        if sessions == 1:
            loose = _probe_limits(desk, plans)
        for plan in plans:
            half = -(-len(plan.listed) // 2)
            part = plan.listed[:half] if sessions == 1 else plan.listed[half:]
            _put_listed(desk, plan, part)
        events += desk.run()
    return events, loose


def _opens(change: PhaseChange) -> bool:
    return change.phase is Phase.TRADING


def _put_listed(desk: Desk, plan: ContractPlan, trades: Sequence[Trade]) -> None:
    """List and take, the two members changing places from trade to trade."""
    for index, trade in enumerate(trades):
        maker, taker = (SELLER, BUYER) if index % 2 == 0 else (BUYER, SELLER)
        terms = {"price_ticks": trade.price_ticks, "quantity_lots": trade.lots}
        for kind, trader in ((Kind.LISTING, maker), (Kind.TAKE, taker)):
            desk.put(
                kind,
                login_id=trader.login_id,
                contract_id=plan.contract_id,
                account_id=trader.account_id,
                side=int(Side.SELL if trader is SELLER else Side.BUY),
                **terms,
            )


def _trade_blocks(desk: Desk, plans: Sequence[ContractPlan]) -> list[Event]:
    """The seller offers every block to the buyer; the buyer accepts what was offered, by its id."""
    for plan in plans:
        for trade in plan.blocks:
            desk.put(
                Kind.BLOCK_OFFER,
                login_id=SELLER.login_id,
                contract_id=plan.contract_id,
                account_id=SELLER.account_id,
                counterparty_account_id=BUYER.account_id,
                price_ticks=trade.price_ticks,
                quantity_lots=trade.lots,
                side=int(Side.SELL),
            )
    events = desk.run()
    for offer in of_kind(events, Kind.BLOCK_OFFERED):
        desk.put(
            Kind.BLOCK_ACCEPT,
            login_id=BUYER.login_id,
            contract_id=offer["contract_id"],
            account_id=BUYER.account_id,
            order_id=offer["order_id"],
            price_ticks=offer["price_ticks"],
            quantity_lots=offer["quantity_lots"],
        )
    return events + desk.run()


def _probe_limits(desk: Desk, plans: Sequence[ContractPlan]) -> list[int]:
    """Contracts that did not refuse a listing one tick above the upper and one tick below the lower limit."""
    loose = []
    for plan in plans:
        band = dict(plan.parameters)[ParameterId.LISTED_BAND_PPM]
        lower, upper = expected_limits(plan.base_ticks, band)
        for price, side, trader in ((upper + 1, Side.BUY, BUYER), (lower - 1, Side.SELL, SELLER)):
            desk.put(
                Kind.LISTING,
                login_id=trader.login_id,
                contract_id=plan.contract_id,
                account_id=trader.account_id,
                side=int(side),
                price_ticks=price,
                quantity_lots=1,
            )
        answers = [(e["reason"], e["expected_value"]) for e in of_kind(desk.run(), Kind.REJECTED)]
        outside = int(RejectReason.PRICE_OUTSIDE_BAND)
        if answers != [(outside, upper), (outside, lower)]:
            loose.append(plan.contract_id)
    return loose


def expected_limits(base_ticks: int, band_ppm: int) -> tuple[int, int]:
    """The rule's words in whole numbers: base x (1 -+ band), rounded half up to the tick (rulebook §1.3)."""
    million = 1_000_000
    lower, upper = base_ticks * (million - band_ppm), base_ticks * (million + band_ppm)
    return (lower + million // 2) // million, (upper + million // 2) // million


def _expect(events: Sequence[Event], kind: Kind, count: int) -> None:
    found = of_kind(events, kind)
    if len(found) != count:
        refused = [
            (e["command_kind"], RejectReason(e["reason"]).name) for e in of_kind(events, Kind.REJECTED)
        ]
        raise RuntimeError(f"expected {count} {kind.name}, found {len(found)}; refused: {refused}")
