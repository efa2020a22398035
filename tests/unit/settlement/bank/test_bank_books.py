"""What a bank does with an instruction, as a table: instruction, what it holds, its answer."""

import pytest

from settlement.bank.books import Effect, Held, Rules, carry_out, fault_of
from settlement.vocabulary.banking import BankInstruction, BankOrder, BankWord

PLAIN = Rules(other_banks=frozenset({2}))
PAY_OUT, SEND, SETTLE = BankOrder.PAY_OUT, BankOrder.SEND, BankOrder.SETTLE


def instruction(order: BankOrder, amount_fen: int, account_id: int = 0, target: int = 0) -> BankInstruction:
    return BankInstruction("name", order, account_id, amount_fen, target)


@pytest.mark.parametrize(
    ("asked", "held", "answer"),
    [
        (instruction(PAY_OUT, 7, 1001), Held(7, 7), Effect(BankWord.PAID_OUT, -7, -7)),
        (instruction(SEND, 7, 0, 2), Held(7, None), Effect(BankWord.SENT, -7)),
        (instruction(SETTLE, 7, 1001), Held(0, 0), Effect(BankWord.SETTLED, 0, 7)),
        (instruction(SETTLE, -7, 1001), Held(0, 7), Effect(BankWord.SETTLED, 0, -7)),
        (instruction(SETTLE, 7, 1001), Held(0, None), Effect(BankWord.SETTLED, 0, 7)),
        (instruction(SETTLE, -8, 1001), Held(9, 7), None),
        (instruction(SETTLE, -8, 1001), Held(9, None), None),
        (instruction(PAY_OUT, 7, 1001), Held(6, 7), None),
    ],
)
def test_what_is_carried_out_and_what_waits(
    asked: BankInstruction, held: Held, answer: Effect | None
) -> None:
    assert carry_out(asked, 1, held, PLAIN) == answer


@pytest.mark.parametrize(
    ("asked", "number", "held", "rules", "reason"),
    [
        (instruction(PAY_OUT, 7, 1009), 1, Held(9, None), PLAIN, "no sub-ledger of account 1009"),
        (instruction(PAY_OUT, 7, 1001), 1, Held(9, 6), PLAIN, "the sub-ledger holds 6 fen"),
        (instruction(SEND, 7, 0, 3), 1, Held(9, None), PLAIN, "no such bank to send to: 3"),
        (instruction(SEND, 7, 0, 2), 1, Held(6, None), PLAIN, "the special account holds 6 fen"),
        (
            instruction(PAY_OUT, 7, 1001),
            1,
            Held(9, 9),
            PLAIN._replace(rejected_accounts=frozenset({1001})),
            "payments of account 1001 are stopped",
        ),
        (
            instruction(SEND, 7, 0, 2),
            1,
            Held(9, None),
            PLAIN._replace(rejected_accounts=frozenset({0})),
            "payments of account 0 are stopped",
        ),
        (
            instruction(PAY_OUT, 7, 1001),
            6,
            Held(9, 9),
            PLAIN._replace(reject_every=3),
            "refused in clearing: payment 6",
        ),
    ],
)
def test_what_is_rejected_moves_nothing_and_says_why(
    asked: BankInstruction, number: int, held: Held, rules: Rules, reason: str
) -> None:
    answer = carry_out(asked, number, held, rules)
    assert answer is not None
    assert answer.reason.startswith(reason)
    assert answer == Effect(BankWord.REJECTED, 0, 0, answer.reason)


def test_a_settle_is_never_rejected() -> None:
    rules = PLAIN._replace(reject_every=1, rejected_accounts=frozenset({1001}))
    settled = carry_out(instruction(SETTLE, 7, 1001), 0, Held(0, 0), rules)
    assert settled == Effect(BankWord.SETTLED, 0, 7)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (instruction(PAY_OUT, 0, 1001), "amount_fen: expected above 0, found 0"),
        (instruction(PAY_OUT, -1, 1001), "amount_fen: expected above 0, found -1"),
        (instruction(PAY_OUT, 1, 0), "account_id: expected a member's, found 0"),
        (instruction(PAY_OUT, 1, 1001, 2), "target_bank_id: expected 0, found 2"),
        (instruction(SEND, 1, 0, 0), "target_bank_id: expected a bank, found 0"),
        (instruction(SEND, 1, 1001, 2), "account_id: expected 0 for a SEND, found 1001"),
        (instruction(SETTLE, 0, 1001), "amount_fen: expected an amount, found 0"),
        (instruction(SETTLE, -1, 1001), ""),
        (instruction(PAY_OUT, 1, 1001), ""),
        (instruction(SEND, 1, 0, 2), ""),
    ],
)
def test_what_nobody_could_carry_out(asked: BankInstruction, fault: str) -> None:
    assert fault_of(asked) == fault
