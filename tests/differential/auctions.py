"""Random one-way, primary and call auctions of a generated day."""

from exchange.vocabulary.enums import AuctionKind, Method, ParameterId, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PRICE_TICKS_MAX, REFERENCE_GAP_MAX
from exchange.vocabulary.units import PPM
from tests.differential.flow import Flow
from tests.differential.picks import (
    U4_MAX,
    on_step,
    pick_account,
    pick_account_id,
    pick_actor,
    pick_contract,
    pick_contract_id,
)
from tests.differential.setup import OPERATOR_LOGIN
from tests.reference.one_way import highest_ceiling, lowest_floor
from tests.reference.state import Account, Contract, Slot

NS_PER_MS = 1_000_000
SOON_NS = 10**9
EVERY_METHOD = 255
SHARES_PPM = (0, 0, 100_000, 333_333, PPM)


def pick_seller(flow: Flow, contract: Contract) -> Account:
    """Somebody who has units, if a few tries find one."""
    for _ in range(6):
        account = pick_account(flow)
        if account.holding(contract.contract_id).available > 1_000:
            break
    return account


def pick_terms(flow: Flow, contract: Contract, kind: int) -> tuple[int, int]:
    """Floor and ceiling, mostly right."""
    rng, base = flow.rng, contract.base_ticks
    if kind == AuctionKind.ONE_WAY:
        floor, ceiling = (
            rng.choice((base, lowest_floor(contract))),
            rng.choice((0, highest_ceiling(contract))),
        )
    else:
        floor, ceiling = max(base - rng.randrange(40), 100), min(base + rng.randrange(40), PRICE_TICKS_MAX)
    if flow.chance(0.06):
        floor = rng.choice((floor + 1, floor - 1, 99, ceiling + 1, U4_MAX)) & U4_MAX
    if flow.chance(0.06):
        ceiling = rng.choice((ceiling + 1, PRICE_TICKS_MAX + 1, PRICE_TICKS_MAX, U4_MAX))
    return floor, ceiling


def pick_auction_id(flow: Flow, contract: Contract) -> int:
    """The next number, mostly; 0, or one just at the bound of how far numbers may jump."""
    if flow.chance(0.97):
        return contract.last_auction_id + flow.rng.choice((1, 1, 1, 2))
    far = contract.last_auction_id + REFERENCE_GAP_MAX
    return min(flow.rng.choice((0, 0, far, far + 1)), U4_MAX)


def auction_notice(flow: Flow) -> None:
    """AUCTION_NOTICE, mostly of somebody's units and while none runs."""
    rng = flow.rng
    contract = pick_contract(flow)
    seller = pick_seller(flow, contract)
    rules = contract.parameters
    least, most = rules[ParameterId.AUCTION_QUANTITY_LOTS_MIN], rules[ParameterId.BLOCK_QUANTITY_LOTS_MAX]
    quantity = least + rng.randrange(rng.choice((10, 3_000)))
    if flow.chance(0.08):
        available = seller.holding(contract.contract_id).available
        quantity = rng.choice((least - 1, most, most + 1, available + 1, available)) & U4_MAX
    kind = rng.randrange(2)
    floor, ceiling = pick_terms(flow, contract, kind)
    wait_ms = rng.choice((1, 20, 300, 5_000))
    flow.send(
        Kind.AUCTION_NOTICE,
        rng.choice((0, OPERATOR_LOGIN)),
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, seller),
        quantity_lots=quantity,
        floor_ticks=floor,
        ceiling_ticks=ceiling,
        bidder_share_ppm=rng.choice(SHARES_PPM) if flow.chance(0.97) else PPM + 1,
        auction_id=pick_auction_id(flow, contract),
        pricing=rng.randrange(2) if flow.chance(0.98) else 2,
        auction_kind=kind if flow.chance(0.98) else 2,
        end_ns=flow.time_ns + wait_ms * NS_PER_MS if flow.chance(0.97) else flow.time_ns,
    )


def running(flow: Flow) -> list[Contract]:
    """The contracts with a one-way auction."""
    return [contract for contract in flow.market.contracts.values() if contract.auction]


