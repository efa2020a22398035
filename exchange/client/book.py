"""The books as a reader of the market's data knows them: order by order, and the best five levels.

    book = Book()
    book.load(snapshot, number, sequence)    # REPLY_DEPTH records, and what REPLY_END says
    book.apply(first_number, records)        # of the depth stream: what the book holds already is passed over
    book.levels(contract_id, Side.BUY, 5)    # (price in ticks, tonnes), best first

Both books are as they are between two commands, never within one. Every record is checked against what the
book holds: a reader that missed something is told where, and never goes on with a wrong book.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from sortedcontainers import SortedDict

from exchange.client.errors import BookBroken, RecordsMissing
from exchange.vocabulary.book_digest import BOOK_ROW, LEVEL_ROW, book_digest, levels_digest
from exchange.vocabulary.enums import QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import IMAGE_LEVELS
from exchange.vocabulary.records import DTYPES, Records

_ADDED: Final = int(Kind.DEPTH_ADDED)
_EXECUTED: Final = int(Kind.DEPTH_EXECUTED)
_CHANGED: Final = int(Kind.DEPTH_CHANGED)
_REMOVED: Final = int(Kind.DEPTH_REMOVED)
_BUY: Final = int(Side.BUY)
_COLUMNS: Final = (
    "kind", "order_id", "contract_id", "side", "price_ticks", "quantity_lots", "keeps_priority",
)  # fmt: skip

SideOf = tuple[int, int]  # contract id, side


class RestingOrder(NamedTuple):
    """One order of a book."""

    order_id: int
    price_ticks: int
    lots: int


class Book:
    """Every resting order of every contract, by price and then by time. Not for several threads at once."""

    SESSION: Final = "DEPTH"
    QUERY: Final = QueryKind.DEPTH  # whose answer is a snapshot
    MARKER: Final = QueryKind.CONTRACTS  # whose answer says how far the stream has come

    def __init__(self) -> None:
        self.number = 0  # records of the depth stream that it holds
        self.sequence = 0  # the command up to which it holds them
        #: of a side: the levels by price, of buys negative, so that the best is first; of a level: lots by
        #: order. A dict keeps the order in which its keys came, which is that of their priority.
        self._sides: dict[SideOf, SortedDict[int, dict[int, int]]] = {}
        self._places: dict[int, tuple[SideOf, int]] = {}  # of an order: its side and the key of its level

    def load(self, replies: Records, number: int, sequence: int = 0) -> None:
        """Become what a snapshot says: REPLY_DEPTH records, number and sequence of its REPLY_END."""
        self._sides.clear()
        self._places.clear()
        columns = [replies[name].tolist() for name in _COLUMNS[1:-1]]
        for order_id, contract_id, side, price_ticks, lots in zip(*columns, strict=True):
            self._add(order_id, (contract_id, side), price_ticks, lots)
        self.number, self.sequence = number, sequence

    def apply(self, first_number: int, records: Records) -> int:
        """Take records of the stream, numbered from first_number; returns how many the book took.

        What it holds already is passed over, and what begins a command whose end is not here is left: give it
        again with what follows. Raises RecordsMissing, or BookBroken when a record cannot be of this book.
        """
        if first_number > self.number + 1:
            raise RecordsMissing(self.number + 1, first_number)
        records = records[self.number + 1 - first_number :]
        is_whole = (records["is_last"] == 1) | (records["kind"] == Kind.STREAM_OPENED)
        ends = np.flatnonzero(is_whole)
        if not len(ends):
            return 0
        records = records[: int(ends[-1]) + 1]
        self._take(records)
        self.number += len(records)
        self.sequence = int(records["sequence"][-1])
        return len(records)

    def __len__(self) -> int:
        """How many orders rest."""
        return len(self._places)

    @property
    def contract_ids(self) -> list[int]:
        """Contracts in which something rests, ascending."""
        return sorted({contract_id for (contract_id, _), levels in self._sides.items() if levels})

    def orders(self, contract_id: int, side: int) -> Iterator[RestingOrder]:
        """A side's orders, best price first, first come first."""
        for key, orders in self._sides.get((contract_id, side), _NOTHING).items():
            price_ticks = -key if side == _BUY else key
            for order_id, lots in orders.items():
                yield RestingOrder(order_id, price_ticks, lots)

    def levels(self, contract_id: int, side: int, count_max: int | None = None) -> list[tuple[int, int]]:
        """(price in ticks, tonnes) of a side's best levels. Complexity: O(orders in them)."""
        levels = self._sides.get((contract_id, side), _NOTHING)
        keys = levels.keys()[:count_max]
        return [(-key if side == _BUY else key, sum(levels[key].values())) for key in keys]

    def digest(self, contract_id: int = 0) -> bytes:
        """The book_digest of a contract, 0 = of all: equal to the exchange's at the same number."""
        wanted = self.contract_ids if contract_id == 0 else [contract_id]
        rows = [(c, side, o[1], o[0], o[2]) for c in wanted for side in Side for o in self.orders(c, side)]
        return book_digest(np.array(rows, BOOK_ROW))

    def levels_digest(self) -> bytes:
        """The levels_digest of all contracts: that of a FiveLevelBook at the same instant."""
        return levels_digest(
            np.array(
                [
                    (c, s, *level)
                    for c in self.contract_ids
                    for s in Side
                    for level in self.levels(c, s, IMAGE_LEVELS)
                ],
                LEVEL_ROW,
            )
        )

    # ---- own

    def _take(self, records: Records) -> None:
        """Apply records of whole commands. 1 us each (python -m benchmarks.derived)."""
        columns = [records[name].tolist() for name in _COLUMNS]
        for kind, order_id, contract_id, side, price_ticks, lots, keeps in zip(*columns, strict=True):
            if kind == _ADDED:
                self._add(order_id, (contract_id, side), price_ticks, lots)
            elif kind == _EXECUTED:
                self._execute(order_id, lots)
            elif kind == _REMOVED:
                found = self._remove(order_id)
                if found != lots:
                    raise BookBroken(f"order {order_id}: expected {lots} lots to be left, found {found}")
            elif kind == _CHANGED:
                if keeps:
                    orders = self._level_of(order_id)
                    orders[order_id] = lots
                else:
                    self._remove(order_id)
                    self._add(order_id, (contract_id, side), price_ticks, lots)

    def _add(self, order_id: int, side: SideOf, price_ticks: int, lots: int) -> None:
        key = -price_ticks if side[1] == _BUY else price_ticks
        if order_id in self._places:
            raise BookBroken(f"expected a new order, found {order_id}, which rests already")
        self._places[order_id] = side, key
        levels = self._sides.get(side)
        if levels is None:
            levels = self._sides[side] = SortedDict()
        orders = levels.get(key)
        if orders is None:
            orders = levels[key] = {}
        orders[order_id] = lots

    def _level_of(self, order_id: int) -> dict[int, int]:
        place = self._places.get(order_id)
        if place is None:
            raise BookBroken(f"expected an order that rests, found {order_id}")
        orders: dict[int, int] = self._sides[place[0]][place[1]]
        return orders

    def _execute(self, order_id: int, lots: int) -> None:
        orders = self._level_of(order_id)
        left = orders[order_id] - lots
        if left > 0:
            orders[order_id] = left
        elif left == 0:
            self._remove(order_id)
        else:
            raise BookBroken(f"order {order_id}: expected at most {orders[order_id]} lots, found {lots}")

    def _remove(self, order_id: int) -> int:
        """Take an order out; returns its lots."""
        orders = self._level_of(order_id)
        side, key = self._places.pop(order_id)
        lots = orders.pop(order_id)
        if not orders:
            del self._sides[side][key]
        return lots


