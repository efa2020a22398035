"""Random acts of persons: proposals and approvals, notices, expiry, own limits, what a login asks for."""

import hashlib

from exchange.vocabulary.enums import MemberLimit
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, PROPOSALS_MAX, REFERENCE_GAP_MAX, TIMER_MS_MAX
from tests.differential import auctions, continuous, operations, registry
from tests.differential.flow import Action, Flow
from tests.differential.picks import (
    U4_MAX,
    login_of,
    pick_account_id,
    pick_actor,
    pick_contract,
    pick_contract_id,
)
from tests.differential.setup import OPERATOR_LOGIN, SECOND_OPERATOR_LOGIN, wrong_definition
from tests.reference.layout import STAMPS, STAMPS_OFFSET

KIND_OFFSET = 3
HALF = 32
HASH_BYTES = 8
NS_PER_MS = 1_000_000
PEOPLE = (0, OPERATOR_LOGIN, SECOND_OPERATOR_LOGIN)
#: what is proposed: the first command that one of these would send
PROPOSED: tuple[Action, ...] = (
    operations.halt,
    operations.kill,
    operations.phase,
    operations.band_change,
    operations.market_limit,
    operations.change_rule,
    auctions.auction_notice,
    auctions.end_auction,
    registry.bust,
    registry.restrict,
    registry.transfer,
    continuous.mass_cancel,
    continuous.mass_cancel,
    wrong_definition,
    lambda flow: notice(flow),
    lambda flow: expire_contract(flow),
    lambda flow: flow.send(Kind.CLOSE_DAY),
)


def unstamped(record: bytes) -> bytes:
    """Without what the exchange stamps: it is the same command whoever sends it, and when."""
    return record[:STAMPS_OFFSET] + bytes(STAMPS.size) + record[STAMPS_OFFSET + STAMPS.size :]


def propose(flow: Flow) -> None:
    """PROPOSE with both halves and a decision later; at every place something may be wrong or missing."""
    rng = flow.rng
    records = flow.captured(rng.choice(PROPOSED))
    if not records:
        return
    record = records[0] if flow.chance(0.1) else unstamped(records[0])
    own_hash = int.from_bytes(hashlib.sha256(record).digest()[:HASH_BYTES], "little")
    number = flow.market.highest_proposal + rng.choice((1, 1, 3)) if flow.chance(0.95) else rng.randrange(3)
    if flow.chance(0.02):
        number = flow.market.highest_proposal + REFERENCE_GAP_MAX + rng.choice((0, 1, 2**32))
    number = min(number, U4_MAX)
    login_id = rng.choice(PEOPLE)
    wait_ms = rng.choice((0, 1, 20, 5_000)) if flow.chance(0.97) else -1
    flow.send(
        Kind.PROPOSE,
        login_id,
        command_hash=own_hash if flow.chance(0.95) else own_hash ^ 1,
        expires_ns=flow.time_ns + wait_ms * NS_PER_MS + 1_000_000,
        proposal_id=number,
        command_kind=record[KIND_OFFSET] if flow.chance(0.96) else rng.randrange(256),
    )
    send_halves(flow, login_id, number, record)
    flow.plan(rng.randrange(30), lambda later: decide(later, number, own_hash))


def send_halves(flow: Flow, login_id: int, number: int, record: bytes) -> None:
    """COMMAND_FRAGMENT in either order; rarely one twice, one missing, or by somebody else."""
    order: tuple[int, ...] = flow.rng.choice(((0, 1), (0, 1), (1, 0)))
    if flow.chance(0.12):
        order = flow.rng.choice(((0,), (1,), (0, 0), (0, 2), (0, 0, 1)))
    for index in order:
        flow.send(
            Kind.COMMAND_FRAGMENT,
            login_id if flow.chance(0.98) else flow.rng.choice(PEOPLE),
            fragment=record[index * HALF : (index + 1) * HALF].ljust(HALF, b"\0"),
            fragment_index=index,
            fragment_count=2 if flow.chance(0.99) else 3,
            fragment_proposal_id=number if flow.chance(0.99) else 0,
        )


