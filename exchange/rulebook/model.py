"""Typed rows of the data files: rules, sessions, contracts, institutions, composite weights, sources."""

from datetime import date, time
from enum import StrEnum

import msgspec

from exchange.rulebook.keys import RuleKey


class Flag(StrEnum):
    """How well a fact is known."""

    VERIFIED = "V"  # read in a text or an official data file
    RECALLED = "R"  # known from the published rules, text not read again
    DERIVED = "D"  # computed from official data, or inferred
    UNKNOWN = "U"  # looked for, not found: a configuration


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One dated rule. No value = unset: the value is unknown and a default would be an invention."""

    key: RuleKey
    effective_from: date
    source: str
    locator: str
    flag: Flag
    value: int | bool | str | None = None
    unit: str = ""
    configuration: bool = False
    reason: str = ""


class Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One session of a method: from `opens` to `closes`, every trading day from a date on.

    `phase` is trading, or call_auction, which ends at `closes` or by lot up to `random_end_s` later.
    """

    method: str
    opens: time
    closes: time
    effective_from: date
    source: str
    locator: str
    flag: Flag
    phase: str = "trading"
    random_end_s: int = 0
    configuration: bool = False
    reason: str = ""


class ProfileFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A profile as its file states it; with `extends`, its keys replace those of the other profile."""

    name: str
    title_zh: str
    title_en: str
    venue: str
    extends: str = ""
    synthetic: bool = False
    rule: tuple[Rule, ...] = ()
    session: tuple[Session, ...] = ()


class Institution(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A venue or a registry, and the number that stands for it in records."""

    key: str
    role: str
    wire_code: int
    name_zh: str
    name_en: str


class Contract(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product and vintage with its venue, registry and settlement institution."""

    contract_id: int
    code: str
    product: str
    vintage: int
    listed_from: date
    venue: str
    registry: str
    settlement: str
    source: str
    locator: str
    flag: Flag
    vintage_note: str = ""
    first_base_ticks: int | None = None


class CompositeWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Integer weights of the composite price from a date on; contracts not named weigh 0."""

    effective_from: date
    weights: dict[str, int]
    source: str
    locator: str
    flag: Flag


class ContractFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole contracts file."""

    institution: tuple[Institution, ...]
    contract: tuple[Contract, ...]
    composite: tuple[CompositeWeights, ...]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source that rows may cite."""

    key: str
    title: str


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole sources file."""

    source: tuple[Source, ...]
