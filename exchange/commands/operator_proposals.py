"""`exchange operator`: the two-person rule. One login proposes a whole command, another one approves it."""

import asyncio
from enum import IntEnum
from typing import Annotated, Final

import typer

from exchange.client.decode import OtherRecord
from exchange.client.describe import describe
from exchange.client.events import CommandDone, Event, ProposalChanged, Rejected
from exchange.client.operating import Operator, command_record
from exchange.client.outcome import Outcome
from exchange.commands.operator_session import (
    DEFAULT_DATA,
    OPERATOR,
    REFUSED_EXIT,
    Data,
    User,
    app,
    clock_text,
    contract_id_of,
    day_number_of,
    perform,
    tell,
    ticks_of,
    time_ns_of,
    with_operator,
)
from exchange.errors import UsageError
from exchange.vocabulary.enums import Eligibility, HaltReason, Level, Method, ParameterId, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import BY_KIND
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason

SECOND_OPERATOR: Final = "OPER02"
_NAMED: Final[dict[str, type[IntEnum]]] = {
    "parameter_id": ParameterId,
    "method": Method,
    "phase": Phase,
    "level": Level,
    "halt_reason": HaltReason,
    "side": Side,
}
Number = Annotated[int, typer.Argument(help="Number of the proposal.")]


@app.command()
def propose(
    kind: Annotated[str, typer.Argument(help="Kind of the command, e.g. PARAMETER_SET.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(help="Its fields as NAME=VALUE; contract=CODE; prices in ticks or as price=YUAN."),
    ] = None,
    until: Annotated[str, typer.Option(help="Lapses at this market time, HH:MM.")] = "15:00",
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """Propose a dangerous command; it does nothing until another person approves it."""
    if kind.upper() not in Kind.__members__:
        raise UsageError(f"no command {kind}", "name a kind of the protocol, e.g. PARAMETER_SET")
    chosen = Kind[kind.upper()]

    async def act(operator: Operator) -> Outcome:
        values = await _values(operator, chosen, fields or [])
        try:
            record = command_record(chosen, day_number_of(operator), **values)
        except (ValueError, OverflowError) as error:
            raise UsageError(str(error), f"see {chosen.name} in PROTOCOL.md") from None
        proposed = await operator.propose(record, time_ns_of(operator, until))
        words.append(
            f"proposal {proposed.proposal_id} 提案: {chosen.name}, until {until}, "
            f"hash {proposed.command_hash:016x}\n"
            f"another person: exchange operator approve {proposed.proposal_id} {proposed.command_hash:016x} "
            f"--user {SECOND_OPERATOR if user == OPERATOR else OPERATOR}"
        )
        return proposed

    words: list[str] = []
    outcome = asyncio.run(with_operator(data, act, user))
    tell(outcome, words[0])


@app.command()
def approve(
    number: Number,
    hash_text: Annotated[str, typer.Argument(metavar="HASH", help="Hash of the command, as proposed.")],
    data: Data = DEFAULT_DATA,
    user: User = SECOND_OPERATOR,
) -> None:
    """Approve exactly that command; it takes effect at once."""
    try:
        hash_of_it = int(hash_text, 16)
    except ValueError:
        raise UsageError(
            f"expected a hash of 16 hexadecimal digits, found {hash_text}", "copy it whole"
        ) from None
    heard: list[Event] = []

    async def act(operator: Operator) -> Outcome:
        def hear(event: Event | OtherRecord) -> None:
            if not isinstance(event, OtherRecord):
                heard.append(event)

        operator.listen(hear)
        outcome = await operator.approve(number, hash_of_it)
        await operator.phases()  # whatever the command caused comes before this answer
        return outcome

    outcome = asyncio.run(with_operator(data, act, user))
    tell(outcome, f"proposal {number} approved 已复核")
    _tell_effect(heard, outcome.user_reference)


@app.command()
def withdraw(number: Number, data: Data = DEFAULT_DATA, user: User = OPERATOR) -> None:
    """Withdraw a proposal, or refuse another's."""

    async def act(operator: Operator) -> Outcome:
        return await operator.withdraw(number)

    perform(data, act, f"proposal {number} withdrawn 提案已撤回", user)


@app.command()
def proposals(data: Data = DEFAULT_DATA, user: User = OPERATOR) -> None:
    """List the proposals that wait for another person."""

    async def ask(operator: Operator) -> list[ProposalChanged]:
        return list(operator.proposals.open.values())

    found = asyncio.run(with_operator(data, ask, user))
    for row in found:
        print(f"{describe(row, 'en')}  by login {row.login_id} at {clock_text(row.time_ns)}")
    if not found:
        print("no proposal waits 没有待复核的提案")


def _tell_effect(heard: list[Event], reference: int) -> None:
    """What the approved command itself said: it runs under the approver's reference."""
    approved = next((event.sequence for event in heard if isinstance(event, ProposalChanged)), 0)
    for event in heard:
        if event.sequence != approved:
            continue
        if isinstance(event, Rejected) and event.user_reference == reference:
            words = REJECT_TEXTS[RejectReason(event.reason)]
            print(f"but it was refused: {words.en} {words.zh} ({event.reason})")
            raise typer.Exit(REFUSED_EXIT)
        if isinstance(event, CommandDone):
            print(f"{Kind(event.command_kind).name} took effect 已生效")


async def _values(operator: Operator, kind: Kind, fields: list[str]) -> dict[str, int | bytes]:
    """Fields as a person writes them, as numbers of the wire."""
    names = {field.name for field in BY_KIND[kind].fields}
    values: dict[str, int | bytes] = {}
    for text in fields:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"expected NAME=VALUE, found {text}", "e.g. parameter_value=5")
        if name == "contract":
            values["contract_id"] = await contract_id_of(operator, value)
        elif name == "price":
            values["price_ticks"] = ticks_of(value)
        elif name not in names:
            raise UsageError(f"{kind.name} has no field {name}", f"its fields: {', '.join(sorted(names))}")
        else:
            values[name] = _number(name, value)
    return values


def _number(name: str, value: str) -> int:
    """A number, or the name of a value: RISK of a method, several bits joined by |."""
    if value.lstrip("-").isdecimal():
        return int(value)
    upper = value.upper()
    if name in _NAMED and upper in _NAMED[name].__members__:
        return int(_NAMED[name][upper])
    if name == "eligibility" and set(upper.split("|")) <= set(Eligibility.__members__):
        return sum(int(Eligibility[bit]) for bit in set(upper.split("|")))
    known = ", ".join(_NAMED[name].__members__) if name in _NAMED else "a whole number"
    raise UsageError(f"{name}: expected {known}, found {value}", "write it as the protocol names it")
