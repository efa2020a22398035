"""Registry operations: what can be asked for, their states, who people are. Stored, so never renamed."""

from enum import StrEnum
from typing import Final, NamedTuple


class OperationKind(StrEnum):
    """What can be asked of the registry."""

    OPEN_ACCOUNT = "open-account"
    CLOSE_ACCOUNT = "close-account"
    RESTRICT_ACCOUNT = "restrict-account"
    ISSUE = "issue"
    ALLOCATE_PROVINCE = "allocate-province"
    ALLOCATE = "allocate"
    TRUE_UP = "true-up"
    AUCTION_ISSUE = "auction-issue"
    TO_TRADING = "to-trading"
    TO_REGISTRY = "to-registry"
    NON_TRADE_TRANSFER = "non-trade-transfer"
    FREEZE = "freeze"
    RELEASE = "release"
    SET_OBLIGATION = "set-obligation"
    SURRENDER = "surrender"
    SURRENDER_FROM_PROVINCE = "surrender-from-province"
    RETIRE = "retire"
    CARRY_OVER = "carry-over"
    REVERSE = "reverse"
    WITHDRAW = "withdraw"
    CLOSE_BREAK = "close-break"
    OBJECT = "object"
    EXAMINE_OBJECTION = "examine-objection"
    DECIDE_OBJECTION = "decide-objection"
    FUND_RESERVE = "fund-reserve"
    RECOVER = "recover"


class OperationState(StrEnum):
    """Where an operation stands."""

    ASKED = "asked"  # waits for the second person
    RUNNING = "running"  # waits for the other city, for a bank, or for its hour
    DONE = "done"
    REFUSED = "refused"  # by a rule, or by the other city or a bank
    DECLINED = "declined"  # by the second person
    WITHDRAWN = "withdrawn"  # by whoever asked
    EXPIRED = "expired"  # nobody approved it in time


ENDED: Final = frozenset(
    {
        OperationState.DONE,
        OperationState.REFUSED,
        OperationState.DECLINED,
        OperationState.WITHDRAWN,
        OperationState.EXPIRED,
    }
)


class Institution(StrEnum):
    """Where a person belongs; nobody acts outside it."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    REGISTRY = "registry"
    EXCHANGE = "exchange"
    BANK = "bank"
    HOLDER = "holder"


class Level(StrEnum):
    """What a person may do inside the institution."""

    VIEWER = "viewer"
    OPERATOR = "operator"  # asks
    REVIEWER = "reviewer"  # approves what another has asked


class Person(NamedTuple):
    """Who asks or approves: proven by a key, never by what a request says."""

    person_id: str
    institution: Institution
    level: Level
    scope_id: int = 0  # province, bank or entity; 0 where the institution has one office
