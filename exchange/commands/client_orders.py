"""Does what a typed line orders: finds the order, offer or auction meant, and sends the command."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from exchange.client.outcome import Outcome
from exchange.client.replies import Contract
from exchange.client.trader import Trader
from exchange.client.words import order_number
from exchange.commands.client_known import Known
from exchange.commands.client_parse import Line, NotUnderstood
from exchange.vocabulary.limits import ORDER_SLOT_BITS

FindContract = Callable[[str], Awaitable[Contract]]


class Orders:
    """One person's orders: a method for each verb."""

    def __init__(self, trader: Trader, known: Known, contract_of: FindContract) -> None:
        self._trader = trader
        self._known = known
        self._contract_of = contract_of

    async def do(self, line: Line) -> Outcome:
        """Send what the line says; NotUnderstood when what it names is not there."""
        return await _DOERS[line.verb](self, line)

    async def _list(self, line: Line) -> Outcome:
        contract_id = (await self._contract_of(line.word)).contract_id
        terms = (line.side, line.price_ticks, line.quantity_lots)
        return await self._trader.listing(*terms, contract_id=contract_id)

    async def _take(self, line: Line) -> Outcome:
        contract_id = (await self._contract_of(line.word)).contract_id
        terms = (line.side, line.price_ticks, line.quantity_lots)
        order_id = 0
        if line.order:
            board = await self._trader.board(contract_id)
            order_id = whole_id(line.order, (row.order_id for row in board))
        return await self._trader.take(*terms, contract_id=contract_id, order_id=order_id)

    async def _limit(self, line: Line) -> Outcome:
        return await self._trader.limit(
            line.side,
            line.price_ticks,
            line.quantity_lots,
            contract_id=(await self._contract_of(line.word)).contract_id,
            time_in_force=line.time_in_force,
            is_post_only=line.is_post_only,
        )

    async def _cancel(self, line: Line) -> Outcome:
        return await self._trader.cancel(await self._own(line))

    async def _reduce(self, line: Line) -> Outcome:
        return await self._trader.reduce(await self._own(line), line.quantity_lots)

    async def _replace(self, line: Line) -> Outcome:
        return await self._trader.replace(await self._own(line), line.price_ticks, line.quantity_lots)

    async def _cancel_all(self, line: Line) -> Outcome:
        return await self._trader.mass_cancel(
            contract_id=(await self._contract_of(line.word)).contract_id if line.word else 0,
            side=line.side if line.has_side else None,
            price_low_ticks=line.price_low_ticks,
            price_high_ticks=line.price_high_ticks,
        )

    async def _block(self, line: Line) -> Outcome:
        return await self._trader.block_offer(
            line.side,
            line.price_ticks,
            line.quantity_lots,
            contract_id=(await self._contract_of(line.word)).contract_id,
            counterparty_account_id=line.account_id,
            is_partial=line.is_partial,
        )

    async def _accept(self, line: Line) -> Outcome:
        order_id = whole_id(line.order, self._known.offer_ids())
        offer = self._known.offer(order_id)
        if offer is None:
            raise _no_offer(line.order, "to you or on the board")
        lots = line.quantity_lots or offer.quantity_lots
        return await self._trader.block_accept(
            order_id, offer.price_ticks, lots, contract_id=offer.contract_id
        )

    async def _decline(self, line: Line) -> Outcome:
        order_id = whole_id(line.order, self._known.offers)
        offer = self._known.offers.get(order_id)
        if offer is None:
            raise _no_offer(line.order, "addressed to you")
        outcome = await self._trader.block_decline(order_id, contract_id=offer.contract_id)
        if outcome.accepted:
            self._known.offers.pop(order_id, None)
        return outcome

    async def _counter(self, line: Line) -> Outcome:
        order_id = whole_id(line.order, self._known.offer_ids())
        offer = self._known.offer(order_id)
        if offer is None:
            raise _no_offer(line.order, "to you or on the board")
        return await self._trader.block_counter(
            order_id,
            line.price_ticks,
            line.quantity_lots,
            contract_id=offer.contract_id,
            is_partial=line.is_partial,
        )

    async def _bid(self, line: Line) -> Outcome:
        auction = self._known.auctions.get(line.order)
        if auction is None:
            raise NotUnderstood(
                f"expected the number of a running auction (see auctions), found {line.order}"
            )
        return await self._trader.bid(
            line.order, line.price_ticks, line.quantity_lots, contract_id=auction.contract_id
        )

    async def _session(self, line: Line) -> Outcome:
        return await self._trader.session_setting(
            cancel_on_disconnect=line.is_on, grace_ms=line.milliseconds, dead_man_ms=line.dead_man_ms
        )

    async def _guard(self, line: Line) -> Outcome:
        return await self._trader.member_limit(line.limit, line.quantity_lots, login_id=line.login_id)

    async def _own(self, line: Line) -> int:
        """The whole id of an open order of one's own."""
        if line.order >> ORDER_SLOT_BITS:
            return line.order
        return whole_id(line.order, (row.order_id for row in await self._trader.orders()))


def _no_offer(number: int, where: str) -> NotUnderstood:
    return NotUnderstood(f"expected a block offer {where} (see offers), found #{number}")


def whole_id(number: int, known: Iterable[int]) -> int:
    """The whole order id of a short order number; a whole id stays as it is."""
    if number >> ORDER_SLOT_BITS:
        return number
    for order_id in known:
        if order_number(order_id) == number:
            return order_id
    raise NotUnderstood(f"expected the number of an order shown (orders, board or offers), found #{number}")


_DOERS: Final[dict[str, Callable[[Orders, Line], Awaitable[Outcome]]]] = {
    "list": Orders._list,
    "take": Orders._take,
    "limit": Orders._limit,
    "cancel": Orders._cancel,
    "reduce": Orders._reduce,
    "replace": Orders._replace,
    "cancel-all": Orders._cancel_all,
    "block": Orders._block,
    "accept": Orders._accept,
    "decline": Orders._decline,
    "counter": Orders._counter,
    "bid": Orders._bid,
    "session": Orders._session,
    "guard": Orders._guard,
}
VERBS_OF_ORDERS: Final = frozenset(_DOERS)
