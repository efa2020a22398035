"""The day's requests and orders of one FIX session, by ClOrdID and by reference; numbers new commands."""

from typing import Final

from exchange.bridge.fix.commands import Contract
from exchange.bridge.fix.orders import Order, Request
from exchange.client.events import Headed
from exchange.vocabulary.kinds import Kind

REQUESTS_MAX: Final = 262_144  # of a session and day; cancels still pass
RENUMBERINGS_MAX: Final = 8  # another program of the same login cannot make us send for ever
_ORDER_KINDS: Final = (Kind.LISTING, Kind.TAKE, Kind.LIMIT_ORDER)


class Book:
    """Who asked what today. Everything in it follows from the steps of the store."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.login_id = 0
        self.settled_sequence = 0
        self.contracts: dict[str, Contract] = {}
        self.by_clord_id: dict[str, Request] = {}
        self._by_reference: dict[int, Request] = {}
        self._highest_reference = 0
        self._local_ids = 0

    def add(self, request: Request) -> None:
        """Remember a request; one with a command gets the next reference."""
        self.by_clord_id[request.clord_id] = request
        if request.command is not None:
            self._number(request)

    def renumber(self, request: Request, highest_reference: int, *, is_gap: bool) -> bool:
        """The number was somebody else's: take the next. False when that has been done too often."""
        if request.renumberings >= RENUMBERINGS_MAX:
            return False
        del self._by_reference[request.reference]
        request.renumberings += 1
        # After a gap the numbers below are free again; after a duplicate ours may already be ahead.
        self._highest_reference = (
            max(highest_reference, *self._by_reference, 0)
            if is_gap
            else max(highest_reference, self._highest_reference)
        )
        self._number(request)
        return True

    def saw(self, reference: int) -> None:
        """A reference of our login is used up."""
        self._highest_reference = max(self._highest_reference, reference)

    def request_of(self, event: Headed) -> Request | None:
        """The request whose reference an event carries, unless the event is older than the request."""
        request = self._by_reference.get(event.user_reference)
        return request if request is not None and event.sequence > request.after_sequence else None

    def request_at(self, reference: int) -> Request | None:
        """The request of a reference."""
        return self._by_reference.get(reference)

    def order_at(self, reference: int) -> Order | None:
        """The order that was entered under a reference."""
        request = self._by_reference.get(reference)
        return request.order if request is not None else None

    def order_of(self, event: Headed) -> Order | None:
        """The order that an event carries the reference of."""
        request = self.request_of(event)
        is_order = (
            request is not None and request.command is not None and request.command.kind in _ORDER_KINDS
        )
        return request.order if request is not None and is_order else None

    def cancel_under_way(self, order: Order) -> Request | None:
        """The oldest cancel of an order that is not answered."""
        return next(
            (
                request
                for request in self._by_reference.values()
                if request.order is order
                and not request.is_answered
                and request.command is not None
                and request.command.kind is Kind.CANCEL
            ),
            None,
        )

    def to_resend(self) -> bytes:
        """Every command without an answer, in the order of the references: the exchange knows those it has
        done.
        """
        return b"".join(request.record() for request in self.under_way())

    def under_way(self) -> list[Request]:
        """Every command without an answer."""
        return [request for _, request in sorted(self._by_reference.items()) if not request.is_answered]

    @property
    def is_full(self) -> bool:
        """Whether the day may take no further order."""
        return len(self.by_clord_id) >= REQUESTS_MAX

    def local_id(self) -> str:
        """An ExecID for what the gateway says by itself."""
        self._local_ids += 1
        return f"{self.session}-G{self._local_ids}"

    def _number(self, request: Request) -> None:
        self._highest_reference += 1
        request.reference = self._highest_reference
        request.after_sequence = self.settled_sequence
        self._by_reference[request.reference] = request
        is_order = request.command is not None and request.command.kind in _ORDER_KINDS
        if request.order is not None and is_order:
            request.order.reference = request.reference
