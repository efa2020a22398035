"""Decides a login: who it is, which stream of which day it gets, and from which number. Pure."""

from datetime import date
from typing import NamedTuple, Protocol

from exchange.engine.directory import Directory, Login
from exchange.protocol.rights import may_see_depth
from exchange.protocol.sessions import DEPTH, PUBLIC, SessionName, parse_session
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest
from exchange.vocabulary.enums import Right
from exchange.vocabulary.limits import DROP_COPY_FIRST, MEMBER_FIRST, STREAM_DEPTH, STREAM_PUBLIC


class ReadableStreams(Protocol):
    """One day's streams, as far as a follower needs them."""

    ended: bool

    def count(self, stream_id: int) -> int: ...
    def read(self, stream_id: int, first_number: int, count_max: int) -> bytes: ...


class KeptDay(NamedTuple):
    """A trading day whose streams can be followed."""

    trading_day: date
    streams: ReadableStreams
    is_depth_public: bool = False


class Admitted(NamedTuple):
    """The login gets in: which stream, from which number."""

    login: Login
    day: KeptDay
    stream_id: int
    next_number: int
    gone: date | None = (
        None  # the day asked for, kept no longer: today's newest and a snapshot are given instead
    )


class Refused(NamedTuple):
    """The login does not; `why` is for a person and never says more than the code does about passwords."""

    refusal: LoginRefusal
    why: str
    is_wrong_password: bool = False


def admit(
    request: LoginRequest, directory: Directory, today: KeptDay, yesterday: KeptDay | None
) -> Admitted | Refused:
    """Check the password first, then the right to the stream, then that the stream is there."""
    login = directory.verify(request.user, request.password)
    if login is None:
        return Refused(LoginRefusal.NOT_AUTHORISED, "user or password is wrong", is_wrong_password=True)
    name = _wanted(request.session, login, today.trading_day)
    if name is None:
        return _unavailable("a blank session, PUBLIC, DEPTH or a session id", request.session)
    day = next(
        (kept for kept in (today, yesterday) if kept is not None and kept.trading_day == name.trading_day),
        None,
    )
    if not _may_follow(login, name.stream_id, day):
        return Refused(LoginRefusal.NOT_AUTHORISED, f"{request.user} may not follow stream {name.stream_id}")
    if day is None and _is_gone(name, login, today, yesterday):
        newest = today.streams.count(name.stream_id)
        return Admitted(login, today, name.stream_id, newest, name.trading_day)
    newest = day.streams.count(name.stream_id) if day is not None else 0
    if day is None or newest == 0:
        return _unavailable("a trading day whose stream is kept", name.trading_day.isoformat())
    if day.streams.ended and request.session in ("", PUBLIC, DEPTH):
        return _unavailable("an open trading day", f"{name.trading_day} which is over")
    if request.next_number > newest + 1:
        return _unavailable(f"a number of at most {newest + 1}", str(request.next_number))
    return Admitted(login, day, name.stream_id, request.next_number or newest)


def _may_follow(login: Login, stream_id: int, day: KeptDay | None) -> bool:
    """One's own stream always; of the others those that one's rights, or the day's rules, open."""
    if stream_id == STREAM_PUBLIC:
        return bool(login.rights & Right.PUBLIC) or login.member_id == STREAM_PUBLIC
    if stream_id == STREAM_DEPTH:
        return may_see_depth(login.rights, day is not None and day.is_depth_public)
    is_drop_copy = DROP_COPY_FIRST <= stream_id < MEMBER_FIRST
    return stream_id == login.member_id and (not is_drop_copy or bool(login.rights & Right.DROP_COPY))


def _is_gone(name: SessionName, login: Login, today: KeptDay, yesterday: KeptDay | None) -> bool:
    """Whether it is one's own stream of a day older than any kept, and today's can stand in for it."""
    oldest = yesterday.trading_day if yesterday is not None else today.trading_day
    is_own = name.stream_id == login.member_id >= MEMBER_FIRST
    is_old = is_own and name.trading_day < oldest
    return is_old and not today.streams.ended and today.streams.count(name.stream_id) > 0


def _wanted(session: str, login: Login, today: date) -> SessionName | None:
    """The stream a session field names."""
    if not session:
        return SessionName(today, login.member_id)
    if session == PUBLIC:
        return SessionName(today, STREAM_PUBLIC)
    if session == DEPTH:
        return SessionName(today, STREAM_DEPTH)
    return parse_session(session)


def _unavailable(expected: str, found: str) -> Refused:
    return Refused(LoginRefusal.SESSION_UNAVAILABLE, f"expected {expected}, found {found}")
