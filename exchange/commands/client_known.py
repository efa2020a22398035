"""What a person at the terminal may answer or bid for: block offers, the board, running auctions."""

from collections.abc import Iterable

from msgspec.structs import replace

from exchange.client.decode import OtherRecord
from exchange.client.events import (
    AuctionAnnounced,
    AuctionResult,
    BlockBoard,
    BlockClosed,
    BlockOffered,
    Event,
    Executed,
)
from exchange.vocabulary.enums import BlockFlag, OrderKind

Offer = BlockOffered | BlockBoard


class Known:
    """Kept from the member's own stream and from the public one."""

    def __init__(self) -> None:
        self.offers: dict[int, BlockOffered] = {}  # addressed to this member
        self.board: dict[int, BlockBoard] = {}  # to everybody, one's own among them
        self.auctions: dict[int, AuctionAnnounced] = {}  # running, by number

    def hear_own(self, event: Event | OtherRecord) -> None:
        """An event of the member's stream."""
        if isinstance(event, BlockOffered):
            self.offers[event.order_id] = event
        elif isinstance(event, BlockClosed):
            self.offers.pop(event.order_id, None)
        elif isinstance(event, Executed) and event.order_kind == OrderKind.BLOCK_ACCEPT:
            self._take_accepted(event)

    def hear_public(self, event: Event | OtherRecord) -> None:
        """An event of the public stream."""
        if isinstance(event, BlockBoard):
            if event.quantity_lots:
                self.board[event.order_id] = event
            else:
                self.board.pop(event.order_id, None)
        elif isinstance(event, AuctionAnnounced):
            self.auctions[event.auction_id] = event
        elif isinstance(event, AuctionResult) and event.auction_id:
            self.auctions.pop(event.auction_id, None)

    def begin_day(self) -> None:
        """Yesterday's offers have lapsed and its auctions are over."""
        self.offers.clear()
        self.board.clear()
        self.auctions.clear()

    def offer(self, order_id: int) -> Offer | None:
        """An offer that may be answered."""
        return self.offers.get(order_id) or self.board.get(order_id)

    def offer_ids(self) -> Iterable[int]:
        """Every offer known."""
        return [*self.offers, *self.board]

    def _take_accepted(self, execution: Executed) -> None:
        """An acceptance has an order id of its own, so the offer that it took is known by its terms."""
        for order_id, offer in self.offers.items():
            if (offer.contract_id, offer.price_ticks) != (execution.contract_id, execution.price_ticks):
                continue
            left = offer.quantity_lots - execution.quantity_lots
            if left == 0:
                del self.offers[order_id]
                return
            if left > 0 and offer.order_flags & BlockFlag.PARTIAL:
                self.offers[order_id] = replace(offer, quantity_lots=left)
                return
