"""Trades undone or corrected during the day: units, cash and fees as if they had not been."""

from exchange.vocabulary.control import trade_step
from exchange.vocabulary.enums import ChangeKind, ParameterId
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import (
    AMOUNT_FEN_MAX,
    PRICE_TICKS_MAX,
    PRICE_TICKS_MIN,
    PROTOCOL_VERSION,
    STREAM_SETTLEMENT,
)
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import fee_fen
from tests.reference.layout import Command
from tests.reference.ledger import Terms, Trade
from tests.reference.letters import CASH, check_letter
from tests.reference.market import Market, Refusal
from tests.reference.money import add_to_composite, add_to_figures
from tests.reference.state import Contract, Figures, Slot
from tests.reference.transfers import tell_member

NOTHING = Terms(0, 0, 0, 0, 0, 0)


def find_trade(market: Market, command: Command) -> Trade | Refusal:
    """The kept trade that may still be undone or corrected."""
    if refusal := check_letter(market, command):
        return refusal
    if not market.is_opening_accepted:
        return Refusal(RejectReason.OPENING_NOT_ACCEPTED)
    if market.is_closed:
        return Refusal(RejectReason.WRONG_PHASE)
    kept_from = market.match_count - market.capacity.trades
    if not max(kept_from, 0) < command.match_id <= market.match_count:
        return Refusal(RejectReason.UNKNOWN_TRADE)
    trade = market.trades[command.match_id - 1]
    return Refusal(RejectReason.TRADE_ALREADY_BUSTED) if trade.is_busted else trade


def check_terms(trade: Trade, price_ticks: int, quantity_lots: int) -> Refusal | None:
    """What the trade may be corrected to: not more than was traded, at a price of its method."""
    contract = trade.contract
    if quantity_lots < 1:
        return Refusal(RejectReason.QUANTITY_BELOW_MINIMUM, 1)
    if quantity_lots > trade.traded_lots:
        return Refusal(RejectReason.QUANTITY_ABOVE_MAXIMUM, trade.traded_lots)
    step = contract.parameters[ParameterId.PRICE_STEP_TICKS]
    if price_ticks % step:
        return Refusal(RejectReason.PRICE_OFF_TICK, step)
    lower, upper = PRICE_TICKS_MIN, PRICE_TICKS_MAX  # an auction's floor and ceiling were its notice's
    if trade.slot != Slot.ONE_WAY:
        lower, upper = contract.band(contract.method_at(trade.slot))
    if price_ticks < lower:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, lower)
    if price_ticks > upper:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, upper)
    if price_ticks * quantity_lots > AMOUNT_FEN_MAX:
        return Refusal(RejectReason.AMOUNT_ABOVE_LIMIT)
    return None


def corrected(contract: Contract, price_ticks: int, quantity_lots: int) -> Terms:
    """New terms with their fees: each rate on this amount alone, rounded up."""
    amount_fen = price_ticks * quantity_lots
    trading = fee_fen(amount_fen, contract.parameters[ParameterId.TRADING_FEE_PPM])
    settlement = fee_fen(amount_fen, contract.parameters[ParameterId.SETTLEMENT_FEE_PPM])
    return Terms(price_ticks, quantity_lots, trading, settlement, trading, settlement)


def check_units(trade: Trade, new: Terms) -> Refusal | None:
    """Who gives units back still has them; only the difference moves."""
    contract_id, change = trade.contract.contract_id, new.quantity_lots - trade.terms.quantity_lots
    is_resold = bool(trade.contract.parameters[ParameterId.RESALE_SAME_DAY])
    if trade.buyer is trade.seller and is_resold:
        return None  # the same bucket gives and takes
    bought, sold = trade.buyer.holding(contract_id), trade.seller.holding(contract_id)
    buyers = bought.available if is_resold else bought.bought_today
    if buyers + change < 0 or sold.available - change < 0:
        return Refusal(RejectReason.UNITS_INSUFFICIENT)
    return None


def check_cash(market: Market, trade: Trade, new: Terms) -> int | Refusal:
    """Who pays can pay; gives what the settlement reserve has to cover of a seller's spent proceeds."""
    old = trade.terms
    buyer_fen, seller_fen = old.cost_fen - new.cost_fen, new.net_fen - old.net_fen
    is_reusable = bool(trade.contract.parameters[ParameterId.PROCEEDS_REUSABLE])
    if trade.buyer is trade.seller and is_reusable:
        buyer_fen, seller_fen = buyer_fen + seller_fen, 0
    if trade.buyer.available + buyer_fen < 0:
        return Refusal(RejectReason.CASH_INSUFFICIENT)
    if not is_reusable or trade.seller.available + seller_fen >= 0:
        return 0
    if not market.defaults[ParameterId.BUST_SPENT_PROCEEDS]:
        return Refusal(RejectReason.CASH_INSUFFICIENT)
    return -(trade.seller.available + seller_fen)


