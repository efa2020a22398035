"""Whether a message is FIX 4.4 as our tables have it: the first thing wrong with it, as session-level Reject
wants it.
"""

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from exchange.bridge.fix.codec import Message
from exchange.bridge.fix.tables import (
    HEADER,
    HEADER_REQUIRED,
    LAYOUTS,
    TAGS,
    TYPES,
    USER_TAG_FIRST,
    VALUES,
    MsgType,
    SessionReject,
    Tag,
    Type,
)

NUMBER_MAX: Final = 2**31 - 1
_DECIMAL: Final = re.compile(r"\d{1,12}(?:\.\d{0,8})?")
_TIME: Final = re.compile(r"\d{8}-\d\d:\d\d:\d\d(?:\.\d{1,9})?")
_MSG_TYPE: Final = re.compile(r"[A-Za-z0-9]{1,2}")
_TIME_FORMAT: Final = "%Y%m%d-%H:%M:%S"


class Fault(NamedTuple):
    """What is wrong: reason and field of a Reject (3)."""

    reason: SessionReject
    tag: int
    text: str


def find_fault(message: Message) -> Fault | None:
    """The first fault in the order of the fields; a missing field comes last. None for a good message.

    A message type that we do not serve is no fault: that is answered with a BusinessMessageReject.
    """
    layout = LAYOUTS.get(message.msg_type)
    if layout is None or layout.way == "out":
        if not _MSG_TYPE.fullmatch(message.msg_type):
            return Fault(SessionReject.INVALID_MSG_TYPE, Tag.MsgType, "no message type of FIX 4.4")
        return None
    allowed = {*HEADER, *layout.required, *layout.optional}
    seen: set[int] = set()
    for number, value in message.fields:
        if number >= USER_TAG_FIRST:
            continue
        tag = TAGS.get(number)
        if tag is None:
            return Fault(SessionReject.INVALID_TAG_NUMBER, number, "not in the data dictionary")
        if tag not in allowed:
            return Fault(SessionReject.TAG_NOT_DEFINED, number, f"{tag.name} is no field of {layout.name}")
        if tag in seen:
            return Fault(SessionReject.TAG_TWICE, number, f"{tag.name} stands there twice")
        seen.add(tag)
        fault = _value_fault(tag, value)
        if fault is not None:
            return fault
    for tag in (*HEADER_REQUIRED, *layout.required, *_needed_at_logon(message)):
        if tag not in seen:
            return Fault(SessionReject.REQUIRED_TAG_MISSING, int(tag), f"{tag.name} is missing")
    return None


def utc_ms_of(text: str) -> int | None:
    """Milliseconds since 1970 of a UTCTimestamp; None when it is none."""
    if not _TIME.fullmatch(text):
        return None
    try:
        moment = datetime.strptime(text[:17], _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000 + int((text[18:21] or "0").ljust(3, "0"))


def utc_text(utc_ms: int) -> str:
    """A UTCTimestamp with milliseconds."""
    moment = datetime.fromtimestamp(utc_ms // 1000, UTC)
    return f"{moment.strftime(_TIME_FORMAT)}.{utc_ms % 1000:03d}"


def _needed_at_logon(message: Message) -> tuple[Tag, ...]:
    return (Tag.Username, Tag.Password) if message.msg_type == MsgType.LOGON else ()


def _value_fault(tag: Tag, value: str) -> Fault | None:
    if not value:
        return Fault(SessionReject.TAG_WITHOUT_VALUE, int(tag), f"{tag.name} has no value")
    if not _is_written_as(TYPES.get(tag, Type.STRING), value):
        return Fault(
            SessionReject.INCORRECT_FORMAT, int(tag), f"{tag.name} is not written as its type demands"
        )
    values = VALUES.get(tag)
    if values is not None and value not in values:
        served = ", ".join(values)
        return Fault(SessionReject.VALUE_INCORRECT, int(tag), f"{tag.name} may be one of {served}")
    return None


def _is_written_as(kind: Type, value: str) -> bool:
    match kind:
        case Type.INT | Type.SEQNUM | Type.LENGTH | Type.NUMINGROUP:
            return value.isascii() and value.isdecimal() and len(value) <= 10 and int(value) <= NUMBER_MAX
        case Type.BOOLEAN:
            return value in ("Y", "N")
        case Type.CHAR:
            return len(value) == 1
        case Type.PRICE | Type.QTY | Type.AMT:
            return _DECIMAL.fullmatch(value) is not None and value.isascii()
        case Type.UTCTIMESTAMP:
            return utc_ms_of(value) is not None
    return True
