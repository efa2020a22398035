"""The formula of the carry-over and its batches (rulebook §4.5). Pure."""

from datetime import date

from settlement.compliance.rules import CarryOverRules


def limit_lots(rules: CarryOverRules, net_sold_lots: int, eligible_lots: int) -> int:
    """What an entity may carry over in all: min(floor(B + 1.5 x NS), eligible holding), NS at least 0."""
    from_sales = max(0, net_sold_lots) * rules.net_sales_tenths // 10
    return min(rules.base_lots + from_sales, eligible_lots)


def processing_batch(rules: CarryOverRules, asked: date) -> date | None:
    """The date by which what was applied for on a date is done; None after the last batch."""
    return next((batch.done_by for batch in rules.batches if asked <= batch.asked_to), None)
