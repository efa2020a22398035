"""The file format of a flow: 16-byte little-endian records of one continuous order book, in order of arrival.

Type 0 is a new limit order, 1 a cancel, 2 a replace. Order ids are dense from 1 in order of arrival of the
new orders; a replace keeps id and side, takes the new price and quantity and loses its place in the queue.
Any engine can read such a file, and the fill hash proves that two engines did the same work.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.limits import PRICE_TICKS_MAX

NEW: Final = 0
CANCEL: Final = 1
REPLACE: Final = 2

FLOW: Final = np.dtype(
    [
        ("type", "<u1"),
        ("side", "<u1"),
        ("unused", "<u2"),
        ("price_ticks", "<u4"),
        ("quantity", "<u4"),
        ("order_id", "<u4"),
    ]
)
RECORD_BYTES: Final = FLOW.itemsize

Flow = NDArray[np.void]


def read_flow(path: Path) -> Flow:
    """Every record of a flow file; raises ValueError naming the first record that breaks the format."""
    size = path.stat().st_size
    if size == 0 or size % RECORD_BYTES:
        raise ValueError(f"{path}: expected a positive multiple of {RECORD_BYTES} bytes, found {size}")
    flow = np.fromfile(path, FLOW)
    check_flow(flow)
    return flow


def write_flow(path: Path, flow: Flow) -> None:
    """Write the records as they are."""
    flow.tofile(path)


def check_flow(flow: Flow) -> None:
    """Raise ValueError for an unknown type or side, a price that no book holds, or ids that are wrong."""
    _refuse(flow["type"] > REPLACE, flow["type"], "a type of 0 to 2")
    _refuse(flow["side"] > 1, flow["side"], "a side of 0 or 1")
    is_empty = (flow["type"] != CANCEL) & (flow["quantity"] == 0)
    _refuse(is_empty, flow["quantity"], "a quantity of at least 1")
    is_far = (flow["type"] != CANCEL) & (flow["price_ticks"] > PRICE_TICKS_MAX)
    _refuse(is_far, flow["price_ticks"], f"a price of at most {PRICE_TICKS_MAX} ticks")
    news = np.flatnonzero(flow["type"] == NEW)
    expected = np.arange(1, len(news) + 1)
    wrong = np.flatnonzero(flow["order_id"][news] != expected)
    if len(wrong):
        at = int(news[wrong[0]])
        found = int(flow["order_id"][at])
        raise ValueError(f"record {at}: expected new order id {int(expected[wrong[0]])}, found {found}")
    seen = np.cumsum(flow["type"] == NEW)
    _refuse(
        (flow["order_id"] == 0) | (flow["order_id"] > seen),
        flow["order_id"],
        "the id of an order already sent",
    )


def _refuse(is_wrong: NDArray[np.bool_], values: NDArray[np.unsignedinteger], expected: str) -> None:
    wrong = np.flatnonzero(is_wrong)
    if len(wrong):
        raise ValueError(f"record {wrong[0]}: expected {expected}, found {int(values[wrong[0]])}")
