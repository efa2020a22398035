"""Random trading for hypothesis: small actions that shrink well, played on the tables' market."""

from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from exchange.vocabulary.enums import Level, Method, ParameterId, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from tests.tables.market import CAPACITY, CAST, TableMarket
from tests.tables.subjects import Event, new_subject

PEOPLE: Final = tuple(name for name, person in CAST.items() if person.account_id)
CONTRACT, BASE_TICKS = 1, 5_552
FEES: Final = ((ParameterId.TRADING_FEE_PPM, 333), (ParameterId.SETTLEMENT_FEE_PPM, 77))
BLOCK_LOTS_MIN = 1_000
AUCTION_NS = 30  # a command takes one
EVERY_METHOD = 255


class Action(NamedTuple):
    """What somebody does; `pick` chooses among the orders seen so far."""

    what: str
    who: str
    side: int
    price_offset: int
    quantity_lots: int
    pick: int


ACTIONS: Final = st.lists(
    st.builds(
        Action,
        st.sampled_from(
            ("list", "list", "list", "sweep", "sweep", "named", "cancel", "offer", "answer", "bid", "other")
        ),
        st.sampled_from(PEOPLE),
        st.sampled_from((0, 1)),
        st.integers(-4, 4),
        st.integers(1, 1_200),
        st.integers(0, 200),
    ),
    max_size=60,
)


class Player:
    """Plays actions on one exchange and remembers what it answered."""

    def __init__(self, subject: str = "kernel") -> None:
        self.market = TableMarket(new_subject(subject, CAPACITY))
        self.market.define()
        minima = (ParameterId.BLOCK_QUANTITY_LOTS_MIN, ParameterId.AUCTION_QUANTITY_LOTS_MIN)
        for parameter, value in (*FEES, *((minimum, BLOCK_LOTS_MIN) for minimum in minima)):
            self.market.send(
                Kind.PARAMETER_SET, contract_id=CONTRACT, parameter_id=parameter, parameter_value=value
            )
        self.market.open()
        self.orders: list[tuple[str, dict[str, Any]]] = []  # whose, and the ACCEPTED event
        self.auction_id = 0
        self.offers: list[dict[str, Any]] = []  # BLOCK_OFFERED events

    def play(self, action: Action) -> list[Event]:
        """Send one action's command."""
        terms = {
            "contract_id": CONTRACT,
            "price_ticks": BASE_TICKS + action.price_offset,
            "quantity_lots": action.quantity_lots,
            "side": action.side,
        }
        match action.what:
            case "list":
                events = self.send(Kind.LISTING, action, **terms)
            case "sweep":
                events = self.send(Kind.TAKE, action, **terms)
            case "named":
                order_id = self.picked(action)["order_id"]
                events = self.send(Kind.TAKE, action, **terms, order_id=order_id, order_flags=1)
            case "cancel":
                whose, order = self.orders[action.pick % len(self.orders)] if self.orders else ("ann", {})
                events = self.market.send(Kind.CANCEL, whose, order_id=order.get("order_id", 1))
            case "offer":
                to = CAST[PEOPLE[action.pick % len(PEOPLE)]].account_id
                terms["quantity_lots"] += BLOCK_LOTS_MIN - 10
                events = self.send(Kind.BLOCK_OFFER, action, **terms, counterparty_account_id=to)
            case "answer":
                events = self.answer(action)
            case "bid":
                terms["price_ticks"] = BASE_TICKS + abs(action.price_offset)
                events = self.send(Kind.AUCTION_BID, action, **terms, auction_id=self.auction_id)
            case _:
                events = self.operate(action.pick)
        self.remember(action.who, events)
        return events

    def send(self, kind: Kind, action: Action, **fields: int) -> list[Event]:
        """A command of the action's member about its own account."""
        return self.market.send(kind, action.who, account_id=CAST[action.who].account_id, **fields)

    def picked(self, action: Action) -> dict[str, Any]:
        """One of the orders accepted so far, live or not."""
        return self.orders[action.pick % len(self.orders)][1] if self.orders else {"order_id": 1}

    def answer(self, action: Action) -> list[Event]:
        """Accept or decline an offer in the name of whom it addresses."""
        if not self.offers:
            return self.market.send(Kind.TICK)
        offer = self.offers[action.pick % len(self.offers)]
        who = next(name for name in PEOPLE if CAST[name].account_id == offer["account_id"])
        named = {"contract_id": CONTRACT, "account_id": offer["account_id"], "order_id": offer["order_id"]}
        if action.side == Side.SELL and action.quantity_lots % 5 == 0:
            return self.market.send(Kind.BLOCK_DECLINE, who, **named)
        terms = {"price_ticks": offer["price_ticks"], "quantity_lots": offer["quantity_lots"]}
        return self.market.send(Kind.BLOCK_ACCEPT, who, **named, **terms)

    def operate(self, pick: int) -> list[Event]:
        """Ticks, a halt and its end, a break and its end; rarely a method's close."""
        send = self.market.send
        choices = [
            lambda: send(Kind.TICK),
            lambda: send(Kind.HALT, level=Level.MARKET, halt_reason=1),
            lambda: send(Kind.RESUME, level=Level.MARKET),
            lambda: send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.BREAK),
            lambda: send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.TRADING),
            lambda: send(Kind.RESUME, level=Level.MARKET),
            lambda: send(Kind.SET_PHASE, method=Method.LISTED, phase=Phase.CALL_AUCTION),
            lambda: send(Kind.AUCTION_END, contract_id=CONTRACT, method=Method.LISTED),
            lambda: self.announce(pick),
            lambda: send(
                Kind.AUCTION_END, contract_id=CONTRACT, method=Method.ONE_WAY, auction_id=self.auction_id
            ),
        ]
        if pick == 200:
            return send(Kind.SET_PHASE, contract_id=CONTRACT, method=Method.BLOCK, phase=Phase.ENDED)
        return choices[pick % len(choices)]()

    def announce(self, pick: int) -> list[Event]:
        """A notice of a one-way auction."""
        self.auction_id += 1
        return self.market.send(
            Kind.AUCTION_NOTICE,
            contract_id=CONTRACT,
            account_id=CAST[PEOPLE[pick % len(PEOPLE)]].account_id,
            quantity_lots=1_000,
            floor_ticks=BASE_TICKS,
            bidder_share_ppm=500_000 * (pick % 2),
            auction_id=self.auction_id,
            pricing=pick % 2,
            end_ns=self.market.time_ns + AUCTION_NS,
        )

    def remember(self, who: str, events: list[Event]) -> None:
        """Keep the ids that later actions may name."""
        for _, event in events:
            if event[3] == Kind.ACCEPTED:
                self.orders.append((who, read(event)))
            elif event[3] == Kind.BLOCK_OFFERED:
                self.offers.append(read(event))

    def end(self) -> list[Event]:
        """End, close and seal the day."""
        send = self.market.send
        events = send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.ENDED)
        return events + send(Kind.CLOSE_DAY) + send(Kind.SEAL_DAY)
