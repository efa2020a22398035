"""What the banks are instructed after a delivery: each sub-ledger's change, and funds between banks.

Funding is computed from the ledger and what is under way, not from the day alone: what a bank has refused to
send is asked of it again with the next delivery. Source: rulebook §2.3 step 5.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from settlement.clearing.lines import Clearing
from settlement.ledger.balances import Balances, balances_now
from settlement.store.banking import bank_of_account, insert_instructions, sends_under_way
from settlement.store.database import Store
from settlement.vocabulary.banking import SETTLEMENT_BANK, BankInstruction, BankOrder, BankWord
from settlement.vocabulary.chart import CASH, CONTRA, SUB_LEDGER, Bucket

NOTHING_COVERED: Final[Mapping[int, int]] = {}
INSTITUTIONS = 0  # their money lies at bank 1, under this account


def instruct_banks(
    store: Store, clearing: Clearing, day: str, run: int, covers: Mapping[int, int] = NOTHING_COVERED
) -> None:
    """After delivery: SETTLE for every changed sub-ledger, SEND where a bank has more than it owes.

    `covers`: fen by account, out of the settlement reserve.
    """
    bank_of = bank_of_account(store)
    settles: dict[int, list[BankInstruction]] = defaultdict(list)
    changes: dict[int, int] = defaultdict(int)
    changes.update(zip(clearing.cash["account_id"].tolist(), clearing.cash_changes().tolist(), strict=True))
    for account_id, covered_fen in covers.items():
        changes[account_id] += covered_fen
    changes[INSTITUTIONS] = clearing.trading_fees_fen + clearing.settlement_fees_fen - sum(covers.values())
    for account_id, change_fen in changes.items():
        if change_fen:
            bank_id = bank_of.get(account_id, SETTLEMENT_BANK)
            name = f"{day}/{run}/settle/{account_id}"
            settles[bank_id].append(BankInstruction(name, BankOrder.SETTLE, account_id, change_fen))
    for bank_id, instructions in sorted(settles.items()):
        insert_instructions(store, bank_id, instructions)
    for source, target, amount_fen in matched(surplus(store, bank_of)):
        name = f"{day}/{run}/send/{source}-{target}"
        send = BankInstruction(name, BankOrder.SEND, INSTITUTIONS, amount_fen, target)
        insert_instructions(store, source, [send])


def instruct_recovery(store: Store, account_id: int, amount_fen: int, cause: str) -> None:
    """A member pays the institutions: SETTLE of both sub-ledgers, SEND if they are at two banks."""
    bank_id = bank_of_account(store)[account_id]
    for at, whose, fen in ((bank_id, account_id, -amount_fen), (SETTLEMENT_BANK, INSTITUTIONS, amount_fen)):
        settle = BankInstruction(f"{cause}/settle/{whose}", BankOrder.SETTLE, whose, fen)
        insert_instructions(store, at, [settle])
    if bank_id != SETTLEMENT_BANK:
        send = BankInstruction(f"{cause}/send", BankOrder.SEND, INSTITUTIONS, amount_fen, SETTLEMENT_BANK)
        insert_instructions(store, bank_id, [send])


def surplus(store: Store, bank_of: Mapping[int, int]) -> dict[int, int]:
    """What each bank will have more than it owes (less: negative) when all that is under way has come in."""
    balances = balances_now(store)
    over: dict[int, int] = defaultdict(int)
    for key, amount in balances.items():
        if key.asset_id == CASH and key.bucket is Bucket.BANK:
            over[key.owner_id] -= amount
    for (bank_id, _), owed_fen in owed(balances, bank_of).items():
        over[bank_id] -= owed_fen
    for sent in sends_under_way(store):
        over[sent.instruction.target_bank_id] += sent.instruction.amount_fen
        if sent.answer is not BankWord.SENT:
            over[sent.bank_id] -= sent.instruction.amount_fen
    return dict(over)


def owed(balances: Balances, bank_of: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """What the ledger says each bank owes, by bank and account; the institutions' under account 0."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for key, amount in balances.items():
        if key.asset_id != CASH or key.bucket in CONTRA:
            continue
        if key.bucket in SUB_LEDGER:
            found[bank_of[key.owner_id], key.owner_id] += amount
        else:
            found[SETTLEMENT_BANK, INSTITUTIONS] += amount
    return dict(found)


def matched(over: Mapping[int, int]) -> Iterator[tuple[int, int, int]]:
    """(from, to, fen) that bring every bank to what it owes, in the order of their numbers."""
    givers = [[bank_id, fen] for bank_id, fen in sorted(over.items()) if fen > 0]
    takers = [[bank_id, -fen] for bank_id, fen in sorted(over.items()) if fen < 0]
    while givers and takers:
        amount_fen = min(givers[0][1], takers[0][1])
        yield givers[0][0], takers[0][0], amount_fen
        for side in (givers, takers):
            side[0][1] -= amount_fen
            if not side[0][1]:
                side.pop(0)
