"""Which vintages may be surrendered for an obligation year (rulebook §4.5). Pure."""

from datetime import date
from typing import Final

from exchange.rulebook import Contract, contract_table
from settlement.compliance.rules import ComplianceRules, Years

CEA: Final = "CEA"
FIRST_CYCLE: Final = 2019  # the vintage without a year is that of 2019-20


def usable_vintages(rules: ComplianceRules, obligation_year: int, day: date) -> Years | None:
    """The vintages usable on a date; None where no rule is in force."""
    rows = [row for row in rules.usable if obligation_year in row.years and row.effective_from <= day]
    return max(rows, key=lambda row: row.effective_from).vintages if rows else None


def usable_contracts(rules: ComplianceRules, obligation_year: int, day: date) -> tuple[Contract, ...]:
    """The contracts whose units are of a usable vintage."""
    vintages = usable_vintages(rules, obligation_year, day)
    return () if vintages is None else contracts_of(vintages)


def contracts_of(vintages: Years) -> tuple[Contract, ...]:
    """The contracts of these vintages, by id."""
    return tuple(
        row
        for row in contract_table().contract
        if row.product == CEA and (row.vintage or FIRST_CYCLE) in vintages
    )


def codes(contracts: tuple[Contract, ...]) -> str:
    """What a refusal names."""
    return "usable: " + (", ".join(row.code for row in contracts) or "none")
