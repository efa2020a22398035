"""How a crossing ends: by Shanghai's word, by a bank's, or by Wuhan's own when it owns "available"."""

from collections.abc import Callable, Mapping
from typing import Final

from exchange.vocabulary.enums import HoldState
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason
from settlement.errors import CorruptionError
from settlement.ledger.balances import balance_of
from settlement.ledger.book import book
from settlement.ledger.entries import Entry
from settlement.operations.desk import Desk
from settlement.operations.handler import Context, Outcome, done, refused
from settlement.registry.accounts import entity_of_account
from settlement.registry.handlers.checks import stays
from settlement.store.banking import find_instruction, insert_instructions
from settlement.store.restrictions import blocked_accounts
from settlement.store.transfers import (
    Direction,
    Transfer,
    TransferState,
    find_by_cause,
    insert_transfer,
    save_transfer,
)
from settlement.transfers import postings
from settlement.transfers.freezing import book_part, unfreeze
from settlement.vocabulary.banking import BankInstruction, BankOrder, BankWord
from settlement.vocabulary.operations import OperationState
from settlement.vocabulary.refusals import RefusalCode

SHANGHAI: Final = "shanghai"
WUHAN: Final = "wuhan"
BANK: Final = "bank"
#: the day owns these: one of them after the seal that was not named as held is lost
UNRESOLVED: Final = frozenset({TransferState.PAYING, TransferState.COMMITTING, TransferState.ABORTING})


class Ending:
    """Ends crossings. Everything happens in the caller's transaction."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def granted(self, context: Context, transfer: Transfer) -> None:
        """The hold of a withdrawal is granted: its bank is to pay out."""
        save_transfer(context.store, transfer._replace(state=TransferState.PAYING))
        instruct_pay_out(context, transfer)

    def told(self, context: Context, transfer: Transfer, state: HoldState) -> None:
        """Shanghai has booked, committed or released: it is so on Wuhan's books too."""
        if state is HoldState.RELEASED:
            _end(context, transfer)
            self._desk.finish(context, transfer.operation_id, _bank_refused(context, transfer), SHANGHAI)
            return
        self._book(context, transfer, _BY_SHANGHAI[transfer.direction](context, transfer), SHANGHAI)

    def refuse(self, context: Context, transfer: Transfer, reason: RejectReason) -> None:
        """Shanghai refuses: the operation is refused; what has no operation waits for the end of the day."""
        if transfer.direction is Direction.DEPOSIT:
            save_transfer(context.store, transfer._replace(state=TransferState.LATER))
            return
        _end(context, transfer)
        if transfer.direction is Direction.FREEZE:
            return  # the order stands
        outcome = refused(RefusalCode.SHANGHAI_REFUSED, f"{int(reason)} {REJECT_TEXTS[reason].en}")
        if transfer.direction is Direction.TO_TRADING:
            outcome = outcome._replace(entries=(postings.return_to_registry(transfer),))
        self._desk.finish(context, transfer.operation_id, outcome, SHANGHAI)

    def held_cash(self, context: Context, transfer: Transfer) -> bool:
        """Cash out of trading ends as its bank has answered; False while it has not."""
        instructed = find_instruction(context.store, pay_out_id(transfer))
        assert instructed is not None, f"expected a pay-out of {transfer.cause}, found none"
        if instructed.answer is None:
            return False
        _end(context, transfer)
        if instructed.answer is BankWord.PAID_OUT:
            entry = postings.pay_out_held(transfer, bank_of(context, transfer))
            self._desk.finish(context, transfer.operation_id, done(entry), BANK)
            return True
        outcome = _bank_refused(context, transfer)._replace(entries=(postings.give_back(transfer),))
        self._desk.finish(context, transfer.operation_id, outcome, BANK)
        cause = f"{transfer.cause}/returned"
        returned = transfer._replace(cause=cause, operation_id=0, direction=Direction.DEPOSIT)
        returned = returned._replace(
            state=TransferState.WAITING, trading_day=0, transfer_id=0, user_reference=0, held_day=0
        )
        insert_transfer(context.store, returned)
        self.came_in(context, returned)
        return True

    def came_in(self, context: Context, deposit: Transfer) -> None:
        """Into the cash account at once, if that is Wuhan's to move and nothing blocks it."""
        kept = find_by_cause(context.store, deposit.cause)
        assert kept is not None, f"expected the deposit {deposit.cause}, found none"
        if context.moment.owns_available and kept.account_id not in blocked_accounts(context.store):
            self.settle(context, kept)

    def settle(self, context: Context, transfer: Transfer) -> bool:
        """End a crossing, Wuhan owning "available"; False if it waits on."""
        if transfer.state in UNRESOLVED:
            raise CorruptionError(f"hold of {transfer.cause} after the seal", "resolved or held", "neither")
        if transfer.state is TransferState.HELD and transfer.direction is Direction.WITHDRAWAL:
            return self.held_cash(context, transfer)
        if transfer.direction is Direction.FREEZE:
            _end(context, transfer)  # the order attaches by itself
        elif transfer.state is TransferState.HELD:
            self._book(context, transfer, postings.reach_registry(transfer), WUHAN)
        elif transfer.direction in (Direction.TO_REGISTRY, Direction.WITHDRAWAL):
            self._let_go(context, transfer)
        else:
            self._book(context, transfer, _BY_SHANGHAI[transfer.direction](context, transfer), WUHAN)
        return True

    # ---- inside

    def _let_go(self, context: Context, transfer: Transfer) -> None:
        """What waited to leave trading leaves it, if it may and is there."""
        available = balance_of(context.store, postings.available(transfer))
        is_cash = transfer.direction is Direction.WITHDRAWAL
        if (refusal := stays(context, transfer.account_id)) is not None:
            outcome = refused(*refusal)
        elif available < transfer.amount:
            code = RefusalCode.CASH_INSUFFICIENT if is_cash else RefusalCode.UNITS_INSUFFICIENT
            outcome = refused(code, f"available {available:,} {'fen' if is_cash else 't'}")
        elif is_cash:
            save_transfer(context.store, transfer._replace(state=TransferState.HELD))
            instruct_pay_out(context, transfer)
            outcome = Outcome(OperationState.RUNNING, (postings.hold(transfer),))
            self._desk.finish(context, transfer.operation_id, outcome, WUHAN)
            return
        else:
            self._book(context, transfer, postings.to_registry(transfer), WUHAN)
            return
        _end(context, transfer)
        self._desk.finish(context, transfer.operation_id, outcome, WUHAN)

    def _book(self, context: Context, transfer: Transfer, entry: Entry, by: str) -> None:
        _end(context, transfer)
        if transfer.direction is Direction.FREEZE:
            book_part(context, self._desk, transfer, by)
        elif transfer.direction is Direction.DEPOSIT:
            book(context.store, [entry], context.moment.booking_day, context.moment.time_ns)
        else:
            self._desk.finish(context, transfer.operation_id, done(entry), by)
        if transfer.direction is Direction.RELEASE:
            unfreeze(context, self._desk, transfer, by)


