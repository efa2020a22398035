"""Checks received records by whole arrays: who sent what, and may they; the few that may not are named.

The check is on columns, so its cost for a record is a few nanoseconds whoever sent it; only records that fail
are looked at one by one, to be answered. What passes is exactly what the kernel may see: it checks the rest.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.protocol.rights import MEMBER_COMMANDS, OF_ANY_ACCOUNT, QUERIES, RIGHTS_NEEDED, STAFF_KINDS
from exchange.vocabulary.enums import Right
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND, HEADER, Records, new_records
from exchange.vocabulary.rejects import RejectReason

_NONE: Final = int(RejectReason.NONE)
_OFFSETS: Final = {field.name: field.offset for field in HEADER}
_KIND_OFFSET: Final = _OFFSETS["kind"]
_ACCOUNT_OFFSET: Final = _OFFSETS["account_id"]
_LOGIN_OFFSET: Final = _OFFSETS["login_id"]
_ACCOUNT: Final = struct.Struct("<I")
_LOGIN: Final = struct.Struct("<H")
_RIGHTS_NEEDED: Final[list[int]] = RIGHTS_NEEDED.tolist()


class Senders(NamedTuple):
    """What the check knows of the sender of each record: one entry for each record."""

    rights: NDArray[np.uint8]
    member_id: NDArray[np.uint32]
    default_account_id: NDArray[np.uint32]


def check(records: Records, senders: Senders, member_of_account: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """The reason to refuse each record, 0 for what may pass; account 0 becomes the sender's default in place.

    `member_of_account` is indexed by account id, 0 where there is no such account; index 0 is 0.
    """
    kinds = records["kind"]
    reasons = np.zeros(len(records), np.uint16)
    is_refused = (RIGHTS_NEEDED[kinds] & senders.rights) == 0
    of_account = (kinds >= MEMBER_COMMANDS.start) & (kinds < QUERIES.stop)
    accounts = records["account_id"]
    is_default = of_account & (accounts == 0)
    if is_default.any():
        np.copyto(accounts, senders.default_account_id, where=is_default)
    known = np.where(accounts < len(member_of_account), accounts, 0)
    is_foreign = of_account & (accounts != 0) & (member_of_account[known] != senders.member_id)
    is_operator = (senders.rights & int(Right.OPERATE)) != 0
    is_foreign &= ~(is_operator & ((kinds >= QUERIES.start) | OF_ANY_ACCOUNT[kinds]))  # they look anywhere
    reasons[is_foreign] = RejectReason.ACCOUNT_NOT_YOURS
    reasons[is_refused] = RejectReason.NOT_AUTHORISED
    unknown_query = (kinds >= QUERIES.start) & (kinds < QUERIES.stop) & (kinds != int(Kind.QUERY))
    reasons[unknown_query] = RejectReason.UNKNOWN_QUERY
    return reasons


class Sender(NamedTuple):
    """The same of one sender, and its number."""

    login_id: int
    rights: int
    member_id: int
    default_account_id: int


def stamp_few(data: bytearray, senders: Sequence[Sender], member_of_account: Sequence[int]) -> bool:
    """True when every record is a command that may pass; login and default account are then set in place.

    A shortcut for a handful of records, where some thirty calls of numpy would cost more than the rest of the
    turn. It objects to nothing by itself: whatever it does not know to be good is left to `check`.
    """
    for sender, offset in zip(senders, range(0, len(data), RECORD_BYTES), strict=True):
        kind = data[offset + _KIND_OFFSET]
        if kind in QUERIES or not _RIGHTS_NEEDED[kind] & sender.rights:
            return False
        if kind in MEMBER_COMMANDS:
            (account_id,) = _ACCOUNT.unpack_from(data, offset + _ACCOUNT_OFFSET)
            if account_id == 0:
                account_id = sender.default_account_id
                _ACCOUNT.pack_into(data, offset + _ACCOUNT_OFFSET, account_id)
            is_unknown = account_id >= len(member_of_account)
            is_foreign = is_unknown or (account_id and member_of_account[account_id] != sender.member_id)
            if is_foreign and not _is_staff(sender, kind):
                return False
        _LOGIN.pack_into(data, offset + _LOGIN_OFFSET, sender.login_id)
    return True


def _is_staff(sender: Sender, kind: int) -> bool:
    """Whether an operator may send this kind about anybody's account."""
    return bool(sender.rights & Right.OPERATE) and kind in STAFF_KINDS


def select(records: Records, mask: NDArray[np.bool_]) -> Records:
    """The records of a mask, in order; copied as plain words, since numpy copies a union field by field."""
    words = records.view(np.uint64).reshape(-1, RECORD_BYTES // 8)
    return words[mask].reshape(-1).view(records.dtype)


def refusals(records: Records, reasons: NDArray[np.uint16]) -> Records:
    """One REFUSED for each record that has a reason, in their order."""
    refused = select(records, reasons != _NONE)
    answers = new_records(Kind.REFUSED, len(refused))
    for name in ("user_reference", "contract_id", "account_id"):
        answers[name] = refused[name]
    answers["command_kind"] = refused["kind"]
    answers["reason"] = reasons[reasons != _NONE]
    return answers


def as_commands(data: bytes | bytearray) -> Records:
    """Received records as a writable array of commands; the bytes are copied once if they are immutable."""
    writable = data if isinstance(data, bytearray) else bytearray(data)
    return np.frombuffer(writable, COMMAND)
