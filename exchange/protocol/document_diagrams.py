"""The sequence diagrams of PROTOCOL.md: who says what to whom, in order; drawn from these rows as Mermaid."""

from collections.abc import Sequence
from typing import Final, NamedTuple

MEMBER, EXCHANGE, SECOND, REGISTRY = "Member", "Exchange", "Another person", "Registry"
HAPPENS: Final = ""  # in place of a receiver: something that happens, said by nobody


class Step(NamedTuple):
    """One arrow, or a note over all when nobody receives it."""

    sender: str
    receiver: str
    text: str


class Diagram(NamedTuple):
    """One sequence, with a sentence on what to learn from it."""

    title: str
    says: str
    steps: tuple[Step, ...]


def _to(text: str) -> Step:
    return Step(MEMBER, EXCHANGE, text)


def _from(text: str) -> Step:
    return Step(EXCHANGE, MEMBER, text)


def _note(text: str) -> Step:
    return Step(EXCHANGE, HAPPENS, text)


DIAGRAMS: Final = (
    Diagram(
        "Login and resume",
        "Count every sequenced record; after a loss ask for the first one that has not arrived whole.",
        (
            _to("L user, password, blank session, number 1"),
            _from("A session, number 1"),
            _from("S 1 STREAM_OPENED: version, day, limits"),
            _from("S 2 ... 41"),
            _note("the line is cut inside record 42"),
            _to("L user, password, that session, number 42"),
            _from("A that session, number 42"),
            _from("S 42 ... and what happened meanwhile"),
        ),
    ),
    Diagram(
        "Entry with an idempotent resend",
        "A command without an answer is sent again under the same reference, never under a new one.",
        (
            _to("U LISTING, user_reference 7"),
            _note("journaled, then the line is cut: the answer is lost"),
            _to("L ..., number of the next record"),
            _to("U LISTING, user_reference 7, once more"),
            _from("S ACCEPTED, user_reference 7: the first outcome"),
            _from("S REJECTED, DUPLICATE_REFERENCE, highest_reference 7: the second sending did nothing"),
        ),
    ),
    Diagram(
        "Cancel on disconnect",
        "The setting belongs to the login and the day; the orders' ends are in the stream of who comes back.",
        (
            _to("U SESSION_SETTING, cancel_on_disconnect 1, grace_ms 5000"),
            _from("S SETTING_CHANGED"),
            _to("U LISTING"),
            _from("S ACCEPTED"),
            _note("the line is cut, and 5,000 ms pass without a login"),
            _to("L ..., number of the next record"),
            _from("S DONE, DISCONNECTED"),
        ),
    ),
    Diagram(
        "A command by two persons",
        "The hash binds the approval to the very bytes that were proposed.",
        (
            _to("U PROPOSE: kind, hash of the command's 64 bytes"),
            _to("U COMMAND_FRAGMENT 0 and 1: those bytes"),
            Step(EXCHANGE, SECOND, "S PROPOSAL_CHANGED, OPEN"),
            Step(SECOND, EXCHANGE, "U APPROVE: the same hash"),
            Step(EXCHANGE, SECOND, "S PROPOSAL_CHANGED, APPROVED"),
            _from("S COMMAND_DONE"),
        ),
    ),
    Diagram(
        "Day end between the cities",
        "Nothing is delivered that both cities have not computed; the stream ends when the registry is done.",
        (
            Step(EXCHANGE, MEMBER, "S DONE, LAPSED for what is open at the close"),
            Step(EXCHANGE, MEMBER, "S DAY_FIGURES and COMPOSITE, on the public stream"),
            Step(EXCHANGE, REGISTRY, "S SEAL_HOLDING, SEAL_CASH ..., SEAL_TOTALS"),
            Step(REGISTRY, EXCHANGE, "U RESULT_BEGIN, RESULT_HOLDING, RESULT_CASH ..., RESULT_TOTALS"),
            Step(EXCHANGE, REGISTRY, "S RESULT_CONFIRMED, then EXCHANGE_SIGNATURE"),
            Step(REGISTRY, EXCHANGE, "U DELIVERED: finality"),
            Step(REGISTRY, EXCHANGE, "U STAGE: SETTLEMENT_STAGE STATED on the public stream"),
            Step(EXCHANGE, MEMBER, "Z"),
            Step(MEMBER, EXCHANGE, "L ..., blank session, number 1"),
            Step(EXCHANGE, MEMBER, "J S until the next day's stream has opened, then A"),
        ),
    ),
)


def diagram_parts() -> list[str]:
    """Every diagram as Markdown."""
    return [
        f"### {diagram.title}\n\n{diagram.says}\n\n```mermaid\n{_mermaid(diagram.steps)}\n```"
        for diagram in DIAGRAMS
    ]


def _mermaid(steps: Sequence[Step]) -> str:
    people = dict.fromkeys(name for step in steps for name in (step.sender, step.receiver) if name)
    short = {name: name[0] for name in people}
    lines = ["sequenceDiagram"]
    lines += [f"    participant {short[name]} as {name}" for name in people]
    for step in steps:
        text = step.text.replace(";", ",")  # a semicolon ends a line of Mermaid
        if step.receiver == HAPPENS:
            first, last = short[next(iter(people))], short[list(people)[-1]]
            lines.append(f"    Note over {first},{last}: {text}")
        else:
            lines.append(f"    {short[step.sender]}->>{short[step.receiver]}: {text}")
    return "\n".join(lines)
