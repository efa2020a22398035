"""Two fingerprints of a state: of its arrays' bytes, and of what they mean, as anyone can compute it."""

import hashlib
import struct
from collections.abc import Iterator, Sequence

import numpy as np

from exchange.kernel.constants import KIND_MASK, KIND_SHIFT, MARKS_SHIFT, NS_OF_SECOND, RULE_SHIFT
from exchange.kernel.depth import book_rows, level_rows
from exchange.kernel.state import METHODS, WINDOW_SECONDS, State
from exchange.kernel.views import (
    auction_slots,
    defined_accounts,
    defined_contracts,
    events_told,
    kept_trades,
    offer_slots,
    side_slots,
)
from exchange.vocabulary.book_digest import book_digest, levels_digest
from exchange.vocabulary.enums import MemberLimit, ParameterId, Side
from exchange.vocabulary.limits import RECORD_BYTES

HEAD = b"two-city state 2"
HOLDING_FIELDS = ("opening", "available", "locked", "bought_today", "frozen", "sold_today", "held")
BREAKER_FIELDS = (
    "breaker_state",
    "breaker_kind",
    "frozen_reference",
    "frozen_lower",
    "frozen_upper",
    "trigger_price",
    "breaker_due_ns",
    "extended_ms",
    "resume_ns",
    "monitor_last",
)
TIMER_FIELDS = (
    "cancels_on_disconnect",
    "grace_ms",
    "dead_man_ms",
    "disconnect_due_ns",
    "heard_ns",
)
HALVES = 2
HALF_BYTES = RECORD_BYTES // HALVES
AUCTION_FIELDS = ("kind", "pricing", "floor", "ceiling", "share", "end_ns", "trades", "price")
TRANSFER_FIELDS = ("transfer_id", "account_id", "contract_id", "amount", "hold_kind", "state")
ACCOUNT_FIELDS = (
    *("member_id", "entity_id", "eligibility", "opening", "available", "locked", "proceeds_today"),
    *("fees_today", "trade_count", "frozen", "proceeds_held"),
)
TRADE_LAYOUT = "<IIIIIIIIIIBBB"
TRADE_FIELDS = (
    "match_id",
    "buyer_id",
    "seller_id",
    "price",
    "lots",
    "buyer_trading",
    "buyer_settlement",
    "seller_trading",
    "seller_settlement",
    "first_lots",
    "contract_id",
    "part",
    "state",
)
NUMPY_TYPES = {"I": "<u4", "B": "<u1"}


def digest_raw(state: State) -> bytes:
    """SHA-256 over every array's bytes: equal for the same commands, whatever the batches."""
    digest = hashlib.sha256()
    for rows in state:
        digest.update(rows.view(np.uint8).data)
    return digest.digest()


def digest_canonical(state: State) -> bytes:
    """SHA-256 over counters, contracts with books and offers, accounts, logins and streams, little-endian."""
    digest = hashlib.sha256()
    for part in _parts(state):
        digest.update(part)
    return digest.digest()


def digest_book(state: State, contract_ids: Sequence[int] | None = None) -> bytes:
    """The book_digest of contracts (all by default): what a reader of the depth stream must come to."""
    return book_digest(book_rows(state, defined_contracts(state) if contract_ids is None else contract_ids))


def digest_levels(state: State, contract_ids: Sequence[int] | None = None) -> bytes:
    """The levels_digest of contracts: what a reader of the public stream must come to, after a tick."""
    return levels_digest(
        level_rows(state, defined_contracts(state) if contract_ids is None else contract_ids)
    )


def _parts(state: State) -> Iterator[bytes]:
    counters = state.counters[0]
    yield HEAD
    sequence = int(counters["last_sequence"]) % 2**64  # kept signed; the record's is not
    names = "last_time_ns trading_day order_number match_count tonnes_lots control"
    yield struct.pack("<QqIIIQQ", sequence, *(int(counters[name]) for name in names.split()))
    yield struct.pack("<BBB", *(int(counters[name]) for name in ("is_halted", "halt_reason", "is_killed")))
    yield _parameters(counters)
    yield struct.pack("<B", int(counters["market_breaker"]))
    for contract_id in defined_contracts(state):
        yield from _contract(state, contract_id)
        yield from _breaker(state, contract_id)
    for account_id in defined_accounts(state):
        yield from _account(state, account_id)
    for login_id in np.flatnonzero(state.logins["is_defined"]):
        login = state.logins[login_id]
        names = "member_id highest_reference is_up is_killed"
        yield struct.pack("<HIIBB", login_id, *(int(login[name]) for name in names.split()))
        yield _limits(state.login_limits[login_id])
        timers = [int(login[name]) for name in TIMER_FIELDS]
        yield struct.pack("<BIIqqq", *timers, int(state.login_limits["silent_ns"][login_id]))
    told = events_told(state)
    for stream in np.flatnonzero(told):
        member = state.members[stream]
        yield struct.pack("<IIB", stream, int(told[stream]), int(member["is_killed"]))
        messages, cancels = state.logins["buckets"][int(member["first_login"])].tolist()
        second, sent = divmod(messages, int(NS_OF_SECOND))
        yield struct.pack("<qII", second, sent, cancels % int(NS_OF_SECOND))
    yield from _proposals(state)
    yield _trades(state)
    for row in state.transfers[: int(counters["transfers"])]:
        yield struct.pack("<IIHqBB", *(int(row[name]) for name in TRANSFER_FIELDS))


