"""The market of one day: its state, how it is looked up, and how events leave it."""

from enum import IntEnum
from typing import Any, NamedTuple

from sortedcontainers import SortedDict

from exchange.vocabulary.enums import OrderKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import (
    LEVEL_LOTS_MAX,
    ORDER_SLOT_BITS,
    ORDER_SLOT_NONE,
    STREAM_OPERATOR,
    STREAM_PUBLIC,
    STREAM_SETTLEMENT,
)
from exchange.vocabulary.rejects import RejectReason
from tests.reference import metering
from tests.reference.layout import MEMBER_TERMS, MEMBER_TERMS_OFFSET, Command, has_field, write
from tests.reference.ledger import Trade, Transfer
from tests.reference.state import (
    DEFAULT_PARAMETERS,
    Account,
    BookSide,
    Capacity,
    Contract,
    Login,
    Member,
    Order,
    Proposal,
)

MEMBER_KIND_MAX = 0x2F


class MarketBreaker(IntEnum):
    """The market-wide breaker acts once a day."""

    ARMED = 0
    TRIPPED = 1  # the pauses follow when the command is done
    SPENT = 2


class Refusal(NamedTuple):
    """Why a command is refused, and what the rule allows where one number says it."""

    reason: RejectReason
    expected_value: int = 0


def named(command: Command, field: str) -> int:
    """A header field of a command, 0 where its kind uses those bytes for something else."""
    return getattr(command, field, 0)


