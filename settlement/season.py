"""What a run of Wuhan is about: the scenario's participants and contracts, as data passed to the core."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from exchange.rulebook import contract, contracts_on
from exchange.rulebook.scenarios import load_scenario, participants
from exchange.vocabulary.units import trading_day_date, trading_day_number
from settlement.cash_rules import load_cash_rules
from settlement.clearing.fault import Fault
from settlement.config import Settings
from settlement.registry.accounts import Holder

WUHAN = "CRC"  # the registry whose contracts are held here (CCER lies with another)


Sign = Callable[[bytes], bytes]  # text to an Ed25519 signature of 64 bytes
Check = Callable[[bytes, bytes], bool]  # (text, signature)


class Season(NamedTuple):
    """Fixed for the life of a store, but for the planted fault."""

    scenario: str
    members: int
    holders: Sequence[Holder]
    contracts_of_day: Callable[[int], Mapping[int, str]]  # code by contract id
    folder: Path  # statements/ and days/ go here
    fault: Fault | None = None
    first_day: int = 0  # trading-day number on which an empty store may begin; 0 = any
    is_freeze_queued: bool = False  # a freeze that arrives while the day runs waits for its end
    obligation_year: int = 0  # of the holders' due_lots
    is_matched_frozen: bool = False  # a freeze takes what was matched as well: trades may fail
    reserve_fen: int = 0  # of the settlement reserve, when the season begins
    sign: Sign | None = None  # Wuhan's; None: what it delivers goes unsigned
    check_of_shanghai: Callable[[], Check | None] = lambda: None  # None: its confirmation is taken unsigned


def load_season(settings: Settings) -> Season:
    """The season of a scenario of the rulebook."""
    scenario_name, members = settings.scenario, settings.members
    scenario = load_scenario(scenario_name)
    rules = load_cash_rules()
    holders = tuple(
        Holder(
            entity_id=one.entity_id,
            account_id=one.account_id,
            member_id=one.member_id,
            kind=str(one.kind),
            name_zh=one.name_zh,
            name_en=one.name_en,
            opening_lots={contract(code).contract_id: lots for code, lots in one.opening_lots.items()},
            opening_cash_fen=one.opening_cash_fen,
            due_lots=one.obligation_lots,
            bank_id=rules.bank_of(one.member_id),
        )
        for one in participants(scenario, members)
    )
    profile = scenario.profile
    return Season(
        scenario_name,
        members,
        holders,
        lambda day: contracts_held(profile, trading_day_date(day)),
        settings.folder,
        settings.fault,
        trading_day_number(settings.first_day or scenario.first_date),
        rules.is_freeze_queued,
        scenario.obligation_year,
        rules.is_matched_frozen,
        rules.reserve.opening_fen,
    )


def contracts_held(profile: str, day: date) -> Mapping[int, str]:
    """Code by id of the contracts traded on a day whose units lie in Wuhan's registry."""
    return {row.contract_id: row.code for row in contracts_on(profile, day) if row.registry == WUHAN}
