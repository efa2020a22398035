"""How the four kinds of members decide: who wants to buy or sell, at which price, who lists, who takes. Pure.

- short emitter: must buy what it lacks; the nearer the deadline, the more it wants to.
- surplus holder: sells only what it does not need, and hoards: little while the deadline is far.
- intermediary: quotes both sides; sells only what was there this morning: today's purchases are locked.
- noise: small, either side, sometimes wrong.

Every choice is drawn from the Random passed in; nothing here does I/O or looks at a clock.
"""

from collections.abc import Callable, Iterable, Sequence
from math import exp
from random import Random
from typing import Final, NamedTuple

from exchange.client.events import BlockOffered
from exchange.members.director import LISTED_LOTS_MAX, Guidance
from exchange.members.state import MemberState, OwnOrder
from exchange.rulebook.scenarios import MemberKind
from exchange.vocabulary.enums import Method, Side

FEE_ROOM_PPM: Final = 1_021_000  # cash kept for amount and fees together: the highest fees allowed are 2 %
PPM: Final = 1_000_000
ORDERS_MAX: Final = 5  # open listings a member keeps
DEADLINE_DAYS: Final = 4.0  # days before the deadline at which urgency has grown by a factor of e


class Deal(NamedTuple):
    """A trade two members are about to make: the maker lists (or has listed), the taker takes."""

    maker: MemberState | None  # None: what already rests is enough
    taker: MemberState
    taker_side: Side
    price_ticks: int
    quantity_lots: int
    listing_lots: int
    is_named: bool


class Quote(NamedTuple):
    """A listing to post."""

    member: MemberState
    side: Side
    price_ticks: int
    quantity_lots: int


def urgency(days_left: int) -> float:
    """How much more a short emitter wants to buy than on a quiet day: 1 far from the deadline, 6 on it."""
    return 1.0 + 5.0 * exp(-max(days_left, 0) / DEADLINE_DAYS)


def affordable_lots(member: MemberState, price_ticks: int) -> int:
    """Tonnes the member's cash buys, fees included."""
    return member.available_fen * PPM // (price_ticks * FEE_ROOM_PPM)


def wish_to_buy(member: MemberState, price_ticks: int, days_left: int) -> float:
    """How much a member wants to buy; 0 when it cannot pay a tonne."""
    can = affordable_lots(member, price_ticks)
    if can < 1:
        return 0.0
    match member.kind:
        case MemberKind.SHORT_EMITTER:
            return min(max(member.need_lots, 0) + 0.01 * can, can) * urgency(days_left)
        case MemberKind.INTERMEDIARY:
            return 0.3 * can
        case MemberKind.NOISE:
            return 0.1 * can
        case MemberKind.SURPLUS_HOLDER:
            return 0.01 * can


def wish_to_sell(member: MemberState, days_left: int) -> float:
    """How much a member wants to sell; 0 when nothing may be sold today."""
    can = member.available_lots
    if can < 1:
        return 0.0
    match member.kind:
        case MemberKind.SURPLUS_HOLDER:
            hoarding = 0.3 + 0.7 * (urgency(days_left) - 1.0) / 5.0
            return max(min(-member.need_lots, can), 0) * hoarding + 0.005 * can
        case MemberKind.INTERMEDIARY:
            return 0.6 * can
        case MemberKind.NOISE:
            return 0.3 * can
        case MemberKind.SHORT_EMITTER:
            return 0.002 * can


def choose(
    members: Iterable[MemberState], wish: Callable[[MemberState], float], random: Random
) -> MemberState | None:
    """One member, more likely the more it wishes; None when nobody does."""
    wishes = [(member, wish(member)) for member in members]
    whole = sum(weight for _, weight in wishes)
    if whole <= 0:
        return None
    at = random.random() * whole
    for member, weight in wishes:
        at -= weight
        if at < 0:
            return member
    return max(wishes, key=lambda pair: pair[1])[0]


def resting(members: Iterable[MemberState], side: Side, worst_ticks: int, entity_id: int) -> list[OwnOrder]:
    """Listings on `side`, no worse than `worst_ticks`, of members other than the legal entity."""
    return [
        order
        for member in members
        if member.entity_id != entity_id
        for order in member.listings(side)
        if (order.price_ticks <= worst_ticks if side is Side.SELL else order.price_ticks >= worst_ticks)
    ]


def make_deal(
    members: Sequence[MemberState],
    price_ticks: int,
    lots: int,
    days_left: int,
    random: Random,
    taker_side: Side | None = None,
) -> Deal | None:
    """Who trades `lots` at about `price_ticks`, and which of the two takes; None = nobody can.

    With `taker_side` given the trade is wanted at exactly that price, so a new listing is made for it.
    """
    buyer = choose(members, lambda m: wish_to_buy(m, price_ticks, days_left), random)
    if buyer is None:
        return None
    others = [member for member in members if member.entity_id != buyer.entity_id]
    seller = choose(others, lambda m: wish_to_sell(m, days_left), random)
    if seller is None:
        return None
    is_exact = taker_side is not None
    side = taker_side if taker_side is not None else _taker_side(others, price_ticks, buyer, random)
    can_buy, can_sell = affordable_lots(buyer, price_ticks), seller.available_lots
    maker, taker = (seller, buyer) if side is Side.BUY else (buyer, seller)
    taker_can, maker_can = (can_buy, can_sell) if side is Side.BUY else (can_sell, can_buy)
    maker_side = Side.SELL if side is Side.BUY else Side.BUY
    there = sum(o.remaining_lots for o in resting(members, maker_side, price_ticks, taker.entity_id))
    if not is_exact and there >= min(lots, taker_can) and random.random() < 0.5:
        return Deal(None, taker, side, price_ticks, min(lots, taker_can), 0, False)
    quantity = min(lots, taker_can, maker_can)
    wanted = quantity if is_exact or random.random() < 0.7 else int(quantity * random.uniform(1.0, 2.5))
    listing = max(quantity, min(wanted, maker_can, LISTED_LOTS_MAX))
    return Deal(maker, taker, side, price_ticks, quantity, listing, not is_exact and random.random() < 0.2)


