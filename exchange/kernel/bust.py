"""Trades undone or corrected during the day: units, cash and fees as if they had not been."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    event_at,
    holding_at,
    movement_at,
    trade_at,
)
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    AMOUNT_MAX,
    BLOCK,
    BOOK,
    BUST_CHANGES_FIGURES,
    BUST_SPENT_PROCEEDS,
    CHANGE_BUST,
    CHANGE_CORRECTION,
    ONE,
    PRICE_MAX,
    PRICE_MIN,
    PRICE_STEP,
    PROCEEDS_REUSABLE,
    RESALE_SAME_DAY,
    SETTLEMENT_FEE,
    STREAM_SETTLEMENT,
    TRADE_CORRECTED,
    TRADE_UNDONE,
    TRADING_FEE,
    VERSION,
    ZERO,
)
from exchange.kernel.control import trade_step
from exchange.kernel.events import begin_event, begin_public, reject, write_done, write_rejected
from exchange.kernel.opening import check_letter
from exchange.kernel.risk import fee_on
from exchange.kernel.trades import find_trade, recount_trades
from exchange.kernel.transfers import write_balance_changed

#: Reason and the number that says what the rule allows, 0 where none does.
Verdict = tuple[int, int]


@cold
def check_trade(state: Core, command: np.void, row: int) -> int:
    """The day is on, the trade is kept and stands."""
    reason = check_letter(state, command)
    if reason != 0:
        return reason
    counters = counters_of(state)
    if signed(counters["is_opening_accepted"]) == 0:
        return reasons.OPENING_NOT_ACCEPTED
    if signed(counters["is_closed"]) != 0:
        return reasons.WRONG_PHASE
    if row < 0:
        return reasons.UNKNOWN_TRADE
    if signed(trade_at(state, row)["state"]) == TRADE_UNDONE:
        return reasons.TRADE_ALREADY_BUSTED
    return reasons.OK


@cold
def check_terms(state: Core, command: np.void, row: int) -> Verdict:
    """What the trade may be corrected to: not more than was traded, at a price of its method."""
    trade = trade_at(state, row)
    contract = contract_at(state, signed(trade["contract_id"]))
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    if quantity < 1:
        return reasons.QUANTITY_BELOW_MINIMUM, ONE
    if quantity > signed(trade["first_lots"]):
        return reasons.QUANTITY_ABOVE_MAXIMUM, signed(trade["first_lots"])
    step = signed(contract["parameters"][PRICE_STEP])
    if price % step != 0:
        return reasons.PRICE_OFF_TICK, step
    lower = PRICE_MIN  # an auction's floor and ceiling were its notice's
    upper = PRICE_MAX
    if signed(trade["part"]) == BOOK:
        lower = signed(contract["lower"])
        upper = signed(contract["upper"])
    elif signed(trade["part"]) == BLOCK:
        lower = signed(contract["block_lower"])
        upper = signed(contract["block_upper"])
    if price < lower:
        return reasons.PRICE_OUTSIDE_BAND, lower
    if price > upper:
        return reasons.PRICE_OUTSIDE_BAND, upper
    if price * quantity > AMOUNT_MAX:
        return reasons.AMOUNT_ABOVE_LIMIT, ZERO
    return reasons.OK, ZERO


@cold
def find_changes(state: Core, row: int, price: int, quantity: int) -> tuple[int, int, int, int]:
    """What new terms change: the buyer's lots, the buyer's and seller's fen, and all fees per side.

    Gives (lots to the buyer, fen to the buyer, fen to the seller, one fee of each kind on the new amount).
    """
    trade = trade_at(state, row)
    contract = contract_at(state, signed(trade["contract_id"]))
    old_fen = signed(trade["price"]) * signed(trade["lots"])
    new_fen = price * quantity
    fees = fee_on(contract, TRADING_FEE, new_fen) + fee_on(contract, SETTLEMENT_FEE, new_fen)
    old_cost = old_fen + signed(trade["buyer_trading"]) + signed(trade["buyer_settlement"])
    old_net = old_fen - signed(trade["seller_trading"]) - signed(trade["seller_settlement"])
    return quantity - signed(trade["lots"]), old_cost - new_fen - fees, new_fen - fees - old_net, fees


@cold
def check_units(state: Core, row: int, lots: int) -> int:
    """Who gives units back still has them; only the difference moves."""
    trade = trade_at(state, row)
    contract_id = signed(trade["contract_id"])
    is_resold = signed(contract_at(state, contract_id)["parameters"][RESALE_SAME_DAY]) != 0
    buyer_id = signed(trade["buyer_id"])
    seller_id = signed(trade["seller_id"])
    if buyer_id == seller_id and is_resold:
        return reasons.OK  # the same bucket gives and takes
    bought = holding_at(state, buyer_id, contract_id)
    buyers = signed(bought["available"]) if is_resold else signed(bought["bought_today"])
    sellers = signed(holding_at(state, seller_id, contract_id)["available"])
    if buyers + lots < 0 or sellers - lots < 0:
        return reasons.UNITS_INSUFFICIENT
    return reasons.OK


@cold
def check_cash(state: Core, row: int, buyer_fen: int, seller_fen: int) -> Verdict:
    """Who pays can pay; with the reason OK, what the reserve has to cover of a seller's spent proceeds."""
    trade = trade_at(state, row)
    buyer_id = signed(trade["buyer_id"])
    seller_id = signed(trade["seller_id"])
    rules = contract_at(state, signed(trade["contract_id"]))
    is_reusable = signed(rules["parameters"][PROCEEDS_REUSABLE]) != 0
    if buyer_id == seller_id and is_reusable:
        buyer_fen += seller_fen
        seller_fen = ZERO
    if signed(account_at(state, buyer_id)["available"]) + buyer_fen < 0:
        return reasons.CASH_INSUFFICIENT, ZERO
    missing = -signed(account_at(state, seller_id)["available"]) - seller_fen
    if not is_reusable or missing <= 0:
        return reasons.OK, ZERO
    if signed(counters_of(state)["parameters"][BUST_SPENT_PROCEEDS]) == 0:
        return reasons.CASH_INSUFFICIENT, ZERO
    return reasons.OK, missing


