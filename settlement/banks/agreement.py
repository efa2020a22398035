"""A bank's books against Wuhan's, account by account, when nothing between them is open."""

from settlement.banks.funding import owed
from settlement.instructions import Instruction, Tell
from settlement.ledger.balances import balances_now
from settlement.operations.handler import Context
from settlement.store.banking import bank_of_account, newest_number, open_instructions, sends_under_way
from settlement.store.breaks import Break, record_breaks
from settlement.store.database import Store
from settlement.store.transfers import TransferState, running_transfers
from settlement.vocabulary.banking import BankBalance
from settlement.vocabulary.chart import CASH
from settlement.vocabulary.entry_kinds import BreakKind


def compare_books(
    context: Context, bank_id: int, balance: BankBalance, trading_day: int
) -> list[Instruction]:
    """Compare, keep every difference as a break of its account, and say it; nothing while something is open.

    A bank's break stays until a person closes it, even if the bank has mended its books.
    Requires: an open transaction.
    """
    found = bank_breaks(context, bank_id, balance)
    if found is None:
        return []
    when = f"bank {bank_id} after movement {balance.number}"
    record_breaks(context.store, trading_day, found, "", bank_id)
    return [
        Tell(
            f"{when}: {one.what} of account {one.account_id}: the bank {one.exchange_amount:,} fen, "
            f"Wuhan {one.registry_amount:,} fen",
            is_grave=True,
        )
        for one in found
    ]


def bank_breaks(context: Context, bank_id: int, balance: BankBalance) -> list[Break] | None:
    """How a bank's books differ from the ledger; None while they cannot be compared."""
    bank_of = bank_of_account(context.store)
    if balance.number != newest_number(context.store, bank_id) or _is_open(context.store, bank_id, bank_of):
        return None
    ours = {
        account_id: fen
        for (of_bank, account_id), fen in owed(balances_now(context.store), bank_of).items()
        if of_bank == bank_id
    }
    found = [
        Break(account_id, CASH, BreakKind.BANK_ACCOUNT, theirs, ours.get(account_id, 0))
        for account_id in sorted({*ours, *balance.sub_ledger_fen})
        if (theirs := balance.sub_ledger_fen.get(account_id, 0)) != ours.get(account_id, 0)
    ]
    if balance.total_fen != sum(ours.values()):
        found.append(Break(0, CASH, BreakKind.BANK_TOTAL, balance.total_fen, sum(ours.values())))
    return found


def _is_open(store: Store, bank_id: int, bank_of: dict[int, int]) -> bool:
    """Whether something is on its way to or from that bank, or paid and not yet booked."""
    if open_instructions(store, bank_id):
        return True
    if any(bank_id in (sent.bank_id, sent.instruction.target_bank_id) for sent in sends_under_way(store)):
        return True
    return any(
        transfer.state is TransferState.COMMITTING
        and transfer.asset_id == CASH
        and bank_of[transfer.account_id] == bank_id
        for transfer in running_transfers(store)
    )
