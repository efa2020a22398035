"""Opening positions: taken once a day, if all control totals agree."""

from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.letters import CASH, check_letter, check_subject
from tests.reference.market import Market, Refusal
from tests.reference.phases import change_phase
from tests.reference.state import Slot


def check_opening(market: Market, command: Command) -> Refusal | None:
    """Opening positions come once a day."""
    if refusal := check_letter(market, command):
        return refusal
    return Refusal(RejectReason.OPENING_CLOSED) if market.is_opening_accepted else None


def apply_opening_begin(market: Market, command: Command) -> Refusal | None:
    """OPENING_BEGIN: forgets an unconfirmed earlier set."""
    if refusal := check_opening(market, command):
        return refusal
    for account in market.accounts.values():
        account.opening = account.available = account.frozen = 0
        account.holdings.clear()
    market.opening_run = command.run
    market.opening_given.clear()
    market.opening_control = 0
    return None


def apply_opening_holding(market: Market, command: Command) -> Refusal | None:
    """OPENING_HOLDING: units of an account and contract."""
    if refusal := check_opening(market, command):
        return refusal
    if command.contract_id == CASH:
        known = command.account_id in market.accounts
        return Refusal(RejectReason.UNKNOWN_CONTRACT if known else RejectReason.UNKNOWN_ACCOUNT)
    available, frozen = command.available_lots, command.frozen_lots
    if refusal := check_subject(
        market,
        command,
        command.contract_id,
        market.opening_given,
        (available, frozen),
        opening_totals(market)[0],
    ):
        return refusal
    holding = market.accounts[command.account_id].holding(command.contract_id)
    holding.opening, holding.available, holding.frozen = available + frozen, available, frozen
    remember_opening(market, command.account_id, command.contract_id, available + frozen)
    return None


def apply_opening_cash(market: Market, command: Command) -> Refusal | None:
    """OPENING_CASH: cash of an account."""
    if refusal := check_opening(market, command):
        return refusal
    available, frozen = command.available_fen, command.frozen_fen
    if refusal := check_subject(
        market, command, CASH, market.opening_given, (available, frozen), opening_totals(market)[1]
    ):
        return refusal
    account = market.accounts[command.account_id]
    account.opening, account.available, account.frozen = available + frozen, available, frozen
    remember_opening(market, command.account_id, CASH, available + frozen)
    return None


def remember_opening(market: Market, account_id: int, contract_id: int, amount: int) -> None:
    """Count a record towards the control totals."""
    market.opening_given.add((account_id, contract_id))
    market.opening_control += balance_term(account_id, contract_id, amount)
    market.opening_control %= MODULUS


def opening_totals(market: Market) -> tuple[int, int]:
    """All opening units and all opening cash."""
    units = sum(h.opening for account in market.accounts.values() for h in account.holdings.values())
    return units, sum(account.opening for account in market.accounts.values())


def apply_opening_totals(market: Market, command: Command) -> Refusal | None:
    """OPENING_TOTALS: if all four agree the day's contracts leave CLOSED."""
    if refusal := check_opening(market, command):
        return refusal
    units, cash = opening_totals(market)
    own = (units, cash, len(market.opening_given), market.opening_control)
    if own != (command.units_total_lots, command.cash_total_fen, command.record_count, command.control_hash):
        return Refusal(RejectReason.CONTROL_TOTAL)
    # From here the command succeeds.
    market.is_opening_accepted = True
    market.emit_settlement(
        Kind.OPENING_ACCEPTED,
        units_total_lots=units,
        cash_total_fen=cash,
        record_count=len(market.opening_given),
        run=market.opening_run,
        version=PROTOCOL_VERSION,
    )
    for contract in market.contracts.values():
        for slot in Slot:
            if contract.phases[slot] == Phase.CLOSED:
                change_phase(market, contract, slot, Phase.PRE_OPEN, next_ns=0)
    return None