@cold
def move_units(state: Core, row: int, lots: int) -> None:
    """Give lots to the buyer, into the bucket where they were put, and take them from the seller."""
    trade = trade_at(state, row)
    contract_id = signed(trade["contract_id"])
    bought = holding_at(state, signed(trade["buyer_id"]), contract_id)
    if signed(contract_at(state, contract_id)["parameters"][RESALE_SAME_DAY]) != 0:
        bought["available"] = signed(bought["available"]) + lots
    else:
        bought["bought_today"] = signed(bought["bought_today"]) + lots
    sold = holding_at(state, signed(trade["seller_id"]), contract_id)
    sold["available"] = signed(sold["available"]) - lots
    sold["sold_today"] = signed(sold["sold_today"]) + lots


@cold
def move_cash(state: Core, row: int, buyer_fen: int, seller_fen: int, fees: int, covered_fen: int) -> None:
    """Give fen to both, or take it; the fees that they have paid become `fees` each."""
    trade = trade_at(state, row)
    counters = counters_of(state)
    buyer = account_at(state, signed(trade["buyer_id"]))
    more = fees - signed(trade["buyer_trading"]) - signed(trade["buyer_settlement"])
    buyer["available"] = signed(buyer["available"]) + buyer_fen
    buyer["fees_today"] = signed(buyer["fees_today"]) + more
    counters["fees_fen"] = signed(counters["fees_fen"]) + more
    seller_id = signed(trade["seller_id"])
    seller = account_at(state, seller_id)
    more = fees - signed(trade["seller_trading"]) - signed(trade["seller_settlement"])
    seller["fees_today"] = signed(seller["fees_today"]) + more
    counters["fees_fen"] = signed(counters["fees_fen"]) + more
    seller["proceeds_today"] = signed(seller["proceeds_today"]) + seller_fen
    rules = contract_at(state, signed(trade["contract_id"]))
    if signed(rules["parameters"][PROCEEDS_REUSABLE]) != 0:
        seller["available"] = signed(seller["available"]) + seller_fen + covered_fen
    else:
        seller["proceeds_held"] = signed(seller["proceeds_held"]) + seller_fen
    movement = movement_at(state, seller_id, ZERO)
    movement["covered"] = signed(movement["covered"]) + covered_fen
    counters["covered_fen"] = signed(counters["covered_fen"]) + covered_fen


@cold
def rewrite_trade(state: Core, row: int, match_id: int, price: int, quantity: int) -> None:
    """The kept trade, the day's totals and the control hash on the new terms; quantity 0 undoes it."""
    trade = trade_at(state, row)
    counters = counters_of(state)
    contract_id = signed(trade["contract_id"])
    buyer_id = signed(trade["buyer_id"])
    seller_id = signed(trade["seller_id"])
    amount = price * quantity
    change = amount - signed(trade["price"]) * signed(trade["lots"])
    counters["tonnes_lots"] = signed(counters["tonnes_lots"]) + quantity - signed(trade["lots"])
    counters["amount_fen"] = signed(counters["amount_fen"]) + change
    counters["control"] = trade_step(
        signed(counters["control"]), match_id, buyer_id, seller_id, contract_id, amount, quantity
    )
    contract = contract_at(state, contract_id)
    trading = fee_on(contract, TRADING_FEE, amount)
    settlement = fee_on(contract, SETTLEMENT_FEE, amount)
    trade["price"] = price
    trade["lots"] = quantity
    trade["buyer_trading"] = trading
    trade["buyer_settlement"] = settlement
    trade["seller_trading"] = trading
    trade["seller_settlement"] = settlement
    trade["state"] = TRADE_CORRECTED
    if quantity == 0:
        trade["state"] = TRADE_UNDONE
        counters["busted_trades"] = signed(counters["busted_trades"]) + 1
        buyer = account_at(state, buyer_id)
        buyer["trade_count"] = signed(buyer["trade_count"]) - 1
        seller = account_at(state, seller_id)
        seller["trade_count"] = signed(seller["trade_count"]) - 1