def bid(flow: Flow) -> None:
    """AUCTION_BID; without an auction it is rarely tried."""
    rng = flow.rng
    login_id, account = pick_actor(flow)
    contracts = running(flow)
    if not contracts:
        if flow.chance(0.02):
            contract = pick_contract(flow)
            flow.send(
                Kind.AUCTION_BID,
                login_id,
                contract_id=contract.contract_id,
                account_id=account.account_id,
                auction_id=contract.last_auction_id,
            )
        return
    contract = rng.choice(contracts)
    auction = contract.auction
    assert auction is not None
    price = rng.randrange(auction.floor_ticks, min(auction.ceiling_ticks, auction.floor_ticks + 12) + 1)
    share = max(auction.account_lots_max, 1)
    least = contract.parameters[ParameterId.AUCTION_BID_LOTS_MIN]
    quantity = min(least + rng.randrange(rng.choice((5, 60, 1_000, 10**7))), share)
    if flow.chance(0.05):
        price = rng.choice((auction.floor_ticks - 1, auction.ceiling_ticks, auction.ceiling_ticks + 1))
        quantity = rng.choice((least - 1, share, share + 1))
    flow.send(
        Kind.AUCTION_BID,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=on_step(flow, contract, price),
        quantity_lots=quantity & U4_MAX,
        auction_id=auction.auction_id if flow.chance(0.98) else rng.randrange(4),
    )


def late_bid(flow: Flow) -> None:
    """A bid cancelled, or a new one, around the end of its window and before a tick has ended the auction."""
    rng = flow.rng
    contracts = running(flow)
    if not contracts:
        return
    contract = rng.choice(contracts)
    assert contract.auction is not None
    end_ns = contract.auction.end_ns
    if flow.time_ns < end_ns < flow.time_ns + SOON_NS:
        flow.time_ns = end_ns + rng.choice((-1, 0, 1))
    bids = [order for _, level in contract.bids.best_first() for order in level.orders]
    if not bids or flow.chance(0.2):
        bid(flow)
        return
    order = rng.choice(bids)
    flow.send_now(Kind.CANCEL, order.login_id, order_id=order.order_id)


def end_auction(flow: Flow) -> None:
    """AUCTION_END of a running auction of either sort, or of none."""
    rng = flow.rng
    contract = pick_contract(flow)
    if (contracts := running(flow)) and flow.chance(0.5):
        contract = rng.choice(contracts)
    auction_id = contract.auction.auction_id if contract.auction else contract.last_auction_id
    method = int(Method.ONE_WAY)
    if contract.phases[Slot.BOOK] == Phase.CALL_AUCTION or flow.chance(0.2):
        auction_id, method = 0, int(contract.matching_rule)
    if flow.chance(0.05):
        auction_id, method = rng.randrange(3), rng.randrange(5)
    flow.send(
        Kind.AUCTION_END,
        rng.choice((0, OPERATOR_LOGIN)),
        contract_id=pick_contract_id(flow, contract),
        auction_id=auction_id,
        method=method,
    )


def call_auction(flow: Flow) -> None:
    """A call auction of one book or of all, and its end planned."""
    rng = flow.rng
    contract = pick_contract(flow)
    contract_id, method = contract.contract_id, int(contract.matching_rule)
    if flow.chance(0.15):
        contract_id, method = 0, EVERY_METHOD
    flow.send(
        Kind.SET_PHASE,
        rng.choice((0, OPERATOR_LOGIN)),
        contract_id=contract_id,
        method=method,
        phase=Phase.CALL_AUCTION,
        next_change_ns=flow.time_ns + 10**9,
    )
    after = rng.choice((Phase.TRADING, Phase.TRADING, Phase.BREAK, Phase.PAUSED))

    def leave(later: Flow) -> None:
        if contract_id and later.chance(0.5):
            later.send(Kind.AUCTION_END, contract_id=contract_id, method=method)
        else:
            later.send(Kind.SET_PHASE, contract_id=contract_id, method=method, phase=after)

    flow.plan(rng.randrange(2, 90), leave)
