# ruff: noqa: E501  (a table reads better in long rows)
"""SET_PHASE, the lapse at the close, TICK and its images."""

from collections.abc import Callable

import pytest

TABLES = {
    "form: contract, then method and phase": """
        exchange SET_PHASE contract=6 method=4 phase=9              -> !UNKNOWN_CONTRACT stream=operator
        exchange SET_PHASE contract=1 method=4 phase=break          -> !INVALID_FIELD
        exchange SET_PHASE contract=1 method=continuous phase=break -> !INVALID_FIELD                 # its book is a listed one
        exchange SET_PHASE contract=3 method=listed phase=break     -> !INVALID_FIELD
        exchange SET_PHASE method=254 phase=break                   -> !INVALID_FIELD
        exchange SET_PHASE contract=1 method=listed phase=8         -> !INVALID_FIELD
        operator SET_PHASE contract=1 method=listed phase=break     -> PHASE_CHANGED stream=public login=0 ref=0 contract=1 method=listed previous_phase=trading phase=break next_change_ns=0 ; COMMAND_DONE stream=operator login=operator ref=1 contract=1 subject_id=1 command_kind=set_phase
    """,
    "all contracts, all three methods, contract by contract": """
        exchange SET_PHASE method=255 phase=break next_change_ns=77 -> PHASE_CHANGED contract=1 method=listed next_change_ns=77; PHASE_CHANGED contract=1 method=block; PHASE_CHANGED contract=1 method=one_way; PHASE_CHANGED contract=2 method=listed; PHASE_CHANGED contract=2 method=block; PHASE_CHANGED contract=2 method=one_way; PHASE_CHANGED contract=3 method=continuous; PHASE_CHANGED contract=3 method=block; PHASE_CHANGED contract=3 method=one_way; COMMAND_DONE subject_id=0
        exchange SET_PHASE method=255 phase=break next_change_ns=99 -> COMMAND_DONE
        exchange SET_PHASE contract=2 method=block phase=trading    -> PHASE_CHANGED contract=2 method=block; COMMAND_DONE
        exchange SET_PHASE method=block phase=trading               -> PHASE_CHANGED contract=1 method=block; PHASE_CHANGED contract=3 method=block; COMMAND_DONE
        exchange SET_PHASE method=one_way phase=ended               -> PHASE_CHANGED contract=1 method=one_way; PHASE_CHANGED contract=2 method=one_way; PHASE_CHANGED contract=3 method=one_way; COMMAND_DONE
    """,
    "a book answers to its own rule: contracts of the other one are passed over": """
        exchange SET_PHASE method=listed phase=break                -> PHASE_CHANGED contract=1 method=listed; PHASE_CHANGED contract=2 method=listed; COMMAND_DONE
        exchange SET_PHASE method=continuous phase=break            -> PHASE_CHANGED contract=3 method=continuous previous_phase=trading; COMMAND_DONE
        exchange SET_PHASE contract=3 method=continuous phase=closed -> !ILLEGAL_PHASE_CHANGE contract=3
        exchange SET_PHASE contract=3 method=continuous phase=paused -> !ILLEGAL_PHASE_CHANGE contract=3
        exchange SET_PHASE contract=3 method=continuous phase=trading -> PHASE_CHANGED contract=3; COMMAND_DONE
    """,
    "a rule that no book has changes nothing": """
        exchange PARAMETER_SET contract=3 parameter_id=matching_rule parameter_value=0 -> COMMAND_DONE
        ---
        exchange SET_PHASE method=continuous phase=break            -> COMMAND_DONE subject_id=0
        exchange SET_PHASE method=listed phase=break                -> PHASE_CHANGED contract=1; PHASE_CHANGED contract=2; PHASE_CHANGED contract=3 method=listed; COMMAND_DONE
    """,
    "illegal changes are refused one by one": """
        exchange SET_PHASE contract=1 method=block phase=ended      -> PHASE_CHANGED; COMMAND_DONE
        exchange SET_PHASE contract=1 method=255 phase=break        -> PHASE_CHANGED method=listed phase=break; !ILLEGAL_PHASE_CHANGE contract=1 stream=operator; PHASE_CHANGED method=one_way; COMMAND_DONE
        exchange SET_PHASE method=block phase=paused                -> !ILLEGAL_PHASE_CHANGE contract=1; PHASE_CHANGED contract=2; PHASE_CHANGED contract=3; COMMAND_DONE
        exchange SET_PHASE contract=1 method=255 phase=closed       -> !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE
        exchange SET_PHASE contract=1 method=listed phase=pre_open  -> !ILLEGAL_PHASE_CHANGE
        exchange SET_PHASE contract=1 method=block phase=sealed     -> !ILLEGAL_PHASE_CHANGE
        exchange SET_PHASE contract=1 method=block phase=trading    -> !ILLEGAL_PHASE_CHANGE
        operator SET_PHASE contract=1 method=block phase=trading    -> !ILLEGAL_PHASE_CHANGE login=operator highest_reference=1
    """,
    "every change of the phase table": """
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> PHASE_CHANGED previous_phase=trading; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=paused       -> PHASE_CHANGED previous_phase=call_auction; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=break        -> PHASE_CHANGED previous_phase=paused; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=paused       -> !ILLEGAL_PHASE_CHANGE
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> PHASE_CHANGED previous_phase=break; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=trading      -> AUCTION_RESULT price_ticks=0; PHASE_CHANGED previous_phase=call_auction; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=ended        -> PHASE_CHANGED previous_phase=trading; COMMAND_DONE
    """,
    "at the close listings lapse: buys then sells, best price first, first come first": """
        ann LISTING side=sell q=5 p=55.10 ref=1                     -> ACCEPTED order=$s2
        ann LISTING side=sell q=5 p=55.00 ref=2                     -> ACCEPTED order=$s1
        bob LISTING side=buy q=5 p=54.00 ref=1                      -> ACCEPTED order=$b2
        bob LISTING side=buy q=5 p=54.10 ref=2                      -> ACCEPTED order=$b1
        eve LISTING side=buy q=5 p=54.00 ref=1                      -> ACCEPTED order=$b3
        eve TAKE side=sell q=2 p=54.10                              -> EXECUTED order=$b1; ...
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob          -> ACCEPTED; BLOCK_OFFERED
        operator SET_PHASE contract=1 method=listed phase=ended     -> PHASE_CHANGED phase=ended; DONE stream=bob login=bob ref=2 order=$b1 q=3 filled_lots=2 done=lapsed; DONE order=$b2 login=bob ref=1; DONE order=$b3 login=eve; DONE stream=ann order=$s1 ref=2; DONE order=$s2 ref=1 login=ann; COMMAND_DONE
        ann LISTING side=sell q=5 p=55.00                           -> !WRONG_PHASE
        ann CANCEL order=$s1                                        -> !UNKNOWN_ORDER
        ann BLOCK_OFFER side=sell q=900_001 p=55.00 to=bob          -> !UNITS_INSUFFICIENT
        ann BLOCK_OFFER side=sell q=900_000 p=55.00 to=bob          -> ACCEPTED; BLOCK_OFFERED   # listed locks came back
    """,
    "a freed slot is handed out again, the last freed first": """
        ann LISTING side=sell q=5 p=55.10                           -> ACCEPTED order=16_777_216
        ann LISTING contract=2 side=sell q=5 p=80.00                -> ACCEPTED order=33_554_433
        ann LISTING contract=2 side=sell q=5 p=79.00                -> ACCEPTED order=50_331_650
        exchange SET_PHASE contract=2 method=listed phase=ended     -> PHASE_CHANGED; DONE order=50_331_650; DONE order=33_554_433; COMMAND_DONE
        ann LISTING side=sell q=5 p=55.10                           -> ACCEPTED order=67_108_865
        ann LISTING side=sell q=5 p=55.10                           -> ACCEPTED order=83_886_082
    """,
    "TICK tells the best five of each side that changed": """
        exchange TICK                          -> nothing
        ann LISTING side=sell q=10 p=55.00     -> ACCEPTED order=$a
        ann LISTING side=sell q=20 p=55.00     -> ACCEPTED
        ann LISTING side=sell q=30 p=55.01     -> ACCEPTED
        bob LISTING side=buy q=5 p=54.00       -> ACCEPTED
        bob LISTING side=buy q=6 p=54.50       -> ACCEPTED
        exchange TICK                          -> FIVE_LEVELS stream=public board_contract_id=1 board_side=buy level_count=2 level_1_price_ticks=54.50 level_1_quantity_lots=6 level_2_price_ticks=54.00 level_2_quantity_lots=5 level_3_price_ticks=0 ; FIVE_LEVELS board_side=sell level_count=2 level_1_price_ticks=55.00 level_1_quantity_lots=30 level_2_quantity_lots=30 level_3_quantity_lots=0
        exchange TICK                          -> nothing
        bob TAKE side=buy q=5 p=55.00          -> EXECUTED; ...
        exchange TICK                          -> FIVE_LEVELS board_side=sell level_1_quantity_lots=25
        ann CANCEL order=$a                    -> DONE q=5
        ann LISTING contract=2 side=sell q=1 p=80.00 -> ACCEPTED
        exchange TICK                          -> FIVE_LEVELS board_contract_id=1 board_side=sell level_1_quantity_lots=20; FIVE_LEVELS board_contract_id=2 board_side=sell
        exchange SET_PHASE contract=2 method=listed phase=ended -> PHASE_CHANGED; DONE; COMMAND_DONE
        exchange TICK                          -> FIVE_LEVELS board_contract_id=2 board_side=sell level_count=0 level_1_price_ticks=0
    """,
    "five levels, or fewer where the rules say so": """
        exchange PARAMETER_SET contract=2 parameter_id=public_depth_levels parameter_value=1 -> ...
        ---
        ann LISTING side=sell q=1 p=55.01      -> ACCEPTED
        ann LISTING side=sell q=2 p=55.02      -> ACCEPTED
        ann LISTING side=sell q=3 p=55.03      -> ACCEPTED
        ann LISTING side=sell q=4 p=55.04      -> ACCEPTED
        ann LISTING side=sell q=5 p=55.05      -> ACCEPTED
        ann LISTING side=sell q=6 p=55.06      -> ACCEPTED
        ann LISTING contract=2 side=sell q=7 p=80.00 -> ACCEPTED
        ann LISTING contract=2 side=sell q=8 p=79.99 -> ACCEPTED
        exchange TICK                          -> FIVE_LEVELS level_count=5 level_5_price_ticks=55.05 level_5_quantity_lots=5; FIVE_LEVELS board_contract_id=2 level_count=1 level_1_price_ticks=79.99 level_1_quantity_lots=8 level_2_price_ticks=0
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_phases(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
