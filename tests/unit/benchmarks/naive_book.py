"""The bare order book again, slow and obvious: lists of orders, sorted when asked. The yardstick's judge."""

from typing import NamedTuple

from benchmarks.flows_format import CANCEL, NEW, Flow

WORD = 2**64


class Fill(NamedTuple):
    """One trade: the resting order, the incoming one, the resting order's price, the lots."""

    maker_id: int
    taker_id: int
    price: int
    quantity: int


class Order:
    """A resting order."""

    def __init__(self, order_id: int, price: int, quantity: int) -> None:
        self.order_id, self.price, self.quantity = order_id, price, quantity


class NaiveBook:
    """Two lists of orders in order of arrival, and every fill."""

    def __init__(self) -> None:
        self.resting: tuple[list[Order], list[Order]] = ([], [])
        self.sides: dict[int, int] = {}
        self.fills: list[Fill] = []
        self.live_max = 0
        self.unknown = 0

    def run(self, flow: Flow) -> None:
        """Every message in order."""
        for kind, side, _, price, quantity, order_id in flow.tolist():
            if kind == NEW:
                self.sides[order_id] = side
            elif not self.take_out(order_id):
                self.unknown += 1
                continue
            if kind != CANCEL:
                self.enter(order_id, self.sides[order_id], price, quantity)

    def take_out(self, order_id: int) -> bool:
        """Remove a live order; whether it was live."""
        for orders in self.resting:
            for order in orders:
                if order.order_id == order_id:
                    orders.remove(order)
                    return True
        return False

    def enter(self, order_id: int, side: int, price: int, quantity: int) -> None:
        """Trade with the best of the other side as long as prices meet, then rest."""
        others = self.resting[1 - side]
        while quantity and others:
            maker = (min if side == 0 else max)(others, key=lambda order: order.price)
            if maker.price > price if side == 0 else maker.price < price:
                break
            filled = min(quantity, maker.quantity)
            self.fills.append(Fill(maker.order_id, order_id, maker.price, filled))
            quantity -= filled
            maker.quantity -= filled
            if not maker.quantity:
                others.remove(maker)
        if quantity:
            self.resting[side].append(Order(order_id, price, quantity))
            self.live_max = max(self.live_max, self.live)

    @property
    def live(self) -> int:
        """Orders resting now."""
        return len(self.resting[0]) + len(self.resting[1])

    @property
    def fill_hash(self) -> int:
        """The hash of all fills, in Python's whole numbers."""
        folded = 0
        for fill in self.fills:
            term = (
                fill.maker_id * 0xBF58476D1CE4E5B9
                + fill.taker_id * 0x94D049BB133111EB
                + fill.price * 0xD6E8FEB86659FD93
                + fill.quantity
            )
            folded = (folded * 0x9E3779B97F4A7C15 + term) % WORD
        return folded
