"""The reference exchange: one command in, its events out."""

from collections.abc import Callable
from typing import Final

import numpy as np

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import REFERENCE_GAP_MAX, STREAM_OPERATOR
from exchange.vocabulary.rejects import RejectReason
from tests.reference import (
    bands,
    block,
    bust,
    closing,
    continuous,
    controls,
    definitions,
    invariants,
    listed,
    mass_cancel,
    notices,
    one_way,
    opening,
    parameters,
    proposals,
    replace,
    result,
    signatures,
    tick,
    timers,
    transfers,
)
from tests.reference.breaker import pause_market
from tests.reference.digest import canonical_digest
from tests.reference.layout import READERS, Command, read_header
from tests.reference.limits import apply_member_limit, count_message
from tests.reference.market import Market, Refusal
from tests.reference.state import Capacity

KIND_OFFSET = 3
Apply = Callable[[Market, Command], Refusal | None]

#: Every kind that works in this step. A rule either says why it refuses, and changed nothing, or did it all.
RULES: Final[dict[int, Apply]] = {
    Kind.LISTING: listed.apply_listing,
    Kind.TAKE: listed.apply_take,
    Kind.LIMIT_ORDER: continuous.apply_limit_order,
    Kind.CANCEL: listed.apply_cancel,
    Kind.REDUCE: replace.apply_reduce,
    Kind.REPLACE: replace.apply_replace,
    Kind.MASS_CANCEL: mass_cancel.apply_mass_cancel,
    Kind.BLOCK_OFFER: block.apply_block_offer,
    Kind.BLOCK_COUNTER: block.apply_block_counter,
    Kind.BLOCK_ACCEPT: block.apply_block_accept,
    Kind.BLOCK_DECLINE: block.apply_block_decline,
    Kind.MEMBER_LIMIT: apply_member_limit,
    Kind.SESSION_SETTING: timers.apply_session_setting,
    Kind.TICK: tick.apply_tick,
    Kind.AUCTION_BID: one_way.apply_auction_bid,
    Kind.AUCTION_NOTICE: one_way.apply_auction_notice,
    Kind.AUCTION_END: one_way.apply_auction_end,
    Kind.OPEN_DAY: definitions.apply_open_day,
    Kind.DEFINE_CONTRACT: definitions.apply_define_contract,
    Kind.DEFINE_ACCOUNT: definitions.apply_define_account,
    Kind.DEFINE_LOGIN: definitions.apply_define_login,
    Kind.PARAMETER_SET: parameters.apply_parameter_set,
    Kind.SET_PHASE: controls.apply_set_phase,
    Kind.HALT: controls.apply_halt,
    Kind.RESUME: controls.apply_resume,
    Kind.KILL: controls.apply_kill,
    Kind.RESTORE: controls.apply_restore,
    Kind.LOGIN_UP: controls.apply_login_up,
    Kind.LOGIN_DOWN: controls.apply_login_down,
    Kind.RESTART: controls.apply_restart,
    Kind.BAND_CHANGE: bands.apply_band_change,
    Kind.CLOSE_DAY: closing.apply_close_day,
    Kind.SEAL_DAY: closing.apply_seal_day,
    Kind.PROPOSE: proposals.apply_propose,
    Kind.COMMAND_FRAGMENT: proposals.apply_fragment,
    Kind.APPROVE: proposals.apply_approve,
    Kind.PROPOSAL_WITHDRAW: proposals.apply_withdraw,
    Kind.NOTICE: notices.apply_notice,
    Kind.CONTRACT_EXPIRE: notices.apply_contract_expire,
    Kind.OPENING_BEGIN: opening.apply_opening_begin,
    Kind.OPENING_HOLDING: opening.apply_opening_holding,
    Kind.OPENING_CASH: opening.apply_opening_cash,
    Kind.OPENING_TOTALS: opening.apply_opening_totals,
    Kind.DEPOSIT: transfers.apply_deposit,
    Kind.TRANSFER_IN: transfers.apply_transfer_in,
    Kind.HOLD_REQUEST: transfers.apply_hold_request,
    Kind.HOLD_COMMIT: transfers.apply_hold_commit,
    Kind.HOLD_ABORT: transfers.apply_hold_abort,
    Kind.FREEZE: transfers.apply_freeze,
    Kind.RELEASE: transfers.apply_release,
    Kind.RESTRICT: transfers.apply_restrict,
    Kind.BUST: bust.apply_bust,
    Kind.CORRECTION: bust.apply_correction,
    Kind.RESULT_BEGIN: result.apply_result_begin,
    Kind.RESULT_HOLDING: result.apply_result_holding,
    Kind.RESULT_CASH: result.apply_result_cash,
    Kind.RESULT_TOTALS: result.apply_result_totals,
    Kind.DELIVERED: result.apply_delivered,
    Kind.STAGE: result.apply_stage,
    Kind.REGISTRY_SIGNATURE: signatures.apply_signature,
    Kind.REGISTRY_CHAIN_HEAD: signatures.apply_signature,
}


