"""The pure rules: vintages per year, the carry-over's formula and batches, deadlines, outcomes."""

from datetime import date

import pytest

from exchange.rulebook import NATIONAL, rules_on
from exchange.vocabulary.units import market_time_ns
from settlement.compliance.carry_over import limit_lots, processing_batch
from settlement.compliance.deadlines import (
    carry_over_deadline,
    is_late,
    last_purchase_day,
    surrender_deadline_ns,
)
from settlement.compliance.outcome import Standing, outcome_list
from settlement.compliance.rules import compliance_rules
from settlement.compliance.vintages import usable_contracts
from settlement.store.obligations import Obligation, Surrendered

UP_TO_24 = "CEA CEA21 CEA22 CEA23 CEA24"
DEADLINE = market_time_ns(date(2025, 12, 31), 17 * 3600)


@pytest.mark.parametrize(
    ("year", "day", "usable"),
    [
        (2019, date(2021, 12, 1), "CEA"),
        (2020, date(2021, 12, 1), "CEA"),
        (2021, date(2023, 12, 1), "CEA CEA21 CEA22"),
        (2022, date(2023, 12, 1), "CEA CEA21 CEA22"),
        (2023, date(2024, 12, 1), "CEA CEA21 CEA22 CEA23"),
        (2023, date(2026, 8, 31), "CEA CEA21 CEA22 CEA23"),
        (2023, date(2026, 9, 1), f"{UP_TO_24} CEA25"),
        (2024, date(2025, 12, 31), UP_TO_24),
        (2024, date(2026, 9, 1), f"{UP_TO_24} CEA25"),
        (2019, date(2026, 9, 1), f"{UP_TO_24} CEA25"),
        (2025, date(2026, 12, 31), "CEA25"),
        (2026, date(2027, 12, 31), "CEA25"),
        (2024, date(2020, 1, 1), ""),
    ],
)
def test_usable_vintages(year: int, day: date, usable: str) -> None:
    found = usable_contracts(compliance_rules(), year, day)
    assert " ".join(row.code for row in found) == usable


@pytest.mark.parametrize(
    ("net_sold", "eligible", "limit"),
    [
        (0, 50_000, 10_000),
        (-7_000, 50_000, 10_000),
        (1, 50_000, 10_001),
        (3, 50_000, 10_004),
        (20_000, 50_000, 40_000),
        (20_000, 39_999, 39_999),
        (20_000, 40_000, 40_000),
        (0, 9_999, 9_999),
        (0, 0, 0),
    ],
)
def test_carry_over_formula(net_sold: int, eligible: int, limit: int) -> None:
    assert limit_lots(compliance_rules().carry_over, net_sold, eligible) == limit


@pytest.mark.parametrize(
    ("asked", "done_by"),
    [
        (date(2026, 1, 5), date(2026, 3, 27)),
        (date(2026, 3, 20), date(2026, 3, 27)),
        (date(2026, 3, 21), date(2026, 6, 26)),
        (date(2026, 6, 10), date(2026, 6, 26)),
        (date(2026, 6, 11), None),
    ],
)
def test_batches(asked: date, done_by: date | None) -> None:
    assert processing_batch(compliance_rules().carry_over, asked) == done_by


def test_the_last_batch_ends_with_the_deadline_for_applications() -> None:
    assert compliance_rules().carry_over.batches[-1].asked_to == carry_over_deadline() == date(2026, 6, 10)


def test_a_surrender_is_late_from_17_o_clock_on() -> None:
    assert surrender_deadline_ns(2024) == DEADLINE
    assert not is_late(2024, DEADLINE - 1)
    assert is_late(2024, DEADLINE)
    assert not is_late(2026, DEADLINE)  # no deadline is known yet


def test_last_purchase_day_leaves_a_trading_day_for_the_move() -> None:
    assert last_purchase_day(2024, rules_on(NATIONAL, date(2025, 12, 1))) == date(2025, 12, 30)
    assert last_purchase_day(2022, rules_on(NATIONAL, date(2023, 12, 1))) == date(2023, 12, 28)


def applied(lots: int, asked_ns: int, *, pending: bool = False, contract: int = 5) -> Surrendered:
    return Surrendered(1, 1, 1, 2024, contract, lots, asked_ns, False, pending)


@pytest.mark.parametrize(
    ("applications", "now_ns", "short", "pending", "standing"),
    [
        ([], DEADLINE - 1, 100, 0, Standing.OPEN),
        ([], DEADLINE, 100, 0, Standing.SHORT),
        ([applied(100, 1)], DEADLINE, 0, 0, Standing.ON_TIME),
        ([applied(99, 1)], DEADLINE, 1, 0, Standing.SHORT),
        ([applied(99, 1), applied(1, DEADLINE)], DEADLINE, 0, 0, Standing.LATE),
        ([applied(99, 1), applied(1, DEADLINE - 1, pending=True)], DEADLINE, 1, 1, Standing.OPEN),
        ([applied(99, 1), applied(1, DEADLINE, pending=True)], DEADLINE, 1, 1, Standing.SHORT),
    ],
)
def test_outcome(
    applications: list[Surrendered], now_ns: int, short: int, pending: int, standing: Standing
) -> None:
    (row,) = outcome_list([Obligation(1, 2024, 120, 100)], applications, lambda year: DEADLINE, now_ns)
    assert (row.short_lots, row.pending_lots, row.standing) == (short, pending, standing)


def test_outcome_names_the_vintages_and_keeps_entities_apart() -> None:
    rows = [applied(3, 1), applied(4, 1), applied(5, 1, contract=4), applied(9, 1, pending=True)]
    found = outcome_list(
        [Obligation(1, 2024, 30, 21), Obligation(2, 2024, 0, 0)], rows, lambda year: None, DEADLINE
    )
    assert found[0].surrendered == {4: 5, 5: 7}
    assert (found[0].surrendered_lots, found[0].open_lots) == (12, 0)
    assert (found[1].surrendered, found[1].standing) == ({}, Standing.ON_TIME)
