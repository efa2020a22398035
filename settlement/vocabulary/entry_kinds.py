"""Kinds of ledger entries and of reconciliation breaks; stored, so a value is never renamed."""

from enum import StrEnum
from typing import Final


class EntryKind(StrEnum):
    """Why units or cash moved. SETTLEMENT.md has the posting of each."""

    ISSUE = "issue"  # issued -> national
    ALLOCATE_PROVINCE = "allocate-province"  # national -> provincial
    ALLOCATE = "allocate"  # national or provincial -> registry-available of an entity
    TAKE_BACK = "take-back"  # registry-available -> provincial: too much was pre-allocated
    AUCTION_ISSUE = "auction-issue"  # national -> trading-available of the issuer's account
    TO_TRADING = "to-trading"  # registry-available -> (to-trading ->) trading-available
    TO_REGISTRY = "to-registry"  # trading-available -> (to-registry ->) registry-available
    HOLD = "hold"  # available -> held at the seal, or back
    NON_TRADE_TRANSFER = "non-trade-transfer"  # between registry accounts: merger, inheritance, court
    FREEZE = "freeze"  # available -> frozen, units or cash
    RELEASE = "release"  # frozen -> available
    APPLY_SURRENDER = "apply-surrender"  # registry-available -> pending-surrender
    SURRENDER = "surrender"  # pending-surrender or provincial -> surrendered
    APPLY_RETIRE = "apply-retire"  # registry-available -> pending-retire
    RETIRE = "retire"  # pending-retire -> retired
    APPLY_CARRY_OVER = "apply-carry-over"  # registry-available -> pending-carry-over
    CARRY_OVER = (
        "carry-over"  # pending-carry-over -> carried-over, and as many units of the new vintage issued
    )
    GIVE_BACK = "give-back"  # pending -> registry-available: an application was declined or withdrawn
    REVERSAL = "reversal"  # what an entry named in the reference had moved, the other way
    DEPOSIT = "deposit"  # settlement bank -> member cash (by way of member-cash-in)
    FUNDING = "funding"  # settlement bank -> between banks -> another settlement bank
    WITHDRAWAL = "withdrawal"  # member cash or held -> settlement bank
    DELIVERY_UNITS = "delivery-units"  # trading-available of sellers -> of buyers
    DELIVERY_CASH = "delivery-cash"  # member cash of buyers -> of sellers
    TRADING_FEE = "trading-fee"  # member cash -> trading fee income
    SETTLEMENT_FEE = "settlement-fee"  # member cash -> settlement fee income
    COVER = "cover"  # settlement reserve -> member cash: a shortfall at delivery
    RECOVER = "recover"  # member cash -> settlement reserve: what was covered is paid back
    FUND_RESERVE = "fund-reserve"  # settlement fee income -> settlement reserve


#: by stored name
ENTRY_KINDS: Final = {kind.value: kind for kind in EntryKind}


class BreakKind(StrEnum):
    """What the two cities differ on."""

    UNITS = "units"  # of one account and contract
    CASH = "cash"  # of one account
    UNITS_TOTAL = "units-total"
    CASH_TOTAL = "cash-total"
    FEES_TOTAL = "fees-total"
    TRADES = "trades"
    ISSUED = "issued-not-held"  # inside Wuhan: issued against held
    SERIALS = "serials-not-held"  # inside Wuhan: the serials of a bucket against its balance
    BANK = "bank-not-owed"  # inside Wuhan: bank against member cash, fees and reserves
    BANK_ACCOUNT = "bank-sub-ledger"  # of one account at its bank; account 0: the institutions'
    BANK_TOTAL = "bank-total"  # a special settlement account against its sub-ledgers
    BUSTED_TRADE = "busted-trade"  # of stores from before busts were booked
    TRANSFER = "transfer-not-booked"  # Shanghai moved or froze units or cash during the day
    HOLD = "hold-not-booked"  # set aside in Shanghai and not resolved at the seal
