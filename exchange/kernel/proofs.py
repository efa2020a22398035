"""Proof that members' limits, message windows and proposals are what their flags and numbers say."""

import hashlib

import numpy as np

from exchange.errors import CorruptionError
from exchange.kernel.constants import (
    BOOK,
    BUY,
    CANCELS_PER_SECOND,
    CCER,
    MAY_BUY,
    MAY_CCER,
    MAY_SELL,
    MESSAGES_PER_SECOND,
    NS_OF_SECOND,
    PRICE_STEP,
    SELL,
    TRADING,
)
from exchange.kernel.state import State
from exchange.vocabulary.limits import BALANCE_MAX

BOTH_HALVES = 3
STAMPS = ("user_reference", "sequence", "time_ns", "login_id")
HASH_BYTES = 8


def check_limits(state: State) -> None:
    """Whoever has a limit of its own is marked, and nobody else; windows begin on whole seconds."""
    for name in ("account", "login"):
        values = getattr(state, f"{name}_limits")["value"]
        _expect(f"negative {name}_limits", 0, int((values < 0).sum()))
        _expect(f"{name}_limits above {BALANCE_MAX}", 0, int((values > BALANCE_MAX).sum()))
        marks = getattr(state, f"{name}s")["has_limits"]
        wrong = np.flatnonzero((values != 0).any(axis=1) != (marks != 0))
        if len(wrong):
            first = int(wrong[0])
            _expect(f"{name}s.has_limits[{first}]", bool(values[first].any()), bool(marks[first]))
    counters = state.counters[0]
    rates = counters["parameters"]
    is_on = bool(rates[int(MESSAGES_PER_SECOND)] or rates[int(CANCELS_PER_SECOND)])
    _expect("is_metered", is_on, bool(counters["is_metered"]))
    _expect("second_ns within a second", 0, int(counters["second_ns"]) % int(NS_OF_SECOND))
    seconds = state.logins["buckets"] // int(NS_OF_SECOND)
    _expect("members whose buckets are of two seconds", 0, int((seconds[:, 0] != seconds[:, 1]).sum()))
    _check_stopped(state)


def _check_stopped(state: State) -> None:
    """What orders look at says what halts and kill switches of every level say together."""
    counters = state.counters[0]
    market = bool(counters["is_halted"] or counters["is_killed"])
    contracts = state.contracts[1:]
    wanted = (contracts["is_halted"] | contracts["is_killed"]) != 0
    stopped = (wanted | market) & (contracts["is_defined"] != 0)
    found = (contracts["is_stopped"] != 0) & (contracts["is_defined"] != 0)
    _expect("contracts.is_stopped", stopped.tolist(), found.tolist())
    _check_usual(contracts, stopped)
    logins = state.logins[1:]
    wanted = (logins["is_killed"] | state.members["is_killed"][logins["member_id"]]) != 0
    _expect("logins.is_stopped", wanted.tolist(), (logins["is_stopped"] != 0).tolist())


def _check_usual(contracts: np.ndarray, stopped: np.ndarray) -> None:
    """The methods of usual orders, and what an account needs for them."""
    is_usual = (contracts["is_defined"] != 0) & ~stopped & (contracts["phase"][:, BOOK] == TRADING)
    is_usual &= contracts["parameters"][:, PRICE_STEP] == 1
    wanted = np.where(is_usual, contracts["matching_rule"] + 1, 0)
    _expect("contracts.usual_method", wanted.tolist(), contracts["usual_method"].tolist())
    for side, right in ((BUY, MAY_BUY), (SELL, MAY_SELL)):
        rights = np.where(contracts["product"] == CCER, right | MAY_CCER, right)
        wanted = np.where(contracts["is_defined"] != 0, rights, contracts["wants"][:, side])
        _expect("contracts.wants", wanted.tolist(), contracts["wants"][:, side].tolist())


def check_proposals(state: State) -> None:
    """Numbers are given once; a complete proposal holds the command whose hash it names."""
    live = np.flatnonzero(state.proposals["proposal_id"])
    numbers = state.proposals["proposal_id"][live].tolist()
    _expect("proposals of one number", len(numbers), len(set(numbers)))
    highest = int(state.counters["highest_proposal"][0])
    _expect("proposals above the highest number", False, max(numbers, default=0) > highest)
    for row in live.tolist():
        proposal, record = state.proposals[row], state.proposed[row]
        if int(proposal["halves"]) != BOTH_HALVES:
            continue
        name = f"proposal {int(proposal['proposal_id'])}"
        _expect(f"{name} stamps", [0] * len(STAMPS), [int(record[stamp]) for stamp in STAMPS])
        _expect(f"{name} kind", int(proposal["kind"]), int(record["kind"]))
        digest = hashlib.sha256(record.tobytes()).digest()
        found = int.from_bytes(digest[:HASH_BYTES], "little")
        _expect(f"{name} hash", int(proposal["command_hash"]), found)


def _expect(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise CorruptionError(what, expected, found)
