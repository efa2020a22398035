"""What the registry sends: opening positions before the day, the clearing result after it."""

from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, PROTOCOL_VERSION
from exchange.vocabulary.rejects import RejectReason
from tests.reference.controls import METHODS, change_phase
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.state import Account, Holding

CASH = 0  # in place of a contract id


def check_letter(market: Market, command: Command) -> Refusal | None:
    """Every message between the cities names version and trading day."""
    if command.version != PROTOCOL_VERSION:
        return Refusal(RejectReason.WRONG_VERSION)
    if command.trading_day != market.trading_day:
        return Refusal(RejectReason.WRONG_TRADING_DAY)
    return None


# ---- opening positions


def check_opening(market: Market, command: Command) -> Refusal | None:
    """Opening positions come once a day."""
    if refusal := check_letter(market, command):
        return refusal
    return Refusal(RejectReason.OPENING_CLOSED) if market.is_opening_accepted else None


def check_subject(
    market: Market, command: Command, contract_id: int, given: set[tuple[int, int]], amounts: tuple[int, ...]
) -> Refusal | None:
    """Account and contract exist, amounts are in range, and the record is the first about them."""
    if command.account_id not in market.accounts:
        return Refusal(RejectReason.UNKNOWN_ACCOUNT)
    if contract_id != CASH and contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if not all(0 <= amount <= BALANCE_MAX for amount in amounts):
        return Refusal(RejectReason.NEGATIVE_BALANCE)
    if (command.account_id, contract_id) in given:
        return Refusal(RejectReason.DUPLICATE_RECORD)
    return None


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
        market, command, command.contract_id, market.opening_given, (available, frozen)
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
    if refusal := check_subject(market, command, CASH, market.opening_given, (available, frozen)):
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
        for method in METHODS:
            if contract.phases[method] == Phase.CLOSED:
                change_phase(market, contract, Method(method), Phase.PRE_OPEN, next_ns=0)
    return None


# ---- clearing result


def check_result(market: Market, command: Command) -> Refusal | None:
    """A result comes after the seal, until one is confirmed."""
    if refusal := check_letter(market, command):
        return refusal
    if not market.is_sealed:
        return Refusal(RejectReason.NOT_SEALED)
    return Refusal(RejectReason.ALREADY_CONFIRMED) if market.is_confirmed else None


def check_run(market: Market, command: Command) -> Refusal | None:
    """A result's records and totals belong to the run begun."""
    if refusal := check_result(market, command):
        return refusal
    return None if command.run == market.result_run else Refusal(RejectReason.INVALID_FIELD)


def apply_result_begin(market: Market, command: Command) -> Refusal | None:
    """RESULT_BEGIN: a comparison starts anew, under a run above every refused one."""
    if refusal := check_result(market, command):
        return refusal
    if command.run <= market.refused_run:
        return Refusal(RejectReason.DUPLICATE_RECORD)
    market.result_run = command.run
    market.result_given.clear()
    market.result_control = 0
    market.difference_count = 0
    market.first_difference = (0, 0, 0, 0)
    return None


def differ(market: Market, account_id: int, contract_id: int, expected: int, found: int) -> None:
    """Count a difference; the first is remembered."""
    if not market.difference_count:
        market.first_difference = (account_id, contract_id, expected, found)
    market.difference_count += 1


def remember_result(market: Market, account_id: int, contract_id: int, change: int) -> None:
    """Count a record towards the control totals."""
    market.result_given.add((account_id, contract_id))
    market.result_control = (market.result_control + balance_term(account_id, contract_id, change)) % MODULUS


def apply_result_holding(market: Market, command: Command) -> Refusal | None:
    """RESULT_HOLDING: compared with the exchange's own change of units."""
    if refusal := check_run(market, command):
        return refusal
    if command.contract_id == CASH:
        known = command.account_id in market.accounts
        return Refusal(RejectReason.UNKNOWN_CONTRACT if known else RejectReason.UNKNOWN_ACCOUNT)
    if refusal := check_subject(market, command, command.contract_id, market.result_given, ()):
        return refusal
    holding = market.accounts[command.account_id].holding(command.contract_id)
    change = holding.total - holding.opening
    if (change, holding.total) != (command.change_lots, command.closing_lots):
        differ(market, command.account_id, command.contract_id, change, command.change_lots)
    remember_result(market, command.account_id, command.contract_id, command.change_lots)
    return None


def apply_result_cash(market: Market, command: Command) -> Refusal | None:
    """RESULT_CASH: compared with the exchange's own change of cash and fees."""
    if refusal := check_run(market, command):
        return refusal
    if refusal := check_subject(market, command, CASH, market.result_given, ()):
        return refusal
    account = market.accounts[command.account_id]
    change = account.total - account.opening
    own = (change, account.total, account.fees_today)
    if own != (command.change_fen, command.closing_fen, command.fees_fen):
        differ(market, command.account_id, CASH, change, command.change_fen)
    remember_result(market, command.account_id, CASH, command.change_fen)
    return None


def has_traded(holding: Holding) -> bool:
    """Whether the account traded that contract today."""
    return bool(holding.bought_total or holding.sold_today)


def count_missing(market: Market) -> None:
    """Whoever traded and was not in the result is a difference: units of all accounts, then cash."""
    accounts: list[Account] = list(market.accounts.values())
    for account in accounts:
        for contract_id, holding in account.holdings.items():
            if has_traded(holding) and (account.account_id, contract_id) not in market.result_given:
                differ(market, account.account_id, contract_id, holding.total - holding.opening, 0)
    for account in accounts:
        if account.has_traded and (account.account_id, CASH) not in market.result_given:
            differ(market, account.account_id, CASH, account.total - account.opening, 0)


def apply_result_totals(market: Market, command: Command) -> Refusal | None:
    """RESULT_TOTALS: without a difference the day's result is confirmed."""
    if refusal := check_run(market, command):
        return refusal
    count_missing(market)
    totals = (
        (len(market.result_given), command.record_count),
        (market.tonnes_lots, command.tonnes_lots),
        (market.amount_fen, command.amount_fen),
        (market.result_control, command.control_hash),
    )
    for own, given in totals:
        if own != given:
            differ(market, 0, 0, own, given)
    if not market.difference_count:
        market.is_confirmed = True
        market.emit_settlement(
            Kind.RESULT_CONFIRMED,
            record_count=len(market.result_given),
            run=command.run,
            version=PROTOCOL_VERSION,
        )
        return None
    market.refused_run, market.result_run = command.run, None
    account_id, contract_id, expected, found = market.first_difference
    market.emit_settlement(
        Kind.RESULT_REFUSED,
        account_id=account_id,
        contract_id=contract_id,
        expected_amount=expected,
        found_amount=found,
        difference_count=market.difference_count,
        run=command.run,
        version=PROTOCOL_VERSION,
    )
    return None


def apply_delivered(market: Market, command: Command) -> Refusal | None:
    """DELIVERED: finality, after the confirmation."""
    if refusal := check_letter(market, command):
        return refusal
    if not market.is_confirmed:
        return Refusal(RejectReason.NOT_SEALED)
    market.emit_done(subject_id=command.record_count)
    return None


def apply_stage(market: Market, command: Command) -> Refusal | None:
    """STAGE: where the registry's day stands, for everybody to see."""
    if refusal := check_letter(market, command):
        return refusal
    market.emit_public(
        Kind.SETTLEMENT_STAGE,
        break_count=command.break_count,
        stage=command.stage,
        version=PROTOCOL_VERSION,
        trading_day=market.trading_day,
    )
    return None