@cold
def write_bust(state: Core, count: int, command: np.void, row: int) -> int:
    """BUST_REPORT to the registry and TRADE_BUSTED to everybody, with the terms as they are now."""
    trade = trade_at(state, row)
    contract_id = signed(trade["contract_id"])
    settlement = signed(trade["seller_settlement"])
    begin_event(
        state,
        count,
        STREAM_SETTLEMENT,
        kinds.BUST_REPORT,
        command,
        signed(command["login_id"]),
        settlement,  # the field is in the place of a reference
        contract_id,
        signed(trade["buyer_id"]),
    )
    event = event_at(state, count)
    event["seller_account_id"] = trade["seller_id"]
    event["seller_trading_fee_fen"] = trade["seller_trading"]
    event["price_ticks"] = trade["price"]
    event["quantity_lots"] = trade["lots"]
    event["match_id"] = command["match_id"]
    event["bust_reason"] = command["bust_reason"]
    event["version"] = VERSION
    event["trading_day"] = counters_of(state)["trading_day"]
    event["buyer_trading_fee_fen"] = trade["buyer_trading"]
    event["buyer_settlement_fee_fen"] = trade["buyer_settlement"]
    begin_public(state, count + 1, kinds.TRADE_BUSTED, command, contract_id)
    event = event_at(state, count + 1)
    event["price_ticks"] = trade["price"]
    event["quantity_lots"] = trade["lots"]
    event["match_id"] = command["match_id"]
    return count + 2


@cold
def apply_bust(state: Core, count: int, command: np.void) -> int:
    """BUST and CORRECTION: undo a trade, book it anew on its new terms if there are any, and say so."""
    match_id = signed(command["match_id"])
    row = find_trade(state, match_id)
    reason = check_trade(state, command, row)
    if reason != 0:
        return reject(state, count, command, reason)
    price = ZERO
    quantity = ZERO
    expected = ZERO
    change_kind = CHANGE_BUST
    if signed(command["kind"]) == kinds.CORRECTION:
        change_kind = CHANGE_CORRECTION
        price = signed(command["price_ticks"])
        quantity = signed(command["quantity_lots"])
        reason, expected = check_terms(state, command, row)
        if reason != 0:
            return write_rejected(state, count, command, signed(command["contract_id"]), reason, expected)
    lots, buyer_fen, seller_fen, fees = find_changes(state, row, price, quantity)
    reason = check_units(state, row, lots)
    covered_fen = ZERO
    if reason == 0:
        reason, covered_fen = check_cash(state, row, buyer_fen, seller_fen)
    if reason != 0:
        return reject(state, count, command, reason)
    move_units(state, row, lots)
    move_cash(state, row, buyer_fen, seller_fen, fees, covered_fen)
    rewrite_trade(state, row, match_id, price, quantity)
    if signed(counters_of(state)["parameters"][BUST_CHANGES_FIGURES]) != 0:
        recount_trades(state)
    count = write_bust(state, count, command, row)
    return tell_parties(
        state, count, command, row, change_kind, lots, buyer_fen, seller_fen + covered_fen, covered_fen
    )


@cold
def tell_parties(
    state: Core,
    count: int,
    command: np.void,
    row: int,
    change_kind: int,
    lots: int,
    buyer_fen: int,
    seller_fen: int,
    covered_fen: int,
) -> int:
    """BALANCE_CHANGED of the buyer's cash and units, of the seller's, and the audit."""
    trade = trade_at(state, row)
    match_id = signed(command["match_id"])
    contract_id = signed(trade["contract_id"])
    buyer_id = signed(trade["buyer_id"])
    seller_id = signed(trade["seller_id"])
    change = change_kind, buyer_fen, match_id
    count = write_balance_changed(state, count, command, buyer_id, ZERO, change)
    change = change_kind, lots, match_id
    count = write_balance_changed(state, count, command, buyer_id, contract_id, change)
    change = change_kind, seller_fen, match_id
    count = write_balance_changed(state, count, command, seller_id, ZERO, change)
    change = change_kind, -lots, match_id
    count = write_balance_changed(state, count, command, seller_id, contract_id, change)
    return write_done(state, count, command, match_id, ZERO, covered_fen)
