"""Seasons as data: official daily tonnes and prices, and synthetic members that can trade them."""

from exchange.rulebook.scenarios.load import load_scenario, next_day, scenario_names
from exchange.rulebook.scenarios.model import (
    KindRecipe,
    MemberKind,
    Recipe,
    Scenario,
    SeasonDay,
    Trouble,
    TroubleKind,
)
from exchange.rulebook.scenarios.participants import Participant, participants

__all__ = [
    "KindRecipe",
    "MemberKind",
    "Participant",
    "Recipe",
    "Scenario",
    "SeasonDay",
    "Trouble",
    "TroubleKind",
    "load_scenario",
    "next_day",
    "participants",
    "scenario_names",
]
