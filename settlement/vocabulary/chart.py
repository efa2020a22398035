"""The chart of accounts: which ledger accounts exist for units and for cash, and what each may hold.

A ledger account is an asset, a bucket and an owner. Amounts are signed so that every entry sums to zero per
asset: holders' accounts are never negative, the two contra accounts (units issued, cash at the settlement
bank) never positive. So "issued = held" and "bank = member cash + fees + reserves" are what the sum says.

    units of a contract     owner                cash                          owner
    issued (contra)         -                    settlement bank (contra)      bank
    national                -                    member cash, member frozen    trading account
    registry-available      registry account     trading fee income            -
    pending                 registry account     settlement fee income         -
    trading-available       trading account      exchange risk reserve         -
    frozen                  trading account      settlement reserve            -
"""

from enum import StrEnum
from typing import Final, NamedTuple

CASH: Final = 0  # the asset id of cash; units have their contract's id, as in the records
NOBODY: Final = 0  # owner of an account that belongs to an institution
SETTLEMENT_BANK: Final = 1  # owner id of the first settlement bank's account


class Bucket(StrEnum):
    """Where units or cash lie."""

    ISSUED = "issued"
    NATIONAL = "national"
    REGISTRY_AVAILABLE = "registry-available"
    PENDING = "pending"
    TRADING_AVAILABLE = "trading-available"
    FROZEN = "frozen"
    BANK = "settlement-bank"
    MEMBER_CASH = "member-cash"
    MEMBER_FROZEN = "member-frozen"
    TRADING_FEE_INCOME = "trading-fee-income"
    SETTLEMENT_FEE_INCOME = "settlement-fee-income"
    RISK_RESERVE = "exchange-risk-reserve"
    SETTLEMENT_RESERVE = "settlement-reserve"


CONTRA: Final = frozenset({Bucket.ISSUED, Bucket.BANK})
#: what Shanghai knows of: the opening positions and the seal are about these
IN_TRADING: Final = frozenset({Bucket.TRADING_AVAILABLE, Bucket.FROZEN})
MEMBERS_CASH: Final = frozenset({Bucket.MEMBER_CASH, Bucket.MEMBER_FROZEN})


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
