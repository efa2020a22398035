# ruff: noqa: E501  (a table reads better in long rows)
"""PARAMETER_SET: the range of every parameter, where and until when it may be set, and what it is at first."""

from collections.abc import Callable

import pytest

from exchange.vocabulary.enums import ParameterId

#: lowest and highest value; the bands' and the sizes' are below and in test_definitions.py
RANGES = {
    "trading_fee_ppm": (0, 10_000),
    "settlement_fee_ppm": (0, 10_000),
    "take_depth_levels": (1, 2_048),
    "strict_price_priority": (0, 1),
    "resale_same_day": (0, 1),
    "proceeds_reusable": (0, 1),
    "cancel_in_break": (0, 1),
    "holding_limit_lots": (0, None),
    "open_orders_max": (0, None),
    "composite_weight": (0, 1_000),
    "public_depth_levels": (1, 2_048),
    "self_trade_rule": (0, 4),
    "breaker_ppm": (0, 999_999),
    "breaker_window_s": (0, 300),
    "breaker_limit_state_ms": (0, 3_600_000),
    "breaker_pause_ms": (0, 14_400_000),
    "breaker_auction_ms": (1_000, 14_400_000),
    "breaker_extension_ms_max": (0, 14_400_000),
    "market_breaker_ppm": (0, 999_999),
    "market_breaker_pause_ms": (0, 14_400_000),
    "auction_quantity_lots_min": (1, 20_000_000),
    "auction_floor_band_ppm": (0, 999_999),
    "auction_ceiling_band_ppm": (0, 999_999),
    "auction_bid_lots_min": (1, 20_000_000),
    "auction_bid_cancel": (0, 1),
    "messages_per_second": (0, 1_000_000),
    "cancels_per_second": (0, 1_000_000),
    "bust_changes_figures": (0, 1),
    "bust_spent_proceeds": (0, 1),
    "price_step_ticks": (1, 10_000),
}
OF_THE_MARKET = (
    "market_breaker_ppm",
    "market_breaker_pause_ms",
    "messages_per_second",
    "cancels_per_second",
    "bust_changes_figures",
    "bust_spent_proceeds",
)

