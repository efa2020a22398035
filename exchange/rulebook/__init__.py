"""Dated rules of the market as data, a source each; contracts, schedules, calendars and season scenarios."""

from exchange.rulebook.contracts import (
    composite_weights_on,
    contract,
    contract_by_id,
    contract_table,
    contracts_on,
    institution,
)
from exchange.rulebook.deadlines import SurrenderDates, surrender_dates
from exchange.rulebook.errors import CalendarError, RulebookError
from exchange.rulebook.keys import RuleKey
from exchange.rulebook.model import Contract, Flag, Institution, Rule
from exchange.rulebook.parameters import MARKET_ONLY, parameters_of, parameters_on, rules_hash
from exchange.rulebook.prices import Band, band_limits, composite_ticks
from exchange.rulebook.profiles import (
    CCER,
    CCER_CONTINUOUS,
    NATIONAL,
    TEST,
    Profile,
    Rules,
    load_profile,
    profile_names,
    rules_on,
)
from exchange.rulebook.scenarios import (
    MemberKind,
    Participant,
    Scenario,
    SeasonDay,
    load_scenario,
    participants,
    scenario_names,
)
from exchange.rulebook.sessions import AuctionEnd, PhaseChange, auction_ends_on, sessions_on

__all__ = [
    "CCER",
    "CCER_CONTINUOUS",
    "MARKET_ONLY",
    "NATIONAL",
    "TEST",
    "AuctionEnd",
    "Band",
    "CalendarError",
    "Contract",
    "Flag",
    "Institution",
    "MemberKind",
    "Participant",
    "PhaseChange",
    "Profile",
    "Rule",
    "RuleKey",
    "RulebookError",
    "Rules",
    "Scenario",
    "SeasonDay",
    "SurrenderDates",
    "auction_ends_on",
    "band_limits",
    "composite_ticks",
    "composite_weights_on",
    "contract",
    "contract_by_id",
    "contract_table",
    "contracts_on",
    "institution",
    "load_profile",
    "load_scenario",
    "parameters_of",
    "parameters_on",
    "participants",
    "profile_names",
    "rules_hash",
    "rules_on",
    "scenario_names",
    "sessions_on",
    "surrender_dates",
]
