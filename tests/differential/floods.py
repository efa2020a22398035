"""Orders as large as they may be until a price level is full: of listings, limit orders, one-way bids."""

from exchange.vocabulary.enums import AuctionKind, Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import (
    AMOUNT_FEN_MAX,
    LEVEL_LOTS_MAX,
    PRICE_TICKS_MIN,
    PROTOCOL_VERSION,
    QUANTITY_LOTS_MAX,
)
from tests.differential.flow import Flow
from tests.differential.picks import login_of
from tests.differential.setup import GIANT_CONTRACT, TRADING_DAY
from tests.reference.state import Contract, Slot

CHEAP_CONTRACT = 2
SPARE = 10  # a few are refused for other reasons


def flood(flow: Flow) -> None:
    """One of the two."""
    flow.rng.choice((flood_listings, flood_bids))(flow)


def flood_listings(flow: Flow) -> None:
    """Rich accounts offer as much as they may at one price until the level is full, then move into it."""
    contract = flow.market.contracts.get(GIANT_CONTRACT)
    rich = [a for a in flow.market.accounts.values() if a.holding(GIANT_CONTRACT).available > 10**11]
    if not rich or not contract:
        return
    kind = Kind.LISTING if contract.matching_rule == Method.LISTED else Kind.LIMIT_ORDER
    lower, upper = contract.band(contract.matching_rule)
    price = upper if kind == Kind.LIMIT_ORDER else lower
    quantity = min(QUANTITY_LOTS_MAX, AMOUNT_FEN_MAX // price)
    terms = {"contract_id": GIANT_CONTRACT, "quantity_lots": quantity, "side": Side.SELL}
    for number in range(LEVEL_LOTS_MAX // quantity + SPARE):
        account = flow.rng.choice(rich)
        beside = 0 if number else (1 if price < upper else -1)
        flow.send(
            kind,
            login_of(flow, account),
            account_id=account.account_id,
            price_ticks=price + beside,
            **terms,
        )
    move_into(flow, contract, price, quantity)
    if kind == Kind.LISTING:
        take_one(flow, price, upper, quantity)


def move_into(flow: Flow, contract: Contract, price: int, quantity: int) -> None:
    """REPLACE of an order beside the full level."""
    for level in (level for other, level in contract.sides[Side.SELL].levels.items() if other != price):
        order = level.orders[0]
        flow.send(
            Kind.REPLACE,
            order.login_id,
            order_id=order.order_id,
            price_ticks=price,
            quantity_lots=quantity,
        )
        return


def take_one(flow: Flow, price: int, upper: int, quantity: int) -> None:
    """The largest amount there is trades, and cannot be corrected to a higher price."""
    buyer = max(flow.market.accounts.values(), key=lambda account: account.available)
    flow.send(
        Kind.TAKE,
        login_of(flow, buyer),
        contract_id=GIANT_CONTRACT,
        account_id=buyer.account_id,
        price_ticks=price,
        quantity_lots=quantity,
        side=Side.BUY,
    )
    flow.send(
        Kind.CORRECTION,
        match_id=flow.market.match_count,
        price_ticks=upper,
        quantity_lots=quantity,
        version=PROTOCOL_VERSION,
        trading_day=TRADING_DAY,
    )


def flood_bids(flow: Flow) -> None:
    """The issuer's largest lot at the lowest price, and bids for all of it."""
    contract = flow.market.contracts.get(CHEAP_CONTRACT)
    if not contract or contract.auction or contract.phases[Slot.ONE_WAY] != Phase.TRADING:
        return
    accounts = flow.market.accounts.values()
    sellers = [a for a in accounts if a.holding(CHEAP_CONTRACT).available >= QUANTITY_LOTS_MAX]
    if not sellers:
        return
    seller = flow.rng.choice(sellers)
    rich = [a for a in accounts if a.available >= 10**14 and a.entity_id != seller.entity_id]
    if not rich:
        return
    auction_id = contract.last_auction_id + 1
    flow.send(
        Kind.AUCTION_NOTICE,
        contract_id=CHEAP_CONTRACT,
        account_id=seller.account_id,
        quantity_lots=QUANTITY_LOTS_MAX,
        floor_ticks=PRICE_TICKS_MIN,
        ceiling_ticks=PRICE_TICKS_MIN + 1,
        auction_id=auction_id,
        auction_kind=AuctionKind.PRIMARY,
        end_ns=flow.time_ns + 10**9,
    )
    for _ in range(LEVEL_LOTS_MAX // QUANTITY_LOTS_MAX + SPARE):
        account = flow.rng.choice(rich)
        flow.send(
            Kind.AUCTION_BID,
            login_of(flow, account),
            contract_id=CHEAP_CONTRACT,
            account_id=account.account_id,
            price_ticks=PRICE_TICKS_MIN,
            quantity_lots=QUANTITY_LOTS_MAX,
            auction_id=auction_id,
        )
