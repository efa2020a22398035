"""The kernel's one door: a batch of stamped commands in, events out, in a single compiled loop."""

import numpy as np
from numpy.typing import NDArray

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    Head,
    command_at,
    commands_in,
    counters_of,
    enter,
    events_in,
    head_of,
    login_at,
    logins_in,
    proposed_at,
)
from exchange.kernel.auction_end import apply_auction_end, run_auction_end
from exchange.kernel.bands import apply_band_change, run_band_change
from exchange.kernel.block import (
    apply_block_accept,
    apply_block_counter,
    apply_block_decline,
    apply_block_offer,
)
from exchange.kernel.breaker import run_pause_market
from exchange.kernel.bust import apply_bust
from exchange.kernel.cancel import apply_cancel
from exchange.kernel.closing import apply_close_day, apply_seal_day, run_close_day, run_seal_day
from exchange.kernel.compiled import cold, entry, hot, signed
from exchange.kernel.constants import NO_ROW, PAUSING_MARKET, REFERENCE_GAP_MAX, STEP_EVENTS
from exchange.kernel.continuous import apply_limit_order
from exchange.kernel.controls import (
    apply_halt,
    apply_kill,
    apply_login_change,
    apply_restart,
)
from exchange.kernel.definitions import (
    apply_define_account,
    apply_define_contract,
    apply_define_login,
    apply_open_day,
)
from exchange.kernel.events import reject
from exchange.kernel.limits import apply_member_limit
from exchange.kernel.listing import apply_listing
from exchange.kernel.lookahead import look_ahead
from exchange.kernel.mass_cancel import apply_mass_cancel, run_mass_cancel
from exchange.kernel.matching import run_match
from exchange.kernel.metering import meter
from exchange.kernel.monitor import stamp
from exchange.kernel.notices import apply_contract_expire, apply_notice
from exchange.kernel.one_way import apply_auction_bid, apply_auction_notice
from exchange.kernel.opening import (
    apply_opening_begin,
    apply_opening_cash,
    apply_opening_holding,
    apply_opening_totals,
    run_opening_totals,
)
from exchange.kernel.parameters import apply_parameter_set, run_parameter_set
from exchange.kernel.phases import apply_set_phase, run_set_phase
from exchange.kernel.proposals import apply_approve, apply_fragment, apply_propose, apply_withdraw
from exchange.kernel.replace import apply_reduce, apply_replace
from exchange.kernel.result import (
    apply_delivered,
    apply_result_begin,
    apply_result_cash,
    apply_result_holding,
    apply_result_totals,
    apply_stage,
)
from exchange.kernel.signatures import apply_signature
from exchange.kernel.state import Rows, State
from exchange.kernel.take import apply_take, run_take
from exchange.kernel.tick import run_tick
from exchange.kernel.timers import apply_session_setting
from exchange.kernel.transfers import apply_hold_end, apply_restrict, apply_transfer
from exchange.vocabulary.limits import EVENTS_PER_STEP_MAX


@hot
def check_reference(state: Core, command: np.void) -> int:
    """Check number one of every login's command: its reference is new; whatever follows consumes it."""
    login_id = signed(command["login_id"])
    if login_id >= logins_in(state):
        return reasons.INVALID_FIELD
    login = login_at(state, login_id)
    if signed(login["is_defined"]) == 0:
        return reasons.OK if login_id == 0 else reasons.INVALID_FIELD
    reference = signed(command["user_reference"])
    highest = signed(login["highest_reference"])
    if reference <= highest:
        return reasons.DUPLICATE_REFERENCE
    if reference - highest > REFERENCE_GAP_MAX:
        return reasons.REFERENCE_GAP
    login["highest_reference"] = reference
    login["heard_ns"] = command["time_ns"]
    return reasons.OK


@cold
def is_known(kind: int) -> bool:
    """Whether a kind works in this release."""
    return (
        kinds.LISTING <= kind <= kinds.TAKE
        or kinds.LIMIT_ORDER <= kind <= kinds.MASS_CANCEL
        or kinds.BLOCK_OFFER <= kind <= kinds.BLOCK_DECLINE
        or kind == kinds.AUCTION_BID
        or kind == kinds.SESSION_SETTING
        or kind == kinds.MEMBER_LIMIT
        or kinds.TICK <= kind <= kinds.BAND_CHANGE
        or kinds.PROPOSE <= kind <= kinds.CONTRACT_EXPIRE
        or kinds.OPENING_BEGIN <= kind <= kinds.CORRECTION
        or kind == kinds.REGISTRY_SIGNATURE
        or kind == kinds.REGISTRY_CHAIN_HEAD
    )


