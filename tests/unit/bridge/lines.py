"""A line to the exchange in whatever state a test wants."""

from exchange.bridge.following import Line
from exchange.bridge.market import Market


class CaughtUp:
    """What the hub needs of a Following."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.line = Line.CONNECTED
        self.is_caught_up = True
