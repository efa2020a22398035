"""Events of the depth stream as typed objects, one class per kind; `book.Book` reads them as arrays.

Field names, units and meanings are those of the catalogue (vocabulary.messages); a test compares them.
"""

from typing import ClassVar

from exchange.client.member_events import Headed
from exchange.vocabulary.kinds import Kind


class DepthAdded(Headed, frozen=True):
    """An order came to the back of its price in the book."""

    KIND: ClassVar[int] = Kind.DEPTH_ADDED
    order_id: int
    price_ticks: int
    quantity_lots: int
    side: int
    method: int
    is_last: int


class DepthExecuted(Headed, frozen=True):
    """An order traded: it holds so much less, and is gone when nothing is left."""

    KIND: ClassVar[int] = Kind.DEPTH_EXECUTED
    order_id: int
    price_ticks: int
    quantity_lots: int
    match_id: int
    side: int
    role: int
    method: int
    is_last: int


class DepthChanged(Headed, frozen=True):
    """An order was reduced or replaced."""

    KIND: ClassVar[int] = Kind.DEPTH_CHANGED
    order_id: int
    price_ticks: int
    quantity_lots: int
    side: int
    keeps_priority: int
    method: int
    is_last: int


class DepthRemoved(Headed, frozen=True):
    """An order left the book untraded."""

    KIND: ClassVar[int] = Kind.DEPTH_REMOVED
    order_id: int
    price_ticks: int
    quantity_lots: int
    side: int
    method: int
    is_last: int
