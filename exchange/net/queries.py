"""Answers queries from the kernel's state and the day's streams: REPLY_* records and a REPLY_END.

An answer shows the state after the command whose number stands in REPLY_END, so whoever sends it must hold it
until that command is durable.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange import kernel
from exchange.engine.directory import Login
from exchange.engine.engine import Engine
from exchange.kernel.state import State
from exchange.net.books import Books
from exchange.net.bounds import TRADES_REPLY_MAX
from exchange.net.status import status
from exchange.protocol.rights import may_see_depth
from exchange.vocabulary.enums import ParameterId, QueryKind, Right
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import SNAPSHOT_ORDERS_MAX, STREAM_DEPTH, STREAM_PUBLIC
from exchange.vocabulary.records import DTYPES, EVENT, Records, make, new_records
from exchange.vocabulary.rejects import RejectReason

_SLICE_RECORDS: Final = 4_096
_OF_DEPTH: Final = (QueryKind.DEPTH, QueryKind.DIGEST)
_SEES_EVERY_ACCOUNT: Final = Right.OPERATE | Right.SETTLE
_TRADE_FIELDS: Final = (
    "order_id", "price_ticks", "quantity_lots", "match_id", "side", "role", "method", "order_kind",
    "trading_fee_fen", "settlement_fee_fen", "sequence", "time_ns", "login_id", "contract_id", "account_id",
)  # fmt: skip


class Question:
    """One query, who asks, and what it is about."""

    def __init__(self, record: bytes, login: Login, engine: Engine, sessions: int, books: Books) -> None:
        asked = np.frombuffer(record, DTYPES[Kind.QUERY])[0]
        self.query = int(asked["query"])
        self.user_reference = int(asked["user_reference"])
        self.contract_id = int(asked["contract_id"])
        self.account_id = int(asked["account_id"])
        self.login = login
        self.engine = engine
        self.sessions = sessions
        self.books = books

    @property
    def state(self) -> State:
        """The kernel's state now."""
        return self.engine.state

    @property
    def reflects_sequence(self) -> int:
        """The command after which the answer is true: executions are read from what is durable."""
        is_of_stream = self.query == QueryKind.TRADES
        return self.engine.durable_sequence if is_of_stream else self.engine.last_sequence

    @property
    def refusal(self) -> RejectReason:
        """Why it has no answer; NONE when it has."""
        if not self._is_of_own_account:
            return RejectReason.ACCOUNT_NOT_YOURS
        rights, engine = self.login.rights, self.engine
        if self.query == QueryKind.LEVELS and not rights & (Right.PUBLIC | Right.DEPTH):
            return RejectReason.NOT_AUTHORISED
        if self.query in _OF_DEPTH:
            if not may_see_depth(rights, engine.is_depth_public(engine.trading_day)):
                return RejectReason.NOT_AUTHORISED
            if kernel.resting_orders(self.state, self.contract_ids) > SNAPSHOT_ORDERS_MAX:
                return RejectReason.BOOK_TOO_LARGE
        return RejectReason.NONE

    @property
    def stream_number(self) -> int:
        """How many records of the stream that a reader puts its books together from the answer holds."""
        streams = self.engine.streams
        return streams.appended(STREAM_PUBLIC if self.query == QueryKind.LEVELS else STREAM_DEPTH)

    @property
    def _is_of_own_account(self) -> bool:
        """Whether the account named, if one is, exists and is the login's to see."""
        if not self.account_id:
            return True
        accounts = self.state.accounts
        if self.account_id >= len(accounts) or not accounts["is_defined"][self.account_id]:
            return False
        is_own = int(accounts["member_id"][self.account_id]) == self.login.member_id
        return is_own or bool(self.login.rights & _SEES_EVERY_ACCOUNT)

    @property
    def account_ids(self) -> list[int]:
        """The accounts it is about: the one named, every one for who may see them all, else none."""
        if self.account_id:
            return [self.account_id]
        if self.login.rights & _SEES_EVERY_ACCOUNT:
            return [account.account_id for account in self.engine.directory.accounts]
        return []

    @property
    def entity_id(self) -> int:
        """The legal entity that asks; 0 for staff."""
        return int(self.state.accounts["entity_id"][self.account_id]) if self.account_id else 0

    @property
    def contract_ids(self) -> list[int]:
        """The contract named, else every defined one."""
        defined = np.flatnonzero(self.state.contracts["is_defined"]).tolist()
        return [c for c in defined if self.contract_id in (0, c)]


def is_known_query(record: bytes) -> bool:
    """Whether there is an answer to it."""
    return int(np.frombuffer(record, DTYPES[Kind.QUERY])[0]["query"]) in _ANSWERS