@cold
def apply_defining(state: Core, count: int, command: np.void) -> int:
    """The day, what is in it, and the operator's and schedule's commands."""
    kind = signed(command["kind"])
    if kind == kinds.OPEN_DAY:
        return apply_open_day(state, count, command)
    if kind == kinds.DEFINE_CONTRACT:
        return apply_define_contract(state, count, command)
    if kind == kinds.DEFINE_ACCOUNT:
        return apply_define_account(state, count, command)
    if kind == kinds.DEFINE_LOGIN:
        return apply_define_login(state, count, command)
    if kind == kinds.PARAMETER_SET:
        return apply_parameter_set(state, count, command)
    if kind == kinds.SET_PHASE:
        return apply_set_phase(state, count, command)
    if kind == kinds.HALT or kind == kinds.RESUME:
        return apply_halt(state, count, command)
    if kind == kinds.KILL or kind == kinds.RESTORE:
        return apply_kill(state, count, command)
    if kind == kinds.LOGIN_UP or kind == kinds.LOGIN_DOWN:
        return apply_login_change(state, count, command)
    if kind == kinds.RESTART:
        return apply_restart(state, count, command)
    if kind == kinds.CLOSE_DAY:
        return apply_close_day(state, count, command)
    if kind == kinds.BAND_CHANGE:
        return apply_band_change(state, count, command)
    if kind == kinds.AUCTION_NOTICE:
        return apply_auction_notice(state, count, command)
    if kind == kinds.AUCTION_END:
        return apply_auction_end(state, count, command)
    return apply_seal_day(state, count, command)


@cold
def apply_proposing(state: Core, count: int, command: np.void) -> int:
    """Proposals and notices."""
    kind = signed(command["kind"])
    if kind == kinds.PROPOSE:
        return apply_propose(state, count, command)
    if kind == kinds.COMMAND_FRAGMENT:
        return apply_fragment(state, count, command)
    if kind == kinds.PROPOSAL_WITHDRAW:
        return apply_withdraw(state, count, command)
    if kind == kinds.NOTICE:
        return apply_notice(state, count, command)
    return apply_contract_expire(state, count, command)


@cold
def apply_registry(state: Core, count: int, command: np.void) -> int:
    """What the registry sends."""
    kind = signed(command["kind"])
    if kind == kinds.OPENING_BEGIN:
        return apply_opening_begin(state, count, command)
    if kind == kinds.OPENING_HOLDING:
        return apply_opening_holding(state, count, command)
    if kind == kinds.OPENING_CASH:
        return apply_opening_cash(state, count, command)
    if kind == kinds.OPENING_TOTALS:
        return apply_opening_totals(state, count, command)
    if kind == kinds.RESULT_BEGIN:
        return apply_result_begin(state, count, command)
    if kind == kinds.RESULT_HOLDING:
        return apply_result_holding(state, count, command)
    if kind == kinds.RESULT_CASH:
        return apply_result_cash(state, count, command)
    if kind == kinds.RESULT_TOTALS:
        return apply_result_totals(state, count, command)
    if kind == kinds.DELIVERED:
        return apply_delivered(state, count, command)
    if kind == kinds.HOLD_COMMIT or kind == kinds.HOLD_ABORT:
        return apply_hold_end(state, count, command)
    if kind == kinds.RESTRICT:
        return apply_restrict(state, count, command)
    if kinds.DEPOSIT <= kind <= kinds.RELEASE:
        return apply_transfer(state, count, command)
    if kind == kinds.BUST or kind == kinds.CORRECTION:
        return apply_bust(state, count, command)
    if kind == kinds.REGISTRY_SIGNATURE or kind == kinds.REGISTRY_CHAIN_HEAD:
        return apply_signature(state, count, command)
    return apply_stage(state, count, command)


@cold
def apply_other(state: Core, count: int, command: np.void) -> int:
    """Everything that is not listing, taking or cancelling."""
    kind = signed(command["kind"])
    if not is_known(kind):
        return reject(state, count, command, reasons.UNKNOWN_KIND)
    if signed(counters_of(state)["is_open"]) == 0 and kind != kinds.OPEN_DAY:
        return reject(state, count, command, reasons.DAY_NOT_OPEN)
    if kind == kinds.TICK:
        return run_tick(state, count, command)
    if kind == kinds.MASS_CANCEL:
        return apply_mass_cancel(state, count, command)
    if kind == kinds.SESSION_SETTING:
        return apply_session_setting(state, count, command)
    if kind == kinds.REDUCE:
        return apply_reduce(state, count, command)
    if kind == kinds.REPLACE:
        return apply_replace(state, count, command)
    if kind == kinds.AUCTION_BID:
        return apply_auction_bid(state, count, command)
    if kind == kinds.BLOCK_OFFER:
        return apply_block_offer(state, count, command)
    if kind == kinds.BLOCK_COUNTER:
        return apply_block_counter(state, count, command)
    if kind == kinds.MEMBER_LIMIT:
        return apply_member_limit(state, count, command)
    if kind == kinds.BLOCK_ACCEPT:
        return apply_block_accept(state, count, command)
    if kind == kinds.BLOCK_DECLINE:
        return apply_block_decline(state, count, command)
    if kind <= kinds.BAND_CHANGE or kinds.AUCTION_NOTICE <= kind <= kinds.AUCTION_END:
        return apply_defining(state, count, command)
    if kind <= kinds.CONTRACT_EXPIRE:
        return apply_proposing(state, count, command)
    return apply_registry(state, count, command)


