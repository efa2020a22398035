"""Compares one contract's day with what was published; a blank published field is not compared.

- open, close: with a listed trade the first price and the volume-weighted mean; without one both are the
  base.
- high, low: of the listed trades; 0 where the file publishes 0 for a day without one.
- base: the base by the rules against the published previous close. Where that is blank (a new vintage):
  against the open of a day without a listed trade, and against the published change in percent, which only
  the right base reproduces.
- limits: the kernel's listed and block limits equal the rule's arithmetic on the base; every published
  open, high and low lies inside them and the kernel trades there, also exactly at a limit; one tick beyond
  either limit is refused, naming the limit.
- composite: the composite close.
"""

from benchmarks.official.opening import ContractPlan
from benchmarks.official.rows import OfficialRow
from benchmarks.official.tally import Tally
from benchmarks.official.trading import DayOutcome, expected_limits
from exchange.vocabulary.enums import Method, ParameterId
from exchange.vocabulary.rejects import RejectReason


def compare_base(tally: Tally, row: OfficialRow, base_ticks: int) -> None:
    """Compare the base with everything published that depends on it."""
    tally.compare(row, "base", row.previous_close_ticks, base_ticks)
    if row.previous_close_ticks is None:
        if row.listed_lots == 0:
            tally.compare(row, "base", row.open_ticks, base_ticks)
        compare_change(tally, row, base_ticks)


def compare_change(tally: Tally, row: OfficialRow, base_ticks: int) -> None:
    """Compare the published change with that of the published close from this base, in basis points."""
    if row.close_ticks is None:
        return
    rise = (row.close_ticks - base_ticks) * 10_000
    rounded = (2 * abs(rise) + base_ticks) // (2 * base_ticks)
    tally.compare(row, "base", row.change_basis_points, rounded if rise >= 0 else -rounded)


def compare_contract(tally: Tally, row: OfficialRow, plan: ContractPlan, outcome: DayOutcome) -> int:
    """Compare one contract's day; returns the close that the chain goes on with."""
    _compare_limits(tally, row, plan, outcome)
    figures = outcome.figures[plan.contract_id, Method.LISTED]
    if (
        row.listed_lots > 0 and not plan.listed
    ):  # left out, with its reason noted: the published close goes on
        return row.close_ticks or figures["close_ticks"]
    _check_totals(row, plan, outcome)
    tally.compare(row, "open", row.open_ticks, figures["open_ticks"])
    tally.compare(row, "high", row.high_ticks, figures["high_ticks"])
    tally.compare(row, "low", row.low_ticks, figures["low_ticks"])
    tally.compare(row, "close", row.close_ticks, figures["close_ticks"])
    return figures["close_ticks"]


def is_left_out(row: OfficialRow, plan: ContractPlan) -> bool:
    """Whether the row has listed trades that could not be replayed."""
    return row.listed_lots > 0 and not plan.listed


def _compare_limits(tally: Tally, row: OfficialRow, plan: ContractPlan, outcome: DayOutcome) -> None:
    band = outcome.bands[plan.contract_id]
    parameters = dict(plan.parameters)
    listed = expected_limits(plan.base_ticks, parameters[ParameterId.LISTED_BAND_PPM])
    block = expected_limits(plan.base_ticks, parameters[ParameterId.BLOCK_BAND_PPM])
    found = (
        (band["lower_ticks"], band["upper_ticks"]),
        (band["block_lower_ticks"], band["block_upper_ticks"]),
    )
    tally.hold(row, "limits", found == (listed, block), str((listed, block)), str(found))
    prices = [price for price in (row.open_ticks, row.high_ticks, row.low_ticks) if price]
    inside = all(listed[0] <= price <= listed[1] for price in prices)
    tally.hold(row, "limits", inside, f"prices in {listed}", str(prices))
    is_strict = plan.contract_id not in outcome.loose_limits
    tally.hold(row, "limits", is_strict, "one tick beyond is refused", "it was not")
    outside = _refused(plan, outcome).count(RejectReason.PRICE_OUTSIDE_BAND)
    tally.hold(row, "limits", outside == 0, "every published price trades", f"{outside} refused")


def _check_totals(row: OfficialRow, plan: ContractPlan, outcome: DayOutcome) -> None:
    """Tonnes and amounts must come out exactly, or the replay itself is wrong: that is no comparison."""
    refused = _refused(plan, outcome)
    if RejectReason.PRICE_OUTSIDE_BAND in refused:
        return  # counted under limits
    for method, trades in ((Method.LISTED, plan.listed), (Method.BLOCK, plan.blocks)):
        figures = outcome.figures[plan.contract_id, method]
        expected = sum(t.lots for t in trades), sum(t.lots * t.price_ticks for t in trades)
        found = figures["volume_lots"], figures["turnover_fen"]
        if found != expected or refused:
            raise RuntimeError(
                f"{row.name} {method.name}: expected (lots, fen) {expected}, found {found}; "
                f"refused: {[reason.name for reason in refused]}"
            )


def _refused(plan: ContractPlan, outcome: DayOutcome) -> list[RejectReason]:
    return [reason for contract_id, reason in outcome.refused if contract_id == plan.contract_id]
