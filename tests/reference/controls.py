"""Phases, halts, kill switches, connections and restart: what the schedule and the operator do."""

from exchange.vocabulary.enums import DoneReason, DownReason, HaltReason, Level, Method, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.phases import PHASE_CHANGES
from exchange.vocabulary.rejects import RejectReason
from tests.reference.breaker import end_breaker
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.money import end, end_offer
from tests.reference.one_way import lapse_auction, leave_phase
from tests.reference.phases import change_phase
from tests.reference.state import Contract, Login, Member, Slot, slot_of
from tests.reference.timers import login_came_up, login_went_down, restart_timers

EVERY_METHOD = 255
#: reached by OPENING_TOTALS and SEAL_DAY only
PHASES_NOT_SET = (Phase.PRE_OPEN, Phase.SEALED)


def lapse(market: Market, contract: Contract, slot: Slot) -> None:
    """Every live order of a slot ends: buys then sells, best price first, first come first."""
    if slot == Slot.BLOCK:
        for offer in tuple(contract.offers):
            end_offer(market, offer, DoneReason.LAPSED)
    elif slot == Slot.ONE_WAY:
        lapse_auction(market, contract)
    else:
        for book in contract.sides:
            for order in [order for _, level in book.best_first() for order in level.orders]:
                end(market, order, DoneReason.LAPSED)


def slots_of(contract: Contract, method: int) -> tuple[Slot, ...]:
    """The slots that a command's method means: all, its own, or none where the book trades otherwise."""
    if method == EVERY_METHOD:
        return tuple(Slot)
    slot = slot_of(method)
    return (slot,) if contract.method_at(slot) == method else ()


def apply_set_phase(market: Market, command: Command) -> Refusal | None:
    """SET_PHASE: each contract and slot by itself; an illegal one is refused and the others go on."""
    named = market.contracts.get(command.contract_id)
    if command.contract_id and not named:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if command.method not in (*Method, EVERY_METHOD) or command.phase > max(Phase):
        return Refusal(RejectReason.INVALID_FIELD)
    if named and not slots_of(named, command.method):
        return Refusal(RejectReason.INVALID_FIELD)
    phase = Phase(command.phase)
    refused = accepted = 0
    for contract in list(market.contracts.values()):
        if command.contract_id not in (0, contract.contract_id):
            continue
        for slot in slots_of(contract, command.method):
            now = contract.phases[slot]
            is_legal = phase not in PHASES_NOT_SET and phase in PHASE_CHANGES[now]
            if slot == Slot.BOOK and (phase == now or is_legal):
                end_breaker(market, contract)
            if phase == now:
                contract.next_change_ns[slot] = command.next_change_ns
            elif not is_legal:
                refused += 1
                refusal = Refusal(RejectReason.ILLEGAL_PHASE_CHANGE)
                market.reject(refusal, contract_id=contract.contract_id)
                continue
            else:
                entered = leave_phase(market, contract, slot, phase)
                change_phase(market, contract, slot, entered, command.next_change_ns)
                if phase == Phase.ENDED:
                    lapse(market, contract, slot)
            accepted += 1
    if accepted or not refused:
        market.emit_done(subject_id=command.contract_id)
    return None


def find_halted(market: Market, command: Command) -> "Market | Contract | Refusal":
    """What a halt or resume is about."""
    if command.level == Level.MARKET and command.subject_id == 0:
        return market
    if command.level != Level.CONTRACT:
        return Refusal(RejectReason.UNKNOWN_LEVEL)
    contract: Contract | None = market.contracts.get(command.subject_id)
    return contract or Refusal(RejectReason.UNKNOWN_CONTRACT)


def tell_halt(market: Market, level: int, subject_id: int, reason: int, halted: bool, until_ns: int) -> None:
    """HALT_CHANGED to everybody."""
    market.emit_public(
        Kind.HALT_CHANGED,
        contract_id=subject_id,
        subject_id=subject_id,
        level=level,
        halt_reason=reason,
        is_halted=halted,
        expected_ns=until_ns,
    )


