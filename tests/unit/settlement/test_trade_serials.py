"""The proof that serials went where trades say finds a serial at the wrong buyer, and names the trade."""

from collections.abc import Callable
from pathlib import Path

import pytest

from settlement.errors import CorruptionError
from settlement.serials.check import check_blocks, check_serials
from settlement.store.database import Store
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES
from tests.unit.settlement.town import CEA, Town

BUYER, OTHER, SELLER, OTHER_SELLER = 1001, 1002, 1003, 1004


def delivered(folder: Path) -> Store:
    """Two trades of equal size between four accounts, delivered and proven."""
    town, shanghai = Town(folder), FakeShanghai(**FEES)
    town.play(shanghai, [(BUYER, SELLER, CEA, 4_350, 100), (OTHER, OTHER_SELLER, CEA, 4_350, 100)])
    check_serials(town.store)
    for (name,) in town.store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        town.store.execute(f"DROP TRIGGER {name}")
    return town.store


def swap_serials(store: Store) -> None:
    """Each buyer gets the other's serials: blocks tile and sums agree, as nobody has a tonne too many."""
    first, second = store.rows("SELECT block_id, ledger_account_id FROM serial_block WHERE match_id > 0")
    store.execute("UPDATE serial_block SET ledger_account_id = ? WHERE block_id = ?", (second[1], first[0]))
    store.execute("UPDATE serial_block SET ledger_account_id = ? WHERE block_id = ?", (first[1], second[0]))


def forget_trade(store: Store) -> None:
    store.execute("UPDATE serial_block SET match_id = 0 WHERE match_id = 2")


def other_day(store: Store) -> None:
    store.execute("UPDATE settlement_day SET stage = 6")


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (swap_serials, "serials of trade 1 of 2021-12-16: buyer: expected 1001, found 1002"),
        (forget_trade, "serials of trade 2 of 2021-12-16: lots: expected 100, found 0"),
        (other_day, r"days of serials that a trade moved: expected \[\], found \['2021-12-16'"),
    ],
)
def test_what_no_sum_shows_is_found(tmp_path: Path, tamper: Callable[[Store], None], found: str) -> None:
    store = delivered(tmp_path)
    tamper(store)
    check_blocks(store)
    with pytest.raises(CorruptionError, match=found):
        check_serials(store)
