"""The fields of every operation, as they come over the members' door: checked by type, then by its handler.

Amounts are lots (tonnes) or fen, ids are the registry's. An entity has one registry account, which bears its
number (rulebook §2.1), and one trading account.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec

from settlement.vocabulary.operations import OperationKind

Id = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Amount = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Text = Annotated[str, msgspec.Meta(max_length=400)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Year = Annotated[int, msgspec.Meta(ge=2019, le=2099)]


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Fields of an operation."""


class Place(StrEnum):
    """Which of an entity's balances a freeze is about."""

    REGISTRY = "registry"
    TRADING = "trading"
    CASH = "cash"


class Basis(StrEnum):
    """Why units are allocated (rulebook §4.4)."""

    PRE_ALLOCATION = "pre-allocation"
    FINAL = "final"
    HELD_BY_PROVINCE = "held-by-province"  # a risky emitter's stay in the provincial account (rulebook §2.5)


class Ground(StrEnum):
    """Why units change hands without a trade (rulebook §2.1)."""

    MERGER = "merger"
    SPLIT = "split"
    INHERITANCE = "inheritance"
    COURT = "court"


class OpenAccount(Params, frozen=True):
    entity_id: Id
    kind: Text
    name_zh: Text
    name_en: Text
    province_id: Id
    bank_id: Id
    account_id: Id
    member_id: Id


class CloseAccount(Params, frozen=True):
    entity_id: Id


class RestrictAccount(Params, frozen=True):
    entity_id: Id
    may_buy: bool
    may_sell: bool
    may_move: bool  # transfer between the buckets, withdraw
    reason: Text


class Issue(Params, frozen=True):
    contract_id: Id
    lots: Amount
    document: Text


class AllocateProvince(Params, frozen=True):
    contract_id: Id
    province_id: Id
    lots: Amount


class Allocate(Params, frozen=True):
    contract_id: Id
    entity_id: Id
    lots: Amount
    basis: Basis


class TrueUp(Params, frozen=True):
    contract_id: Id
    entity_id: Id
    final_lots: Id  # what the entity is to have been allocated in all: more comes, or too much goes back


class AuctionIssue(Params, frozen=True):
    contract_id: Id
    account_id: Id  # the issuer's trading account, which sells in the auction
    lots: Amount


class BucketTransfer(Params, frozen=True):
    entity_id: Id
    contract_id: Id
    lots: Amount


class NonTradeTransfer(Params, frozen=True):
    contract_id: Id
    source_entity_id: Id
    target_entity_id: Id
    lots: Amount
    ground: Ground
    document: Text


class Freeze(Params, frozen=True):
    entity_id: Id
    place: Place
    contract_id: Id  # 0 = cash
    amount: Amount
    document: Text


class SetObligation(Params, frozen=True):
    entity_id: Id
    year: Year
    verified_lots: Id  # verified emissions, t
    due_lots: Id  # to be surrendered, after caps and exemptions


class Surrender(Params, frozen=True):
    entity_id: Id  # whose units
    year: Year
    contract_id: Id
    lots: Amount
    obliged_entity_id: Id = 0  # whose obligation, if another's (rulebook §2.5); 0 = its own


class SurrenderFromProvince(Params, frozen=True):
    entity_id: Id
    year: Year
    contract_id: Id
    lots: Amount


class Retire(Params, frozen=True):
    entity_id: Id
    contract_id: Id
    lots: Amount
    purpose: Text


class CarryOver(Params, frozen=True):
    entity_id: Id
    contract_id: Id
    lots: Amount


class Reverse(Params, frozen=True):
    operation_id: Id
    reason: Text


class Withdraw(Params, frozen=True):
    entity_id: Id
    amount_fen: Amount


class CloseBreak(Params, frozen=True):
    break_id: Id
    reason: Reason


class Object(Params, frozen=True):
    entity_id: Id
    day: date  # of the statement
    grounds: Reason
    match_id: Id = 0  # the trade; 0 = the statement


class ExamineObjection(Params, frozen=True):
    objection_id: Id


class DecideObjection(Params, frozen=True):
    objection_id: Id
    reason: Reason
    correcting_operation_id: Id = 0  # what has set it right; 0 = the objection is rejected


class FundReserve(Params, frozen=True):
    amount_fen: Amount  # of the settlement fees


class Recover(Params, frozen=True):
    entity_id: Id  # which owes the settlement reserve
    amount_fen: Amount


PARAMS: Final[dict[OperationKind, type[Params]]] = {
    OperationKind.OPEN_ACCOUNT: OpenAccount,
    OperationKind.CLOSE_ACCOUNT: CloseAccount,
    OperationKind.RESTRICT_ACCOUNT: RestrictAccount,
    OperationKind.ISSUE: Issue,
    OperationKind.ALLOCATE_PROVINCE: AllocateProvince,
    OperationKind.ALLOCATE: Allocate,
    OperationKind.TRUE_UP: TrueUp,
    OperationKind.AUCTION_ISSUE: AuctionIssue,
    OperationKind.TO_TRADING: BucketTransfer,
    OperationKind.TO_REGISTRY: BucketTransfer,
    OperationKind.NON_TRADE_TRANSFER: NonTradeTransfer,
    OperationKind.FREEZE: Freeze,
    OperationKind.RELEASE: Freeze,
    OperationKind.SET_OBLIGATION: SetObligation,
    OperationKind.SURRENDER: Surrender,
    OperationKind.SURRENDER_FROM_PROVINCE: SurrenderFromProvince,
    OperationKind.RETIRE: Retire,
    OperationKind.CARRY_OVER: CarryOver,
    OperationKind.REVERSE: Reverse,
    OperationKind.WITHDRAW: Withdraw,
    OperationKind.CLOSE_BREAK: CloseBreak,
    OperationKind.OBJECT: Object,
    OperationKind.EXAMINE_OBJECTION: ExamineObjection,
    OperationKind.DECIDE_OBJECTION: DecideObjection,
    OperationKind.FUND_RESERVE: FundReserve,
    OperationKind.RECOVER: Recover,
}
assert set(PARAMS) == set(OperationKind), "expected fields for every operation"


def fields_of(kind: OperationKind) -> dict[str, str]:
    """Names and types of a kind's fields, for people."""
    return {
        field.name: _type_word(field.type) + ("" if field.required else f", default {field.default}")
        for field in msgspec.structs.fields(PARAMS[kind])
    }


def _type_word(found: Any) -> str:
    if get_origin(found) is Annotated:
        base, meta = get_args(found)[0], get_args(found)[1]
        low = "" if meta.ge is None else f" >= {meta.ge}"
        return f"{base.__name__}{low}"
    if issubclass(found, StrEnum):
        return " | ".join(found)
    return str(found.__name__)


def encode(params: Params) -> bytes:
    """Canonical JSON: the same command gives the same bytes, which is what an approval's hash is of."""
    return msgspec.json.encode(params, order="deterministic")


def decode(kind: OperationKind, data: bytes) -> Params:
    """Fields from JSON; msgspec.ValidationError says what is wrong with them."""
    return msgspec.json.decode(data, type=PARAMS[kind])
