"""Orders as large as they may be until a price level is full: of listings, limit orders, one-way bids."""

from exchange.vocabulary.enums import AuctionKind, Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import AMOUNT_FEN_MAX, LEVEL_LOTS_MAX, PRICE_TICKS_MIN, QUANTITY_LOTS_MAX
from tests.differential.flow import Flow
from tests.differential.picks import login_of
from tests.differential.setup import GIANT_CONTRACT
from tests.reference.state import Slot

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
    upper = contract.band(contract.matching_rule)[1]
    price = upper if kind == Kind.LIMIT_ORDER else contract.band(contract.matching_rule)[0]
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
    book = contract.sides[Side.SELL]
    for level in (level for other, level in book.levels.items() if other != price):
        order = level.orders[0]
        flow.send(
            Kind.REPLACE,
            order.login_id,
            order_id=order.order_id,
            price_ticks=price,
            quantity_lots=quantity,
        )
        return


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
