"""What a settlement bank does with an instruction: carry it out, reject it in words, let it wait. Pure.

PAY_OUT, SEND   rejected by configuration, for an unknown account or bank, or for want of money there
PAY_OUT         waits while the sub-ledger has it and the special account does not: funds are on their way
SETTLE          waits while the sub-ledger has less than is to be taken from it; it is never rejected
"""

from typing import NamedTuple

from settlement.vocabulary.banking import BankInstruction, BankOrder, BankWord

INSTITUTIONS = 0  # account of fees and reserves, and of everything between banks


class Rules(NamedTuple):
    """How this bank is configured: simulated, so every refusal is ours to choose."""

    other_banks: frozenset[int]
    reject_every: int = 0  # of what would leave the bank, every so many-th is rejected; 0 = none
    rejected_accounts: frozenset[int] = frozenset()  # whose pay-outs are rejected; 0 = every SEND


class Held(NamedTuple):
    """What the bank has, as far as one instruction is concerned."""

    total_fen: int
    account_fen: int | None  # None = no such sub-ledger


class Effect(NamedTuple):
    """The movement that answers, and by how much it changes the books."""

    word: BankWord
    total_change_fen: int = 0
    account_change_fen: int = 0
    reason: str = ""


def fault_of(instruction: BankInstruction) -> str:
    """Why nobody could carry this out, as expected and found; empty when it is well formed."""
    is_send = instruction.order is BankOrder.SEND
    if instruction.order is BankOrder.SETTLE:
        if instruction.amount_fen == 0:
            return "amount_fen: expected an amount, found 0"
    elif instruction.amount_fen < 0 or instruction.amount_fen == 0:
        return f"amount_fen: expected above 0, found {instruction.amount_fen}"
    if is_send != (instruction.target_bank_id != 0):
        return f"target_bank_id: expected {'a bank' if is_send else '0'}, found {instruction.target_bank_id}"
    if is_send and instruction.account_id != INSTITUTIONS:
        return f"account_id: expected 0 for a SEND, found {instruction.account_id}"
    if instruction.order is BankOrder.PAY_OUT and instruction.account_id == INSTITUTIONS:
        return "account_id: expected a member's, found 0"
    return ""


def carry_out(instruction: BankInstruction, outgoing_number: int, held: Held, rules: Rules) -> Effect | None:
    """The answer to an instruction; None = it waits.

    `outgoing_number` counts the bank's PAY_OUT and SEND in the order in which they came, from 1.
    """
    amount_fen = instruction.amount_fen
    if instruction.order is BankOrder.SETTLE:
        if (held.account_fen or 0) + amount_fen < 0:
            return None
        return Effect(BankWord.SETTLED, account_change_fen=amount_fen)
    reason = _refusal(instruction, outgoing_number, held, rules)
    if reason:
        return Effect(BankWord.REJECTED, reason=reason)
    if instruction.order is BankOrder.SEND:
        return Effect(BankWord.SENT, total_change_fen=-amount_fen)
    if held.total_fen < amount_fen:
        return None
    return Effect(BankWord.PAID_OUT, -amount_fen, -amount_fen)


def _refusal(instruction: BankInstruction, outgoing_number: int, held: Held, rules: Rules) -> str:
    account_id, amount_fen = instruction.account_id, instruction.amount_fen
    if instruction.order is BankOrder.SEND:
        if instruction.target_bank_id not in rules.other_banks:
            return f"no such bank to send to: {instruction.target_bank_id}"
        if held.total_fen < amount_fen:
            return f"the special account holds {held.total_fen} fen, less than the {amount_fen} to be sent"
    elif held.account_fen is None:
        return f"no sub-ledger of account {account_id} at this bank"
    elif held.account_fen < amount_fen:
        return f"the sub-ledger holds {held.account_fen} fen, less than the {amount_fen} to be paid"
    if account_id in rules.rejected_accounts:
        return f"payments of account {account_id} are stopped at this bank"
    if rules.reject_every and outgoing_number % rules.reject_every == 0:
        return f"refused in clearing: payment {outgoing_number} of this bank"
    return ""


def paid_in(amount_fen: int) -> Effect:
    """A member has paid in at the counter."""
    return Effect(BankWord.PAID_IN, amount_fen, amount_fen)


def arrived(amount_fen: int) -> Effect:
    """Another bank's SEND has come in; whose it is, the next SETTLE says."""
    return Effect(BankWord.ARRIVED, amount_fen)