def _taker_side(others: Sequence[MemberState], price_ticks: int, buyer: MemberState, random: Random) -> Side:
    """Who takes. A buyer would rather take what is offered below the price than list above it."""
    if resting(others, Side.SELL, price_ticks, buyer.entity_id):
        return Side.BUY
    return Side.BUY if random.random() < 0.6 else Side.SELL


def quotes(members: Sequence[MemberState], guidance: Guidance, days_left: int, random: Random) -> list[Quote]:
    """Listings around the price: intermediaries on both sides, others where they wish to trade."""
    made: list[Quote] = []
    for _ in range(random.choice((1, 1, 2, 3))):
        side = random.choice((Side.BUY, Side.SELL))
        distance = 1 + int(random.expovariate(1.0 / (2 * guidance.spread_ticks)))
        price = guidance.target_ticks + (distance if side is Side.SELL else -distance)
        price = min(max(price, guidance.band_lower_ticks), guidance.band_upper_ticks)
        free = [m for m in members if len(m.listings(Side.BUY)) + len(m.listings(Side.SELL)) < ORDERS_MAX]
        member = _quoting(free, side, price, days_left, random)
        if member is None:
            continue
        can = member.available_lots if side is Side.SELL else affordable_lots(member, price)
        drawn = max(1, int(guidance.usual_lots * random.lognormvariate(-0.2, 0.9)))
        # A quote never locks more than a small part of what a member has: the day's trades need it.
        lots = min(drawn, max(can // 20, 1), can, LISTED_LOTS_MAX)
        if lots >= 1:
            made.append(Quote(member, side, price, lots))
    return made


def _quoting(
    members: Sequence[MemberState], side: Side, price: int, days_left: int, random: Random
) -> MemberState | None:
    desks = [m for m in members if m.kind is MemberKind.INTERMEDIARY]
    who = desks if desks and random.random() < 0.5 else members
    if side is Side.SELL:
        return choose(who, lambda m: wish_to_sell(m, days_left), random)
    return choose(who, lambda m: wish_to_buy(m, price, days_left), random)


def withdrawals(
    members: Sequence[MemberState], guidance: Guidance, random: Random, most: int = 6
) -> list[tuple[MemberState, int]]:
    """Listings to cancel: those the price has moved past, and now and then an old one."""
    every = [order for member in members for order in member.orders.values() if order.method == Method.LISTED]
    asks = [order.price_ticks for order in every if order.side == Side.SELL]
    bids = [order.price_ticks for order in every if order.side == Side.BUY]
    is_crossed = bool(asks and bids and min(asks) <= max(bids))  # legal, but somebody then quotes amiss
    room = 0 if is_crossed else 2 * guidance.spread_ticks
    stale: list[tuple[MemberState, int]] = []
    for member in members:
        for order in (*member.listings(Side.SELL), *member.listings(Side.BUY)):
            is_cheap = order.side == Side.SELL and order.price_ticks < guidance.target_ticks - room
            is_dear = order.side == Side.BUY and order.price_ticks > guidance.target_ticks + room
            if is_cheap or is_dear:
                stale.append((member, order.order_id))
    random.shuffle(stale)
    chosen = stale[:most]
    if random.random() < 0.4:
        having = [m for m in members if m.listings(Side.SELL) or m.listings(Side.BUY)]
        if having:
            member = random.choice(having)
            order_id = next(iter((*member.listings(Side.SELL), *member.listings(Side.BUY)))).order_id
            if (member, order_id) not in chosen:
                chosen.append((member, order_id))
    return chosen


def mistake(members: Sequence[MemberState], guidance: Guidance, random: Random) -> Quote | None:
    """Now and then somebody errs: a price outside the band, or more than it owns. The exchange refuses it."""
    if random.random() >= 0.02:
        return None
    noisy = [m for m in members if m.kind is MemberKind.NOISE] or list(members)
    member = random.choice(noisy)
    if random.random() < 0.5:
        return Quote(member, Side.BUY, guidance.band_upper_ticks + random.randint(1, 50), 10)
    return Quote(member, Side.SELL, guidance.target_ticks, min(member.available_lots + 1, LISTED_LOTS_MAX))


def accepts_offer(member: MemberState, offer: BlockOffered, reference_ticks: int, days_left: int) -> bool:
    """Whether to accept a block from outside: only at a price clearly good for this member."""
    if offer.side == Side.SELL:  # the member would buy
        if affordable_lots(member, offer.price_ticks) < offer.quantity_lots:
            return False
        is_pressed = member.need_lots > 0 and days_left < 10
        return offer.price_ticks <= (reference_ticks if is_pressed else reference_ticks * 95 // 100)
    if member.available_lots < offer.quantity_lots:
        return False
    has_surplus = member.need_lots + offer.quantity_lots <= 0 or member.kind is MemberKind.INTERMEDIARY
    return has_surplus and offer.price_ticks >= reference_ticks * 98 // 100
