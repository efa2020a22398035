"""Who may send what: the whole matrix of rights and kinds, and what a refused record is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.net.intake_check import Checked, Sender, as_commands, check, refusals, select, stamp_few
from exchange.protocol.rights import RIGHTS_NEEDED, rights_needed
from exchange.vocabulary.enums import QueryKind, Right
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import REPLY, Records, make
from exchange.vocabulary.rejects import RejectReason

MEMBER, OTHER_MEMBER = 16, 17
MEMBER_OF_ACCOUNT = np.zeros(1003, np.int64)
MEMBER_OF_ACCOUNT[1001], MEMBER_OF_ACCOUNT[1002] = MEMBER, OTHER_MEMBER
LOGIN = 101


def checked(records: Records, *senders: Sender) -> Checked:
    """A sender for each record."""
    logins = np.zeros((LOGIN + len(senders), 3), np.int64)
    for place, sender in enumerate(senders):
        logins[LOGIN + place] = sender[1:]
    login_ids = np.arange(LOGIN, LOGIN + len(senders))
    return check(records, login_ids, np.ones(len(senders), np.int64), logins, MEMBER_OF_ACCOUNT)


def sender(rights: int, default_account_id: int = 1001) -> Sender:
    return Sender(LOGIN, rights, MEMBER, default_account_id)


def reasons(rights: int, *records: bytes) -> list[int]:
    return checked(as_commands(b"".join(records)), *[sender(rights)] * len(records)).reasons.tolist()


@pytest.mark.parametrize("right", list(Right))
def test_the_matrix_of_rights_and_kinds(right: Right) -> None:
    for kind in range(256):
        record = bytearray(make(Kind.LISTING))
        record[3] = kind
        may_send = bool(rights_needed(kind) & right)
        expected = RejectReason.NONE if may_send else RejectReason.NOT_AUTHORISED
        if 0x31 <= kind <= 0x3F:
            expected = RejectReason.UNKNOWN_QUERY
        assert reasons(right, bytes(record)) == [expected], hex(kind)


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        (Kind.LISTING, Right.TRADE),
        (Kind.CANCEL, Right.TRADE | Right.RISK),
        (Kind.HALT, Right.OPERATE),
        (Kind.OPENING_BEGIN, Right.SETTLE),
        (Kind.OPEN_DAY, Right(0)),
        (Kind.LOGIN_UP, Right(0)),
        (Kind.TICK, Right(0)),
        (Kind.SEAL_DAY, Right(0)),
        (Kind.ACCEPTED, Right(0)),
        (Kind.REPLY_ORDER, Right(0)),
        (0x00, Right(0)),
        (0x2F, Right.TRADE),  # unknown to the kernel, which says so in the stream
    ],
)
def test_rights_of_some_kinds(kind: int, right: Right) -> None:
    assert rights_needed(kind) == RIGHTS_NEEDED[kind] == right


@pytest.mark.parametrize("account_id", [1002, 1003, 7, 2**32 - 1])
def test_an_account_of_another_member_is_refused(account_id: int) -> None:
    for kind in (Kind.LISTING, Kind.CANCEL, Kind.QUERY):
        assert reasons(Right.TRADE, make(kind, account_id=account_id)) == [RejectReason.ACCOUNT_NOT_YOURS]
    # an operator may look at any account; a registry command's account is its subject
    assert reasons(Right.OPERATE, make(Kind.QUERY, account_id=account_id)) == [0]
    assert reasons(Right.SETTLE, make(Kind.OPENING_CASH, account_id=account_id)) == [0]


def test_staff_mass_cancel_for_any_account_and_members_for_their_own() -> None:
    of_another = make(Kind.MASS_CANCEL, account_id=1002)
    assert reasons(Right.OPERATE, of_another) == [RejectReason.NONE]
    for right in (Right.TRADE, Right.RISK):
        assert reasons(right, make(Kind.MASS_CANCEL)) == [RejectReason.NONE]
        assert reasons(right, of_another) == [RejectReason.ACCOUNT_NOT_YOURS]
    # an operator who also trades may still place orders for nobody else
    both = Right.OPERATE | Right.TRADE
    assert reasons(both, make(Kind.LISTING, account_id=1002)) == [RejectReason.ACCOUNT_NOT_YOURS]


def test_account_0_becomes_the_default_of_the_login() -> None:
    records = as_commands(
        make(Kind.LISTING) + make(Kind.LISTING, account_id=1001) + make(Kind.QUERY) + make(Kind.HALT)
    )
    checked(records, *[sender(Right.TRADE | Right.OPERATE)] * 4)
    assert records["account_id"].tolist() == [1001, 1001, 1001, 0]


def test_a_login_without_account_keeps_0() -> None:
    records = as_commands(make(Kind.QUERY))
    found = checked(records, sender(Right.VIEW, 0)).reasons
    assert (found.tolist(), records["account_id"].tolist()) == ([0], [0])


def test_good_records_pass_in_order_and_bad_ones_are_answered_in_order() -> None:
    records = as_commands(
        make(Kind.LISTING, user_reference=1)
        + make(Kind.HALT, user_reference=2)
        + make(Kind.CANCEL, user_reference=3, account_id=1002, contract_id=3)
        + make(Kind.QUERY, user_reference=4, query=QueryKind.ORDERS)
    )
    found, is_all_commands = checked(records, *[sender(Right.TRADE)] * 4)
    assert not is_all_commands
    assert records["login_id"].tolist() == [LOGIN, LOGIN + 1, LOGIN + 2, LOGIN + 3]
    assert select(records, found == 0)["user_reference"].tolist() == [1, 4]
    answers = refusals(records, found).view(REPLY)
    columns = ("packet_type", "kind", "user_reference", "contract_id", "account_id", "command_kind", "reason")
    assert [tuple(int(row[name]) for name in columns) for row in answers] == [
        (ord("U"), Kind.REFUSED, 2, 0, 0, Kind.HALT, RejectReason.NOT_AUTHORISED),
        (ord("U"), Kind.REFUSED, 3, 3, 1002, Kind.CANCEL, RejectReason.ACCOUNT_NOT_YOURS),
    ]


RECORDS = st.lists(
    st.tuples(
        st.sampled_from([0x00, 0x01, 0x04, 0x07, 0x0E, 0x2F, 0x30, 0x31, 0x47, 0x41, 0x60, 0x80, 0xC0]),
        st.sampled_from([0, 1001, 1002, 1003, 2**32 - 1]),
        st.sampled_from([0, *Right, Right.TRADE | Right.PUBLIC, Right.OPERATE | Right.VIEW]),
        st.sampled_from([0, 1001]),
    ),
    min_size=1,
    max_size=16,
)


@given(RECORDS)
def test_the_shortcut_for_few_records_passes_exactly_what_the_check_passes(
    rows: list[tuple[int, int, int, int]],
) -> None:
    data = bytearray()
    for kind, account_id, _, _ in rows:
        record = bytearray(make(Kind.LISTING, account_id=account_id))
        record[3] = kind
        data += record
    few = bytearray(data)
    one_by_one = [
        Sender(LOGIN + place, rights, MEMBER, default) for place, (_, _, rights, default) in enumerate(rows)
    ]
    passes = stamp_few(few, one_by_one, MEMBER_OF_ACCOUNT.tolist())
    records = as_commands(data)
    found, is_all_commands = checked(records, *one_by_one)
    assert passes == is_all_commands == bool((found == 0).all() and (records["kind"] != Kind.QUERY).all())
    if passes:
        assert few == data
