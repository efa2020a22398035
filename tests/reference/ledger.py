"""The trades and the registry's transfers of the day, as they stand."""

from dataclasses import dataclass
from typing import NamedTuple

from exchange.vocabulary.enums import HoldState
from tests.reference.state import Account, Contract, Slot


class Terms(NamedTuple):
    """What a trade moves: price, tonnes, and each side's two fees."""

    price_ticks: int
    quantity_lots: int
    buyer_trading_fen: int
    buyer_settlement_fen: int
    seller_trading_fen: int
    seller_settlement_fen: int

    @property
    def amount_fen(self) -> int:
        """Price times quantity."""
        return self.price_ticks * self.quantity_lots

    @property
    def buyer_fees_fen(self) -> int:
        """Both fees of the buyer."""
        return self.buyer_trading_fen + self.buyer_settlement_fen

    @property
    def seller_fees_fen(self) -> int:
        """Both fees of the seller."""
        return self.seller_trading_fen + self.seller_settlement_fen

    @property
    def cost_fen(self) -> int:
        """What the buyer pays."""
        return self.amount_fen + self.buyer_fees_fen

    @property
    def net_fen(self) -> int:
        """What the seller gets."""
        return self.amount_fen - self.seller_fees_fen


@dataclass(slots=True, eq=False)
class Trade:
    """A trade of the day as it stands; `traded_lots` is what it was made for."""

    match_id: int
    contract: Contract
    slot: Slot
    buyer: Account
    seller: Account
    terms: Terms
    traded_lots: int
    is_corrected: bool = False
    is_busted: bool = False


@dataclass(slots=True, eq=False)
class Transfer:
    """A deposit, transfer in, hold, freeze or release by the registry's number; refused ones as well."""

    transfer_id: int
    account: Account
    contract_id: int  # 0 = cash
    amount: int
    hold_kind: int  # of a hold, else 0
    state: HoldState
