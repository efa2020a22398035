"""What must hold after every command, whatever it was."""

from exchange.vocabulary.enums import Side
from exchange.vocabulary.limits import LEVEL_LOTS_MAX
from tests.reference.market import Market
from tests.reference.state import Contract, Order


def check(market: Market) -> None:
    """Raise AssertionError, naming what was expected and found, if anything is out of balance."""
    check_units(market)
    check_cash(market)
    check_orders(market)
    for contract in market.contracts.values():
        check_book(contract)


def _equal(what: str, expected: object, found: object) -> None:
    assert expected == found, f"{what}: expected {expected}, found {found}"


def check_units(market: Market) -> None:
    """Units are neither made nor lost, and no bucket is negative."""
    for contract_id in market.contracts:
        holdings = [a.holdings[contract_id] for a in market.accounts.values() if contract_id in a.holdings]
        _equal(
            f"units of contract {contract_id}",
            sum(h.opening for h in holdings),
            sum(h.total for h in holdings),
        )
        bought, sold = sum(h.bought_total for h in holdings), sum(h.sold_today for h in holdings)
        _equal(f"bought and sold of contract {contract_id}", bought, sold)
        volume = sum(f.volume_lots for f in market.contracts[contract_id].figures)
        _equal(f"volume of contract {contract_id}", volume, bought)
        for h in holdings:
            buckets = (h.available, h.locked, h.bought_today, h.frozen, h.open_buys)
            assert min(buckets) >= 0, f"expected no negative units, found {buckets}"


def check_cash(market: Market) -> None:
    """Cash is neither made nor lost but for the fees, and no bucket is negative."""
    accounts = market.accounts.values()
    opening = sum(account.opening for account in accounts)
    _equal("cash with fees", opening, sum(account.total for account in accounts) + market.fees_fen)
    _equal("fees", market.fees_fen, sum(account.fees_today for account in accounts))
    for a in accounts:
        buckets = (a.available, a.locked, a.frozen, a.proceeds, a.unreleased)
        assert min(buckets) >= 0, f"account {a.account_id}: expected no negative cash, found {buckets}"


def check_orders(market: Market) -> None:
    """Locks are those of the live orders; slots are live or free."""
    live = market.orders.values()
    for account in market.accounts.values():
        own = [order for order in live if order.account is account]
        _equal(f"open orders of {account.account_id}", len(own), account.open_orders)
        _equal(f"locked cash of {account.account_id}", sum(o.locked_fen for o in own), account.locked)
        for contract_id, holding in account.holdings.items():
            here = [o for o in own if o.contract.contract_id == contract_id]
            sells = sum(o.remaining_lots for o in here if o.side == Side.SELL)
            buys = sum(o.remaining_lots for o in here if o.side == Side.BUY)
            _equal(f"locked units of {account.account_id}", sells, holding.locked)
            _equal(f"open buys of {account.account_id}", buys, holding.open_buys)
    slots = sorted([*market.orders, *market.free_slots])
    _equal("slots", list(range(market.capacity.orders)), slots)
    by_reference = {(o.login_id, o.user_reference): o for o in live if o.login_id}
    _equal("orders by reference", by_reference, market.by_reference)


def check_book(contract: Contract) -> None:
    """Levels are not empty, their totals add up, their prices are inside the band."""
    for book in contract.sides:
        for price, level in book.best_first():
            orders: list[Order] = list(level.orders)
            assert orders, f"expected no empty level, found one at {price}"
            _equal(f"lots at {price}", sum(o.remaining_lots for o in orders), level.total_lots)
            assert level.total_lots <= LEVEL_LOTS_MAX, f"expected at most u4 lots, found {level.total_lots}"
            assert contract.lower_ticks <= price <= contract.upper_ticks, f"price {price} outside the band"
            assert all(o.price_ticks == price and o.side == book.side for o in orders)