TABLES = {
    "rejects by descending precedence": """
        exchange PARAMETER_SET contract=6 parameter_id=99 parameter_value=-1                                -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=1 parameter_id=messages_per_second parameter_value=-1               -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=0 parameter_id=matching_rule parameter_value=-1                     -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=1 parameter_id=0 parameter_value=-1                                 -> !UNKNOWN_PARAMETER
        exchange PARAMETER_SET contract=1 parameter_id=38 parameter_value=-1                                -> !UNKNOWN_PARAMETER
        ---
        exchange PARAMETER_SET contract=1 parameter_id=price_step_ticks parameter_value=0                   -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_min parameter_value=100_000     -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_min parameter_value=99_999      -> !DEFINITION_CONFLICT
        exchange PARAMETER_SET contract=0 parameter_id=bust_spent_proceeds parameter_value=1                -> !DEFINITION_CONFLICT
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=1                      -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3                      -> !ORDERS_STILL_LIVE
    """,
    "a minimum is never above its maximum, of one contract": """
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=10          -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_min parameter_value=11          -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_min parameter_value=10          -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=9           -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_max parameter_value=99_999       -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_max parameter_value=100_000      -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_min parameter_value=100_001      -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_min parameter_value=20_000_001   -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_min parameter_value=1            -> COMMAND_DONE
        exchange PARAMETER_SET contract=2 parameter_id=listed_quantity_lots_min parameter_value=11          -> COMMAND_DONE
        ---
    """,
    "nor of the market's default, nor of any contract it would hold for": """
        exchange PARAMETER_SET contract=0 parameter_id=listed_quantity_lots_min parameter_value=100_000     -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_max parameter_value=7           -> COMMAND_DONE
        exchange PARAMETER_SET contract=0 parameter_id=listed_quantity_lots_min parameter_value=8           -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=0 parameter_id=listed_quantity_lots_min parameter_value=7           -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=6           -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=0 parameter_id=listed_quantity_lots_max parameter_value=6           -> !PARAMETER_VALUE
        ---
    """,
    "message limits may be set at any time, and only for the market": """
        ---
        exchange PARAMETER_SET contract=1 parameter_id=cancels_per_second parameter_value=1                 -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=0 parameter_id=cancels_per_second parameter_value=1                 -> COMMAND_DONE parameter_value=1 subject_id=33
        exchange SET_PHASE method=255 phase=ended                                                           -> ...
        exchange PARAMETER_SET contract=0 parameter_id=messages_per_second parameter_value=1_000_001        -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=0 parameter_id=messages_per_second parameter_value=0                -> COMMAND_DONE
    """,
    "a matching rule changes while the book is empty and does not trade": """
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=3                      -> COMMAND_DONE parameter_value=3 subject_id=37
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=0                      -> COMMAND_DONE
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=2                      -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=4                      -> !PARAMETER_VALUE
        ---
        ann LISTING contract=2 side=sell q=10 p=80.00 ref=5                                                 -> ACCEPTED
        exchange SET_PHASE contract=2 method=listed phase=break                                             -> ...
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=3                      -> !ORDERS_STILL_LIVE
        ann CANCEL target_reference=5                                                                       -> DONE
        ann BLOCK_OFFER contract=2 side=sell q=500 p=80.00                                                  -> !QUANTITY_BELOW_MINIMUM
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=3                      -> COMMAND_DONE contract=2
        exchange SET_PHASE contract=2 method=continuous phase=trading                                       -> PHASE_CHANGED method=continuous phase=trading; COMMAND_DONE
        ann LISTING contract=2 side=sell q=10 p=80.00                                                       -> !WRONG_PHASE
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=0                      -> !ORDERS_STILL_LIVE
        exchange SET_PHASE contract=2 method=continuous phase=paused                                        -> ...
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=0                      -> COMMAND_DONE
        exchange SET_PHASE contract=2 method=listed phase=call_auction                                      -> ...
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=3                      -> !ORDERS_STILL_LIVE
        exchange SET_PHASE contract=2 method=listed phase=ended                                             -> ...
        exchange PARAMETER_SET contract=2 parameter_id=matching_rule parameter_value=3                      -> !ORDERS_STILL_LIVE
    """,
    "offers of blocks do not keep a matching rule": """
        ---
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                                                  -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange SET_PHASE contract=1 method=listed phase=paused                                            -> ...
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3                      -> COMMAND_DONE
        bob BLOCK_ACCEPT order=$o q=100_000 p=55.00                                                         -> EXECUTED; ...
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_parameters(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])


@pytest.mark.parametrize("name", RANGES)
def test_range(run: Callable[[str], None], name: str) -> None:
    """Both ends are allowed and what lies next to them is not."""
    low, high = RANGES[name]
    values = {low - 1: "!PARAMETER_VALUE", low: "COMMAND_DONE", -(2**63): "!PARAMETER_VALUE"}
    if high is None:
        values[2**63 - 1] = "COMMAND_DONE"
    else:
        values |= {high: "COMMAND_DONE", high + 1: "!PARAMETER_VALUE", 2**63 - 1: "!PARAMETER_VALUE"}
    contracts = (0,) if name in OF_THE_MARKET else (0, 1)
    rows = [
        f"exchange PARAMETER_SET contract={contract} parameter_id={name} parameter_value={value} -> {outcome}"
        for contract in contracts
        for value, outcome in values.items()
    ]
    run("\n".join([*rows, "---"]))


def test_every_parameter_has_its_row() -> None:
    """Here, or among the bands and sizes, or as the matching rule."""
    elsewhere = {"LISTED_BAND_PPM", "BLOCK_BAND_PPM", "MATCHING_RULE"}
    sizes = {f"{kind}_QUANTITY_LOTS_{end}" for kind in ("LISTED", "BLOCK") for end in ("MIN", "MAX")}
    assert {name.upper() for name in RANGES} | elsewhere | sizes == set(ParameterId.__members__)