def decide(flow: Flow, number: int, command_hash: int) -> None:
    """APPROVE, sometimes with the wrong hash; or withdraw; or leave it to the tick."""
    rng = flow.rng
    if flow.chance(0.12):
        return
    known = flow.market.proposals.get(number)
    others = [p for p in PEOPLE if not known or p != known.login_id]
    login_id = rng.choice(others if flow.chance(0.9) else PEOPLE)
    number = number if flow.chance(0.98) else rng.randrange(4)
    if flow.chance(0.1):
        flow.send(Kind.PROPOSAL_WITHDRAW, login_id, proposal_id=number)
    else:
        command_hash ^= flow.chance(0.04)
        flow.send(Kind.APPROVE, login_id, command_hash=command_hash, proposal_id=number)


def fill_proposals(flow: Flow) -> None:
    """As many open proposals as there may be, and one more; they expire soon."""
    for _ in range(PROPOSALS_MAX - len(flow.market.proposals) + 1):
        flow.send(
            Kind.PROPOSE,
            flow.rng.choice(PEOPLE),
            expires_ns=flow.time_ns + 400 * NS_PER_MS,
            proposal_id=min(flow.market.highest_proposal + 1, U4_MAX),
            command_kind=Kind.HALT,
        )


def notice(flow: Flow) -> None:
    """NOTICE in one to three fragments."""
    rng = flow.rng
    count = rng.randrange(1, 4)
    for index in range(count + flow.chance(0.05)):
        flow.send(
            Kind.NOTICE,
            rng.choice(PEOPLE),
            text=rng.randbytes(32),
            fragment_index=index,
            fragment_count=count if flow.chance(0.98) else 0,
            notice_id=rng.randrange(1_000),
        )


def expire_contract(flow: Flow) -> None:
    """CONTRACT_EXPIRE."""
    contract_id = pick_contract_id(flow, pick_contract(flow)) if flow.chance(0.95) else 63
    flow.send(Kind.CONTRACT_EXPIRE, flow.rng.choice(PEOPLE), contract_id=contract_id)


OWN_LIMITS = {
    MemberLimit.ORDER_QUANTITY_LOTS: (0, 40, 200, 10**6),
    MemberLimit.ORDER_AMOUNT_FEN: (0, 100_000, 2_000_000, 10**12),
    MemberLimit.OPEN_ORDERS: (0, 1, 3, 10),
}


def own_limit(flow: Flow) -> None:
    """MEMBER_LIMIT of an account or of a login, mostly of one's own member."""
    rng = flow.rng
    login_id, account = pick_actor(flow)
    limit = rng.choice(tuple(MemberLimit))
    value = rng.choice(OWN_LIMITS[limit])
    if flow.chance(0.04):
        value = rng.choice((-1, BALANCE_MAX, BALANCE_MAX + 1))
    subject = 0
    if flow.chance(0.4):
        subject = login_of(flow, account) if flow.chance(0.9) else rng.choice((1, 11, 12, 13, 63, 64, 70_000))
    flow.send(
        Kind.MEMBER_LIMIT,
        login_id,
        account_id=pick_account_id(flow, account),
        parameter_value=value,
        subject_id=subject,
        parameter_id=limit if flow.chance(0.98) else rng.choice((0, 4)),
    )


def session(flow: Flow) -> None:
    """SESSION_SETTING, mostly with short waits."""
    rng = flow.rng
    login_id, _ = pick_actor(flow)
    if flow.chance(0.03):
        login_id = 0
    wrong = TIMER_MS_MAX + 1
    flow.send(
        Kind.SESSION_SETTING,
        login_id,
        grace_ms=rng.choice((0, 1, 30, 1_000)) if flow.chance(0.98) else wrong,
        dead_man_ms=rng.choice((0, 0, 10, 200, 3_000)) if flow.chance(0.98) else wrong,
        cancel_on_disconnect=rng.choice((0, 1, 1)) if flow.chance(0.98) else 2,
    )
