"""The canonical digest: what two implementations with the same outcome must both compute."""

import hashlib
import struct
from collections.abc import Iterator
from itertools import islice

from exchange.vocabulary.enums import MemberLimit, ParameterId
from tests.reference.ledger import Trade, Transfer
from tests.reference.market import Market
from tests.reference.monitor import window_of
from tests.reference.proposals import HALF_BYTES, stamped
from tests.reference.state import Account, Contract, Order, Proposal

HEAD = b"two-city state 2"


def canonical_digest(market: Market) -> bytes:
    """SHA-256 over counters, market, contracts with books and offers, accounts, logins and members."""
    digest = hashlib.sha256()
    for part in _parts(market):
        digest.update(part)
    return digest.digest()


def book_digest(market: Market) -> bytes:
    """SHA-256 of every resting order, by contract, side, price and time."""
    digest = hashlib.sha256(b"two-city book 1")
    for contract_id, contract in sorted(market.contracts.items()):
        for book in contract.sides:
            for price_ticks, level in book.best_first():
                for order in level.orders:
                    terms = (contract_id, book.side, price_ticks, order.order_id, order.remaining_lots)
                    digest.update(struct.pack("<HBIQI", *terms))
    return digest.digest()


def levels_digest(market: Market) -> bytes:
    """SHA-256 of the best levels that the public is shown: contract, side, price, lots."""
    digest = hashlib.sha256(b"two-city levels 1")
    for contract_id, contract in sorted(market.contracts.items()):
        depth = min(5, contract.parameters[ParameterId.PUBLIC_DEPTH_LEVELS])
        for book in contract.sides:
            for price_ticks, level in islice(book.best_first(), depth):
                digest.update(struct.pack("<HBII", contract_id, book.side, price_ticks, level.total_lots))
    return digest.digest()


def _parts(market: Market) -> Iterator[bytes]:
    yield HEAD
    yield struct.pack(
        "<QqIIIQQ",
        market.last_sequence,
        market.last_time_ns,
        market.trading_day,
        market.order_number,
        market.match_count,
        market.tonnes_lots,
        market.trade_control,
    )
    yield struct.pack("<BBB", market.is_halted, market.halt_reason, market.is_killed)
    yield _parameters(market.defaults)
    yield struct.pack("<B", market.market_breaker)
    for contract in market.contracts.values():
        yield from _contract(contract)
        yield from _breaker(market, contract)
    for account in market.accounts.values():
        yield from _account(account)
    for login in market.logins.values():
        yield struct.pack(
            "<HIIBB",
            login.login_id,
            login.member_id,
            login.highest_reference,
            login.is_up,
            login.is_killed,
        )
        yield _limits(login.limits)
        yield struct.pack(
            "<BIIqqq",
            login.cancels_on_disconnect,
            login.grace_ms,
            login.dead_man_ms,
            login.disconnect_due_ns,
            login.heard_ns,
            login.silent_ns,
        )
    for stream, member in sorted(market.members.items()):
        if member.event_count:
            yield struct.pack("<IIB", stream, member.event_count, member.is_killed)
            yield struct.pack("<qII", member.second, *member.sent.values())
    yield struct.pack("<IB", market.highest_proposal, len(market.proposals))
    yield from map(_proposal, market.proposals.values())
    yield from map(_trade, market.trades[-market.capacity.trades :])
    yield from map(_transfer, market.transfers.values())