def apply_halt(market: Market, command: Command) -> Refusal | None:
    """HALT: again is legal and updates the reason."""
    halted = find_halted(market, command)
    if isinstance(halted, Refusal):
        return halted
    if command.halt_reason not in tuple(HaltReason):
        return Refusal(RejectReason.INVALID_FIELD)
    halted.is_halted, halted.halt_reason = True, command.halt_reason
    tell_halt(market, command.level, command.subject_id, command.halt_reason, True, command.expected_ns)
    market.emit_done(subject_id=command.subject_id, subject_level=command.level)
    return None


def apply_resume(market: Market, command: Command) -> Refusal | None:
    """RESUME: tells the reason the halt had."""
    halted = find_halted(market, command)
    if isinstance(halted, Refusal):
        return halted
    tell_halt(market, command.level, command.subject_id, halted.halt_reason, False, 0)
    halted.is_halted, halted.halt_reason = False, 0
    market.emit_done(subject_id=command.subject_id, subject_level=command.level)
    return None


def set_killed(market: Market, command: Command, killed: bool) -> Refusal | None:
    """KILL and RESTORE: a member or login is told; market and contract kills are only audited."""
    level, subject = command.level, command.subject_id
    target: Market | Contract | Member | Login | None = None
    stream = None
    if level == Level.MARKET and subject == 0:
        target = market
    elif level == Level.CONTRACT:
        target = market.contracts.get(subject)
    elif level == Level.MEMBER:
        member = market.members.get(subject, Member())
        target = member if member.is_open else None
        stream = subject or market.stream_of(None)
    elif level == Level.LOGIN:
        target = login = market.logins.get(subject)
        stream = market.stream_of(login)
    if target is None:
        return Refusal(RejectReason.UNKNOWN_LEVEL)
    target.is_killed = killed
    if stream is not None:
        market.emit_caused(stream, Kind.KILL_CHANGED, subject_id=subject, level=level, is_killed=killed)
    market.emit_done(subject_id=subject, subject_level=level)
    return None


def apply_kill(market: Market, command: Command) -> Refusal | None:
    """KILL: refuse new orders; cancels pass."""
    return set_killed(market, command, True)


def apply_restore(market: Market, command: Command) -> Refusal | None:
    """RESTORE: undo a kill."""
    return set_killed(market, command, False)


def set_up(market: Market, command: Command, is_up: bool, down_reason: int) -> Refusal | None:
    """LOGIN_UP and LOGIN_DOWN: the member is told."""
    login = market.logins.get(command.subject_id)
    if login is None:
        return Refusal(RejectReason.UNKNOWN_LEVEL)
    if not is_up and down_reason not in tuple(DownReason):
        return Refusal(RejectReason.INVALID_FIELD)
    login.is_up = is_up
    if is_up:
        login_came_up(login)
    else:
        login_went_down(market, login)
    market.emit_caused(
        market.stream_of(login),
        Kind.LOGIN_CHANGED,
        subject_id=command.subject_id,
        down_reason=down_reason,
        is_up=is_up,
    )
    return None


def apply_login_up(market: Market, command: Command) -> Refusal | None:
    """LOGIN_UP."""
    return set_up(market, command, True, 0)


def apply_login_down(market: Market, command: Command) -> Refusal | None:
    """LOGIN_DOWN."""
    return set_up(market, command, False, command.down_reason)


def apply_restart(market: Market, command: Command) -> Refusal | None:
    """RESTART: the market is halted until resumed, every login is down."""
    market.is_halted, market.halt_reason = True, HaltReason.RESTART
    for login in market.logins.values():
        login.is_up = False
        restart_timers(market, login)
    tell_halt(market, Level.MARKET, 0, HaltReason.RESTART, True, 0)
    number = command.recovered_sequence
    market.emit_done(parameter_value=number if number < 2**63 else number - 2**64)  # the same eight bytes
    return None
