# ruff: noqa: E501  (a table reads better in long rows)
"""Cancel-on-disconnect and the dead-man's timer: set by a login for itself, fired by TICK."""

from collections.abc import Callable

import pytest

TABLES = {
    "SESSION_SETTING: rejects by descending precedence": """
        bob SESSION_SETTING cancel_on_disconnect=2                                              -> !INVALID_FIELD
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=3_600_001                           -> !INVALID_FIELD
        bob SESSION_SETTING cancel_on_disconnect=1 dead_man_ms=3_600_001                        -> !INVALID_FIELD
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=3_600_000 dead_man_ms=3_600_000     -> SETTING_CHANGED stream=bob login=bob grace_ms=3_600_000 dead_man_ms=3_600_000 cancel_on_disconnect=1 account=0 contract=0
        bob SESSION_SETTING                                                                     -> SETTING_CHANGED grace_ms=0 dead_man_ms=0 cancel_on_disconnect=0
        operator SESSION_SETTING dead_man_ms=1                                                  -> SETTING_CHANGED login=operator
        exchange SESSION_SETTING account=0                                                      -> !WRONG_ACCOUNT
    """,
    "off: a lost connection cancels nothing": """
        bob LISTING side=buy q=1 p=54.00                        -> ACCEPTED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange TICK after=100_000_000                         -> FIVE_LEVELS
    """,
    "a lost connection cancels what the login entered, when its grace is over": """
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=10_000 -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00 ref=7                  -> ACCEPTED order=$b1
        bob LISTING side=buy q=6 p=55.00 ref=8                  -> ACCEPTED order=$b2
        eve LISTING side=buy q=7 p=54.00                        -> ACCEPTED
        bob BLOCK_OFFER side=sell q=100_000 p=55.00 to=ann      -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange LOGIN_UP subject_id=12                         -> LOGIN_CHANGED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange TICK after=9_999                               -> FIVE_LEVELS
        exchange TICK after=1                                   -> DONE stream=bob login=bob ref=7 order=$b1 done=disconnected q=5; DONE order=$b2 done=disconnected; DONE order=$o kind=block_offer done=disconnected; BLOCK_CLOSED stream=ann done=disconnected login=0 ref=0; MASS_CANCELLED stream=bob login=bob ref=0 account=0 contract=0 cancelled_lots=100_011 record_count=3; FIVE_LEVELS level_count=1 level_1_quantity_lots=7
        exchange TICK after=10_000                              -> nothing
    """,
    "back before the grace is over: nothing is cancelled": """
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=10_000 -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange LOGIN_UP after=9_999 subject_id=12             -> LOGIN_CHANGED
        exchange TICK after=10_000                              -> FIVE_LEVELS
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange TICK after=10_000                              -> DONE; MASS_CANCELLED; FIVE_LEVELS
    """,
    "told twice that it is down, the grace does not begin again": """
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=10_000 -> SETTING_CHANGED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange LOGIN_DOWN after=5_000 subject_id=12 down_reason=2 -> LOGIN_CHANGED
        exchange TICK after=5_000                               -> MASS_CANCELLED stream=bob record_count=0 cancelled_lots=0
        exchange TICK after=10_000                              -> nothing
    """,
    "switched off while the grace runs": """
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=10_000 -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        bob SESSION_SETTING grace_ms=10_000                     -> SETTING_CHANGED cancel_on_disconnect=0
        exchange TICK after=10_000                              -> FIVE_LEVELS
    """,
    "no grace: the next tick cancels": """
        bob SESSION_SETTING cancel_on_disconnect=1              -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange LOGIN_DOWN subject_id=12 down_reason=1         -> LOGIN_CHANGED
        exchange TICK                                           -> DONE; MASS_CANCELLED; FIVE_LEVELS
    """,
    "halts, kill switches and a break without cancels do not hold it up": """
        exchange PARAMETER_SET contract=1 parameter_id=cancel_in_break parameter_value=0 -> COMMAND_DONE
        ---
        bob SESSION_SETTING cancel_on_disconnect=1              -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange SET_PHASE contract=1 method=listed phase=break -> PHASE_CHANGED; COMMAND_DONE
        operator HALT level=market halt_reason=operator         -> HALT_CHANGED; COMMAND_DONE
        operator KILL level=login subject_id=12                 -> KILL_CHANGED; COMMAND_DONE
        exchange LOGIN_DOWN subject_id=12 down_reason=1         -> LOGIN_CHANGED
        exchange TICK                                           -> DONE done=disconnected; MASS_CANCELLED; FIVE_LEVELS
    """,
    "a restart: every login is down from now, and the grace begins again": """
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=10_000 -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange LOGIN_UP subject_id=12                         -> LOGIN_CHANGED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange RESTART after=60_000                           -> HALT_CHANGED; COMMAND_DONE
        exchange TICK after=9_999                               -> FIVE_LEVELS
        exchange TICK after=1                                   -> DONE done=disconnected; MASS_CANCELLED; FIVE_LEVELS
    """,
    "after a restart who comes back in time keeps its orders": """
        bob SESSION_SETTING cancel_on_disconnect=1 grace_ms=10_000 -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange RESTART                                        -> HALT_CHANGED; COMMAND_DONE
        exchange LOGIN_UP after=9_999 subject_id=12             -> LOGIN_CHANGED
        exchange TICK after=60_000                              -> FIVE_LEVELS
    """,
    "dead-man: due so long after the login's last command, whatever it was": """
        bob SESSION_SETTING dead_man_ms=1_000                   -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        bob LISTING after=999 side=buy q=5 p=1.00               -> !PRICE_OUTSIDE_BAND
        exchange TICK after=999                                 -> FIVE_LEVELS
        exchange TICK after=1                                   -> DONE done=disconnected; MASS_CANCELLED record_count=1; FIVE_LEVELS
    """,
    "dead-man: fires once until the next command": """
        bob SESSION_SETTING dead_man_ms=1_000                   -> SETTING_CHANGED
        exchange TICK after=1_000                               -> MASS_CANCELLED record_count=0
        exchange TICK after=60_000                              -> nothing
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange TICK after=60_000                              -> DONE; MASS_CANCELLED record_count=1; FIVE_LEVELS
        exchange TICK after=60_000                              -> nothing
    """,
    "dead-man: a command refused for its reference is not heard": """
        bob SESSION_SETTING dead_man_ms=1_000                   -> SETTING_CHANGED
        bob CANCEL after=999 order=1 ref=1                      -> !DUPLICATE_REFERENCE
        exchange TICK after=1                                   -> MASS_CANCELLED
    """,
    "dead-man: switched off": """
        bob SESSION_SETTING dead_man_ms=1_000                   -> SETTING_CHANGED
        bob SESSION_SETTING dead_man_ms=0                       -> SETTING_CHANGED
        exchange TICK after=60_000                              -> nothing
    """,
    "dead-man: a restart begins its wait again": """
        bob SESSION_SETTING dead_man_ms=1_000                   -> SETTING_CHANGED
        exchange RESTART after=60_000                           -> HALT_CHANGED; COMMAND_DONE
        exchange TICK after=999                                 -> nothing
        exchange TICK after=1                                   -> MASS_CANCELLED
        exchange RESTART after=60_000                           -> HALT_CHANGED; COMMAND_DONE
        exchange TICK after=60_000                              -> nothing
    """,
    "both at once cancel once": """
        bob SESSION_SETTING cancel_on_disconnect=1 dead_man_ms=1_000 -> SETTING_CHANGED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange TICK after=1_000                               -> DONE; MASS_CANCELLED; FIVE_LEVELS
        exchange TICK after=60_000                              -> nothing
    """,
    "logins ascending, before the images": """
        eve SESSION_SETTING dead_man_ms=1                       -> SETTING_CHANGED
        bob SESSION_SETTING cancel_on_disconnect=1              -> SETTING_CHANGED
        eve LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        bob LISTING side=buy q=5 p=54.00                        -> ACCEPTED
        ann LISTING side=sell q=5 p=54.00                       -> ACCEPTED
        exchange LOGIN_DOWN subject_id=12 down_reason=2         -> LOGIN_CHANGED
        exchange TICK after=1                                   -> DONE stream=bob; MASS_CANCELLED stream=bob; DONE stream=eve; MASS_CANCELLED stream=eve; FIVE_LEVELS level_count=0; FIVE_LEVELS level_count=1
    """,
    "breakers before logins": """
        exchange PARAMETER_SET contract=1 parameter_id=breaker_ppm parameter_value=20_000 -> COMMAND_DONE
        ---
        ann LISTING side=sell q=1 p=55.00                       -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00                           -> EXECUTED; ...
        ann LISTING side=sell q=1 p=57.00                       -> ACCEPTED
        bob LISTING side=buy q=1 p=57.00                        -> ACCEPTED
        bob SESSION_SETTING dead_man_ms=15_000                  -> SETTING_CHANGED
        cat TAKE side=buy q=1 p=57.00                           -> BREAKER_STATE breaker_state=limit; DONE
        exchange TICK after=15_000                              -> BREAKER_STATE breaker_state=pause; PHASE_CHANGED; DONE stream=bob; MASS_CANCELLED; FIVE_LEVELS; FIVE_LEVELS
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_timers(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
