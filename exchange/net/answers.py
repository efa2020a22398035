"""What is said to one login only: refusals at once, query answers when what they show is durable.

A query waits until every command received before it has been applied, so a login reads what it wrote. An
answer is made only for a connection that takes its answers, so nobody can make the exchange pile them up.
"""

from collections import deque
from typing import NamedTuple

from exchange.engine.engine import Engine
from exchange.net import queries
from exchange.net.books import Books
from exchange.net.bounds import QUERIES_PER_TURN_MAX
from exchange.net.connection import Connection
from exchange.net.queries import Question
from exchange.vocabulary.enums import QueryKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make, read
from exchange.vocabulary.rejects import RejectReason


class _Held(NamedTuple):
    """An answer that shows the state after a command that may not be durable yet."""

    sequence: int
    connection: Connection
    data: bytes


class Answers:
    """Queries that wait and answers that are held, of all connections, in order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._books = Books(engine)
        self._asking: deque[Connection] = deque()
        self._held: deque[_Held] = deque()

    @property
    def are_waiting(self) -> bool:
        """Whether a query waits whose connection could take the answer now."""
        return any(connection.can_be_answered for connection in self._asking)

    def ask(self, connection: Connection, record: bytes) -> None:
        """Queue a query; one that has no answer is refused at once."""
        if not queries.is_known_query(record):
            connection.write(refusal(record, RejectReason.UNKNOWN_QUERY))
            return
        if not connection.queries:
            self._asking.append(connection)
        connection.queries.append(record)

    def snapshot(self, connection: Connection) -> None:
        """Open orders, holdings and cash of the login's account, unasked: its past is kept no longer."""
        assert connection.admitted is not None
        account_id = connection.admitted.login.default_account_id
        for query in (QueryKind.ORDERS, QueryKind.HOLDINGS, QueryKind.CASH):
            self.ask(connection, make(Kind.QUERY, query=int(query), account_id=account_id))

    def make(self, sessions: int) -> None:
        """Answer what can be answered now, a connection after the other, a bounded number in one turn."""
        if not self._asking or self._engine.queued:
            return
        left = QUERIES_PER_TURN_MAX
        for _ in range(min(left, len(self._asking))):
            connection = self._asking.popleft()
            while left and connection.queries and connection.can_be_answered:
                self._answer(connection, connection.queries.popleft(), sessions)
                left -= 1
            if connection.queries:
                self._asking.append(connection)
            connection.refresh_reading()

    def release(self) -> None:
        """Send what has become durable."""
        durable_sequence = self._engine.durable_sequence
        while self._held and self._held[0].sequence <= durable_sequence:
            _, connection, data = self._held.popleft()
            connection.held_bytes -= len(data)
            connection.write(data)

    def forget(self, connection: Connection) -> None:
        """The connection is gone."""
        connection.queries.clear()
        if connection in self._asking:  # not while its queries are being answered
            self._asking.remove(connection)

    def end_day(self) -> None:
        """A new day counts its commands from 1; all of the old day is durable."""
        while self._held:
            _, connection, data = self._held.popleft()
            connection.held_bytes -= len(data)
            connection.write(data)

    def _answer(self, connection: Connection, record: bytes, sessions: int) -> None:
        assert connection.admitted is not None
        question = Question(record, connection.admitted.login, self._engine, sessions, self._books)
        if (reason := question.refusal) != RejectReason.NONE:
            connection.write(refusal(record, reason))
            return
        data = queries.answer(question)
        connection.held_bytes += len(data)
        self._held.append(_Held(self._engine.last_sequence, connection, data))


def refusal(record: bytes, reason: RejectReason) -> bytes:
    """One REFUSED about one record."""
    asked = read(record)
    return make(
        Kind.REFUSED,
        user_reference=asked["user_reference"],
        contract_id=asked["contract_id"],
        account_id=asked["account_id"],
        command_kind=record[3],
        reason=int(reason),
    )