class FiveLevelBook:
    """The best five levels of every contract, from the public stream's images."""

    SESSION: Final = "PUBLIC"
    QUERY: Final = QueryKind.LEVELS
    MARKER: Final = QueryKind.LEVELS

    def __init__(self) -> None:
        self.number = 0  # records of the public stream that it holds
        self.sequence = 0  # the command up to which it holds them
        self._sides: dict[SideOf, list[tuple[int, int]]] = {}

    def load(self, replies: Records, number: int, sequence: int = 0) -> None:
        """Become what a snapshot says: REPLY_LEVELS records, number and sequence of its REPLY_END."""
        self._sides.clear()
        for row in replies.view(DTYPES[Kind.REPLY_LEVELS]):
            self._sides[int(row["levels_contract_id"]), int(row["levels_side"])] = _levels_of(row)
        self.number, self.sequence = number, sequence

    def apply(self, first_number: int, records: Records) -> int:
        """Take records of the stream; returns how many. Raises RecordsMissing."""
        if first_number > self.number + 1:
            raise RecordsMissing(self.number + 1, first_number)
        records = records[self.number + 1 - first_number :]
        for row in records[records["kind"] == Kind.FIVE_LEVELS]:
            self._sides[int(row["board_contract_id"]), int(row["board_side"])] = _levels_of(row)
        self.number += len(records)
        if len(records):
            self.sequence = int(records["sequence"][-1])
        return len(records)

    def levels(self, contract_id: int, side: int) -> list[tuple[int, int]]:
        """(price in ticks, tonnes), best first."""
        return list(self._sides.get((contract_id, side), ()))

    def digest(self, contract_id: int = 0) -> bytes:
        """The levels_digest of a contract, 0 = of all."""
        sides = sorted(side for side in self._sides if contract_id in (0, side[0]))
        rows = [(*side, *level) for side in sides for level in self._sides[side]]
        return levels_digest(np.array(rows, LEVEL_ROW))


def _levels_of(row: np.void) -> list[tuple[int, int]]:
    return [
        (int(row[f"level_{number}_price_ticks"]), int(row[f"level_{number}_quantity_lots"]))
        for number in range(1, int(row["level_count"]) + 1)
    ]


_NOTHING: Final[SortedDict[int, dict[int, int]]] = SortedDict()
