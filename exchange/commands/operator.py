"""`exchange operator`: halt, resume, kill, restore and status, under the operator's login; all journaled."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exchange.client.credentials import credentials_of
from exchange.client.operating import Operator
from exchange.client.outcome import Outcome
from exchange.client.replies import Contract, MethodPhase, Status
from exchange.client.trader import Trader
from exchange.client.words import HALT_REASONS, LEVELS, METHODS, PHASES, word
from exchange.commands import operator_market, operator_proposals
from exchange.commands.operator_session import (
    DEFAULT_DATA,
    Data,
    app,
    clock_text,
    contract_id_of,
    perform,
    time_ns_of,
    with_operator,
)
from exchange.errors import UsageError
from exchange.vocabulary.enums import HaltReason, Level
from exchange.vocabulary.kinds import Kind

__all__ = ["app", "operator_market", "operator_proposals"]  # importing them adds their commands to the app


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


Subject = Annotated[
    str, typer.Option("--subject", help="Contract code, login or member number at that level.")
]


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

    async def act(trader: Operator) -> Outcome:
        return await trader.command(
            Kind.HALT,
            level=Level[level.name],
            subject_id=await _subject(trader, data, level.value, subject),
            halt_reason=reason_code,
            expected_ns=time_ns_of(trader, expected) if expected else 0,
        )

    words = f"halted 暂停交易: {level.value} {subject}, {word(HALT_REASONS, reason_code, 'en')}"
    perform(data, act, words + (f", expected until {expected}" if expected else ""))


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

    async def ask(trader: Operator) -> tuple[Status, list[MethodPhase], list[Contract]]:
        return await trader.status(), await trader.phases(), await trader.contracts()

    found, phases, contracts = asyncio.run(with_operator(data, ask))
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
        until = f", until {clock_text(row.next_change_ns)}" if row.next_change_ns else ""
        print(
            f"  {codes.get(row.contract_id, row.contract_id)} {word(METHODS, row.method, 'en')}: "
            f"{word(PHASES, row.phase, 'en')} {word(PHASES, row.phase, 'zh')}{flags}{until}"
        )


def _simple(data: Path, kind: Kind, level: str, subject: str, words: str) -> None:
    """A command that has a level and a subject only."""

    async def act(trader: Operator) -> Outcome:
        subject_id = await _subject(trader, data, level, subject)
        return await trader.command(kind, level=Level[level.upper()], subject_id=subject_id)

    perform(data, act, f"{words}: {word(LEVELS, Level[level.upper()], 'en')} {subject}")


async def _subject(trader: Trader, data: Path, level: str, subject: str) -> int:
    """The number the wire wants for what a person names."""
    if level == "market":
        if subject:
            raise UsageError(f"the market level has no subject, found {subject}", "leave --subject out")
        return 0
    if not subject:
        raise UsageError(f"level {level} needs a subject", f"add --subject ({level} to act on)")
    if level == "contract":
        return await contract_id_of(trader, subject)
    if subject.isdecimal():
        return int(subject)
    credentials = credentials_of(data, subject)
    return credentials.member_id if level == "member" else credentials.login_id
