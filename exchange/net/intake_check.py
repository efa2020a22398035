"""Checks received records in one compiled pass: who sent what, and may they; the few that may not are named.

Its cost for a record is a few nanoseconds whoever sent it; only records that fail are looked at in Python, to
be answered. What passes is exactly what the kernel may see: it checks the rest.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.protocol.rights import MEMBER_COMMANDS, OF_ANY_ACCOUNT, QUERIES, RIGHTS_NEEDED, STAFF_KINDS
from exchange.publish.compiled import compiled
from exchange.vocabulary.enums import Right
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND, HEADER, Records, new_records
from exchange.vocabulary.rejects import RejectReason

_NONE: Final = int(RejectReason.NONE)
#: columns of `logins`
_RIGHTS, _MEMBER, _DEFAULT = range(3)
#: where a record's header has what is looked at: kind in word 0; login, contract, account in word 3
_KIND_WORD, _KIND_SHIFT, _SENDER_WORD, _LOGIN_MASK, _ACCOUNT_SHIFT = 0, 24, 3, 0xFFFF, 32
#: a member's commands and its queries are about an account; the only kind of query is the first of its band
_ACCOUNT_KINDS_FIRST, _QUERY_FIRST, _ACCOUNT_KINDS_END = 0x01, 0x30, 0x40
_OPERATE: Final = int(Right.OPERATE)
_NOT_YOURS: Final = int(RejectReason.ACCOUNT_NOT_YOURS)
_NOT_AUTHORISED: Final = int(RejectReason.NOT_AUTHORISED)
_UNKNOWN_QUERY: Final = int(RejectReason.UNKNOWN_QUERY)
_NEEDED: Final = RIGHTS_NEEDED.astype(np.int64)
_STAFF: Final = OF_ANY_ACCOUNT.astype(np.int64)
assert (MEMBER_COMMANDS.start, QUERIES.start, QUERIES.stop) == (
    _ACCOUNT_KINDS_FIRST,
    _QUERY_FIRST,
    _ACCOUNT_KINDS_END,
)
assert int(Kind.QUERY) == _QUERY_FIRST
_OFFSETS: Final = {field.name: field.offset for field in HEADER}
_KIND_OFFSET: Final = _OFFSETS["kind"]
_ACCOUNT_OFFSET: Final = _OFFSETS["account_id"]
_LOGIN_OFFSET: Final = _OFFSETS["login_id"]
_ACCOUNT: Final = struct.Struct("<I")
_LOGIN: Final = struct.Struct("<H")
_RIGHTS_NEEDED: Final[list[int]] = RIGHTS_NEEDED.tolist()


class Sender(NamedTuple):
    """Who sends a record, as far as the check is concerned."""

    login_id: int
    rights: int
    member_id: int
    default_account_id: int


class Checked(NamedTuple):
    """What a check found of a batch."""

    reasons: NDArray[np.uint16]  # one for each record, 0 = it may pass
    is_all_commands: bool  # nothing is refused, and nothing is a query


def check(
    records: Records,
    login_ids: NDArray[np.int64],
    counts: NDArray[np.int64],
    logins: NDArray[np.int64],
    member_of_account: NDArray[np.int64],
) -> Checked:
    """The reason to refuse each record; logins and default accounts are set in place.

    The records come from `login_ids`, `counts` of each, in order. `logins` has a row (rights, member, default
    account) by login id; `member_of_account` is indexed by account id, 0 where there is none, index 0 is 0.
    Complexity: one compiled pass.
    """
    words = records.view(np.int64).reshape(-1, RECORD_BYTES // 8)
    reasons = np.zeros(len(words), np.uint16)
    others = _check(words, login_ids, counts, logins, member_of_account, _NEEDED, _STAFF, reasons)
    return Checked(reasons, others == 0)


@compiled
def _check(
    words: NDArray[np.int64],
    login_ids: NDArray[np.int64],
    counts: NDArray[np.int64],
    logins: NDArray[np.int64],
    member_of_account: NDArray[np.int64],
    needed: NDArray[np.int64],
    staff: NDArray[np.int64],
    reasons: NDArray[np.uint16],
) -> int:
    """Returns how many records are refused or queries."""
    others = 0
    index = 0
    for sender in range(len(login_ids)):
        login_id = login_ids[sender]
        rights = logins[login_id, _RIGHTS]
        member_id = logins[login_id, _MEMBER]
        for _ in range(counts[sender]):
            kind = (words[index, _KIND_WORD] >> _KIND_SHIFT) & 0xFF
            word = (words[index, _SENDER_WORD] & ~_LOGIN_MASK) | login_id
            account_id = (word >> _ACCOUNT_SHIFT) & 0xFFFF_FFFF
            reason = 0
            if _ACCOUNT_KINDS_FIRST <= kind < _ACCOUNT_KINDS_END:
                if account_id == 0:
                    account_id = logins[login_id, _DEFAULT]
                    word |= account_id << _ACCOUNT_SHIFT
                is_anybodys = (rights & _OPERATE) != 0 and (kind >= _QUERY_FIRST or staff[kind] != 0)
                if account_id != 0 and not is_anybodys:
                    known = account_id if account_id < len(member_of_account) else 0
                    if member_of_account[known] != member_id:
                        reason = _NOT_YOURS
            words[index, _SENDER_WORD] = word
            if needed[kind] & rights == 0:
                reason = _NOT_AUTHORISED
            if _QUERY_FIRST < kind < _ACCOUNT_KINDS_END:
                reason = _UNKNOWN_QUERY
            if reason != 0 or kind == _QUERY_FIRST:
                reasons[index] = reason
                others += 1
            index += 1
    return others


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
