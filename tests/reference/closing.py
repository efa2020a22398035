"""The end of a day: its figures to everybody, its balances and totals to the registry."""

from exchange.vocabulary.enums import HoldState, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import round_half_up
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.money import weighted_price
from tests.reference.phases import change_phase
from tests.reference.state import Contract, Slot


def closing_price(contract: Contract, slot: Slot) -> int:
    """Volume-weighted mean of the slot's trades, half up; without one the base (book) or 0."""
    figures = contract.figures[slot]
    if figures.volume_lots:
        return round_half_up(figures.turnover_fen, figures.volume_lots)
    return contract.base_ticks if slot == Slot.BOOK else 0


def tell_figures(market: Market, contract: Contract, slot: Slot) -> None:
    """DAY_FIGURES of one slot of a contract."""
    figures = contract.figures[slot]
    no_open = contract.base_ticks if slot == Slot.BOOK else 0
    market.emit_public(
        Kind.DAY_FIGURES,
        contract_id=contract.contract_id,
        trade_count=figures.trade_count,
        figure_method=contract.method_at(slot),
        open_ticks=figures.open_ticks or no_open,
        high_ticks=figures.high_ticks,
        low_ticks=figures.low_ticks,
        close_ticks=closing_price(contract, slot),
        volume_lots=figures.volume_lots,
        turnover_fen=figures.turnover_fen,
    )


def tell_composite(market: Market) -> None:
    """COMPOSITE: the close is of the contracts' closes and belongs to the day's range."""
    contracts = market.contracts.values()
    close = weighted_price(market, {c.contract_id: closing_price(c, Slot.BOOK) for c in contracts})
    if market.composite:
        first, high, low = market.composite
        high, low = max(high, close), min(low, close)
    else:
        first = weighted_price(market, {c.contract_id: c.base_ticks for c in contracts})
        high = low = 0
    market.emit_public(
        Kind.COMPOSITE,
        open_ticks=first,
        high_ticks=high,
        low_ticks=low,
        close_ticks=close,
        volume_lots=market.tonnes_lots,
        turnover_fen=market.amount_fen,
    )


def apply_close_day(market: Market, command: Command) -> Refusal | None:
    """CLOSE_DAY: once, when every method of every contract has ended."""
    phases = [phase for contract in market.contracts.values() for phase in contract.phases]
    if market.is_closed or any(phase != Phase.ENDED for phase in phases):
        return Refusal(RejectReason.WRONG_PHASE)
    market.is_closed = True
    for contract in market.contracts.values():
        for slot in Slot:
            tell_figures(market, contract, slot)
    tell_composite(market)
    market.emit_done()
    return None


def apply_seal_day(market: Market, command: Command) -> Refusal | None:
    """SEAL_DAY: closing balances of everybody who has or had something, then the totals."""
    if not market.is_closed or market.is_sealed:
        return Refusal(RejectReason.WRONG_PHASE)
    market.is_sealed = True
    for account in market.accounts.values():
        account.available += account.unreleased
        account.unreleased = 0
    for contract in market.contracts.values():
        for slot in Slot:
            if contract.phases[slot] == Phase.ENDED:
                change_phase(market, contract, slot, Phase.SEALED, next_ns=0)
    record_count = seal_holdings(market) + seal_cash(market)
    seal_holds(market)
    accounts = market.accounts.values()
    market.emit_settlement(
        Kind.SEAL_BALANCES,
        units_total_lots=sum(h.total for account in accounts for h in account.holdings.values()),
        cash_total_fen=sum(account.total for account in accounts),
        record_count=record_count,
        version=PROTOCOL_VERSION,
        fees_fen=market.fees_fen,
    )
    market.emit_settlement(
        Kind.SEAL_TOTALS,
        tonnes_lots=market.tonnes_lots,
        amount_fen=market.amount_fen,
        match_count=market.match_count,
        version=PROTOCOL_VERSION,
        control_hash=market.trade_control,
    )
    market.emit_done()
    return None


def seal_holdings(market: Market) -> int:
    """SEAL_HOLDING by account and contract; the number sent."""
    count = 0
    for account in market.accounts.values():
        for contract_id, holding in account.holdings.items():
            if holding.total or holding.opening:
                count += 1
                market.emit_settlement(
                    Kind.SEAL_HOLDING,
                    account_id=account.account_id,
                    contract_id=contract_id,
                    available_lots=holding.available,
                    bought_today_lots=holding.bought_today,
                    frozen_lots=holding.frozen,
                    version=PROTOCOL_VERSION,
                )
    return count


def seal_holds(market: Market) -> None:
    """SEAL_HOLD of every hold that is not resolved; the balances do not show what is held."""
    for transfer in market.transfers.values():
        if transfer.state == HoldState.GRANTED:
            market.emit_settlement(
                Kind.SEAL_HOLD,
                account_id=transfer.account.account_id,
                contract_id=transfer.contract_id,
                amount=transfer.amount,
                transfer_id=transfer.transfer_id,
                hold_kind=transfer.hold_kind,
                version=PROTOCOL_VERSION,
            )


def seal_cash(market: Market) -> int:
    """SEAL_CASH by account; the number sent."""
    count = 0
    for account in market.accounts.values():
        if account.opening or account.total:
            count += 1
            market.emit_settlement(
                Kind.SEAL_CASH,
                account_id=account.account_id,
                available_fen=account.available,
                proceeds_today_fen=account.proceeds,
                frozen_fen=account.frozen,
                version=PROTOCOL_VERSION,
            )
    return count
