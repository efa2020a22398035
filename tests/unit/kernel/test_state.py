"""The state's shape: few arrays, small hot slots, cache lines, bounds that are named."""

import numpy as np
import pytest

from exchange import kernel
from exchange.kernel.state import HOLDING, LINK, ORDER
from tests.unit.kernel.day import CAPACITY

BYTES_PER_ORDER_MAX = 160


def test_slots_and_holdings_fit_cache_lines() -> None:
    assert (ORDER.itemsize, LINK.itemsize, HOLDING.itemsize) == (64, 16, 64)
    assert ORDER.itemsize + LINK.itemsize <= BYTES_PER_ORDER_MAX


def test_every_array_is_contiguous_writable_and_aligned() -> None:
    for rows in kernel.new_state(CAPACITY):
        assert rows.flags.c_contiguous
        assert rows.flags.writeable
        assert rows.ctypes.data % 64 == 0


def test_a_new_state_balances() -> None:
    kernel.check_state(kernel.new_state(CAPACITY))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"orders": 0}, "capacity.orders: expected 1"),
        ({"orders": 1 << 24}, "capacity.orders"),
        ({"levels": 65_537}, "capacity.levels"),
        ({"contracts": 65}, "capacity.contracts"),
        ({"members": 16}, "capacity.members"),
        ({"references": 12}, "expected a power of two, found 12"),
    ],
)
def test_a_capacity_outside_the_limits_is_refused(changed: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernel.new_state(CAPACITY._replace(**changed))


def test_equal_states_have_equal_raw_digests() -> None:
    one, two = kernel.new_state(CAPACITY), kernel.new_state(CAPACITY)
    assert kernel.digest_raw(one) == kernel.digest_raw(two)
    two.links["next"][3] += np.uint32(1)
    assert kernel.digest_raw(one) != kernel.digest_raw(two)
