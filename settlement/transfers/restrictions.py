"""What Shanghai is told that an account may do: restrictions, freezes that are not whole, open breaks.

Shanghai begins every day with every account unrestricted, so it is told anew at each opening. The settlement
stream has no answer to RESTRICT but a rejection: it is told again whenever the line returns.
"""

from typing import Final

from exchange.vocabulary.enums import Eligibility
from exchange.vocabulary.records import Records
from settlement.outgoing import restriction_records
from settlement.store.breaks import broken_accounts
from settlement.store.database import Store
from settlement.store.defaults import debtors
from settlement.store.freezes import short_orders
from settlement.store.restrictions import closed_on, forbidden, note_told, told_on
from settlement.vocabulary.chart import CASH

UNRESTRICTED: Final = Eligibility.BUY | Eligibility.SELL | Eligibility.CCER


def tell_restrictions(store: Store, trading_day: int, *, only_new: bool = False) -> list[Records]:
    """RESTRICT of every account that is restricted, or was earlier in the day."""
    told = told_on(store, trading_day)
    wanted = {**dict.fromkeys(told, int(UNRESTRICTED)), **restricted(store, trading_day)}
    if only_new:
        wanted = {account_id: value for account_id, value in wanted.items() if told.get(account_id) != value}
    if not wanted:
        return []
    note_told(store, trading_day, wanted)
    return restriction_records(wanted, trading_day)


def restricted(store: Store, trading_day: int) -> dict[int, int]:
    """Eligibility of every account that may not do everything.

    While a freeze of units is short they may not be sold, while one of cash is short it may not be spent. An
    account with an open break may not sell, one that owes the settlement reserve may not buy, one that was
    closed today may do nothing.
    """
    found: dict[int, int] = {}
    for account_id, (may_buy, may_sell) in forbidden(store).items():
        kept = (Eligibility.BUY if may_buy else 0) | (Eligibility.SELL if may_sell else 0)
        found[account_id] = int(kept | Eligibility.CCER)
    for order in short_orders(store):
        lost = Eligibility.BUY if order.asset_id == CASH else Eligibility.SELL
        found[order.account_id] = found.get(order.account_id, int(UNRESTRICTED)) & ~int(lost)
    for account_id in debtors(store):
        found[account_id] = found.get(account_id, int(UNRESTRICTED)) & ~int(Eligibility.BUY)
    found.update(dict.fromkeys(closed_on(store, trading_day), 0))
    for account_id in broken_accounts(store):
        found[account_id] = found.get(account_id, int(UNRESTRICTED)) & ~int(Eligibility.SELL)
    return found
