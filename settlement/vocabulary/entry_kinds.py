"""Kinds of ledger entries and of reconciliation breaks; stored, so a value is never renamed."""

from enum import StrEnum


class EntryKind(StrEnum):
    """Why units or cash moved."""

    ISSUE = "issue"  # issued -> national
    ALLOCATE = "allocate"  # national -> registry-available of an entity
    TO_TRADING = "to-trading"  # registry-available -> trading-available
    DEPOSIT = "deposit"  # settlement bank -> member cash
    WITHDRAWAL = "withdrawal"  # member cash -> settlement bank
    DELIVERY_UNITS = "delivery-units"  # trading-available of sellers -> of buyers
    DELIVERY_CASH = "delivery-cash"  # member cash of buyers -> of sellers
    TRADING_FEE = "trading-fee"  # member cash -> trading fee income
    SETTLEMENT_FEE = "settlement-fee"  # member cash -> settlement fee income


class BreakKind(StrEnum):
    """What the two cities differ on."""

    UNITS = "units"  # of one account and contract
    CASH = "cash"  # of one account
    UNITS_TOTAL = "units-total"
    CASH_TOTAL = "cash-total"
    FEES_TOTAL = "fees-total"
    TRADES = "trades"
    ISSUED = "issued-not-held"  # inside Wuhan: issued against held
    BANK = "bank-not-owed"  # inside Wuhan: bank against member cash, fees and reserves
    BUSTED_TRADE = "busted-trade"  # Shanghai undid or corrected it; tonnes left against tonnes reported
    TRANSFER = "transfer-not-booked"  # Shanghai moved or froze units or cash during the day
    HOLD = "hold-not-booked"  # set aside in Shanghai and not resolved at the seal
