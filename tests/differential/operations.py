"""Random exchange commands of a generated day: phases legal and not, halts, kills, ticks, connections."""

from exchange.vocabulary.enums import Level, ParameterId, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from tests.differential.flow import Flow
from tests.differential.setup import (
    CONSOLE_LOGIN,
    OPERATOR_LOGIN,
    TRADING_DAY,
    send_parameter,
    wrong_definition,
    wrong_position,
)

EVERY_METHOD = 255
ACTIONS = ("tick", "phase", "halt", "kill", "login", "misplaced")
WEIGHTS = (55, 12, 8, 8, 10, 2)


def act(flow: Flow) -> None:
    """One exchange command."""
    (action,) = flow.rng.choices(ACTIONS, WEIGHTS)
    if action == "tick":
        flow.send(Kind.TICK)
    else:
        {"phase": phase, "halt": halt, "kill": kill, "login": login, "misplaced": misplaced}[action](flow)


def sender(flow: Flow) -> int:
    """The exchange itself, or an operator."""
    return 0 if flow.chance(0.6) else OPERATOR_LOGIN


def phase(flow: Flow) -> None:
    """A phase for one contract, mostly away from TRADING and back, sometimes illegal."""
    rng = flow.rng
    contract_id = rng.choice((0, 1, 2, 3, 4, 5, 5, 9))
    method = rng.choice((0, 1, EVERY_METHOD, EVERY_METHOD, 2))
    target = rng.choice((*Phase, Phase.BREAK, Phase.PAUSED, Phase.CALL_AUCTION, 8, 200))
    if target == Phase.ENDED and flow.chance(0.97):
        target = Phase.TRADING
    flow.send(Kind.SET_PHASE, sender(flow), contract_id=contract_id, method=method, phase=target)
    if flow.chance(0.9):
        trade_again(flow)


def trade_again(flow: Flow) -> None:
    """Everything that may trade trades, until a time."""
    flow.send(
        Kind.SET_PHASE,
        method=EVERY_METHOD,
        phase=Phase.TRADING,
        next_change_ns=flow.rng.choice((0, flow.time_ns + 10**9)),
    )


def level_and_subject(flow: Flow) -> dict[str, int]:
    """A level with a subject that mostly exists."""
    rng = flow.rng
    level = rng.choice((*Level, *Level, 0, 5))
    known = {
        Level.MARKET: (0, 0, 0, 0, 1),
        Level.CONTRACT: (1, 2, 3, 5, 0, 9, 70),
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
            halt_reason=rng.randrange(1, 6),
            expected_ns=rng.choice((0, flow.time_ns + 60 * 10**9)),
        )
    flow.pending.append((len(flow.records) + rng.randrange(60), Kind.RESUME, subject))


def kill(flow: Flow) -> None:
    """KILL and soon RESTORE."""
    subject = level_and_subject(flow)
    if flow.chance(0.8):
        flow.send(Kind.KILL, sender(flow), **subject)
    flow.pending.append((len(flow.records) + flow.rng.randrange(60), Kind.RESTORE, subject))


def settle_pending(flow: Flow) -> None:
    """Undo halts and kills whose time has come."""
    due = [p for p in flow.pending if p[0] <= len(flow.records)]
    for entry in due:
        flow.pending.remove(entry)
        flow.send(entry[1], sender(flow), **entry[2])


def login(flow: Flow) -> None:
    """LOGIN_UP and LOGIN_DOWN."""
    subject = flow.rng.choice((1, CONSOLE_LOGIN, 11, 12, 13, 14, 0, 63, 65_535, 2**32 - 1))
    if flow.chance(0.5):
        flow.send(Kind.LOGIN_UP, subject_id=subject)
    else:
        flow.send(Kind.LOGIN_DOWN, subject_id=subject, down_reason=flow.rng.randrange(4))


def misplaced(flow: Flow) -> None:
    """What belongs to another part of the day, and a restart."""
    rng = flow.rng
    letter = {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}
    pick = rng.randrange(8)
    if pick == 0:
        flow.send(Kind.CLOSE_DAY)
    elif pick == 1:
        flow.send(Kind.SEAL_DAY)
    elif pick == 2:
        flow.send(Kind.RESULT_BEGIN, run=1, **letter)
    elif pick == 3:
        flow.send(Kind.OPEN_DAY, **letter)
    elif pick == 4:
        flow.send(Kind.RESTART, recovered_sequence=len(flow.records))
        flow.pending.append((len(flow.records) + 9, Kind.RESUME, {"level": Level.MARKET, "subject_id": 0}))
    elif pick == 5:
        wrong_position(flow)
    elif pick == 6:
        send_parameter(flow, rng.randrange(3), rng.choice(tuple(ParameterId)))
    else:
        wrong_definition(flow)