def answer(question: Question) -> bytes:
    """The whole answer: records that repeat the query's reference, then REPLY_END."""
    reflects_sequence = question.reflects_sequence
    parts = [records for records in _ANSWERS[question.query](question) if len(records)]
    for records in parts:
        records["user_reference"] = question.user_reference
    end = make(
        Kind.REPLY_END,
        user_reference=question.user_reference,
        sequence=reflects_sequence,
        login_id=question.login.login_id,  # tells a program that has only a user and a password who it is
        contract_id=question.contract_id,
        account_id=question.account_id,
        stream_number=question.stream_number,
        record_count=sum(map(len, parts)),
        query=question.query,
    )
    return b"".join([*(_bytes(records) for records in parts), end])


def _bytes(records: Records) -> bytes:
    return np.ascontiguousarray(records).tobytes()


def _orders(question: Question) -> list[Records]:
    return [kernel.open_orders(question.state, account_id) for account_id in question.account_ids]


def _holdings(question: Question) -> list[Records]:
    return [kernel.holdings(question.state, account_id) for account_id in question.account_ids]


def _cash(question: Question) -> list[Records]:
    return [kernel.cash(question.state, account_id) for account_id in question.account_ids]


def _contracts(question: Question) -> list[Records]:
    return [_of_contract(kernel.contracts(question.state), question)]


def _phases(question: Question) -> list[Records]:
    return [_of_contract(kernel.phases(question.state), question)]


def _figures(question: Question) -> list[Records]:
    return [_of_contract(kernel.figures(question.state), question)]


def _of_contract(records: Records, question: Question) -> Records:
    if question.contract_id == 0:
        return records
    of_contract: Records = records[records["contract_id"] == question.contract_id]
    return of_contract


def _board(question: Question) -> list[Records]:
    entity_id = question.entity_id
    return [kernel.board(question.state, contract_id, entity_id) for contract_id in question.contract_ids]


def _rules(question: Question) -> list[Records]:
    parts = []
    for contract_id in question.contract_ids:
        records = new_records(Kind.REPLY_RULE, len(ParameterId))
        values = question.state.contracts["parameters"][contract_id]
        records["contract_id"] = contract_id
        records["parameter_id"] = [int(parameter) for parameter in ParameterId]
        records["parameter_value"] = [int(values[parameter]) for parameter in ParameterId]
        parts.append(records)
    return parts


def _depth(question: Question) -> list[Records]:
    return [question.books.orders(question.contract_ids)]


def _levels(question: Question) -> list[Records]:
    return [kernel.levels(question.state, question.contract_ids)]


def _digest(question: Question) -> list[Records]:
    records = new_records(Kind.REPLY_DIGEST)
    records["sequence"] = question.engine.last_sequence
    records["contract_id"] = question.contract_id
    records["digest"] = question.books.digest(question.contract_ids)
    return [records]


def _status(question: Question) -> list[Records]:
    return [status(question.engine, question.sessions)]


def _trades(question: Question) -> list[Records]:
    """The newest executions of the accounts, oldest first, read back from the member's own stream."""
    streams, stream_id = question.engine.streams, question.login.member_id
    parts: list[Records] = []
    found = 0
    end = streams.count(stream_id)
    while end > 0 and found < TRADES_REPLY_MAX:
        first = max(1, end - _SLICE_RECORDS + 1)
        data = streams.read(stream_id, first, end - first + 1)
        end = first - 1
        events = np.frombuffer(data, EVENT)
        is_wanted = (events["kind"] == Kind.EXECUTED) & np.isin(events["account_id"], question.account_ids)
        if question.contract_id:
            is_wanted &= events["contract_id"] == question.contract_id
        part = _as_trades(events, is_wanted)
        found += len(part)
        parts.append(part[-TRADES_REPLY_MAX:])
    return parts[::-1]


def _as_trades(events: Records, is_wanted: NDArray[np.bool_]) -> Records:
    """REPLY_TRADE has the fields of EXECUTED under the same names."""
    records = new_records(Kind.REPLY_TRADE, int(is_wanted.sum()))
    for name in _TRADE_FIELDS:
        records[name] = events[name][is_wanted]
    return records


_ANSWERS: Final[dict[int, Callable[[Question], list[Records]]]] = {
    QueryKind.ORDERS: _orders,
    QueryKind.HOLDINGS: _holdings,
    QueryKind.CASH: _cash,
    QueryKind.CONTRACTS: _contracts,
    QueryKind.PHASES: _phases,
    QueryKind.TRADES: _trades,
    QueryKind.BOARD: _board,
    QueryKind.STATUS: _status,
    QueryKind.FIGURES: _figures,
    QueryKind.RULES: _rules,
    QueryKind.DEPTH: _depth,
    QueryKind.LEVELS: _levels,
    QueryKind.DIGEST: _digest,
}
