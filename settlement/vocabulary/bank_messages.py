"""The bodies of a settlement bank's HTTP, as JSON: what banking.py says, with the bounds that are checked."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from settlement.vocabulary.banking import BankBalance, BankInstruction, BankMovement, BankOrder, BankWord

AMOUNT_FEN_MAX: Final = 10**15  # far above the market's money, far below what a sum in 64 bits holds

Name = Annotated[str, Meta(pattern=r"^[\w.:-][\w./:-]{0,99}$")]
Number = Annotated[int, Meta(ge=0, le=2**31)]
Amount = Annotated[int, Meta(gt=0, le=AMOUNT_FEN_MAX)]
SignedAmount = Annotated[int, Meta(ge=-AMOUNT_FEN_MAX, le=AMOUNT_FEN_MAX)]


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """Every body: what is not known is refused."""


class InstructionBody(Body, frozen=True):
    """PUT /instructions/{instruction_id}: the instruction without its id."""

    order: BankOrder
    account_id: Number
    amount_fen: SignedAmount
    target_bank_id: Number = 0

    def named(self, instruction_id: str) -> BankInstruction:
        """The instruction of that id."""
        return BankInstruction(
            instruction_id, self.order, self.account_id, self.amount_fen, self.target_bank_id
        )


class ReceivedBody(Body, frozen=True):
    """Its answer: received, or answered by the movement of that number."""

    state: str
    number: Number


class DepositBody(Body, frozen=True):
    """POST /deposits: what a member does at the counter of its bank."""

    reference: Name
    account_id: Number
    amount_fen: Amount


class ArrivalBody(Body, frozen=True):
    """POST /arrivals: what another bank has sent."""

    instruction_id: Name
    amount_fen: Amount


class HoursBody(Body, frozen=True):
    """POST /hours."""

    is_open: bool


class MovementBody(Body, frozen=True):
    """One line of the stream, in GET /movements and as the answer to a deposit or an arrival."""

    number: Annotated[int, Meta(ge=1)]
    word: BankWord
    instruction_id: Name
    account_id: Number
    amount_fen: SignedAmount
    reason: str = ""

    @property
    def movement(self) -> BankMovement:
        """As Wuhan's core takes it."""
        return BankMovement(
            self.number, self.word, self.instruction_id, self.account_id, self.amount_fen, self.reason
        )


class BalanceBody(Body, frozen=True):
    """GET /balances."""

    number: Number
    total_fen: Annotated[int, Meta(ge=0)]
    sub_ledger_fen: dict[int, Annotated[int, Meta(ge=0)]]

    @property
    def balance(self) -> BankBalance:
        """As Wuhan's core takes it."""
        return BankBalance(self.number, self.total_fen, self.sub_ledger_fen)
