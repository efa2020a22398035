"""TICK: what time alone brings about, stage after stage, always in this order.

counters.stage is the stage at work. A stage works on from counters.cursor; it leaves its place there when the
event buffer is full, and TICK_STAGE_DONE when it has finished.
"""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import Core, contract_at, contracts_in, counters_of, event_at, events_in, level_at
from exchange.kernel.book import next_level, price_at
from exchange.kernel.clearing import run_due_auctions
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import ONE, PUBLIC_DEPTH, STEP_EVENTS, TICK_STAGE_DONE, ZERO
from exchange.kernel.events import begin_public
from exchange.kernel.proposals import run_expiring
from exchange.kernel.reopening import run_breakers
from exchange.kernel.timers import run_logins
from exchange.kernel.uncross import run_indicatives

EXPIRING = signed(1)  # proposals
ENDING = signed(2)  # one-way auctions
MOVING = signed(3)  # breakers
FIRING = signed(4)  # timers of logins
INDICATING = signed(5)  # call auctions
IMAGING = signed(6)  # sides of books

IMAGE_LEVELS = signed(5)


@cold
def run_stage(state: Core, count: int, command: np.void, stage: int) -> int:
    """More of one stage."""
    if stage == EXPIRING:
        return run_expiring(state, count, command)
    if stage == ENDING:
        return run_due_auctions(state, count, command)
    if stage == MOVING:
        return run_breakers(state, count, command)
    if stage == INDICATING:
        return run_indicatives(state, count, command)
    if stage == FIRING:
        return run_logins(state, count, command)
    if stage == IMAGING:
        return run_images(state, count, command)
    counters_of(state)["cursor"] = TICK_STAGE_DONE
    return count


@cold
def run_tick(state: Core, count: int, command: np.void) -> int:
    """TICK: every stage in turn."""
    counters = counters_of(state)
    stage = signed(counters["stage"])
    if stage == 0:
        stage = EXPIRING
    while stage <= IMAGING:
        counters["stage"] = stage
        count = run_stage(state, count, command, stage)
        if signed(counters["cursor"]) != TICK_STAGE_DONE:
            return count
        counters["cursor"] = 0
        stage += 1
    counters["stage"] = 0
    return count


@cold
def write_image(state: Core, count: int, command: np.void, contract_id: int, side: int) -> int:
    """FIVE_LEVELS: best prices and lots of one side; its fields reach into the usual header."""
    contract = contract_at(state, contract_id)
    begin_public(state, count, kinds.FIVE_LEVELS, command, ZERO)
    event = event_at(state, count)
    event["user_reference"] = 0
    event["board_contract_id"] = contract_id
    event["board_side"] = side
    depth = signed(contract["parameters"][PUBLIC_DEPTH])
    if depth > IMAGE_LEVELS:
        depth = IMAGE_LEVELS
    position = signed(contract["best"][side])
    given = ZERO
    while position >= 0 and given < depth:
        level = level_at(state, contract_id, side, position)
        write_image_level(event, given, price_at(contract, side, position), signed(level["lots"]))
        given += 1
        position = next_level(state, contract_id, side, position + 1)
    event["level_count"] = given
    return count + 1


@cold
def write_image_level(event: np.void, index: int, price_ticks: int, lots: int) -> None:
    """One level of an image: a record's fields cannot be chosen by a number."""
    if index == 0:
        event["level_1_price_ticks"] = price_ticks
        event["level_1_quantity_lots"] = lots
    elif index == 1:
        event["level_2_price_ticks"] = price_ticks
        event["level_2_quantity_lots"] = lots
    elif index == 2:
        event["level_3_price_ticks"] = price_ticks
        event["level_3_quantity_lots"] = lots
    elif index == 3:
        event["level_4_price_ticks"] = price_ticks
        event["level_4_quantity_lots"] = lots
    else:
        event["level_5_price_ticks"] = price_ticks
        event["level_5_quantity_lots"] = lots


@cold
def run_images(state: Core, count: int, command: np.void) -> int:
    """The public image of every side that changed since its last one (cursor = 2 * contract + side)."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    for cursor in range(signed(counters["cursor"]), contracts_in(state) * 2):
        contract_id = cursor >> ONE
        side = cursor & ONE
        contract = contract_at(state, contract_id)
        if signed(contract["is_dirty"][side]) == 0:
            continue
        if count > room:
            counters["cursor"] = cursor
            return count
        contract["is_dirty"][side] = 0
        count = write_image(state, count, command, contract_id, side)
    counters["cursor"] = TICK_STAGE_DONE
    return count
