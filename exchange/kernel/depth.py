"""What rests in the books, read from Python: order by order, by level, as answers and as rows of a digest."""

from collections.abc import Iterable, Sequence
from itertools import repeat

import numpy as np

from exchange.kernel.constants import KIND_MASK, KIND_SHIFT
from exchange.kernel.queries import METHOD_OF_KIND
from exchange.kernel.state import NO_SLOT, State
from exchange.kernel.views import side_levels
from exchange.vocabulary.book_digest import BOOK_ROW, LEVEL_ROW
from exchange.vocabulary.enums import ParameterId, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import IMAGE_LEVELS, ORDER_SLOT_BITS
from exchange.vocabulary.records import Records, new_records


def resting_orders(state: State, contract_ids: Iterable[int]) -> int:
    """How many orders rest in the books of contracts."""
    return sum(int(side_levels(state, c, side)["count"].sum()) for c in contract_ids for side in Side)


def book_slots(state: State, contract_id: int, side: int) -> list[int]:
    """Slots of a side of a book, best price first and first come first: 0.1 us for each order."""
    levels = side_levels(state, contract_id, side)
    following = state.links["next"].data  # six times faster than numpy to read one by one
    slots: list[int] = []
    for slot in levels["head"][np.flatnonzero(levels["count"])].tolist():
        while slot != NO_SLOT:
            slots.append(slot)
            slot = following[slot]
    return slots


def book_rows(state: State, contract_ids: Sequence[int]) -> Records:
    """Every resting order as BOOK_ROW; contracts in the order given, which for a digest is ascending."""
    slots: list[int] = []
    sides: list[int] = []
    for contract_id in contract_ids:
        for side in Side:
            found = book_slots(state, contract_id, side)
            slots += found
            sides += repeat(int(side), len(found))
    orders = state.orders[slots]
    rows = np.zeros(len(slots), BOOK_ROW)
    rows["side"] = sides
    for name in ("contract_id", "price_ticks", "order_id"):
        rows[name] = orders[name]
    rows["lots"] = orders["remaining"]
    return rows


def level_rows(state: State, contract_ids: Sequence[int]) -> Records:
    """The best levels of both sides that the public is shown, as LEVEL_ROW."""
    parts = [_side_rows(state, contract_id, side) for contract_id in contract_ids for side in Side]
    return np.concatenate(parts) if parts else np.zeros(0, LEVEL_ROW)


def depth(state: State, contract_ids: Sequence[int]) -> Records:
    """REPLY_DEPTH of every resting order."""
    rows = book_rows(state, contract_ids)
    records = new_records(Kind.REPLY_DEPTH, len(rows))
    slots = (rows["order_id"] & np.uint64((1 << ORDER_SLOT_BITS) - 1)).astype(np.intp)
    records["sequence"] = state.counters["last_sequence"][0]
    records["time_ns"] = state.counters["last_time_ns"][0]
    for name in ("contract_id", "side", "price_ticks", "order_id"):
        records[name] = rows[name]
    records["quantity_lots"] = rows["lots"]
    kinds = state.orders["side_kind"][slots] >> np.uint8(KIND_SHIFT) & np.uint8(KIND_MASK)
    records["method"] = METHOD_OF_KIND[kinds]
    return records


def levels(state: State, contract_ids: Sequence[int]) -> Records:
    """REPLY_LEVELS of both sides of every contract, empty sides too."""
    pairs = [(contract_id, side) for contract_id in contract_ids for side in Side]
    records = new_records(Kind.REPLY_LEVELS, len(pairs))
    records["time_ns"] = state.counters["last_time_ns"][0]
    for record, (contract_id, side) in zip(records, pairs, strict=True):
        rows = _side_rows(state, contract_id, side)
        record["levels_contract_id"], record["levels_side"] = contract_id, side
        record["level_count"] = len(rows)
        for number, row in enumerate(rows, 1):
            record[f"level_{number}_price_ticks"] = row["price_ticks"]
            record[f"level_{number}_quantity_lots"] = row["lots"]
    return records


def _side_rows(state: State, contract_id: int, side: int) -> Records:
    shown = int(state.contracts["parameters"][contract_id][ParameterId.PUBLIC_DEPTH_LEVELS])
    levels = side_levels(state, contract_id, side)
    positions = np.flatnonzero(levels["count"])[: min(shown, IMAGE_LEVELS)]
    rows = np.zeros(len(positions), LEVEL_ROW)
    rows["contract_id"], rows["side"] = contract_id, side
    origin = int(state.contracts["origin"][contract_id][side])
    rows["price_ticks"] = origin - positions if side == Side.BUY else origin + positions
    rows["lots"] = levels["lots"][positions]
    return rows