@cold
def apply_rare(state: Core, count: int, command: np.void) -> int:
    """An approval, and then the command that it lets run; or any other command of those."""
    counters = counters_of(state)
    stamp(counters, command)
    if signed(counters["is_metered"]) != 0:
        meter(state, command, signed(command["kind"]))
    if signed(command["kind"]) != kinds.APPROVE or signed(counters["is_open"]) == 0:
        return apply_other(state, count, command)
    count = apply_approve(state, count, command)
    row = signed(counters["approved_row"])
    return count if row == NO_ROW else apply_other(state, count, proposed_at(state, row))


@cold
def continue_command(state: Core, count: int, command: np.void) -> int:
    """The next slice of an unfinished command."""
    if signed(command["kind"]) == kinds.APPROVE:
        command = proposed_at(state, signed(counters_of(state)["approved_row"]))
    kind = signed(command["kind"])
    if signed(counters_of(state)["stage"]) == PAUSING_MARKET:
        return run_pause_market(state, count, command)
    if kind == kinds.TAKE:
        return run_take(state, count, command)
    if kind == kinds.LIMIT_ORDER or kind == kinds.REPLACE:
        return run_match(state, count, command)
    if kind == kinds.TICK:
        return run_tick(state, count, command)
    if kind == kinds.MASS_CANCEL:
        return run_mass_cancel(state, count, command)
    if kind == kinds.BAND_CHANGE:
        return run_band_change(state, count, command)
    if kind == kinds.AUCTION_END:
        return run_auction_end(state, count, command)
    if kind == kinds.PARAMETER_SET:
        return run_parameter_set(state, count, command)
    if kind == kinds.SET_PHASE:
        return run_set_phase(state, count, command)
    if kind == kinds.OPENING_TOTALS:
        return run_opening_totals(state, count, command)
    if kind == kinds.CLOSE_DAY:
        return run_close_day(state, count, command)
    return run_seal_day(state, count, command)


@hot
def start_command(state: Core, count: int, command: np.void) -> int:
    """One command from its beginning."""
    counters = counters_of(state)
    reason = check_reference(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    is_metered = signed(counters["is_metered"]) != 0
    kind = signed(command["kind"])
    if signed(counters["is_open"]) != 0:
        if kind == kinds.CANCEL:
            if is_metered:
                meter(state, command, kinds.CANCEL)
            return apply_cancel(state, count, command)
        # Metering in between keeps the compiler from one jump over all kinds, which is harder to foresee.
        if kinds.LISTING <= kind <= kinds.LIMIT_ORDER:
            if is_metered:
                meter(state, command, kinds.LIMIT_ORDER)
            if kind == kinds.LIMIT_ORDER:
                return apply_limit_order(state, count, command)
            if kind == kinds.LISTING:
                return apply_listing(state, count, command)
            return apply_take(state, count, command)
    return apply_rare(state, count, command)


@cold
def run_batch(state: Core) -> tuple[int, int, int]:
    """Step after step while the next one's worst case fits the event buffer."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    end = commands_in(state)
    done = signed(0)
    count = signed(0)
    begun = signed(-1)
    while done < end and count <= room:
        command = command_at(state, done)
        begun = done
        look_ahead(state, done, end)
        if signed(counters["stage"]) == 0:
            count = start_command(state, count, command)
        else:
            count = continue_command(state, count, command)
        stage = signed(counters["stage"])
        after = signed(counters["after_stage"])
        if stage | after != 0:
            if stage != 0:
                break
            counters["stage"] = after  # more to do for the same command: see monitor.py
            counters["after_stage"] = 0
        else:
            done += 1
    if begun >= 0:
        stamp(counters, command_at(state, begun))  # once a batch, as few kinds of commands ask for it
    more = signed(1) if done < end else signed(0)
    return done, count, more


@entry
def enter_batch(
    head: Head, commands: Rows, events: Rows, streams: NDArray[np.uint32]
) -> tuple[int, int, int]:
    """The compiled form of apply_batch."""
    return run_batch(enter(head, commands, events, streams))


def apply_batch(
    state: State, commands: Rows, events: Rows, streams: NDArray[np.uint32]
) -> tuple[int, int, int]:
    """Apply stamped commands in order; returns (commands done, events written, whether more remains).

    A step starts only if its worst case fits the event buffer. With more = 1 the caller drains the events
    and calls again with commands[done:], the first of which may be half done: nothing runs in between.
    Raises ValueError for buffers too small for a step, or commands that are read-only or not contiguous.
    """
    if len(events) < EVENTS_PER_STEP_MAX or len(streams) < len(events):
        found = f"{len(events)} events and {len(streams)} streams"
        raise ValueError(
            f"expected room for {EVENTS_PER_STEP_MAX} events or more and as many streams, found {found}"
        )
    if not commands.flags.writeable or not commands.flags.c_contiguous:
        raise ValueError("commands: expected a writable contiguous array, found another; copy it")
    return enter_batch(head_of(state), commands, events, streams)
