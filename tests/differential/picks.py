"""Random choices of a generated day: who, what, which order, how much, mostly sensible."""

from itertools import chain, islice

from exchange.vocabulary.enums import Method, OrderKind, ParameterId, Side
from exchange.vocabulary.limits import QUANTITY_LOTS_MAX
from tests.differential.flow import Flow
from tests.differential.setup import CONTRACTS, GIANT_CONTRACT
from tests.reference.state import Account, Contract, Login, Order

BOOK_KINDS = (OrderKind.LISTING, OrderKind.LIMIT)
U4_MAX = 2**32 - 1


def pick_actor(flow: Flow) -> tuple[int, Account]:
    """A login and, nearly always, an account of its member."""
    login_id, account = flow.rng.choice(flow.actors())
    if flow.chance(0.006):
        return flow.rng.choice((0, *flow.market.logins)), account
    return login_id, account


def pick_account(flow: Flow) -> Account:
    """Any account."""
    account: Account = flow.rng.choice(flow.market.accounts.values())
    return account


def pick_account_id(flow: Flow, account: Account) -> int:
    """The account, or rarely one that does not exist."""
    return account.account_id if flow.chance(0.995) else flow.rng.choice((0, 5, U4_MAX))


def pick_contract(flow: Flow, rule: Method | None = None) -> Contract:
    """Any contract, the first ones most often; nearly always one whose book has the rule asked for."""
    contracts: list[Contract] = flow.market.contracts.values()
    if rule is not None and flow.chance(0.98):
        fitting = [contract for contract in contracts if contract.matching_rule == rule]
        if fitting:
            return fitting[0] if flow.chance(0.5) else flow.rng.choice(fitting)
    (contract_id,) = flow.rng.choices(tuple(CONTRACTS), (35, 25, 15, 20, 13))
    contract: Contract | None = flow.market.contracts.get(contract_id)
    return contract or flow.rng.choice(contracts)


def pick_contract_id(flow: Flow, contract: Contract) -> int:
    """The contract, or rarely one that does not exist."""
    return contract.contract_id if flow.chance(0.995) else flow.rng.choice((0, 6, 63, 64, 65_535))


def pick_price(flow: Flow, contract: Contract, method: Method) -> int:
    """Near the middle so that levels gather orders; sometimes the limits and one tick past them."""
    rng = flow.rng
    lower, upper = contract.band(method)
    if flow.chance(0.05):
        return rng.choice((lower, upper, lower - 1, upper + 1, 0, U4_MAX)) & U4_MAX
    middle = (lower + upper) // 2
    price = min(max(middle + int(rng.gauss(0, flow.profile.price_spread_ticks)), lower), upper)
    return on_step(flow, contract, price)


def on_step(flow: Flow, contract: Contract, price_ticks: int) -> int:
    """The price, nearly always brought down to the contract's step."""
    step = contract.parameters[ParameterId.PRICE_STEP_TICKS]
    off = price_ticks % step if flow.chance(0.97) else 0
    return (price_ticks - off) & U4_MAX


def pick_crossing_price(flow: Flow, contract: Contract, side: int) -> int:
    """About the best price of the other side, often worse for the one who asks."""
    best = next(contract.sides[1 - side & 1].best_first(), None)
    if best is None:
        return pick_price(flow, contract, contract.matching_rule)
    ticks = flow.rng.randrange(-1, 9)
    return on_step(flow, contract, best[0] + (ticks if side == Side.BUY else -ticks))


def pick_quantity(flow: Flow, contract: Contract, method: Method, account: Account, side: int) -> int:
    """Small, or at a bound: the method's minimum and maximum, all an account has, one more."""
    rng, rules = flow.rng, contract.parameters
    block = method == Method.BLOCK
    low = rules[ParameterId.BLOCK_QUANTITY_LOTS_MIN if block else ParameterId.LISTED_QUANTITY_LOTS_MIN]
    high = rules[ParameterId.BLOCK_QUANTITY_LOTS_MAX if block else ParameterId.LISTED_QUANTITY_LOTS_MAX]
    if flow.chance(0.05):
        return rng.choice((low, high, low - 1, high + 1, 0, U4_MAX))
    if side == Side.SELL and flow.chance(0.1):
        holding = account.holding(contract.contract_id)
        return min(holding.available + rng.randrange(2) * holding.bought_today + rng.randrange(2), U4_MAX)
    if block:
        return low * rng.randrange(1, 4) + rng.randrange(1_000)
    if contract.contract_id == GIANT_CONTRACT and flow.chance(0.1):
        return rng.choice((QUANTITY_LOTS_MAX, 13_400_000))
    return low + rng.randrange(rng.choice((10, 60, 300)))


def pick_several(flow: Flow, contract: Contract, side: int) -> int:
    """What the first few resting orders of the other side hold together, or one lot more; 0 if none rests."""
    resting = chain.from_iterable(level.orders for _, level in contract.sides[1 - side & 1].best_first())
    orders = list(islice(resting, flow.rng.randrange(1, 8)))
    return sum(order.remaining_lots for order in orders) + flow.rng.randrange(2) if orders else 0


def pick_flags(flow: Flow) -> int:
    """No flags, or rarely some that do not exist."""
    return 0 if flow.chance(0.995) else flow.rng.randrange(256)


def pick_side(flow: Flow, account: Account, contract: Contract) -> int:
    """Mostly what the account has the means for; rarely neither side."""
    if flow.chance(0.003):
        return flow.rng.choice((2, 255))
    if flow.chance(0.1):
        return flow.rng.randrange(2)
    units, cash = account.holding(contract.contract_id).available > 0, account.available > 0
    return flow.rng.randrange(2) if units == cash else int(units)


def pick_order(flow: Flow) -> Order | None:
    """Any live order."""
    live = flow.market.orders
    return live[flow.rng.choice(tuple(live))] if live else None


def pick_book_order(flow: Flow) -> Order | None:
    """Any order of a book, or rarely another kind."""
    for _ in range(5):
        order = pick_order(flow)
        if order is None or order.kind in BOOK_KINDS:
            return order
    return order


def pick_order_id(flow: Flow, order: Order) -> int:
    """The order's id, or rarely one that is not live."""
    if flow.chance(0.98):
        return order.order_id
    return flow.rng.choice((order.order_id + (1 << 24), order.slot, order.order_id ^ 1, 2**64 - 1))


def login_of(flow: Flow, account: Account) -> int:
    """A login of the account's member, if it has one."""
    logins: list[Login] = flow.market.logins.values()
    own = [i.login_id for i in logins if i.member_id == account.member_id]
    return flow.rng.choice(own) if own else flow.rng.choice(logins).login_id


def pick_offer(flow: Flow) -> Order | None:
    """A live block offer of some contract, or rarely any order."""
    offers = pick_contract(flow).offers
    if offers and flow.chance(0.97):
        return flow.rng.choice(tuple(offers))
    return pick_order(flow) if flow.chance(0.1) else None