class Reference:
    """A day of the exchange. `apply` takes one stamped 64-byte command (bytes or a numpy record)."""

    def __init__(self, capacity: Capacity) -> None:
        self.market = Market(capacity)

    def apply(self, record: bytes | np.void) -> list[tuple[int, bytes]]:
        """Apply one command; its events in order, each with the stream it goes to."""
        market = self.market
        self._read(record if isinstance(record, bytes) else record.tobytes())
        command, market.events, market.is_over_limit = market.command, [], False
        market.last_sequence, market.last_time_ns = command.sequence, command.time_ns
        if command.login_id and command.login_id not in market.logins:
            self._reject_unknown_login()
            return market.events
        if refusal := self._consume_reference(command) or self._obey():
            market.reject(refusal)
        if market.approved:
            approved, market.approved = market.approved, b""
            self._read(approved)
            if refusal := self._obey():
                market.reject(refusal)
        pause_market(market)
        return market.events

    def _read(self, record: bytes) -> None:
        """Decode a record; it becomes the command that events are caused by."""
        read = READERS[record[KIND_OFFSET]] if record[KIND_OFFSET] in RULES else read_header
        self.market.record, self.market.command = record, read(record)

    def _obey(self) -> Refusal | None:
        """Do what the command says, or say why not."""
        market, command = self.market, self.market.command
        rule = RULES.get(command.kind)
        if rule is None:
            return Refusal(RejectReason.UNKNOWN_KIND)
        if not market.is_open and command.kind != Kind.OPEN_DAY:
            return Refusal(RejectReason.DAY_NOT_OPEN)
        return rule(market, command)

    def canonical_digest(self) -> bytes:
        """SHA-256 of the state in its canonical form."""
        return canonical_digest(self.market)

    def check(self) -> None:
        """Raise AssertionError if the state is out of balance."""
        invariants.check(self.market)

    def _consume_reference(self, command: Command) -> Refusal | None:
        """Check number one of every command of a login; all that follows consumes the reference."""
        if command.login_id == 0:
            return None
        login = self.market.logins[command.login_id]
        if command.user_reference <= login.highest_reference:
            return Refusal(RejectReason.DUPLICATE_REFERENCE)
        if command.user_reference - login.highest_reference > REFERENCE_GAP_MAX:
            return Refusal(RejectReason.REFERENCE_GAP)
        login.highest_reference = command.user_reference
        login.heard_ns = command.time_ns
        count_message(self.market, login, command)
        return None

    def _reject_unknown_login(self) -> None:
        """The engine lets no such command through; if one comes it changes nothing."""
        assert self.market.stream_of(None) == STREAM_OPERATOR
        self.market.reject(Refusal(RejectReason.INVALID_FIELD))
