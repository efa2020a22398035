"""Random exchange commands of a generated day: phases, halts, kills, bands, connections, the misplaced."""

from exchange.vocabulary.enums import BreakerState, Level, Method, ParameterId, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from tests.differential.flow import Flow
from tests.differential.picks import U4_MAX, pick_contract, pick_contract_id
from tests.differential.rules import send_parameter
from tests.differential.setup import (
    CONSOLE_LOGIN,
    OPERATOR_LOGIN,
    TRADING_DAY,
    wrong_definition,
    wrong_position,
)
from tests.reference.state import Slot

EVERY_METHOD = 255
QUIET = (Phase.PRE_OPEN, Phase.BREAK, Phase.PAUSED)
NS_PER_S = 10**9


def sender(flow: Flow) -> int:
    """The exchange itself, or an operator."""
    return 0 if flow.chance(0.6) else OPERATOR_LOGIN


def phase(flow: Flow) -> None:
    """A phase for one contract, mostly away from TRADING and back, sometimes illegal."""
    rng = flow.rng
    contract_id = rng.choice((0, 1, 2, 3, 4, 5, 5, 9))
    method = rng.choice((0, 1, 2, 3, EVERY_METHOD, EVERY_METHOD, 4))
    target = rng.choice((*Phase, Phase.BREAK, Phase.PAUSED, Phase.CALL_AUCTION, 8, 200))
    if target == Phase.ENDED and flow.chance(0.97):
        target = Phase.TRADING
    flow.send(Kind.SET_PHASE, sender(flow), contract_id=contract_id, method=method, phase=target)
    if flow.chance(0.9):
        flow.plan(
            rng.randrange(6),
            lambda later: later.send(
                Kind.SET_PHASE,
                contract_id=contract_id,
                method=method,
                phase=Phase.TRADING,
                next_change_ns=later.rng.choice((0, later.time_ns + NS_PER_S)),
            ),
        )


def trade_again(flow: Flow) -> None:
    """Everything that may trade trades, until a time."""
    flow.send(
        Kind.SET_PHASE,
        method=EVERY_METHOD,
        phase=Phase.TRADING,
        next_change_ns=flow.rng.choice((0, flow.time_ns + NS_PER_S)),
    )


def wake(flow: Flow) -> None:
    """What was left quiet or stopped by accident trades again; breakers keep their own time."""
    for contract in list(flow.market.contracts.values()):
        for slot in Slot:
            in_breaker = slot == Slot.BOOK and contract.breaker.state != BreakerState.NORMAL
            if contract.phases[slot] in QUIET and not in_breaker:
                flow.send(
                    Kind.SET_PHASE,
                    contract_id=contract.contract_id,
                    method=contract.method_at(slot),
                    phase=Phase.TRADING,
                )
        if contract.is_halted:
            flow.send(Kind.RESUME, level=Level.CONTRACT, subject_id=contract.contract_id)
        if contract.is_killed:
            flow.send(Kind.RESTORE, level=Level.CONTRACT, subject_id=contract.contract_id)
    if flow.market.is_halted:
        flow.send(Kind.RESUME, level=Level.MARKET, subject_id=0)


def lunch(flow: Flow) -> None:
    """A break: nothing trades, cancels pass or not."""
    flow.send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.BREAK, next_change_ns=flow.time_ns + 10**12)
    flow.plan(flow.rng.randrange(30), trade_again)


def level_and_subject(flow: Flow) -> dict[str, int]:
    """A level with a subject that mostly exists."""
    rng = flow.rng
    level = rng.choice((*Level, *Level, 0, 5))
    known = {
        Level.MARKET: (0, 0, 0, 0, 1),
        Level.CONTRACT: (1, 2, 3, 4, 5, 0, 9, 70),
        Level.MEMBER: (0, 1, 2, 16, 17, 18, 19, 3, 5_000),
        Level.LOGIN: (1, 2, 3, 11, 12, 13, 14, 0, 63, 64, 70_000),
    }.get(level, (0,))
    return {"level": level, "subject_id": rng.choice(known)}


def halt(flow: Flow) -> None:
    """HALT and soon RESUME; both may come twice or without the other."""
    rng = flow.rng
    subject = level_and_subject(flow)
    if flow.chance(0.7):
        flow.send(
            Kind.HALT,
            sender(flow),
            **subject,
            halt_reason=rng.randrange(1, 6) if flow.chance(0.97) else rng.choice((0, 6, 255)),
            expected_ns=rng.choice((0, flow.time_ns + 60 * NS_PER_S)),
        )
    flow.plan(rng.randrange(60), lambda later: later.send(Kind.RESUME, sender(later), **subject))


