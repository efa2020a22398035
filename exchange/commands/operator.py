"""`exchange operator`: halt, resume, kill, restore and status, under the operator's login; all journaled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from exchange.client.credentials import address_of, credentials_of
from exchange.client.errors import ConnectionLost, LoginRefused
from exchange.client.outcome import Outcome
from exchange.client.replies import Contract, MethodPhase, Status
from exchange.client.trader import Trader
from exchange.client.words import HALT_REASONS, LEVELS, METHODS, PHASES, word
from exchange.errors import UsageError
from exchange.vocabulary.enums import HaltReason, Level
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.units import NS_PER_SECOND, SHANGHAI, market_time_ns

OPERATOR: Final = "OPER01"
REFUSED_EXIT: Final = 1
R = TypeVar("R")
Act = Callable[[Trader], Awaitable[R]]

app = typer.Typer(no_args_is_help=True, add_completion=False)


class HaltLevel(StrEnum):
    """At which level a halt acts."""

    MARKET = "market"
    CONTRACT = "contract"


class KillLevel(StrEnum):
    """At which level a kill switch acts."""

    MARKET = "market"
    CONTRACT = "contract"
    MEMBER = "member"
    LOGIN = "login"


class Reason(StrEnum):
    """Why trading is halted, as everybody will read it."""

    OPERATOR = "operator"
    TECHNICAL = "technical"
    REGISTRY = "registry"
    BREAKER = "breaker"


Data = Annotated[Path, typer.Option("--data", help="Data folder of the season.")]
Subject = Annotated[
    str, typer.Option("--subject", help="Contract code, login or member number at that level.")
]
DEFAULT_DATA: Final = Path("data")


@app.command()
def halt(
    data: Data = DEFAULT_DATA,
    level: Annotated[HaltLevel, typer.Option(help="market, or one contract.")] = HaltLevel.MARKET,
    subject: Subject = "",
    reason: Annotated[Reason, typer.Option(help="Shown to everybody.")] = Reason.OPERATOR,
    expected: Annotated[str, typer.Option(help="Expected resumption today, HH:MM market time.")] = "",
) -> None:
    """Halt trading; cancels still pass."""
    reason_code = HaltReason[reason.name]

    async def act(trader: Trader) -> Outcome:
        return await trader.command(
            Kind.HALT,
            level=Level[level.name],
            subject_id=await _subject(trader, data, level.value, subject),
            halt_reason=reason_code,
            expected_ns=_expected_ns(trader, expected),
        )

    words = f"halted 暂停交易: {level.value} {subject}, {word(HALT_REASONS, reason_code, 'en')}"
    _perform(data, act, words + (f", expected until {expected}" if expected else ""))


@app.command()
def resume(
    data: Data = DEFAULT_DATA,
    level: Annotated[HaltLevel, typer.Option(help="market, or one contract.")] = HaltLevel.MARKET,
    subject: Subject = "",
) -> None:
    """Undo a halt."""
    _simple(data, Kind.RESUME, level.value, subject, "resumed 恢复交易")


@app.command()
def kill(
    level: Annotated[KillLevel, typer.Option(help="market, contract, member or login.")],
    data: Data = DEFAULT_DATA,
    subject: Subject = "",
) -> None:
    """Refuse new orders at a level; cancels still pass."""
    _simple(data, Kind.KILL, level.value, subject, "new orders stopped 停止新申报")


@app.command()
def restore(
    level: Annotated[KillLevel, typer.Option(help="market, contract, member or login.")],
    data: Data = DEFAULT_DATA,
    subject: Subject = "",
) -> None:
    """Undo a kill."""
    _simple(data, Kind.RESTORE, level.value, subject, "new orders allowed 恢复新申报")


@app.command()
def status(data: Data = DEFAULT_DATA) -> None:
    """Health, phases and halts of the exchange."""

    async def ask(trader: Trader) -> tuple[Status, list[MethodPhase], list[Contract]]:
        return await trader.status(), await trader.phases(), await trader.contracts()

    found, phases, contracts = asyncio.run(_with_operator(data, ask))
    codes = {row.contract_id: row.code for row in contracts}
    print(f"commands {found.last_sequence:,} sequenced, {found.durable_sequence:,} durable", end="")
    print(f"  {found.commands_per_second:,}/s  sessions {found.sessions}  open orders {found.live_orders:,}")
    print(
        f"latency p50 {found.latency_p50_us} us, p99 {found.latency_p99_us} us, "
        f"p99.9 {found.latency_p999_us} us  durability {'sync' if found.durability else 'none'}"
    )
    print("market HALTED 暂停交易" if found.is_halted else "market not halted 未暂停")
    for row in phases:
        flags = (" HALTED" if row.is_halted else "") + (" KILLED" if row.is_killed else "")
        until = _clock(row.next_change_ns)
        print(
            f"  {codes.get(row.contract_id, row.contract_id)} {word(METHODS, row.method, 'en')}: "
            f"{word(PHASES, row.phase, 'en')} {word(PHASES, row.phase, 'zh')}{flags}{until}"
        )


def _simple(data: Path, kind: Kind, level: str, subject: str, words: str) -> None:
    """A command that has a level and a subject only."""

    async def act(trader: Trader) -> Outcome:
        subject_id = await _subject(trader, data, level, subject)
        return await trader.command(kind, level=Level[level.upper()], subject_id=subject_id)

    _perform(data, act, f"{words}: {word(LEVELS, Level[level.upper()], 'en')} {subject}")


def _perform(data: Path, act: Act[Outcome], words: str) -> None:
    """Do it; say what took effect, or why not, with exit code 1."""
    outcome = asyncio.run(_with_operator(data, act))
    if outcome.accepted:
        print(words.strip())
        return
    print(f"refused: {outcome.text('en')} {outcome.text('zh')}")
    if outcome.remedy:
        print(f"  to mend: {outcome.remedy}")
    raise typer.Exit(REFUSED_EXIT)


async def _with_operator(data: Path, act: Act[R]) -> R:
    credentials = credentials_of(data, OPERATOR)
    try:
        trader = await Trader.open(credentials, lambda: address_of(data))
    except (LoginRefused, ConnectionLost) as error:
        raise UsageError(
            f"the exchange does not let {OPERATOR} in: {error}", "is it running? try again"
        ) from error
    async with trader:
        return await act(trader)


async def _subject(trader: Trader, data: Path, level: str, subject: str) -> int:
    """The number the wire wants for what a person names."""
    if level == "market":
        if subject:
            raise UsageError(f"the market level has no subject, found {subject}", "leave --subject out")
        return 0
    if not subject:
        raise UsageError(f"level {level} needs a subject", f"add --subject ({level} to act on)")
    if level == "contract":
        contracts = {row.code: row.contract_id for row in await trader.contracts()}
        if subject.upper() not in contracts:
            raise UsageError(f"no contract {subject} today", f"name one of {', '.join(contracts)}")
        return contracts[subject.upper()]
    if subject.isdecimal():
        return int(subject)
    credentials = credentials_of(data, subject)
    return credentials.member_id if level == "member" else credentials.login_id


def _expected_ns(trader: Trader, expected: str) -> int:
    """HH:MM of the trading day the operator's stream belongs to."""
    if not expected:
        return 0
    try:
        at = datetime.strptime(expected, "%H:%M")
    except ValueError:
        raise UsageError(f"expected HH:MM, found {expected}", "e.g. --expected 14:30") from None
    day = datetime.strptime(trader.session[:6], "%y%m%d")
    return market_time_ns(date(day.year, day.month, day.day), at.hour * 3600 + at.minute * 60)


def _clock(time_ns: int) -> str:
    if not time_ns:
        return ""
    return f", until {datetime.fromtimestamp(time_ns / NS_PER_SECOND, SHANGHAI):%H:%M:%S}"