def move(market: Market, trade: Trade, new: Terms, covered_fen: int) -> None:
    """The buyer and the seller stand as if the trade had been made on the new terms."""
    old, rules = trade.terms, trade.contract.parameters
    change = new.quantity_lots - old.quantity_lots
    bought = trade.buyer.holding(trade.contract.contract_id)
    sold = trade.seller.holding(trade.contract.contract_id)
    bought.bought_total += change
    if rules[ParameterId.RESALE_SAME_DAY]:
        bought.available += change
    else:
        bought.bought_today += change
    sold.available -= change
    sold.sold_today += change
    trade.buyer.available += old.cost_fen - new.cost_fen
    trade.buyer.fees_today += new.buyer_fees_fen - old.buyer_fees_fen
    net_fen = new.net_fen - old.net_fen
    trade.seller.fees_today += new.seller_fees_fen - old.seller_fees_fen
    trade.seller.proceeds += net_fen
    if rules[ParameterId.PROCEEDS_REUSABLE]:
        trade.seller.available += net_fen + covered_fen
    else:
        trade.seller.unreleased += net_fen
    trade.seller.covered += covered_fen
    market.fees_fen += new.buyer_fees_fen + new.seller_fees_fen - old.buyer_fees_fen - old.seller_fees_fen
    market.covered_fen += covered_fen


def recount(market: Market) -> None:
    """The day's figures and the composite as the trades that stand would have made them."""
    for contract in market.contracts.values():
        contract.figures = tuple(Figures() for _ in Slot)
    market.composite = []
    for trade in market.trades:
        if trade.is_busted:
            continue
        figures = trade.contract.figures[trade.slot]
        add_to_figures(figures, trade.terms.price_ticks, trade.terms.quantity_lots)
        if trade.slot == Slot.BOOK and trade.contract.parameters[ParameterId.COMPOSITE_WEIGHT]:
            add_to_composite(market)


def change_trade(market: Market, trade: Trade, new: Terms) -> Refusal | None:
    """Undo a trade, book it anew on its new terms if there are any, and say so."""
    if refusal := check_units(trade, new):
        return refusal
    covered_fen = check_cash(market, trade, new)
    if isinstance(covered_fen, Refusal):
        return covered_fen
    # From here the command succeeds.
    old = trade.terms
    move(market, trade, new, covered_fen)
    market.tonnes_lots += new.quantity_lots - old.quantity_lots
    market.amount_fen += new.amount_fen - old.amount_fen
    trade.terms = new
    trade.is_busted = new == NOTHING
    trade.is_corrected = not trade.is_busted
    if trade.is_busted:
        trade.buyer.trade_count -= 1
        trade.seller.trade_count -= 1
    market.trade_control = trade_step(
        market.trade_control,
        trade.match_id,
        trade.buyer.account_id,
        trade.seller.account_id,
        trade.contract.contract_id,
        new.amount_fen,
        new.quantity_lots,
    )
    if market.defaults[ParameterId.BUST_CHANGES_FIGURES]:
        recount(market)
    tell(market, trade, old, covered_fen)
    return None


def tell(market: Market, trade: Trade, old: Terms, covered_fen: int) -> None:
    """The registry, the public, both members, the audit."""
    command, new, contract_id = market.command, trade.terms, trade.contract.contract_id
    market.emit(
        STREAM_SETTLEMENT,
        Kind.BUST_REPORT,
        login_id=command.login_id,
        contract_id=contract_id,
        account_id=trade.buyer.account_id,
        seller_account_id=trade.seller.account_id,
        price_ticks=new.price_ticks,
        quantity_lots=new.quantity_lots,
        match_id=trade.match_id,
        bust_reason=command.bust_reason,
        version=PROTOCOL_VERSION,
        trading_day=market.trading_day,
        buyer_trading_fee_fen=new.buyer_trading_fen,
        buyer_settlement_fee_fen=new.buyer_settlement_fen,
        seller_trading_fee_fen=new.seller_trading_fen,
        seller_settlement_fee_fen=new.seller_settlement_fen,
    )
    market.emit_public(
        Kind.TRADE_BUSTED,
        contract_id=contract_id,
        price_ticks=new.price_ticks,
        quantity_lots=new.quantity_lots,
        match_id=trade.match_id,
    )
    change = ChangeKind.BUST if trade.is_busted else ChangeKind.CORRECTION
    lots = new.quantity_lots - old.quantity_lots
    seller_fen = new.net_fen - old.net_fen + covered_fen
    for account, asset, amount in (
        (trade.buyer, CASH, old.cost_fen - new.cost_fen),
        (trade.buyer, contract_id, lots),
        (trade.seller, CASH, seller_fen),
        (trade.seller, contract_id, -lots),
    ):
        tell_member(market, account, asset, change, amount, trade.match_id)
    market.emit_done(subject_id=trade.match_id, parameter_value=covered_fen)


def apply_bust(market: Market, command: Command) -> Refusal | None:
    """BUST: the trade is undone, for good."""
    trade = find_trade(market, command)
    return trade if isinstance(trade, Refusal) else change_trade(market, trade, NOTHING)


def apply_correction(market: Market, command: Command) -> Refusal | None:
    """CORRECTION: the trade gets another price or fewer tonnes; it may be corrected again."""
    trade = find_trade(market, command)
    if isinstance(trade, Refusal):
        return trade
    if refusal := check_terms(trade, command.price_ticks, command.quantity_lots):
        return refusal
    return change_trade(market, trade, corrected(trade.contract, command.price_ticks, command.quantity_lots))
