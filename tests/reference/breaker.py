"""Circuit breakers: limit state, pause, reopening auction of a book; the pause of the whole market."""

from exchange.vocabulary.enums import BreakerKind, BreakerState, ParameterId, Phase
from exchange.vocabulary.kinds import Kind
from tests.reference.market import Market, MarketBreaker
from tests.reference.monitor import NO_BAND, Band, band_now, later
from tests.reference.phases import change_phase
from tests.reference.state import Breaker, Contract, Slot
from tests.reference.uncross import auction_result, uncross


def tell_breaker(market: Market, contract: Contract) -> None:
    """BREAKER_STATE to everybody."""
    breaker = contract.breaker
    market.emit_public(
        Kind.BREAKER_STATE,
        contract_id=contract.contract_id,
        reference_ticks=breaker.reference_ticks,
        trigger_ticks=breaker.trigger_ticks,
        lower_ticks=breaker.lower_ticks,
        upper_ticks=breaker.upper_ticks,
        breaker_state=breaker.state,
        breaker_kind=breaker.kind,
        method=contract.matching_rule,
        next_change_ns=breaker.due_ns,
    )


def enter(market: Market, contract: Contract, state: BreakerState, wait_ms: int) -> None:
    """Go to the next state for so long, and say so."""
    contract.breaker.state = state
    contract.breaker.due_ns = later(market, wait_ms)
    tell_breaker(market, contract)


def may_trade(
    market: Market, contract: Contract, band: Band | None, price_ticks: int, is_fok: bool = False
) -> bool:
    """Asked before each fill of an order; a price outside the band triggers, unless a trigger runs."""
    if market.market_breaker == MarketBreaker.TRIPPED and not is_fok:
        return False
    if band is None or band.lower_ticks <= price_ticks <= band.upper_ticks:
        return True
    if contract.breaker.state == BreakerState.NORMAL:
        freeze(contract, BreakerKind.DYNAMIC, band, price_ticks)
        if limit_ms := contract.parameters[ParameterId.BREAKER_LIMIT_STATE_MS]:
            enter(market, contract, BreakerState.LIMIT, limit_ms)
        else:
            pause(market, contract)
    return False


def freeze(contract: Contract, kind: BreakerKind, band: Band, trigger_ticks: int) -> None:
    """A breaker acts: its band stands until it ends."""
    contract.breaker = Breaker(
        kind=kind,
        reference_ticks=band.reference_ticks,
        lower_ticks=band.lower_ticks,
        upper_ticks=band.upper_ticks,
        trigger_ticks=trigger_ticks,
    )


def pause(market: Market, contract: Contract) -> None:
    """Nothing trades; the schedule's next change is remembered for the return to trading."""
    breaker = contract.breaker
    breaker.resume_ns = contract.next_change_ns[Slot.BOOK]
    if breaker.kind == BreakerKind.MARKET:
        wait_ms = market.defaults[ParameterId.MARKET_BREAKER_PAUSE_MS]
    else:
        wait_ms = contract.parameters[ParameterId.BREAKER_PAUSE_MS]
    enter(market, contract, BreakerState.PAUSE, wait_ms)
    change_phase(market, contract, Slot.BOOK, Phase.PAUSED, breaker.due_ns)


def end_breaker(market: Market, contract: Contract) -> None:
    """Back to normal, whatever the state was."""
    if contract.breaker.state != BreakerState.NORMAL:
        contract.breaker = Breaker(kind=contract.breaker.kind)
        tell_breaker(market, contract)
        contract.breaker = Breaker()


def is_crossed(contract: Contract) -> bool:
    """Whether the best bid reaches the best ask."""
    bids, asks = (next(book.best_first(), None) for book in contract.sides)
    return bool(bids and asks and bids[0] >= asks[0])


def extension_ms(contract: Contract) -> int:
    """How much longer the reopening auction runs: while its price is outside the band and any is left."""
    breaker, rules = contract.breaker, contract.parameters
    price_ticks = auction_result(contract).price_ticks
    is_outside = not breaker.lower_ticks <= price_ticks <= breaker.upper_ticks
    if not price_ticks or not breaker.upper_ticks or not is_outside:
        return 0
    left_ms = rules[ParameterId.BREAKER_EXTENSION_MS_MAX] - breaker.extended_ms
    return min(rules[ParameterId.BREAKER_AUCTION_MS], left_ms)


def end_auction(market: Market, contract: Contract) -> None:
    """The reopening auction runs longer, or trades and gives way to trading."""
    breaker = contract.breaker
    if more_ms := extension_ms(contract):
        breaker.extended_ms += more_ms
        enter(market, contract, BreakerState.AUCTION, more_ms)
        contract.next_change_ns[Slot.BOOK] = breaker.due_ns
        return
    end_breaker(market, contract)
    uncross(market, contract)
    change_phase(market, contract, Slot.BOOK, Phase.TRADING, breaker.resume_ns)


def move_breakers(market: Market) -> None:
    """TICK: each breaker whose time has come moves one step; a halted book's waits."""
    for contract in market.contracts.values():
        breaker = contract.breaker
        is_waiting = market.is_halted or contract.is_halted or market.command.time_ns < breaker.due_ns
        if breaker.state == BreakerState.NORMAL or is_waiting:
            continue
        if breaker.state == BreakerState.LIMIT:
            (pause if is_crossed(contract) else end_breaker)(market, contract)
        elif breaker.state == BreakerState.PAUSE:
            enter(
                market,
                contract,
                BreakerState.AUCTION,
                contract.parameters[ParameterId.BREAKER_AUCTION_MS],
            )
            change_phase(market, contract, Slot.BOOK, Phase.CALL_AUCTION, breaker.due_ns)
        else:
            end_auction(market, contract)


def pause_market(market: Market) -> None:
    """After the command that tripped the market-wide breaker: every book that trades is paused."""
    if market.market_breaker != MarketBreaker.TRIPPED:
        return
    market.market_breaker = MarketBreaker.SPENT
    for contract in market.contracts.values():
        if contract.phases[Slot.BOOK] == Phase.TRADING:
            freeze(contract, BreakerKind.MARKET, band_now(market, contract) or NO_BAND, 0)
            pause(market, contract)
