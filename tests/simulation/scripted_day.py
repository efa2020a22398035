"""One scripted trading day and the opening of the next, whose every step can be done again after a crash.

Doing a step again sends the same bytes with the same user references: what was durable is answered as a
duplicate, what was lost happens now. So however often it crashes, the day ends with the same trades.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from exchange.vocabulary.enums import Side
from exchange.vocabulary.kinds import Kind
from tests.simulation.market import ACCOUNTS, BOB, DAY, Market, Member

BLOCK_LOTS = 100_000
LISTED_LOTS = 70  # what the script trades by listing and take
TRADES = 3


class Step(NamedTuple):
    """What happens at a market time."""

    hours: int
    minutes: int
    act: "Callable[[Script, Market], None] | None"


class Script:
    """The steps of one run, with the bytes each of them has sent."""

    def __init__(self) -> None:
        self._sent: dict[str, bytes] = {}
        self.position = 0

    def once(self, name: str, build: Callable[[], bytes]) -> bytes:
        """The bytes of a command, built at its first sending."""
        if name not in self._sent:
            self._sent[name] = build()
        return self._sent[name]

    def send(self, market: Market, member: Member, name: str, build: Callable[[], bytes]) -> None:
        market.send(member, self.once(name, build))
        market.run()

    def play(self, market: Market, steps: Sequence[Step] | None = None) -> None:
        """Go on with the step that is not known to be complete."""
        steps = STEPS if steps is None else steps
        while self.position < len(steps):
            step = steps[self.position]
            if market.engine.trading_day == DAY:
                market.go_to(step.hours, step.minutes)
                if step.act is not None:
                    step.act(self, market)
            market.run()
            self.position += 1


def _list(script: Script, market: Market) -> None:
    alice = market.alice
    script.send(market, alice, "listing", lambda: alice.listing(Side.SELL, 5100, 100))


def _sweep(script: Script, market: Market) -> None:
    bob = market.bob
    script.send(market, bob, "sweep", lambda: bob.take(Side.BUY, 5100, 40))


def _bid(script: Script, market: Market) -> None:
    """Several commands of two members in one batch."""
    alice, bob = market.alice, market.bob
    market.send(bob, script.once("bid", lambda: bob.listing(Side.BUY, 4900, 30)))
    market.send(alice, script.once("hit", lambda: alice.take(Side.SELL, 4900, 30)))
    market.run()


def _offer(script: Script, market: Market) -> None:
    alice = market.alice
    values = {"side": Side.SELL, "price_ticks": 5050, "quantity_lots": BLOCK_LOTS}
    script.send(
        market,
        alice,
        "offer",
        lambda: alice.make(Kind.BLOCK_OFFER, counterparty_account_id=ACCOUNTS[BOB], **values),
    )


def _accept(script: Script, market: Market) -> None:
    bob = market.bob
    offered = next(e for e in market.events(17) if e["kind"] == Kind.BLOCK_OFFERED)
    terms = {name: offered[name] for name in ("order_id", "price_ticks", "quantity_lots")}
    script.send(market, bob, "accept", lambda: bob.make(Kind.BLOCK_ACCEPT, **terms))


STEPS = (
    Step(9, 15, None),  # defined, opening positions accepted
    Step(9, 30, _list),
    Step(9, 31, _sweep),
    Step(9, 40, _bid),
    Step(11, 30, None),
    Step(13, 0, _offer),
    Step(13, 5, _accept),
    Step(15, 0, None),  # closed, sealed, confirmed, delivered, stated; the next day opens
    Step(15, 10, None),
)
