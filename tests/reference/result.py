"""The clearing result: compared record by record with the exchange's own changes, then delivered."""

from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import SettlementStage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.letters import CASH, check_letter, check_subject
from tests.reference.market import Market, Refusal
from tests.reference.state import Account, Holding


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
    change = holding.traded
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
    change = account.traded
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
                differ(market, account.account_id, contract_id, holding.traded, 0)
    for account in accounts:
        if account.trade_count and (account.account_id, CASH) not in market.result_given:
            differ(market, account.account_id, CASH, account.traded, 0)


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
    if command.stage not in tuple(SettlementStage):
        return Refusal(RejectReason.INVALID_FIELD)
    market.emit_public(
        Kind.SETTLEMENT_STAGE,
        break_count=command.break_count,
        stage=command.stage,
        version=PROTOCOL_VERSION,
        trading_day=market.trading_day,
    )
    return None