def _contract(state: State, contract_id: int) -> Iterator[bytes]:
    contract = state.contracts[contract_id]
    names = "base lower upper block_lower block_upper reach_lower reach_upper"
    yield struct.pack(
        "<HIIIIIIIBBBBBBB",
        contract_id,
        *(int(contract[name]) for name in names.split()),
        *(int(phase) for phase in contract["phase"]),
        int(contract["is_halted"]),
        int(contract["is_killed"]),
        int(contract["product"]),
        int(contract["matching_rule"]),
    )
    yield struct.pack("<B", int(contract["is_expiring"]))
    yield _parameters(contract)
    for side in Side:
        for slot in side_slots(state, contract_id, side):
            yield _order(state, slot)
    for slot in offer_slots(state, contract_id):
        yield _order(state, slot)
        yield struct.pack("<I", int(state.orders["counterparty_account_id"][slot]))
    yield from _auctions(state, contract_id)
    names = "open high low last trade_count volume_lots turnover_fen"
    for method in range(METHODS):
        yield struct.pack("<IIIIIqq", *(int(contract[name][method]) for name in names.split()))


def _auctions(state: State, contract_id: int) -> Iterator[bytes]:
    contract = state.contracts[contract_id]
    yield struct.pack("<Iq", int(contract["auction_id"]), int(contract["indicative_due_ns"]))
    if contract["has_auction"]:
        yield struct.pack("<BBIIIqII", *(int(contract[f"auction_{name}"]) for name in AUCTION_FIELDS))
        for slot in auction_slots(state, contract_id):
            yield _order(state, slot)


def _breaker(state: State, contract_id: int) -> Iterator[bytes]:
    contract = state.contracts[contract_id]
    yield struct.pack("<BBIIIIqIqI", *(int(contract[name]) for name in BREAKER_FIELDS))
    latest = int(contract["window_second"])
    now = max(latest, int(state.counters["last_time_ns"][0]) // int(NS_OF_SECOND))
    width = int(contract["parameters"][ParameterId.BREAKER_WINDOW_S])
    for second in range(now - width + 1, latest + 1):
        row = state.windows[contract_id * WINDOW_SECONDS + second % WINDOW_SECONDS]
        if row["lots"]:
            yield struct.pack("<qqq", second, int(row["lots"]), int(row["fen"]))


def _order(state: State, slot: int) -> bytes:
    order = state.orders[slot]
    packed = int(order["side_kind"])
    return struct.pack(
        "<QIIIHIqIqBBB",
        int(order["order_id"]),
        int(order["price_ticks"]),
        int(order["remaining"]),
        int(order["account_id"]),
        int(order["login_id"]),
        int(order["user_reference"]),
        int(order["lock_fen"]),
        int(order["quantity_lots"]),
        int(order["filled_fen"]),
        packed >> int(KIND_SHIFT) & int(KIND_MASK),
        packed >> int(MARKS_SHIFT) & 1,
        packed >> int(RULE_SHIFT),
    )


def _parameters(rows: np.void) -> bytes:
    return b"".join(struct.pack("<q", int(rows["parameters"][parameter])) for parameter in ParameterId)


def _proposals(state: State) -> Iterator[bytes]:
    """The highest number, then every live proposal, ascending, with as much of its command as has come."""
    live = [row for row in np.argsort(state.proposals["proposal_id"]) if state.proposals["proposal_id"][row]]
    yield struct.pack("<IB", int(state.counters["highest_proposal"][0]), len(live))
    for row in live:
        proposal = state.proposals[row]
        names = "proposal_id kind command_hash login_id expires_ns halves"
        yield struct.pack("<IBQHqB", *(int(proposal[name]) for name in names.split()))
        record = state.proposed[row : row + 1].tobytes()
        for half in range(HALVES):
            part = record[half * HALF_BYTES : (half + 1) * HALF_BYTES]
            yield part if int(proposal["halves"]) >> half & 1 else bytes(HALF_BYTES)


def _limits(row: np.void) -> bytes:
    return struct.pack("<qqq", *(int(row["value"][limit]) for limit in MemberLimit))


def _account(state: State, account_id: int) -> Iterator[bytes]:
    account = state.accounts[account_id]
    contracts = int(state.counters["contracts"][0])
    first = account_id * contracts
    moved = state.movements[first]
    values = [int(account[name]) for name in ACCOUNT_FIELDS]
    values += [int(state.holdings["held"][first]), int(moved["moved"]), int(moved["covered"])]
    yield struct.pack("<IIIBqqqqqIqqqqq", account_id, *values)
    yield _limits(state.account_limits[account_id])
    for contract_id in range(1, contracts):
        holding = state.holdings[first + contract_id]
        buckets = [int(holding[name]) for name in HOLDING_FIELDS]
        buckets.append(int(state.movements["moved"][first + contract_id]))
        if any(buckets):
            yield struct.pack("<Hqqqqqqqq", contract_id, *buckets)


def _trades(state: State) -> bytes:
    """The kept trades, oldest first, each after its number."""
    kept = kept_trades(state)
    types = [NUMPY_TYPES[code] for code in TRADE_LAYOUT[1:]]
    rows = np.zeros(len(kept), list(zip(TRADE_FIELDS, types, strict=True)))
    newest = int(state.counters["match_count"][0])
    rows["match_id"] = np.arange(newest - len(kept) + 1, newest + 1)
    for name in TRADE_FIELDS[1:]:
        rows[name] = kept[name]
    return rows.tobytes()
