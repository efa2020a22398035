"""The books as asked for by readers of the depth: read once for all who ask after the same command.

To read a book takes 0.1 us an order. A turn answers many queries, and all of them see the same state, so what
one reader has asked costs the next nothing but the copy of its answer.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from exchange import kernel
from exchange.engine.engine import Engine
from exchange.vocabulary.records import Records

T = TypeVar("T")


class Books:
    """Answers of one engine about its resting orders, kept until its state is another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._as_of: tuple[int, int] = (0, 0)
        self._orders: dict[tuple[int, ...], Records] = {}
        self._digests: dict[tuple[int, ...], bytes] = {}

    def orders(self, contract_ids: Sequence[int]) -> Records:
        """REPLY_DEPTH of every resting order; a copy."""
        kept = self._kept(self._orders, contract_ids, kernel.depth)
        copied: Records = kept.copy()
        return copied

    def digest(self, contract_ids: Sequence[int]) -> bytes:
        """The book_digest."""
        return self._kept(self._digests, contract_ids, kernel.digest_book)

    def _kept(
        self,
        kept: dict[tuple[int, ...], T],
        contract_ids: Sequence[int],
        read: Callable[[kernel.State, Sequence[int]], T],
    ) -> T:
        engine = self._engine
        as_of = engine.trading_day.toordinal(), engine.last_sequence
        if as_of != self._as_of:
            self._as_of = as_of
            self._orders.clear()
            self._digests.clear()
        key = tuple(contract_ids)
        if key not in kept:
            kept[key] = read(engine.state, contract_ids)
        return kept[key]
