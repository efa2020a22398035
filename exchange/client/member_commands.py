"""Every command of a member as a typed call that waits for its outcome (asyncio).

Prices are yuan text or integer ticks, quantities tonnes; account 0 is the login's default account.
"""

from typing import Final

from exchange.client.courier import Courier
from exchange.client.outcome import Outcome
from exchange.client.words import price_ticks_of
from exchange.vocabulary.enums import (
    BlockFlag,
    LimitFlag,
    MemberLimit,
    Method,
    SelfTradeRule,
    Side,
    TakeFlag,
    TimeInForce,
)
from exchange.vocabulary.kinds import Kind

ANY: Final = 255  # either side, every method


class MemberCommands(Courier):
    """One login's commands; `Trader` adds queries and events."""

    async def listing(
        self, side: Side, price: int | str, quantity_lots: int, *, contract_id: int, account_id: int = 0
    ) -> Outcome:
        """Post a listing 挂牌."""
        return await self.command(
            Kind.LISTING,
            contract_id=contract_id,
            account_id=account_id,
            side=side,
            price_ticks=price_ticks_of(price),
            quantity_lots=quantity_lots,
        )

    async def take(
        self,
        side: Side,
        worst_price: int | str,
        quantity_lots: int,
        *,
        contract_id: int,
        order_id: int = 0,
        is_partial: bool = False,
        account_id: int = 0,
    ) -> Outcome:
        """Take 摘牌 the other side's listings: by price (order_id 0) or the one listing named."""
        return await self.command(
            Kind.TAKE,
            contract_id=contract_id,
            account_id=account_id,
            order_id=order_id,
            side=side,
            price_ticks=price_ticks_of(worst_price),
            quantity_lots=quantity_lots,
            order_flags=TakeFlag.PARTIAL if is_partial else 0,
        )

    async def limit(
        self,
        side: Side,
        price: int | str,
        quantity_lots: int,
        *,
        contract_id: int,
        time_in_force: TimeInForce = TimeInForce.DAY,
        is_post_only: bool = False,
        self_trade_rule: SelfTradeRule = SelfTradeRule.NONE,
        account_id: int = 0,
    ) -> Outcome:
        """Limit order 限价单 of continuous mode; NONE takes the contract's self-trade rule.

        The outcome of a day order is that it is accepted: its trades, at once or later, come as events. The
        outcome of one that may not rest (IOC, FOK) has its trades.
        """
        return await self.command(
            Kind.LIMIT_ORDER,
            contract_id=contract_id,
            account_id=account_id,
            side=side,
            price_ticks=price_ticks_of(price),
            quantity_lots=quantity_lots,
            time_in_force=time_in_force,
            order_flags=LimitFlag.POST_ONLY if is_post_only else 0,
            self_trade_rule=self_trade_rule,
        )

    async def reduce(self, order_id: int, remaining_lots: int) -> Outcome:
        """Lower what is left of an order; it keeps its place."""
        return await self.command(Kind.REDUCE, order_id=order_id, quantity_lots=remaining_lots)

    async def replace(self, order_id: int, price: int | str, remaining_lots: int) -> Outcome:
        """New price and what shall be left; the order goes to the back unless only the quantity falls."""
        return await self.command(
            Kind.REPLACE,
            order_id=order_id,
            price_ticks=price_ticks_of(price),
            quantity_lots=remaining_lots,
        )

    async def mass_cancel(
        self,
        *,
        contract_id: int = 0,
        side: Side | None = None,
        price_low_ticks: int = 0,
        price_high_ticks: int = 0,
        login_id: int = 0,
        method: Method | None = None,
        account_id: int = 0,
    ) -> Outcome:
        """Cancel 批量撤单 every order of the account that fits; 0 or None = whatever it is."""
        return await self.command(
            Kind.MASS_CANCEL,
            contract_id=contract_id,
            account_id=account_id,
            side=ANY if side is None else side,
            price_low_ticks=price_low_ticks,
            price_high_ticks=price_high_ticks,
            subject_id=login_id,
            method=ANY if method is None else method,
        )

    async def cancel(self, order_id: int) -> Outcome:
        """Cancel 撤单 an open order of one's own member."""
        return await self.command(Kind.CANCEL, order_id=order_id)

    async def block_offer(
        self,
        side: Side,
        price: int | str,
        quantity_lots: int,
        *,
        contract_id: int,
        counterparty_account_id: int = 0,
        is_partial: bool = False,
        account_id: int = 0,
    ) -> Outcome:
        """Offer a block 大宗 to a named account, or on the board (account 0); partial: also in part."""
        return await self.command(
            Kind.BLOCK_OFFER,
            contract_id=contract_id,
            account_id=account_id,
            side=side,
            price_ticks=price_ticks_of(price),
            quantity_lots=quantity_lots,
            counterparty_account_id=counterparty_account_id,
            order_flags=BlockFlag.PARTIAL if is_partial else 0,
        )

    async def block_counter(
        self,
        order_id: int,
        price: int | str,
        quantity_lots: int,
        *,
        contract_id: int,
        is_partial: bool = False,
        account_id: int = 0,
    ) -> Outcome:
        """Answer a block offer with one of the other side, addressed to its owner."""
        return await self.command(
            Kind.BLOCK_COUNTER,
            contract_id=contract_id,
            account_id=account_id,
            order_id=order_id,
            price_ticks=price_ticks_of(price),
            quantity_lots=quantity_lots,
            order_flags=BlockFlag.PARTIAL if is_partial else 0,
        )

    async def block_accept(
        self, order_id: int, price: int | str, quantity_lots: int, *, contract_id: int, account_id: int = 0
    ) -> Outcome:
        """Accept a block offer, confirming its price and quantity; less where it may be taken in part."""
        return await self.command(
            Kind.BLOCK_ACCEPT,
            contract_id=contract_id,
            account_id=account_id,
            order_id=order_id,
            price_ticks=price_ticks_of(price),
            quantity_lots=quantity_lots,
        )

    async def block_decline(self, order_id: int, *, contract_id: int, account_id: int = 0) -> Outcome:
        """Decline a block offer addressed to oneself."""
        return await self.command(
            Kind.BLOCK_DECLINE, contract_id=contract_id, account_id=account_id, order_id=order_id
        )

    async def bid(
        self,
        auction_id: int,
        price: int | str,
        quantity_lots: int,
        *,
        contract_id: int,
        account_id: int = 0,
    ) -> Outcome:
        """Bid 竞买 in a one-way or primary auction."""
        return await self.command(
            Kind.AUCTION_BID,
            contract_id=contract_id,
            account_id=account_id,
            auction_id=auction_id,
            price_ticks=price_ticks_of(price),
            quantity_lots=quantity_lots,
        )

    async def session_setting(
        self, *, cancel_on_disconnect: bool, grace_ms: int = 0, dead_man_ms: int = 0
    ) -> Outcome:
        """What becomes of this login's orders when it is lost, or silent for longer than `dead_man_ms`."""
        return await self.command(
            Kind.SESSION_SETTING,
            cancel_on_disconnect=int(cancel_on_disconnect),
            grace_ms=grace_ms,
            dead_man_ms=dead_man_ms,
        )

    async def member_limit(
        self, limit: MemberLimit, value: int, *, login_id: int = 0, account_id: int = 0
    ) -> Outcome:
        """Limit one's own orders, of the account or of one login; 0 = off. Needs the right RISK."""
        return await self.command(
            Kind.MEMBER_LIMIT,
            account_id=account_id,
            parameter_id=limit,
            parameter_value=value,
            subject_id=login_id,
        )
