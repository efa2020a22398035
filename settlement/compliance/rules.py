"""The rules of compliance as committed data: loaded once, checked, a source for each."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from exchange.rulebook.files import load_toml
from settlement.sourced import Origin, check_origins

DATA: Final = Path(__file__).parent / "data"


class Years(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Years from one to another, both included."""

    first: int = msgspec.field(name="from")
    last: int = msgspec.field(name="to")

    def __contains__(self, year: int) -> bool:
        return self.first <= year <= self.last


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dates from one to another, both included."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")


class Usable(Origin, frozen=True, kw_only=True):
    """Vintages usable for some obligation years from a date on."""

    years: Years
    vintages: Years
    effective_from: date


class LateSurrender(Origin, frozen=True, kw_only=True):
    """Whether a late surrender is booked, from a date on."""

    is_accepted: bool
    effective_from: date


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Applications to carry over up to a date are done by another."""

    asked_to: date
    done_by: date


class CarryOverRules(Origin, frozen=True, kw_only=True):
    """Formula, limits and batches of the carry-over."""

    base_lots: int
    net_sales_tenths: int
    old_vintages: Years
    new_vintage: int
    trades: Dates
    holding_on: date
    late_years: Years
    late_years_reason: str
    batches: tuple[Batch, ...]


class ComplianceRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    usable: tuple[Usable, ...]
    late_surrender: tuple[LateSurrender, ...]
    carry_over: CarryOverRules


@cache
def compliance_rules() -> ComplianceRules:
    """The committed rules, checked."""
    rules = load_toml(DATA / "compliance.toml", ComplianceRules)
    origins: tuple[Origin, ...] = (*rules.usable, *rules.late_surrender, rules.carry_over)
    check_origins("compliance.toml", origins)
    return rules


def is_late_accepted(rules: ComplianceRules, day: date) -> bool:
    """Whether a surrender after its deadline is booked, on a date."""
    rows = [row for row in rules.late_surrender if row.effective_from <= day]
    return bool(rows) and max(rows, key=lambda row: row.effective_from).is_accepted
