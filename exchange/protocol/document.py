"""Writes PROTOCOL.md from the catalogue, the session tables and the reject texts.

Regenerate with `python -m exchange.protocol.document`; a test fails on drift.
"""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import Final, TypeVar

from exchange.protocol import document_text as text
from exchange.protocol import soupbintcp as soup
from exchange.protocol.client_session import CLIENT_TRANSITIONS
from exchange.protocol.document_diagrams import diagram_parts
from exchange.protocol.rights import NOBODY, RIGHTS_OF_BAND, rights_needed
from exchange.protocol.server_session import SERVER_TRANSITIONS
from exchange.protocol.sessions import session_id
from exchange.vocabulary import enums, limits
from exchange.vocabulary.enums import Right, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.messages import GROUPS
from exchange.vocabulary.records import CATALOGUE, HEADER, SIZES, Field, Message, make
from exchange.vocabulary.rejects import REJECT_TEXTS, RESERVED, RejectAction, RejectReason
from exchange.vocabulary.units import market_time_ns, trading_day_number

State = TypeVar("State", bound=IntEnum)
Input = TypeVar("Input", bound=IntEnum)

PAGE: Final = Path(__file__).parent / "PROTOCOL.md"
EXAMPLE_DAY: Final = date(2021, 12, 16)
EXAMPLE_STREAM: Final = 16
LIMIT_LINE: Final = re.compile(r"^(?P<name>[A-Z_]+) = [^#\n]*(# (?P<says>.*))?$", re.MULTILINE)

#: type, direction, meaning, payload
PACKETS: Final = (
    ("L", "in", "login", "user 6, password 10, session 10, next number 20"),
    ("U", "in", "a command or query", "61 bytes of a record"),
    ("R", "in", "heartbeat", "none"),
    ("O", "in", "logout", "none"),
    ("A", "out", "login accepted", "session 10, number of the next record 20"),
    ("J", "out", "login rejected", "`A` not authorised, `S` session not available"),
    ("S", "out", "sequenced data", "61 bytes of a record"),
    ("U", "out", "unsequenced data", "61 bytes of a record"),
    ("H", "out", "heartbeat", "none"),
    ("Z", "out", "end of session", "none"),
    ("+", "both", "debug", "text for a person"),
)


