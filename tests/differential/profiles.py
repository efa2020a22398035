"""The kinds of day: how much fits, which actions and which rules dominate."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from exchange.vocabulary.enums import ParameterId as P
from tests.reference import Capacity

NOTHING: Mapping[str, float] = MappingProxyType({})
AS_USUAL: Mapping[P, tuple[int, ...]] = MappingProxyType({})
#: two accounts in seven are of one legal entity
ENTITIES = (7, 7, 8, 9, 10, 11, 12)


class Profile(NamedTuple):
    """A kind of day: `weights` are factors of the actions' usual ones, `rules` are values always set."""

    name: str
    capacity: Capacity
    commands: int
    weights: Mapping[str, float] = NOTHING
    rules: Mapping[P, tuple[int, ...]] = AS_USUAL
    entities: tuple[int, ...] = ENTITIES
    price_spread_ticks: int = 6
    pace_us: int = 1_000  # longest time between two commands


BREAKER_RULES = {
    P.BREAKER_PPM: (0, 400, 1_500, 5_000),
    P.BREAKER_WINDOW_S: (0, 1, 3, 300),
    P.BREAKER_LIMIT_STATE_MS: (0, 1, 40, 15_000),
    P.BREAKER_PAUSE_MS: (0, 1, 30, 300_000),
    P.BREAKER_AUCTION_MS: (1_000, 1_000, 5_000),
    P.BREAKER_EXTENSION_MS_MAX: (0, 700, 2_500, 300_000),
    P.MARKET_BREAKER_PPM: (0, 600, 900, 1_300, 1_800),
    P.MARKET_BREAKER_PAUSE_MS: (0, 1, 900_000),
    P.COMPOSITE_WEIGHT: (1, 5, 100),
}
AUCTION_RULES = {
    P.AUCTION_QUANTITY_LOTS_MIN: (1, 100, 1_000),
    P.AUCTION_FLOOR_BAND_PPM: (0, 100_000, 3_000),
    P.AUCTION_CEILING_BAND_PPM: (0, 100_000, 3_000),
    P.AUCTION_BID_LOTS_MIN: (1, 1, 5),
    P.AUCTION_BID_CANCEL: (0, 1, 1),
}
LIMIT_RULES = {
    P.MESSAGES_PER_SECOND: (0, 2, 40, 150),
    P.CANCELS_PER_SECOND: (0, 1, 10, 60),
    P.OPEN_ORDERS_MAX: (0, 3, 12),
    P.HOLDING_LIMIT_LOTS: (0, 3_000, 300_500),
}
PREVENTION_RULES = {P.SELF_TRADE_RULE: (0, 1, 2, 3, 4)}

LISTED_ONLY = {"limit": 0.1, "replace": 0.4, "reduce": 0.4}
PROFILES = (
    Profile("plain", Capacity(256, 2_048, 1_040, 8, 64, 22, 64, 512, 256), 10_000),
    Profile(
        "prevention",
        Capacity(200, 2_048, 1_030, 8, 64, 21, 32, 300, 64),
        7_000,
        {"limit": 4, "replace": 3, "reduce": 2, "listing": 0.2, "sweep": 0.2, "named": 0.2, "offer": 0.3},
        PREVENTION_RULES,
        entities=(7, 8),
        price_spread_ticks=2,
    ),
    Profile(
        "breaker",
        Capacity(256, 2_048, 1_040, 8, 64, 22, 64, 200, 64),
        9_000,
        {
            "jump": 12,
            "tick": 3,
            "band_change": 3,
            "limit": 2,
            "cancel": 0.7,
            "call_auction": 0.5,
            "phase": 0.4,
        },
        BREAKER_RULES,
        price_spread_ticks=9,
        pace_us=4_000,
    ),
    Profile("cramped", Capacity(24, 1_201, 1_010, 7, 32, 19, 8, 12, 10), 5_000),
    Profile(
        "auction",
        Capacity(256, 2_048, 1_040, 8, 64, 22, 64, 300, 64),
        8_000,
        {"auction_notice": 6, "bid": 6, "end_auction": 6, "call_auction": 12, "jump": 5, "tick": 2},
        AUCTION_RULES,
        price_spread_ticks=5,
    ),
    Profile("giant", Capacity(1_024, 2_048, 1_020, 8, 40, 20, 1_024), 5_000, {"flood": 50}),
    Profile(
        "limits",
        Capacity(128, 2_048, 1_024, 8, 48, 20, 32, 64, 32),
        6_000,
        {
            "own_limit": 8,
            "market_limit": 12,
            "session": 5,
            "login": 3,
            "jump": 6,
            "mass_cancel": 3,
            "decline": 4,
        },
        LIMIT_RULES,
    ),
    Profile(
        "registry",
        Capacity(128, 2_048, 1_030, 8, 64, 21, 32, 60, 400),
        6_000,
        {"transfer": 10, "hold_end": 12, "restrict": 4, "bust": 20, "propose": 8, "jump": 3},
        {P.BUST_SPENT_PROCEEDS: (0, 1), P.BUST_CHANGES_FIGURES: (0, 1, 1), P.RESALE_SAME_DAY: (0, 1)},
    ),
    Profile(
        "deep", Capacity(4_096, 2_048, 1_060, 8, 64, 26, 4_096), 15_000, {"cancel": 0.6, "mass_cancel": 0.3}
    ),
    Profile("short", Capacity(64, 2_048, 1_012, 8, 32, 19, 16, 64, 16), 900),
)
