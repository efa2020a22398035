"""Signatures and chain heads: of the registry they are journaled, the exchange's own go to the registry."""

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION, STREAM_SETTLEMENT
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal

FRAGMENTS = {Kind.REGISTRY_SIGNATURE: 2, Kind.REGISTRY_CHAIN_HEAD: 1}
OWN = {
    Kind.REGISTRY_SIGNATURE: Kind.EXCHANGE_SIGNATURE,
    Kind.REGISTRY_CHAIN_HEAD: Kind.EXCHANGE_CHAIN_HEAD,
}


def apply_signature(market: Market, command: Command) -> Refusal | None:
    """REGISTRY_SIGNATURE, REGISTRY_CHAIN_HEAD: about a confirmed result; never judged."""
    if command.fragment_version != PROTOCOL_VERSION:
        return Refusal(RejectReason.WRONG_VERSION)
    if command.fragment_trading_day != market.trading_day:
        return Refusal(RejectReason.WRONG_TRADING_DAY)
    fragments = FRAGMENTS[Kind(command.kind)]
    if command.fragment_count != fragments or command.fragment_index >= fragments:
        return Refusal(RejectReason.INVALID_FIELD)
    if not market.is_confirmed:
        return Refusal(RejectReason.NOT_SEALED)
    if command.login_id == 0:
        market.emit(
            STREAM_SETTLEMENT,
            OWN[Kind(command.kind)],
            login_id=0,
            user_reference=command.user_reference,
            fragment=command.fragment,
            fragment_index=command.fragment_index,
            fragment_count=command.fragment_count,
            fragment_trading_day=command.fragment_trading_day,
            fragment_version=command.fragment_version,
            fragment_run=command.fragment_run,
        )
    market.emit_done(subject_id=command.fragment_run)
    return None
