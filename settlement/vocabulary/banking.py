"""What Wuhan and a settlement bank say to each other. Stored and sent, so never renamed."""

from enum import StrEnum
from typing import Final, NamedTuple

SETTLEMENT_BANK: Final = 1  # the first one; the institutions keep their cash there


class BankOrder(StrEnum):
    """What Wuhan instructs a settlement bank to do."""

    PAY_OUT = "pay-out"  # to the member's own account, from the special settlement account
    SEND = "send"  # to another settlement bank: cross-bank funding
    SETTLE = (
        "settle"  # the day's net change of a member's sub-ledger after delivery (no money leaves the bank)
    )


class BankWord(StrEnum):
    """What a settlement bank tells, in its own numbered stream."""

    PAID_IN = "paid-in"  # a member has paid into the special settlement account
    PAID_OUT = "paid-out"  # a PAY_OUT has left
    REJECTED = "rejected"  # a PAY_OUT or SEND was refused, with a reason: nothing moved
    SENT = "sent"  # a SEND has left for the other bank
    ARRIVED = "arrived"  # a SEND of another bank has come in
    SETTLED = "settled"  # a SETTLE is in the sub-ledger


class BankInstruction(NamedTuple):
    """One instruction; repeating it is harmless, the same id with other fields is an error."""

    instruction_id: str  # unique for ever, e.g. "op/17/pay-out", "2021-12-16/1/settle/1001"
    order: BankOrder
    account_id: int  # the member's trading account; 0 for SEND
    amount_fen: int  # > 0; for SETTLE signed, not 0
    target_bank_id: int = 0  # SEND only


class BankMovement(NamedTuple):
    """One line of a bank's stream; numbers count from 1 without a gap."""

    number: int
    word: BankWord
    instruction_id: (
        str  # of Wuhan; for PAID_IN the bank's own reference, for ARRIVED the sender's instruction
    )
    account_id: int
    amount_fen: int
    reason: str = ""


class BankBalance(NamedTuple):
    """The bank's books after movement `number`."""

    number: int
    total_fen: int  # the special settlement account
    sub_ledger_fen: dict[int, int]  # by trading account; institutions' money (fees, reserves) under account 0
