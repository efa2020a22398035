"""Logins: which stream a login gets, from which number, and which answer when it gets none."""

from datetime import date

import pytest

from exchange.engine.directory import Directory, Login, password_hash
from exchange.net.admission import Admitted, KeptDay, Refused, admit
from exchange.net.presence import Presence
from exchange.protocol.sessions import session_id
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest
from exchange.vocabulary.enums import DownReason, Right
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read

KEY = bytes(32)
TODAY, YESTERDAY = date(2021, 12, 17), date(2021, 12, 16)


def login(login_id: int, user: str, member_id: int, rights: Right) -> Login:
    return Login(login_id, user, member_id, int(rights), 0, password_hash(KEY, user, "secret"))


DIRECTORY = Directory(
    (),
    (
        login(1, "OPER01", 2, Right.OPERATE | Right.PUBLIC),
        login(101, "MEMB01", 16, Right.TRADE | Right.PUBLIC),
        login(102, "MEMB02", 16, Right.TRADE),
        login(3, "DEPTH1", 0, Right.DEPTH),
        login(5, "COPY01", 4, Right.DROP_COPY),
        login(6, "COPY02", 4, Right.VIEW),
    ),
    KEY,
)


class Counts:
    """Streams of which only the number of records matters here."""

    def __init__(self, counts: dict[int, int], ended: bool = False) -> None:
        self.counts = counts
        self.ended = ended

    def count(self, stream_id: int) -> int:
        return self.counts.get(stream_id, 0)

    def read(self, stream_id: int, first_number: int, count_max: int) -> bytes:
        return b""


NOW = KeptDay(TODAY, Counts({0: 50, 2: 5, 3: 7, 4: 6, 16: 8}))
BEFORE = KeptDay(YESTERDAY, Counts({0: 40, 3: 11, 16: 9}, ended=True), is_depth_public=True)
A, S = LoginRefusal.NOT_AUTHORISED, LoginRefusal.SESSION_UNAVAILABLE

ROWS = [
    # user, password, session, number -> stream and first number, or the refusal
    ("MEMB01", "secret", "", 1, (TODAY, 16, 1)),
    ("MEMB01", "secret", "", 0, (TODAY, 16, 8)),
    ("MEMB01", "secret", "", 9, (TODAY, 16, 9)),
    ("MEMB01", "secret", "", 10, S),
    ("MEMB01", "secret", "PUBLIC", 3, (TODAY, 0, 3)),
    ("MEMB02", "secret", "PUBLIC", 3, A),
    ("DEPTH1", "secret", "DEPTH", 0, (TODAY, 3, 7)),
    ("DEPTH1", "secret", "DEPTH", 9, S),
    ("MEMB01", "secret", "DEPTH", 1, A),
    ("MEMB01", "secret", session_id(YESTERDAY, 3), 1, (YESTERDAY, 3, 1)),  # that day's rules showed it
    ("MEMB02", "secret", session_id(YESTERDAY, 3), 1, A),
    ("COPY01", "secret", "", 2, (TODAY, 4, 2)),
    ("COPY01", "secret", session_id(TODAY, 16), 1, A),
    ("COPY02", "secret", "", 1, A),
    ("MEMB01", "secret", session_id(TODAY, 4), 1, A),
    ("MEMB01", "secret", session_id(TODAY, 0), 51, (TODAY, 0, 51)),
    ("MEMB01", "secret", session_id(TODAY, 16), 2, (TODAY, 16, 2)),
    ("MEMB01", "secret", session_id(YESTERDAY, 16), 10, (YESTERDAY, 16, 10)),
    ("MEMB01", "secret", session_id(YESTERDAY, 16), 11, S),
    ("MEMB01", "secret", session_id(YESTERDAY, 0), 1, (YESTERDAY, 0, 1)),
    ("MEMB01", "secret", session_id(date(2021, 12, 15), 16), 1, (TODAY, 16, 8)),  # gone: newest of today
    ("MEMB01", "secret", session_id(date(2021, 12, 15), 0), 1, S),
    ("MEMB01", "secret", session_id(TODAY, 2), 1, A),
    ("MEMB01", "secret", session_id(TODAY, 17), 1, A),
    ("MEMB01", "secret", "NONSENSE", 1, S),
    ("OPER01", "secret", "", 1, (TODAY, 2, 1)),
    ("MEMB01", "wrong", "", 1, A),
    ("MEMB01", "", "", 1, A),
    ("NOBODY", "secret", "", 1, A),
    ("", "", "", 1, A),
]


@pytest.mark.parametrize(("user", "password", "session", "number", "expected"), ROWS)
def test_admission(
    user: str, password: str, session: str, number: int, expected: LoginRefusal | tuple[date, int, int]
) -> None:
    found = admit(LoginRequest(user, password, session, number), DIRECTORY, NOW, BEFORE)
    if isinstance(found, Admitted):
        assert (found.day.trading_day, found.stream_id, found.next_number) == expected
        assert found.login.user == user
    else:
        assert found.refusal is expected


def test_a_day_whose_stream_has_not_opened_or_is_over_is_not_available() -> None:
    request = LoginRequest("MEMB01", "secret", "", 1)
    unopened = admit(request, DIRECTORY, KeptDay(TODAY, Counts({})), None)
    over = admit(request, DIRECTORY, BEFORE, None)
    assert [type(found) for found in (unopened, over)] == [Refused, Refused]
    assert isinstance(unopened, Refused) and unopened.refusal is S
    assert isinstance(over, Refused) and over.refusal is S
    by_id = admit(request._replace(session=session_id(YESTERDAY, 16)), DIRECTORY, BEFORE, None)
    assert isinstance(by_id, Admitted)


def test_a_refusal_says_the_same_of_a_wrong_user_and_a_wrong_password() -> None:
    wrong = [admit(LoginRequest(u, "x", "", 1), DIRECTORY, NOW, None) for u in ("MEMB01", "NOBODY")]
    assert wrong[0] == wrong[1]


def test_presence_journals_the_first_and_the_last_connection_of_a_login() -> None:
    presence = Presence()
    up = presence.up(101)
    assert up is not None and up[3] == Kind.LOGIN_UP and read(up)["subject_id"] == 101
    assert presence.up(101) is None
    assert presence.logins == 1
    assert presence.down(101, DownReason.LOST) is None
    down = presence.down(101, DownReason.LOGOUT)
    assert down is not None and down[3] == Kind.LOGIN_DOWN
    assert read(down)["down_reason"] == DownReason.LOGOUT
    assert presence.logins == 0
