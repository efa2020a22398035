"""What one simulated member knows of itself: open orders, offers to it, last known balances. Pure."""

from typing import NamedTuple

from exchange.client.decode import OtherRecord
from exchange.client.events import (
    Accepted,
    BlockClosed,
    BlockOffered,
    Done,
    Event,
    Executed,
    StreamOpened,
)
from exchange.client.replies import Cash, Holding
from exchange.rulebook.scenarios import MemberKind
from exchange.vocabulary.enums import Method, OrderKind


class OwnOrder(NamedTuple):
    """An open order of the member."""

    order_id: int
    side: int
    price_ticks: int
    remaining_lots: int
    method: int


class MemberState:
    """One member in one contract. Orders follow from its stream; balances are asked, never computed."""

    def __init__(
        self, kind: MemberKind, account_id: int, entity_id: int, obligation_lots: int, contract_id: int
    ) -> None:
        self.kind = kind
        self.account_id = account_id
        self.entity_id = entity_id
        self.obligation_lots = obligation_lots
        self.contract_id = contract_id
        self.available_lots = 0  # may be sold today
        self.units_lots = 0  # everything owned, bought today and locked included
        self.available_fen = 0
        self.must_ask = True  # balances may have changed since they were asked
        self.orders: dict[int, OwnOrder] = {}  # oldest first
        self.offers: dict[int, BlockOffered] = {}  # blocks addressed to this member, not yet answered
        self.last_match_id = 0

    def take(self, event: Event | OtherRecord) -> None:
        """Apply one event of the member's stream."""
        match event:
            case StreamOpened():
                self.orders.clear()
                self.offers.clear()
                self.last_match_id = 0
                self.must_ask = True
            case Accepted():
                self.must_ask = True
                self.orders[event.order_id] = OwnOrder(
                    event.order_id, event.side, event.price_ticks, event.quantity_lots, event.method
                )
            case Executed():
                self._take_executed(event)
            case Done():
                self.must_ask = True
                self.orders.pop(event.order_id, None)
            case BlockOffered():
                self.offers[event.order_id] = event
            case BlockClosed():
                self.offers.pop(event.order_id, None)

    def learn(self, holdings: list[Holding], cash: Cash) -> None:
        """The exchange's answer about this member's balances."""
        own = [row for row in holdings if row.contract_id == self.contract_id]
        self.available_lots = sum(row.available_lots for row in own)
        self.units_lots = sum(
            row.available_lots + row.locked_lots + row.bought_today_lots + row.frozen_lots for row in own
        )
        self.available_fen = cash.available_fen

    @property
    def need_lots(self) -> int:
        """Tonnes still to be bought for the surrender; negative = a surplus."""
        return self.obligation_lots - self.units_lots

    def listings(self, side: int) -> list[OwnOrder]:
        """Open listings of a side, oldest first."""
        return [o for o in self.orders.values() if o.side == side and o.method == Method.LISTED]

    def _take_executed(self, event: Executed) -> None:
        self.must_ask = True
        self.last_match_id = max(self.last_match_id, event.match_id)
        order = self.orders.get(event.order_id)
        if order is not None and event.order_kind in (OrderKind.LISTING, OrderKind.BLOCK_OFFER):
            left = order.remaining_lots - event.quantity_lots
            self.orders[event.order_id] = order._replace(remaining_lots=left)
