# ruff: noqa: E501  (a table reads better in long rows)
"""HALT, RESUME, KILL, RESTORE, LOGIN_UP, LOGIN_DOWN, RESTART: what stops, who is told."""

from collections.abc import Callable

import pytest

TABLES = {
    "levels and subjects that do not exist": """
        exchange HALT level=0                                -> !UNKNOWN_LEVEL stream=operator
        exchange HALT level=member subject_id=16             -> !UNKNOWN_LEVEL
        exchange HALT level=login subject_id=ann             -> !UNKNOWN_LEVEL
        exchange HALT level=market subject_id=1              -> !UNKNOWN_LEVEL
        exchange HALT level=contract subject_id=0            -> !UNKNOWN_CONTRACT
        exchange HALT level=market                           -> !INVALID_FIELD    # everybody is told why
        exchange HALT level=market halt_reason=6             -> !INVALID_FIELD
        exchange RESUME level=contract subject_id=6          -> !UNKNOWN_CONTRACT
        exchange RESUME level=5                              -> !UNKNOWN_LEVEL
        exchange KILL level=0                                -> !UNKNOWN_LEVEL
        exchange KILL level=market subject_id=1              -> !UNKNOWN_LEVEL
        exchange KILL level=contract subject_id=6            -> !UNKNOWN_LEVEL
        exchange KILL level=member subject_id=21             -> !UNKNOWN_LEVEL
        exchange KILL level=member subject_id=9_999          -> !UNKNOWN_LEVEL
        exchange RESTORE level=login subject_id=30           -> !UNKNOWN_LEVEL
        exchange RESTORE level=login subject_id=99_999       -> !UNKNOWN_LEVEL
        exchange LOGIN_UP subject_id=30                      -> !UNKNOWN_LEVEL
        exchange LOGIN_DOWN subject_id=0                     -> !UNKNOWN_LEVEL
        exchange LOGIN_DOWN subject_id=ann                   -> !INVALID_FIELD
        exchange LOGIN_DOWN subject_id=ann down_reason=9     -> !INVALID_FIELD
    """,
    "a halt names level, reason and expected end; twice is legal": """
        operator HALT level=contract subject_id=1 halt_reason=technical expected_ns=5 -> HALT_CHANGED stream=public contract=1 login=0 ref=0 level=contract subject_id=1 halt_reason=technical is_halted=1 expected_ns=5 ; COMMAND_DONE stream=operator login=operator command_kind=halt subject_id=1 subject_level=contract
        operator HALT level=contract subject_id=1 halt_reason=registry expected_ns=9  -> HALT_CHANGED halt_reason=registry expected_ns=9; COMMAND_DONE
        ann LISTING side=sell q=1 p=55.00                    -> !CONTRACT_HALTED
        ann LISTING contract=2 side=sell q=1 p=80.00         -> ACCEPTED
        operator RESUME level=contract subject_id=1          -> HALT_CHANGED contract=1 level=contract halt_reason=registry is_halted=0 expected_ns=0; COMMAND_DONE command_kind=resume
        ann LISTING side=sell q=1 p=55.00                    -> ACCEPTED
        operator RESUME level=contract subject_id=1          -> HALT_CHANGED halt_reason=0 is_halted=0; COMMAND_DONE
    """,
    "the market's halt stops every method and contract": """
        exchange HALT level=market halt_reason=operator      -> HALT_CHANGED contract=0 level=market subject_id=0 halt_reason=operator; COMMAND_DONE
        ann LISTING contract=2 side=sell q=1 p=80.00         -> !MARKET_HALTED
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob   -> !MARKET_HALTED
        exchange RESUME level=market                         -> HALT_CHANGED is_halted=0; COMMAND_DONE
        ann LISTING contract=2 side=sell q=1 p=80.00         -> ACCEPTED
    """,
    "kills: a member and a login are told, market and contract only audited": """
        exchange KILL level=market                           -> COMMAND_DONE stream=operator command_kind=kill subject_id=0 subject_level=market
        ann LISTING side=sell q=1 p=55.00                    -> !MARKET_KILLED
        exchange RESTORE level=market                        -> COMMAND_DONE command_kind=restore
        exchange KILL level=contract subject_id=1            -> COMMAND_DONE subject_level=contract subject_id=1
        ann LISTING side=sell q=1 p=55.00                    -> !CONTRACT_KILLED
        ann LISTING contract=2 side=sell q=1 p=80.00         -> ACCEPTED
        exchange RESTORE level=contract subject_id=1         -> COMMAND_DONE
        operator KILL level=member subject_id=16             -> KILL_CHANGED stream=ann login=operator account=0 subject_id=16 level=member is_killed=1; COMMAND_DONE
        ann LISTING side=sell q=1 p=55.00                    -> !MEMBER_KILLED
        eve LISTING side=sell q=1 p=55.00                    -> ACCEPTED
        operator RESTORE level=member subject_id=16          -> KILL_CHANGED is_killed=0; COMMAND_DONE
        operator KILL level=login subject_id=ann             -> KILL_CHANGED stream=ann subject_id=ann level=login is_killed=1; COMMAND_DONE
        operator KILL level=login subject_id=ann             -> KILL_CHANGED is_killed=1; COMMAND_DONE
        ann LISTING side=sell q=1 p=55.00                    -> !LOGIN_KILLED
        operator RESTORE level=login subject_id=ann          -> KILL_CHANGED stream=ann is_killed=0; COMMAND_DONE
        ann LISTING side=sell q=1 p=55.00                    -> ACCEPTED
    """,
    "an offer made before the kill can still be accepted by another": """
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob   -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange KILL level=member subject_id=16             -> KILL_CHANGED; COMMAND_DONE
        bob BLOCK_ACCEPT order=$o q=100_000 p=55.00          -> EXECUTED; ...
    """,
    "connections are told to the member": """
        exchange LOGIN_UP subject_id=ann                     -> LOGIN_CHANGED stream=ann login=0 subject_id=ann is_up=1 down_reason=0
        exchange LOGIN_DOWN subject_id=ann down_reason=2     -> LOGIN_CHANGED stream=ann is_up=0 down_reason=2
        exchange LOGIN_UP subject_id=operator                -> LOGIN_CHANGED stream=operator
    """,
    "a login of no member tells the operator, never the public": """
        exchange DEFINE_LOGIN subject_id=3 member_id=0       -> COMMAND_DONE subject_id=3
        ---
        exchange LOGIN_UP subject_id=3                       -> LOGIN_CHANGED stream=operator subject_id=3
        exchange KILL level=login subject_id=3               -> KILL_CHANGED stream=operator; COMMAND_DONE
    """,
    "after a restart the market is halted until resumed": """
        ann LISTING side=sell q=1 p=55.00                    -> ACCEPTED order=$a
        exchange RESTART recovered_sequence=41               -> HALT_CHANGED level=market subject_id=0 halt_reason=restart is_halted=1 expected_ns=0; COMMAND_DONE command_kind=restart parameter_value=41
        ann LISTING side=sell q=1 p=55.00                    -> !MARKET_HALTED
        bob TAKE side=buy q=1 p=55.00                        -> !MARKET_HALTED
        ann CANCEL order=$a                                  -> DONE
        exchange RESUME level=market                         -> HALT_CHANGED halt_reason=restart is_halted=0; COMMAND_DONE
        ann LISTING side=sell q=1 p=55.00                    -> ACCEPTED
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_halts(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