class Market:
    """All state of a trading day. Rules live in the modules beside; this class only keeps and tells."""

    def __init__(self, capacity: Capacity) -> None:
        self.capacity = capacity
        self.defaults = dict(DEFAULT_PARAMETERS)
        self.contracts: SortedDict = SortedDict()
        self.accounts: SortedDict = SortedDict()
        self.logins: SortedDict = SortedDict()
        self.members: dict[int, Member] = {}
        self.orders: dict[int, Order] = {}  # by slot
        self.by_reference: dict[tuple[int, int], Order] = {}  # live orders by login and user reference
        self.free_slots = list(range(capacity.orders - 1, -1, -1))  # last in, first out

        self.trading_day = 0
        self.is_open = self.is_closed = self.is_sealed = False
        self.is_halted = False
        self.halt_reason = 0
        self.is_killed = False

        self.trades: list[Trade] = []  # all of the day; the newest capacity.trades can be undone
        self.transfers: dict[int, Transfer] = {}  # by the registry's number, ascending

        self.order_number = 0
        self.match_count = 0
        self.tonnes_lots = 0
        self.amount_fen = 0
        self.fees_fen = 0
        self.covered_fen = 0  # paid by the settlement reserve for spent proceeds of undone sales
        self.trade_control = 0
        self.market_breaker = MarketBreaker.ARMED
        self.composite: list[int] = []  # open, high, low while trading; empty before the first listed trade

        self.opening_run = 0
        self.is_opening_accepted = False
        self.opening_given: set[tuple[int, int]] = set()  # (account, contract or 0)
        self.opening_control = 0

        self.result_run: int | None = None
        self.refused_run = 0
        self.is_confirmed = False
        self.result_given: set[tuple[int, int]] = set()
        self.result_control = 0
        self.difference_count = 0
        self.first_difference = (0, 0, 0, 0)  # account, contract, expected, found

        self.proposals: dict[int, Proposal] = {}  # by ascending id
        self.highest_proposal = 0
        self.approved = b""  # the proposed command that runs next
        self.is_over_limit = False  # the command's bucket of messages did not hold it

        self.last_sequence = 0
        self.last_time_ns = 0
        self.command: Command = None
        self.record = b""
        self.events: list[tuple[int, bytes]] = []

    # ---- events

    def emit(self, stream: int, kind: Kind, **values: int | bytes) -> None:
        """An event exactly as named; sequence and time are those of the command."""
        values["sequence"], values["time_ns"] = self.command.sequence, self.command.time_ns
        self.events.append((stream, write(kind, values)))
        self.members.setdefault(stream, Member()).event_count += 1

    def emit_caused(self, stream: int, kind: Kind, **values: int) -> None:
        """An event that names the login and user reference of the command that caused it."""
        self.emit(
            stream, kind, login_id=self.command.login_id, user_reference=self.command.user_reference, **values
        )

    def emit_public(self, kind: Kind, **values: int | bytes) -> None:
        """A public event: no account, no login, no reference."""
        self.emit(STREAM_PUBLIC, kind, **values)

    def emit_settlement(self, kind: Kind, **values: int) -> None:
        """An event to the registry; it carries the trading day."""
        self.emit_caused(STREAM_SETTLEMENT, kind, trading_day=self.trading_day, **values)

    def emit_operator(self, kind: Kind, **values: int) -> None:
        """An event to the operators."""
        self.emit_caused(STREAM_OPERATOR, kind, **values)

    def emit_done(self, **values: int) -> None:
        """Audit of an exchange command that took effect."""
        command = self.command
        self.emit_operator(
            Kind.COMMAND_DONE,
            contract_id=named(command, "contract_id"),
            account_id=named(command, "account_id"),
            command_kind=command.kind,
            **values,
        )

    def emit_order(self, kind: Kind, order: Order, **values: int) -> None:
        """An event about an order, to its member, under its own login and reference."""
        values = {
            "login_id": order.login_id,
            "user_reference": order.user_reference,
            "contract_id": order.contract.contract_id,
            "account_id": order.account.account_id,
            "order_id": order.order_id,
            "price_ticks": order.price_ticks,
            "quantity_lots": order.remaining_lots,
            "side": order.side,
            "method": order.method,
        } | values
        if has_field(kind, "order_kind"):
            values["order_kind"] = order.kind
        if has_field(kind, "order_flags"):
            values["order_flags"] = order.order_flags
        self.emit(order.account.member_id, kind, **values)

    def reject(self, refusal: Refusal, **values: int) -> None:
        """The command was refused; member commands get their order, price and quantity back."""
        command = self.command
        login = self.logins.get(command.login_id)
        terms = dict.fromkeys(("order_id", "price_ticks", "quantity_lots"), 0)
        if command.kind <= MEMBER_KIND_MAX:
            terms = dict(zip(terms, MEMBER_TERMS.unpack_from(self.record, MEMBER_TERMS_OFFSET), strict=True))
        fields: dict[str, Any] = terms | {
            "contract_id": named(command, "contract_id"),
            "account_id": named(command, "account_id"),
            "highest_reference": login.highest_reference if login else 0,
            "command_kind": command.kind,
            "remaining_credit": metering.credit(login, self.members, command, self.defaults),
            "reason": refusal.reason,
            "expected_value": refusal.expected_value,
        }
        if refusal.reason == RejectReason.MESSAGE_LIMIT:
            fields["retry_after_ms"] = metering.retry_after_ms(command.time_ns)
        self.emit_caused(self.stream_of(login), Kind.REJECTED, **(fields | values))

    @staticmethod
    def stream_of(login: Login | None) -> int:
        """The stream of a login's member; logins of no member and the exchange itself use the operator's."""
        return login.member_id if login and login.member_id else STREAM_OPERATOR

    # ---- lookups

    @property
    def login_member(self) -> int:
        """Member of the login that sent the command; 0 for the exchange itself."""
        login = self.logins.get(self.command.login_id)
        return login.member_id if login else 0

    def own_account(self) -> Account | None:
        """The command's account, if it is one of the login's member."""
        account: Account | None = self.accounts.get(self.command.account_id)
        return account if account and account.member_id == self.login_member else None

    def live_order(self, order_id: int) -> Order | None:
        """The live order of that id."""
        order = self.orders.get(order_id & ORDER_SLOT_NONE)
        return order if order and order.order_id == order_id else None

    def is_stopped(self, contract: Contract) -> bool:
        """Whether a halt of the market or the contract stops it."""
        return self.is_halted or contract.is_halted

    # ---- orders

    def next_order_id(self, slot: int) -> int:
        """The day's next order id in a slot."""
        self.order_number += 1
        return self.order_number << ORDER_SLOT_BITS | slot

    @staticmethod
    def book_of(order: Order) -> BookSide | None:
        """The price levels an order rests in: the book's or an auction's; offers rest in none."""
        if order.kind in (OrderKind.BLOCK_OFFER, OrderKind.AUCTION_OFFER):
            return None
        return order.contract.bids if order.kind == OrderKind.BID else order.contract.sides[order.side]

    def rest(self, order: Order) -> None:
        """A new order becomes live and rests."""
        self.admit(order)
        self.place(order)

    def admit(self, order: Order) -> None:
        """A new order becomes live: found by id and by reference."""
        self.orders[order.slot] = order
        if order.login_id:  # the exchange itself has no references to find an order by
            self.by_reference[order.login_id, order.user_reference] = order
        order.account.open_orders += 1

    def place(self, order: Order) -> None:
        """A live order rests, at the back of its level or list."""
        order.is_resting = True
        if book := self.book_of(order):
            book.add(order)
        elif order.kind == OrderKind.BLOCK_OFFER:
            order.contract.offers[order] = None

    def withdraw(self, order: Order) -> None:
        """Out of its level or list, and still live."""
        order.is_resting = False
        if book := self.book_of(order):
            book.remove(order)
        elif order.kind == OrderKind.BLOCK_OFFER:
            del order.contract.offers[order]

    def remove(self, order: Order) -> None:
        """An order ends: its slot is the next one handed out."""
        if order.is_resting:
            self.withdraw(order)
        del self.orders[order.slot]
        if order.login_id:
            del self.by_reference[order.login_id, order.user_reference]
        order.account.open_orders -= 1
        self.free_slots.append(order.slot)

    @staticmethod
    def level_has_room(book: BookSide, price_ticks: int, quantity_lots: int) -> bool:
        """Whether a price level's total stays inside its bound."""
        return book.total_at(price_ticks) + quantity_lots <= LEVEL_LOTS_MAX