def protocol_page() -> str:
    """The whole page as Markdown."""
    numbers = {
        "control_bytes": limits.CONTROL_PACKET_BYTES_MAX,
        "session_example": session_id(EXAMPLE_DAY, EXAMPLE_STREAM),
        "session_stream": EXAMPLE_STREAM,
        "session_day": EXAMPLE_DAY,
        "member_first": limits.MEMBER_FIRST,
        "depth": limits.STREAM_DEPTH,
        "drop_copy_first": limits.DROP_COPY_FIRST,
        "drop_copy_last": limits.MEMBER_FIRST - 1,
        "snapshot_orders_max": limits.SNAPSHOT_ORDERS_MAX,
        "heartbeat_ms": limits.HEARTBEAT_MS,
        "dead_ms": limits.DEAD_MS,
        "login_ms": limits.LOGIN_TIMEOUT_MS,
        "slow_warn_ms": limits.SLOW_WARN_MS,
        "slow_close_ms": limits.SLOW_CLOSE_MS,
        "reference_gap_max": limits.REFERENCE_GAP_MAX,
    }
    parts = [
        text.INTRO.format(**numbers),
        _table(("type", "to the exchange", "meaning", "payload"), _packet_rows()),
        text.AFTER_PACKETS.format(**numbers),
        _session_part("Exchange", SERVER_TRANSITIONS),
        _session_part("Member", CLIENT_TRANSITIONS),
        text.RECORDS,
        _field_table(HEADER),
        text.AFTER_HEADER.format(**numbers),
        text.MARKET_DATA.format(**numbers),
        *_catalogue_parts(),
        text.RIGHTS,
        _table(("kind", "rights, one of"), _right_rows()),
        text.REJECTS,
        _table(("next", "下一步", "codes"), _action_rows()),
        text.AFTER_ACTIONS,
        _table(
            ("code", "name", "level", "中文", "English", "next", "remedy", "层级", "下一步", "处理办法"),
            _reject_rows(),
        ),
        text.RESERVED,
        _table(("code", "name", "what happens instead"), _reserved_rows()),
        "\n## 6. Enumerations\n",
        *_enum_parts(),
        text.LIMITS,
        _table(("limit", "value", "what for"), _limit_rows()),
        text.VERSIONS.format(version=limits.PROTOCOL_VERSION),
        text.SEQUENCES,
        *diagram_parts(),
        text.DUMPS,
        *_dump_parts(),
        text.DAY,
        text.HISTORY,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _packet_rows() -> Iterable[Sequence[object]]:
    return [(f"`{code}`", way, meaning, payload) for code, way, meaning, payload in PACKETS]


def _session_part(side: str, transitions: Mapping[tuple[State, Input], State]) -> str:
    rows = [(a.name, i.name, b.name) for (a, i), b in transitions.items()]
    return f"### {side}\n\n" + _table(("state", "input", "next state"), rows)


def _field_table(fields: Iterable[Field]) -> str:
    rows = [(f"`{f.name}`", f.offset, f.type, SIZES[f.type], f.doc) for f in fields]
    return _table(("field", "offset", "type", "bytes", "meaning"), rows)


def _catalogue_parts() -> Iterable[str]:
    for group in GROUPS:
        name = group.name[0].upper() + group.name[1:]
        yield f"### 0x{group.first:02X}-0x{group.last:02X} {name}: {group.doc}"
        yield from (_message_part(m) for m in CATALOGUE if group.first <= m.kind <= group.last)


def _message_part(message: Message) -> str:
    """Its own fields: the common header is told once."""
    own = [f for f in message.fields if f not in HEADER]
    overlaid = [h.name for h in HEADER if h not in message.fields]
    lines = [f"#### 0x{message.kind:02X} {message.name}", "", f"{message.doc}. Step {message.step}."]
    if overlaid:
        lines[-1] += " In place of " + ", ".join(f"`{name}`" for name in overlaid) + "."
    if own:
        lines += ["", _field_table(own)]
    return "\n".join(lines)


def _right_rows() -> Iterable[Sequence[object]]:
    for band in RIGHTS_OF_BAND:
        for message in CATALOGUE:
            if message.kind in band:
                needed = rights_needed(message.kind)
                names = [right.name for right in Right if right & needed]
                yield f"{message.name}", "nobody" if needed == NOBODY else ", ".join(map(str, names))


def _action_rows() -> Iterable[Sequence[object]]:
    for action in RejectAction:
        codes = [str(int(reason)) for reason, row in REJECT_TEXTS.items() if row.action is action]
        yield action.value[1], action.value[0], ", ".join(codes)


def _reject_rows() -> Iterable[Sequence[object]]:
    for reason, row in sorted(REJECT_TEXTS.items()):
        (level_zh, level), (action_zh, action) = row.level.value, row.action.value
        yield (
            *(int(reason), f"`{reason.name}`", level, row.zh, row.en, action, row.remedy),
            *(level_zh, action_zh, row.remedy_zh),
        )


def _reserved_rows() -> Iterable[Sequence[object]]:
    return [(int(reason), f"`{reason.name}`", instead) for reason, instead in RESERVED.items()]


def _enum_parts() -> Iterable[str]:
    for name, kind in vars(enums).items():
        if (
            isinstance(kind, type)
            and issubclass(kind, IntEnum | IntFlag)
            and kind.__module__ == enums.__name__
        ):
            values = ", ".join(f"{member.value} {member.name}" for member in kind)
            yield f"**{name}** {kind.__doc__} {values}"


def _limit_rows() -> Iterable[Sequence[object]]:
    """A limit's comment beside its value in the source is what it is for."""
    said = {match["name"]: match["says"] or "" for match in LIMIT_LINE.finditer(inspect.getsource(limits))}
    return [
        (f"`{name}`", f"{value:,}", said[name])
        for name, value in vars(limits).items()
        if isinstance(value, int)
    ]


def example_session() -> list[tuple[str, str, bytes]]:
    """Direction, caption, bytes: a listing from login to logout, as it goes over the wire."""
    listing = make(
        Kind.LISTING,
        user_reference=1,
        contract_id=1,
        price_ticks=4_250,
        quantity_lots=1_000,
        side=int(Side.SELL),
    )
    opened = make(
        Kind.STREAM_OPENED,
        sequence=1,
        time_ns=market_time_ns(EXAMPLE_DAY, 33_300),
        version=limits.PROTOCOL_VERSION,
        trading_day=trading_day_number(EXAMPLE_DAY),
        stream_id=EXAMPLE_STREAM,
        quantity_lots_max=limits.QUANTITY_LOTS_MAX,
        reference_gap_max=limits.REFERENCE_GAP_MAX,
        price_ticks_max=limits.PRICE_TICKS_MAX,
        heartbeat_ms=limits.HEARTBEAT_MS,
        dead_ms=limits.DEAD_MS,
    )
    refused = make(
        Kind.REFUSED, user_reference=2, command_kind=int(Kind.HALT), reason=int(RejectReason.NOT_AUTHORISED)
    )
    session = session_id(EXAMPLE_DAY, EXAMPLE_STREAM)
    return [
        (
            ">",
            "login, blank session, from record 1",
            soup.login(soup.LoginRequest("E00001", "secret1234", "", 1)),
        ),
        ("<", "accepted", soup.login_accepted(session, 1)),
        ("<", "record 1: STREAM_OPENED", opened),
        (">", "LISTING: sell 1,000 t of contract 1 at 42.50", listing),
        (">", "HALT, which a trading member may not send", make(Kind.HALT, user_reference=2)),
        ("<", "REFUSED, NOT_AUTHORISED", refused),
        (">", "heartbeat", soup.CLIENT_HEARTBEAT),
        ("<", "heartbeat", soup.SERVER_HEARTBEAT),
        (">", "logout", soup.LOGOUT),
    ]


def _dump_parts() -> Iterable[str]:
    for direction, caption, data in example_session():
        lines = [data[i : i + 16] for i in range(0, len(data), 16)]
        dump = "\n".join(
            f"{16 * n:04x}  {line.hex(' '):<47}  {''.join(chr(b) if 32 <= b < 127 else '.' for b in line)}"
            for n, line in enumerate(lines)
        )
        yield f"`{direction}` {caption}\n\n```\n{dump}\n```"


if __name__ == "__main__":
    PAGE.write_text(protocol_page(), encoding="utf-8")
