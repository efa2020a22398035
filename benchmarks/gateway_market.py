"""A market to load: members with large opening positions, one trading day standing at ten in the morning.

Used by the gateway's benchmark and by the tests of the gateway: everything is real, only time is set by hand.
"""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from exchange.engine.clock import ManualClock
from exchange.engine.directory import Directory, provision
from exchange.engine.engine import Engine
from exchange.engine.journal import Durability
from exchange.engine.settings import EngineSettings
from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import MEMBER_FIRST, PROTOCOL_VERSION
from exchange.vocabulary.records import COMMAND, make
from exchange.vocabulary.units import market_time_ns, trading_day_number

DAY: Final = date(2021, 12, 16)
TEN: Final = 10 * 3600  # second of the day: in the morning session
CONTRACT: Final = 1
BASE_TICKS: Final = 4_250
ACCOUNT_FIRST: Final = 1_001
HOLDING_LOTS: Final = 1_000_000_000
CASH_FEN: Final = 1_000_000_000_000_000
TURNS_MAX: Final = 100_000


class Participant(NamedTuple):
    """A member with one account and one login."""

    member_id: int
    entity_id: int
    account_id: int
    user: str
    name_en: str


def make_participants(count: int) -> list[Participant]:
    """Members that differ in nothing but their numbers."""
    return [
        Participant(MEMBER_FIRST + n, 1 + n, ACCOUNT_FIRST + n, f"B{n:05d}", f"Benchmark member {n}")
        for n in range(count)
    ]


def make_directory(data: Path, members: int) -> Directory:
    """Accounts, logins and credentials."""
    return provision(data, make_participants(members))


def opening_records(
    account_ids: Sequence[int],
    holding_lots: int = HOLDING_LOTS,
    cash_fen: int = CASH_FEN,
    day: date = DAY,
    first_reference: int = 1,
) -> list[bytes]:
    """Opening positions as the registry sends them: the same for every account, with their control totals."""
    common = {"version": PROTOCOL_VERSION, "trading_day": trading_day_number(day)}
    records = [make(Kind.OPENING_BEGIN, user_reference=first_reference, run=1, **common)]
    control = 0
    for account_id in account_ids:
        reference = first_reference + len(records)
        records.append(
            make(
                Kind.OPENING_HOLDING,
                user_reference=reference,
                contract_id=CONTRACT,
                account_id=account_id,
                available_lots=holding_lots,
                **common,
            )
        )
        records.append(
            make(
                Kind.OPENING_CASH,
                user_reference=reference + 1,
                account_id=account_id,
                available_fen=cash_fen,
                **common,
            )
        )
        control += balance_term(account_id, CONTRACT, holding_lots) + balance_term(account_id, 0, cash_fen)
    totals = make(
        Kind.OPENING_TOTALS,
        user_reference=first_reference + len(records),
        units_total_lots=holding_lots * len(account_ids),
        cash_total_fen=cash_fen * len(account_ids),
        record_count=2 * len(account_ids),
        control_hash=control % MODULUS,
        **common,
    )
    return [*records, totals]


def open_engine(
    data: Path, directory: Directory, durability: Durability, clock: ManualClock, days: int = 1
) -> Engine:
    """An engine at the beginning of the day, waiting for its opening positions."""
    settings = EngineSettings(
        folder=data / "shanghai",
        profile="national",
        first_day=DAY,
        days=days,
        opening_bases={CONTRACT: BASE_TICKS},
        durability=durability,
    )
    return Engine.open(settings, directory, clock)


def begin_trading(engine: Engine, clock: ManualClock, second_of_day: int = TEN) -> None:
    """Give the opening positions and let the time come; raises if the market does not open."""
    registry = engine.directory.by_user["WUHAN1"].login_id
    records = opening_records([account.account_id for account in engine.directory.accounts])
    _turn_until(engine, Phase.CLOSED)
    while records:
        room = max(engine.room(), 0)
        part, records = records[:room], records[room:]
        if part:
            engine.queue(registry, np.frombuffer(b"".join(part), COMMAND))
        engine.turn()
        engine.release()
    _turn_until(engine, Phase.PRE_OPEN)
    clock.set(market_time_ns(DAY, second_of_day))
    _turn_until(engine, Phase.TRADING)
    while engine.durable_sequence < engine.last_sequence:  # the disk has its own time
        time.sleep(0.001)
    engine.release()


def listed_phase(engine: Engine) -> int:
    """Phase of the listed method of the market's contract."""
    return int(engine.state.contracts["phase"][CONTRACT][0])


def _turn_until(engine: Engine, phase: Phase) -> None:
    for _ in range(TURNS_MAX):
        engine.turn()
        engine.release()
        is_defined = bool(engine.state.contracts["is_defined"][CONTRACT])
        if is_defined and listed_phase(engine) == phase and not engine.queued:
            return
    raise RuntimeError(f"expected the market in phase {phase.name}, found {listed_phase(engine)}")