def pay_out_id(transfer: Transfer) -> str:
    """Names the instruction that pays a withdrawal out."""
    return f"{transfer.cause}/pay-out"


def instruct_pay_out(context: Context, transfer: Transfer) -> None:
    """Have the account's bank pay a withdrawal out."""
    instruction = BankInstruction(
        pay_out_id(transfer), BankOrder.PAY_OUT, transfer.account_id, transfer.amount
    )
    insert_instructions(context.store, bank_of(context, transfer), [instruction])


def bank_of(context: Context, transfer: Transfer) -> int:
    """The settlement bank of a crossing's account."""
    entity = entity_of_account(context.store, transfer.account_id)
    assert entity is not None, f"expected account {transfer.account_id}, found none"
    return entity.bank_id


def _bank_refused(context: Context, transfer: Transfer) -> Outcome:
    instructed = find_instruction(context.store, pay_out_id(transfer))
    assert instructed is not None, f"expected a pay-out of {transfer.cause}, found none"
    return refused(RefusalCode.BANK_REFUSED, f"bank {instructed.bank_id}: {instructed.reason}")


def _end(context: Context, transfer: Transfer) -> None:
    save_transfer(context.store, transfer._replace(state=TransferState.ENDED))


_BY_SHANGHAI: Final[Mapping[Direction, Callable[[Context, Transfer], Entry]]] = {
    Direction.TO_TRADING: lambda context, moved: postings.reach_trading(moved),
    Direction.TO_REGISTRY: lambda context, moved: postings.to_registry(moved),
    Direction.DEPOSIT: lambda context, moved: postings.deposit(moved),
    Direction.WITHDRAWAL: lambda context, moved: postings.pay_out(moved, bank_of(context, moved)),
    Direction.FREEZE: lambda context, moved: postings.freeze(moved),
    Direction.RELEASE: lambda context, moved: postings.release(moved),
}
