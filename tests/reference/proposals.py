"""Two-person rule: a dangerous command is proposed, sent in two halves, and runs when another approves it."""

import hashlib

from exchange.vocabulary.enums import ProposalState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROPOSALS_MAX, RECORD_BYTES, REFERENCE_GAP_MAX
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import STAMPS, STAMPS_OFFSET, Command
from tests.reference.market import Market, Refusal
from tests.reference.state import Proposal

HASH_BYTES = 8
HALF_BYTES = RECORD_BYTES // 2
HALVES = 2
KIND_OFFSET = 3

#: what one person may have another confirm; the rest is routine, or the proposing itself
PROPOSABLE = (
    Kind.DEFINE_CONTRACT,
    Kind.DEFINE_ACCOUNT,
    Kind.DEFINE_LOGIN,
    Kind.PARAMETER_SET,
    Kind.SET_PHASE,
    Kind.HALT,
    Kind.RESUME,
    Kind.KILL,
    Kind.RESTORE,
    Kind.CLOSE_DAY,
    Kind.SEAL_DAY,
    Kind.BAND_CHANGE,
    Kind.NOTICE,
    Kind.AUCTION_NOTICE,
    Kind.AUCTION_END,
    Kind.CONTRACT_EXPIRE,
    Kind.BUST,
    Kind.CORRECTION,
    Kind.RESTRICT,
    Kind.FREEZE,
    Kind.RELEASE,
    Kind.MASS_CANCEL,
)


def stamped(record: bytes, command: Command | None) -> bytes:
    """A record with the exchange's stamps of another command, or with none."""
    reference, sequence, time_ns, login_id = 0, 0, 0, 0
    if command is not None:
        reference, sequence = command.user_reference, command.sequence
        time_ns, login_id = command.time_ns, command.login_id
    stamps = STAMPS.pack(reference, sequence, time_ns, login_id)
    return record[:STAMPS_OFFSET] + stamps + record[STAMPS_OFFSET + STAMPS.size :]


def short_hash(record: bytes) -> int:
    """First eight bytes of a record's SHA-256, little-endian."""
    return int.from_bytes(hashlib.sha256(record).digest()[:HASH_BYTES], "little")


def tell(market: Market, proposal: Proposal, state: ProposalState) -> None:
    """PROPOSAL_CHANGED to the operators."""
    market.emit_operator(
        Kind.PROPOSAL_CHANGED,
        command_hash=proposal.command_hash,
        proposal_id=proposal.proposal_id,
        command_kind=proposal.kind,
        proposal_state=state,
    )


def apply_propose(market: Market, command: Command) -> Refusal | None:
    """PROPOSE: names the kind and hash of the command that follows in two fragments."""
    if command.expires_ns <= command.time_ns:
        return Refusal(RejectReason.INVALID_FIELD)
    if len(market.proposals) == PROPOSALS_MAX:
        return Refusal(RejectReason.DEFINITION_CAPACITY)
    if command.command_kind not in PROPOSABLE:
        return Refusal(RejectReason.NOT_PROPOSABLE)
    if command.proposal_id <= market.highest_proposal:
        return Refusal(RejectReason.DUPLICATE_RECORD)
    if command.proposal_id - market.highest_proposal > REFERENCE_GAP_MAX:
        return Refusal(RejectReason.NUMBER_GAP)
    # From here the command succeeds.
    market.highest_proposal = command.proposal_id
    market.proposals[command.proposal_id] = Proposal(
        command.proposal_id,
        command.command_kind,
        command.command_hash,
        command.login_id,
        command.expires_ns,
        [b""] * HALVES,
    )
    market.emit_done(subject_id=command.proposal_id)
    return None


def apply_fragment(market: Market, command: Command) -> Refusal | None:
    """COMMAND_FRAGMENT: once both halves are there, they are what was proposed, or the proposal is gone."""
    if command.fragment_count != HALVES or command.fragment_index >= HALVES:
        return Refusal(RejectReason.INVALID_FIELD)
    proposal = market.proposals.get(command.fragment_proposal_id)
    if proposal is None or proposal.login_id != command.login_id:
        return Refusal(RejectReason.UNKNOWN_PROPOSAL)
    if proposal.halves[command.fragment_index]:
        return Refusal(RejectReason.DUPLICATE_RECORD)
    # From here the half is kept.
    proposal.halves[command.fragment_index] = market.record[HALF_BYTES:]
    if not all(proposal.halves):
        return None
    record = stamped(b"".join(proposal.halves), None)
    if record[KIND_OFFSET] != proposal.kind or short_hash(record) != proposal.command_hash:
        del market.proposals[proposal.proposal_id]
        return Refusal(RejectReason.COMMAND_HASH)
    tell(market, proposal, ProposalState.OPEN)
    return None


def apply_approve(market: Market, command: Command) -> Refusal | None:
    """APPROVE: another login confirms the hash; the proposed command runs at once under that login."""
    proposal = market.proposals.get(command.proposal_id)
    if proposal is None:
        return Refusal(RejectReason.UNKNOWN_PROPOSAL)
    if not all(proposal.halves):
        return Refusal(RejectReason.PROPOSAL_INCOMPLETE)
    if command.time_ns >= proposal.expires_ns:
        return Refusal(RejectReason.PROPOSAL_EXPIRED)
    if command.login_id == proposal.login_id:
        return Refusal(RejectReason.SAME_PERSON)
    if command.command_hash != proposal.command_hash:
        return Refusal(RejectReason.COMMAND_HASH)
    # From here the command succeeds.
    del market.proposals[proposal.proposal_id]
    tell(market, proposal, ProposalState.APPROVED)
    market.approved = stamped(b"".join(proposal.halves), command)
    return None


def apply_withdraw(market: Market, command: Command) -> Refusal | None:
    """PROPOSAL_WITHDRAW: by whoever; complete or not."""
    proposal = market.proposals.pop(command.proposal_id, None)
    if proposal is None:
        return Refusal(RejectReason.UNKNOWN_PROPOSAL)
    tell(market, proposal, ProposalState.WITHDRAWN)
    return None


def expire_proposals(market: Market) -> None:
    """On a tick: what nobody approved in time is gone, the oldest first."""
    for proposal in list(market.proposals.values()):
        if market.last_time_ns >= proposal.expires_ns:
            del market.proposals[proposal.proposal_id]
            tell(market, proposal, ProposalState.EXPIRED)