def kill(flow: Flow) -> None:
    """KILL and soon RESTORE."""
    subject = level_and_subject(flow)
    if flow.chance(0.8):
        flow.send(Kind.KILL, sender(flow), **subject)
    flow.plan(flow.rng.randrange(60), lambda later: later.send(Kind.RESTORE, sender(later), **subject))


def band_change(flow: Flow) -> None:
    """BAND_CHANGE: narrower, wider, past the book's reach, or back."""
    rng = flow.rng
    contract = pick_contract(flow)
    method = rng.choice((contract.matching_rule, contract.matching_rule, Method.BLOCK))
    lower, upper = contract.band(method)
    if flow.chance(0.6):
        spread = flow.profile.price_spread_ticks
        lower, upper = lower + rng.randrange(-spread, spread), upper + rng.randrange(-spread, spread)
    else:
        middle = (lower + upper) // 2
        lower, upper = middle - rng.randrange(1, 200), middle + rng.randrange(1, 200)
    if flow.chance(0.1):
        lower = rng.choice((upper + 1, 0, 99, contract.reach_lower_ticks - 1, contract.reach_lower_ticks))
        upper = rng.choice((upper, contract.reach_upper_ticks + 1, contract.reach_upper_ticks, 1_000_001))
    flow.send(
        Kind.BAND_CHANGE,
        sender(flow),
        contract_id=pick_contract_id(flow, contract),
        lower_ticks=max(lower, 0),
        upper_ticks=min(max(upper, 0), U4_MAX),
        method=method if flow.chance(0.98) else rng.randrange(256),
    )


def change_rule(flow: Flow) -> None:
    """MATCHING_RULE of a book that is quiet and mostly empty."""
    contract = pick_contract(flow)
    contract_id = contract.contract_id
    if flow.chance(0.8):
        flow.send(Kind.MASS_CANCEL, OPERATOR_LOGIN, contract_id=contract_id, side=255, method=255)
    if flow.chance(0.9):
        flow.send(Kind.SET_PHASE, contract_id=contract_id, method=contract.matching_rule, phase=Phase.BREAK)
    rule = Method.LISTED if contract.matching_rule == Method.CONTINUOUS else Method.CONTINUOUS
    flow.send(
        Kind.PARAMETER_SET,
        sender(flow),
        contract_id=contract_id if flow.chance(0.97) else 0,
        parameter_id=ParameterId.MATCHING_RULE,
        parameter_value=rule if flow.chance(0.95) else flow.rng.randrange(-1, 5),
    )
    flow.send(Kind.SET_PHASE, contract_id=contract_id, method=EVERY_METHOD, phase=Phase.TRADING)


def market_limit(flow: Flow) -> None:
    """A message limit is set while the market trades."""
    parameter = flow.rng.choice((ParameterId.MESSAGES_PER_SECOND, ParameterId.CANCELS_PER_SECOND))
    send_parameter(flow, 0, parameter)


def login(flow: Flow) -> None:
    """LOGIN_UP and LOGIN_DOWN."""
    rng = flow.rng
    subject = rng.choice((1, CONSOLE_LOGIN, 11, 12, 13, 14, 0, 63, 65_535, U4_MAX))
    if flow.market.logins and flow.chance(0.5):
        subject = rng.choice(flow.market.logins.keys())
    if flow.chance(0.5):
        flow.send(Kind.LOGIN_UP, subject_id=subject)
    else:
        flow.send(Kind.LOGIN_DOWN, subject_id=subject, down_reason=rng.choice((1, 2, 3, 4, 5, 6, 6, 0, 7)))


def restart(flow: Flow) -> None:
    """RESTART, and soon the resume."""
    flow.send(Kind.RESTART, recovered_sequence=len(flow.records))
    flow.plan(9, lambda later: later.send(Kind.RESUME, level=Level.MARKET, subject_id=0))


def misplaced(flow: Flow) -> None:
    """What belongs to another part of the day."""
    rng = flow.rng
    letter = {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}
    pick = rng.randrange(7)
    if pick == 0:
        flow.send(Kind.CLOSE_DAY)
    elif pick == 1:
        flow.send(Kind.SEAL_DAY)
    elif pick == 2:
        flow.send(Kind.RESULT_BEGIN, run=1, **letter)
    elif pick == 3:
        flow.send(Kind.OPEN_DAY, **letter)
    elif pick == 4:
        wrong_position(flow)
    elif pick == 5:
        send_parameter(flow, rng.randrange(3), rng.choice(tuple(ParameterId)))
    else:
        wrong_definition(flow)
