"""Events of a member's own stream and of the operators' stream as typed objects, one class per kind.

Field names, units and meanings are those of the catalogue (vocabulary.messages); a test compares them.
"""

from typing import ClassVar

from msgspec import Struct

from exchange.vocabulary.kinds import Kind


class Headed(Struct, frozen=True):
    """What nearly every record says: who caused it, when, and what it is about."""

    user_reference: int
    sequence: int
    time_ns: int
    login_id: int
    contract_id: int
    account_id: int


class Accepted(Headed, frozen=True):
    """A listing, limit order, block offer, auction lot or bid is accepted."""

    KIND: ClassVar[int] = Kind.ACCEPTED
    order_id: int
    price_ticks: int
    quantity_lots: int
    counterparty_account_id: int
    side: int
    order_flags: int
    method: int
    order_kind: int


class Rejected(Headed, frozen=True):
    """A journaled command was refused and changed nothing but its reference."""

    KIND: ClassVar[int] = Kind.REJECTED
    order_id: int
    price_ticks: int
    quantity_lots: int
    highest_reference: int
    command_kind: int
    remaining_credit: int
    reason: int
    retry_after_ms: int
    expected_value: int


class Executed(Headed, frozen=True):
    """One side of a match."""

    KIND: ClassVar[int] = Kind.EXECUTED
    order_id: int
    price_ticks: int
    quantity_lots: int
    match_id: int
    side: int
    role: int
    method: int
    order_kind: int
    trading_fee_fen: int
    settlement_fee_fen: int


class Done(Headed, frozen=True):
    """An order will trade no more."""

    KIND: ClassVar[int] = Kind.DONE
    order_id: int
    price_ticks: int
    quantity_lots: int
    filled_lots: int
    side: int
    done_reason: int
    method: int
    order_kind: int


class Reduced(Headed, frozen=True):
    """An order was reduced or replaced."""

    KIND: ClassVar[int] = Kind.REDUCED
    order_id: int
    price_ticks: int
    quantity_lots: int
    target_reference: int
    side: int
    keeps_priority: int
    method: int


class MassCancelled(Headed, frozen=True):
    """A mass cancel is complete."""

    KIND: ClassVar[int] = Kind.MASS_CANCELLED
    cancelled_lots: int
    record_count: int


class BlockOffered(Headed, frozen=True):
    """A block offer is addressed to you."""

    KIND: ClassVar[int] = Kind.BLOCK_OFFERED
    order_id: int
    price_ticks: int
    quantity_lots: int
    counterparty_account_id: int
    side: int
    order_flags: int
    method: int
    order_kind: int
    countered_order_id: int


class BlockClosed(Headed, frozen=True):
    """A block offer addressed to you is gone."""

    KIND: ClassVar[int] = Kind.BLOCK_CLOSED
    order_id: int
    price_ticks: int
    quantity_lots: int
    counterparty_account_id: int
    side: int
    done_reason: int
    method: int


class LoginChanged(Headed, frozen=True):
    """A login of your member connected or disconnected."""

    KIND: ClassVar[int] = Kind.LOGIN_CHANGED
    subject_id: int
    down_reason: int
    is_up: int


class StreamOpened(Headed, frozen=True):
    """First record of every stream: version, day and limits."""

    KIND: ClassVar[int] = Kind.STREAM_OPENED
    quantity_lots_max: int
    reference_gap_max: int
    price_ticks_max: int
    heartbeat_ms: int
    stream_id: int
    version: int
    trading_day: int
    dead_ms: int


class KillChanged(Headed, frozen=True):
    """New orders of your member or login are stopped or allowed again."""

    KIND: ClassVar[int] = Kind.KILL_CHANGED
    subject_id: int
    level: int
    is_killed: int


class BalanceChanged(Headed, frozen=True):
    """Units or cash changed other than by a trade."""

    KIND: ClassVar[int] = Kind.BALANCE_CHANGED
    amount: int
    available: int
    transfer_id: int
    change_kind: int


class AccountRestricted(Headed, frozen=True):
    """What an account of yours may do has changed."""

    KIND: ClassVar[int] = Kind.ACCOUNT_RESTRICTED
    eligibility: int


class SettingChanged(Headed, frozen=True):
    """Cancel-on-disconnect and dead-man's timer of a login of yours."""

    KIND: ClassVar[int] = Kind.SETTING_CHANGED
    grace_ms: int
    dead_man_ms: int
    cancel_on_disconnect: int


class LimitChanged(Headed, frozen=True):
    """A risk limit that your member set."""

    KIND: ClassVar[int] = Kind.LIMIT_CHANGED
    parameter_value: int
    subject_id: int
    parameter_id: int


class CommandDone(Headed, frozen=True):
    """Audit: an exchange command took effect."""

    KIND: ClassVar[int] = Kind.COMMAND_DONE
    parameter_value: int
    subject_id: int
    command_kind: int
    subject_level: int


class ProposalChanged(Headed, frozen=True):
    """Audit: a proposal was made, approved, withdrawn, or lapsed."""

    KIND: ClassVar[int] = Kind.PROPOSAL_CHANGED
    command_hash: int
    proposal_id: int
    command_kind: int
    proposal_state: int
