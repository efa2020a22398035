"""A day played by the pure parts alone: deals trade at once, so that only the decisions are tested."""

from random import Random

from exchange.client.events import Accepted, Trade
from exchange.members import behaviour
from exchange.members.director import Director, Seen
from exchange.members.market import MarketView
from exchange.members.state import MemberState
from exchange.rulebook.prices import band_limits
from exchange.rulebook.scenarios import MemberKind, Scenario, SeasonDay, participants
from exchange.vocabulary.enums import Method, OrderKind, Phase, Side

CONTRACT = 1


def member(kind: MemberKind, account_id: int, lots: int, fen: int, obligation: int = 0) -> MemberState:
    state = MemberState(kind, account_id, account_id, obligation, CONTRACT)
    state.available_lots = state.units_lots = lots
    state.available_fen = fen
    return state


def members_of(scenario: Scenario, count: int) -> list[MemberState]:
    return [
        member(p.kind, p.account_id, p.opening_lots[scenario.contract], p.opening_cash_fen, p.obligation_lots)
        for p in participants(scenario, count)
    ]


def open_view(day: SeasonDay) -> MarketView:
    view = MarketView(CONTRACT)
    view.base_ticks = day.previous_close_ticks
    view.lower_ticks, view.upper_ticks = band_limits(day.previous_close_ticks, 100_000)
    view.block_lower_ticks, view.block_upper_ticks = band_limits(day.previous_close_ticks, 300_000)
    view.phase = {Method.LISTED: Phase.TRADING, Method.BLOCK: Phase.TRADING}
    return view


def trade(view: MarketView, price: int, lots: int, method: Method = Method.LISTED) -> None:
    number = sum(view.trades.values()) + 1
    view.take(Trade(0, 0, 0, 0, CONTRACT, 0, price, lots, number, Side.BUY, method))


def rest(state: MemberState, order_id: int, side: Side, price: int, lots: int) -> None:
    event = Accepted(0, 0, 0, 0, CONTRACT, state.account_id, order_id, price, lots, 0, side, 0, Method.LISTED,
                     OrderKind.LISTING)  # fmt: skip
    state.take(event)


def play_day(
    director: Director, view: MarketView, states: list[MemberState], steps: int, random: Random
) -> list[tuple[int, int]]:
    """(price, tonnes) of each trade; buyers and sellers pay, and T+1 holds."""
    trades: list[tuple[int, int]] = []
    for step in range(steps + 1):
        seen = Seen(view, step / steps, max(0.0, 2 * step / steps - 1))
        for _ in range(6):
            guidance = director.guide(seen)
            lots = director.deal_lots(guidance) if guidance.remaining_lots else 0
            if not lots or (guidance.due_lots < lots and step < 0.95 * steps):
                break
            price = director.extreme_due(seen) or guidance.target_ticks
            deal = behaviour.make_deal(states, price, lots, 10, random, Side.BUY)
            assert deal is not None and deal.maker is not None
            amount = deal.quantity_lots * price
            deal.maker.available_lots -= deal.quantity_lots
            deal.maker.available_fen += amount
            deal.taker.available_fen -= amount
            deal.taker.units_lots += deal.quantity_lots
            assert deal.maker.available_lots >= 0 and deal.taker.available_fen >= 0
            trade(view, price, deal.quantity_lots)
            trades.append((price, deal.quantity_lots))
    return trades
