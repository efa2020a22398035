"""Records as a person reads them."""

from typing import Any

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import DTYPES, read
from exchange.vocabulary.rejects import RejectReason

FRAME = ("length_high", "length_low", "packet_type", "kind")


def describe(record: bytes) -> str:
    """Kind and every field that is not zero."""
    if record[3] not in DTYPES:
        return f"kind 0x{record[3]:02X} {record.hex()}"
    fields: dict[str, Any] = {k: v for k, v in read(record).items() if v and k not in FRAME}
    if record[3] == Kind.REJECTED and fields.get("reason") in tuple(RejectReason):
        fields["reason"] = RejectReason(fields["reason"]).name
    if fields.get("command_kind") in tuple(Kind):
        fields["command_kind"] = Kind(fields["command_kind"]).name
    return " ".join([Kind(record[3]).name, *(f"{name}={value}" for name, value in fields.items())])


def describe_event(stream: int, record: bytes) -> str:
    """An event with the stream it goes to."""
    return f"-> stream {stream}: {describe(record)}"
