"""Notices to everybody: texts in fragments, and a contract's last day."""

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal


def apply_notice(market: Market, command: Command) -> Refusal | None:
    """NOTICE: each fragment goes out as it came; the last one is audited."""
    if command.fragment_index >= command.fragment_count:
        return Refusal(RejectReason.INVALID_FIELD)
    market.emit_public(
        Kind.NOTICE_TEXT,
        text=command.text,
        fragment_index=command.fragment_index,
        fragment_count=command.fragment_count,
        notice_id=command.notice_id,
    )
    if command.fragment_index == command.fragment_count - 1:
        market.emit_done(subject_id=command.notice_id)
    return None


def apply_contract_expire(market: Market, command: Command) -> Refusal | None:
    """CONTRACT_EXPIRE: the contract trades for the last time today; again is legal."""
    contract = market.contracts.get(command.contract_id)
    if contract is None:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    contract.is_expiring = True
    market.emit_public(Kind.CONTRACT_EXPIRES, contract_id=command.contract_id)
    market.emit_done()
    return None
