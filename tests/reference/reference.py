"""The reference exchange: one command in, its events out."""

from collections.abc import Callable
from typing import Final

import numpy as np

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import REFERENCE_GAP_MAX, STREAM_OPERATOR
from exchange.vocabulary.rejects import RejectReason
from tests.reference import (
    block,
    closing,
    controls,
    definitions,
    invariants,
    listed,
    one_way,
    opening,
    parameters,
    result,
)
from tests.reference.digest import canonical_digest
from tests.reference.layout import READERS, Command, read_header
from tests.reference.market import Market, Refusal
from tests.reference.state import Capacity

Apply = Callable[[Market, Command], Refusal | None]

#: Every kind that works in this step. A rule either says why it refuses, and changed nothing, or did it all.
RULES: Final[dict[int, Apply]] = {
    Kind.LISTING: listed.apply_listing,
    Kind.TAKE: listed.apply_take,
    Kind.CANCEL: listed.apply_cancel,
    Kind.BLOCK_OFFER: block.apply_block_offer,
    Kind.BLOCK_ACCEPT: block.apply_block_accept,
    Kind.BLOCK_DECLINE: block.apply_block_decline,
    Kind.TICK: controls.apply_tick,
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
    Kind.CLOSE_DAY: closing.apply_close_day,
    Kind.SEAL_DAY: closing.apply_seal_day,
    Kind.OPENING_BEGIN: opening.apply_opening_begin,
    Kind.OPENING_HOLDING: opening.apply_opening_holding,
    Kind.OPENING_CASH: opening.apply_opening_cash,
    Kind.OPENING_TOTALS: opening.apply_opening_totals,
    Kind.RESULT_BEGIN: result.apply_result_begin,
    Kind.RESULT_HOLDING: result.apply_result_holding,
    Kind.RESULT_CASH: result.apply_result_cash,
    Kind.RESULT_TOTALS: result.apply_result_totals,
    Kind.DELIVERED: result.apply_delivered,
    Kind.STAGE: result.apply_stage,
}


class Reference:
    """A day of the exchange. `apply` takes one stamped 64-byte command (bytes or a numpy record)."""

    def __init__(self, capacity: Capacity) -> None:
        self.market = Market(capacity)

    def apply(self, record: bytes | np.void) -> list[tuple[int, bytes]]:
        """Apply one command; its events in order, each with the stream it goes to."""
        market = self.market
        market.record = record if isinstance(record, bytes) else record.tobytes()
        rule = RULES.get(market.record[3])
        command = (READERS[market.record[3]] if rule else read_header)(market.record)
        market.command, market.events = command, []
        market.last_sequence, market.last_time_ns = command.sequence, command.time_ns
        if command.login_id and command.login_id not in market.logins:
            self._reject_unknown_login()
            return market.events
        refusal = self._consume_reference(command)
        if refusal is None:
            if rule is None:
                refusal = Refusal(RejectReason.UNKNOWN_KIND)
            elif not market.is_open and command.kind != Kind.OPEN_DAY:
                refusal = Refusal(RejectReason.DAY_NOT_OPEN)
            else:
                refusal = rule(market, command)
        if refusal is not None:
            market.reject(refusal)
        return market.events

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
        return None

    def _reject_unknown_login(self) -> None:
        """The engine lets no such command through; if one comes it changes nothing."""
        assert self.market.stream_of(None) == STREAM_OPERATOR
        self.market.reject(Refusal(RejectReason.INVALID_FIELD))
