"""BAND_CHANGE: the price limits of a contract move during the day, inside what its book can hold."""

from collections.abc import Iterator

from exchange.vocabulary.enums import DoneReason, Method, Phase
from exchange.vocabulary.limits import PRICE_TICKS_MAX, PRICE_TICKS_MIN
from exchange.vocabulary.rejects import RejectReason
from tests.reference.definitions import tell_band
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.money import end, end_offer
from tests.reference.state import Contract, Order


def check_band(market: Market, command: Command) -> Refusal | None:
    """Every check of BAND_CHANGE in its precedence."""
    contract = market.contracts.get(command.contract_id)
    if contract is None:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if command.method not in (contract.matching_rule, Method.BLOCK):
        return Refusal(RejectReason.INVALID_FIELD)
    lower, upper = command.lower_ticks, command.upper_ticks
    if not PRICE_TICKS_MIN <= lower <= upper <= PRICE_TICKS_MAX:
        return Refusal(RejectReason.INVALID_FIELD)
    if command.method != Method.BLOCK and not (
        contract.reach_lower_ticks <= lower and upper <= contract.reach_upper_ticks
    ):
        return Refusal(RejectReason.PARAMETER_VALUE)
    if contract.phase(command.method) == Phase.CALL_AUCTION:
        return Refusal(RejectReason.WRONG_PHASE)
    return None


def book_orders(contract: Contract) -> Iterator[Order]:
    """Bids then asks, best price first, first come first."""
    for book in contract.sides:
        for _, level in book.best_first():
            yield from level.orders


def apply_band_change(market: Market, command: Command) -> Refusal | None:
    """BAND_CHANGE: everybody is told; orders outside lapse."""
    if refusal := check_band(market, command):
        return refusal
    contract, lower, upper = market.contracts[command.contract_id], command.lower_ticks, command.upper_ticks
    is_block = command.method == Method.BLOCK
    if is_block:
        contract.block_lower_ticks, contract.block_upper_ticks = lower, upper
    else:
        contract.lower_ticks, contract.upper_ticks = lower, upper
    tell_band(market, contract)
    orders = tuple(contract.offers if is_block else book_orders(contract))
    for order in orders:
        if not lower <= order.price_ticks <= upper:
            (end_offer if is_block else end)(market, order, DoneReason.LAPSED)
    market.emit_done()
    return None