def _contract(contract: Contract) -> Iterator[bytes]:
    yield struct.pack(
        "<HIIIIIIIBBBBBBB",
        contract.contract_id,
        contract.base_ticks,
        contract.lower_ticks,
        contract.upper_ticks,
        contract.block_lower_ticks,
        contract.block_upper_ticks,
        contract.reach_lower_ticks,
        contract.reach_upper_ticks,
        *contract.phases,
        contract.is_halted,
        contract.is_killed,
        contract.product,
        contract.matching_rule,
    )
    yield struct.pack("<B", contract.is_expiring)
    yield _parameters(contract.parameters)
    for book in contract.sides:
        for _, level in book.best_first():
            yield from map(_order, level.orders)
    for offer in contract.offers:
        addressed = offer.counterparty.account_id if offer.counterparty else 0
        yield _order(offer) + struct.pack("<I", addressed)
    yield struct.pack("<Iq", contract.last_auction_id, contract.indicative_due_ns)
    if auction := contract.auction:
        yield struct.pack(
            "<BBIIIqII",
            auction.kind,
            auction.pricing,
            auction.floor_ticks,
            auction.ceiling_ticks,
            auction.account_lots_max,
            auction.end_ns,
            auction.trade_count,
            auction.price_ticks,
        )
        yield _order(auction.offer)
        for _, level in contract.bids.best_first():
            yield from map(_order, level.orders)
    for f in contract.figures:
        yield struct.pack(
            "<IIIIIqq",
            f.open_ticks,
            f.high_ticks,
            f.low_ticks,
            f.last_ticks,
            f.trade_count,
            f.volume_lots,
            f.turnover_fen,
        )


def _breaker(market: Market, contract: Contract) -> Iterator[bytes]:
    breaker = contract.breaker
    yield struct.pack(
        "<BBIIIIqIqI",
        breaker.state,
        breaker.kind,
        breaker.reference_ticks,
        breaker.lower_ticks,
        breaker.upper_ticks,
        breaker.trigger_ticks,
        breaker.due_ns,
        breaker.extended_ms,
        breaker.resume_ns,
        contract.monitor.last_ticks,
    )
    for second, traded in sorted(window_of(contract, market.last_time_ns).items()):
        yield struct.pack("<qqq", second, *traded)


def _order(order: Order) -> bytes:
    return struct.pack(
        "<QIIIHIqIqBBB",
        order.order_id,
        order.price_ticks,
        order.remaining_lots,
        order.account.account_id,
        order.login_id,
        order.user_reference,
        order.locked_fen,
        order.quantity_lots,
        order.filled_fen,
        order.kind,
        order.order_flags,
        order.self_trade_rule,
    )


def _parameters(values: dict[ParameterId, int]) -> bytes:
    return b"".join(struct.pack("<q", values[parameter]) for parameter in ParameterId)


def _proposal(proposal: Proposal) -> bytes:
    first, second = (half or bytes(HALF_BYTES) for half in proposal.halves)
    head = struct.pack(
        "<IBQHqB",
        proposal.proposal_id,
        proposal.kind,
        proposal.command_hash,
        proposal.login_id,
        proposal.expires_ns,
        bool(proposal.halves[0]) | bool(proposal.halves[1]) << 1,
    )
    return head + stamped(first + second, None)


def _limits(limits: dict[MemberLimit, int]) -> bytes:
    return struct.pack("<qqq", *limits.values())


def _account(account: Account) -> Iterator[bytes]:
    yield struct.pack(
        "<IIIBqqqqqIqqqqq",
        account.account_id,
        account.member_id,
        account.entity_id,
        account.eligibility,
        account.opening,
        account.available,
        account.locked,
        account.proceeds,
        account.fees_today,
        account.trade_count,
        account.frozen,
        account.unreleased,
        account.held,
        account.moved,
        account.covered,
    )
    yield _limits(account.limits)
    for contract_id, h in account.holdings.items():
        buckets = (h.opening, h.available, h.locked, h.bought_today, h.frozen, h.sold_today, h.held, h.moved)
        if any(buckets):
            yield struct.pack("<Hqqqqqqqq", contract_id, *buckets)


def _trade(trade: Trade) -> bytes:
    terms = trade.terms
    return struct.pack(
        "<IIIIIIIIIIBBB",
        trade.match_id,
        trade.buyer.account_id,
        trade.seller.account_id,
        *terms,
        trade.traded_lots,
        trade.contract.contract_id,
        trade.slot,
        2 if trade.is_busted else int(trade.is_corrected),
    )


def _transfer(transfer: Transfer) -> bytes:
    return struct.pack(
        "<IIHqBB",
        transfer.transfer_id,
        transfer.account.account_id,
        transfer.contract_id,
        transfer.amount,
        transfer.hold_kind,
        transfer.state,
    )
