"""The chart of accounts: which ledger accounts exist for units and for cash, and what each may hold.

A ledger account is an asset, a bucket and an owner. Amounts are signed so that every entry sums to zero per
asset: holders' accounts are never negative, the contra accounts (units issued, cash at a settlement bank or
on its way between two) never positive. So "issued = held" and "banks = member cash + fees + reserves" are
what the sum says.

    units of a contract     owner                cash                          owner
    issued (contra)         -                    settlement bank (contra)      bank
    national                -                    member cash, frozen, held     trading account
    provincial              province             member cash to come in        trading account
    registry-available      registry account     between banks (contra)        -
    registry-frozen         registry account     trading fee income            -
    pending-surrender       registry account     settlement fee income         -
    pending-carry-over      registry account     exchange risk reserve         -
    pending-retire          registry account     settlement reserve            -
    trading-available       trading account      penalties                     -
    frozen                  trading account      state auction income          -
    to-trading, to-registry trading account
    surrendered, retired, carried-over: owned by the registry account; used up, only a reversal moves them
"""

from enum import StrEnum
from typing import Final, NamedTuple

CASH: Final = 0  # the asset id of cash; units have their contract's id, as in the records
NOBODY: Final = 0  # owner of an account that belongs to an institution


class Bucket(StrEnum):
    """Where units or cash lie; stored and hashed, so a value is never renamed."""

    ISSUED = "issued"
    NATIONAL = "national"
    PROVINCIAL = "provincial"
    REGISTRY_AVAILABLE = "registry-available"
    REGISTRY_FROZEN = "registry-frozen"
    PENDING_SURRENDER = "pending-surrender"
    PENDING_CARRY_OVER = "pending-carry-over"
    PENDING_RETIRE = "pending-retire"
    TRADING_AVAILABLE = "trading-available"
    FROZEN = "frozen"
    TO_TRADING = "to-trading"  # has left the registry bucket, Shanghai has not taken it yet
    TO_REGISTRY = "to-registry"  # held in Shanghai at the seal, not yet given to the registry bucket
    SURRENDERED = "surrendered"
    RETIRED = "retired"
    CARRIED_OVER = "carried-over"
    BANK = "settlement-bank"
    MEMBER_CASH = "member-cash"
    MEMBER_FROZEN = "member-frozen"
    MEMBER_HELD = (
        "member-held"  # held in Shanghai at the seal for a withdrawal that its bank has not answered
    )
    MEMBER_IN = "member-cash-in"  # the bank has it, Shanghai has not taken it yet
    BETWEEN_BANKS = "between-banks"
    TRADING_FEE_INCOME = "trading-fee-income"
    SETTLEMENT_FEE_INCOME = "settlement-fee-income"
    RISK_RESERVE = "exchange-risk-reserve"
    SETTLEMENT_RESERVE = "settlement-reserve"
    PENALTIES = "penalties"
    AUCTION_INCOME = "state-auction-income"


#: by stored name: calling the enum is slow for the hundred thousand rows of a day
BUCKETS: Final = {bucket.value: bucket for bucket in Bucket}
CONTRA: Final = frozenset({Bucket.ISSUED, Bucket.BANK, Bucket.BETWEEN_BANKS})
#: what Shanghai knows of: the opening positions and the seal are about these
IN_TRADING: Final = frozenset({Bucket.TRADING_AVAILABLE, Bucket.FROZEN})
MEMBERS_CASH: Final = frozenset({Bucket.MEMBER_CASH, Bucket.MEMBER_FROZEN})
#: a member's cash in whatever state: the sub-ledger that its settlement bank answers for
SUB_LEDGER: Final = MEMBERS_CASH | {Bucket.MEMBER_HELD, Bucket.MEMBER_IN}
#: owned by an entity's registry account, and still its own
OF_REGISTRY_ACCOUNT: Final = frozenset(
    {
        Bucket.REGISTRY_AVAILABLE,
        Bucket.REGISTRY_FROZEN,
        Bucket.PENDING_SURRENDER,
        Bucket.PENDING_CARRY_OVER,
        Bucket.PENDING_RETIRE,
    }
)
#: owned by an entity's trading account
OF_TRADING_ACCOUNT: Final = SUB_LEDGER | {
    Bucket.TRADING_AVAILABLE,
    Bucket.FROZEN,
    Bucket.TO_TRADING,
    Bucket.TO_REGISTRY,
}
#: units that are used up: issued = held + these
USED_UP: Final = frozenset({Bucket.SURRENDERED, Bucket.RETIRED, Bucket.CARRIED_OVER})


class LedgerKey(NamedTuple):
    """What names a ledger account."""

    asset_id: int
    bucket: Bucket
    owner_id: int

    @property
    def code(self) -> str:
        """Readable name, part of the chain hash: it never changes."""
        return f"{self.asset_id}:{self.bucket.value}:{self.owner_id}"


def units(contract_id: int, bucket: Bucket, owner_id: int = NOBODY) -> LedgerKey:
    """A ledger account for units of a contract."""
    return LedgerKey(contract_id, bucket, owner_id)


def cash(bucket: Bucket, owner_id: int = NOBODY) -> LedgerKey:
    """A ledger account for cash."""
    return LedgerKey(CASH, bucket, owner_id)
