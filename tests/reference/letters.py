"""What every message between the cities is checked for: version, day, whom and what it is about."""

from exchange.vocabulary.limits import BALANCE_MAX, PROTOCOL_VERSION
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal

CASH = 0  # in place of a contract id
TOTAL_MAX = 2**62  # of all balances together, so that no sum of them passes a signed 64-bit integer


def check_letter(market: Market, command: Command) -> Refusal | None:
    """Every message between the cities names version and trading day."""
    if command.version != PROTOCOL_VERSION:
        return Refusal(RejectReason.WRONG_VERSION)
    if command.trading_day != market.trading_day:
        return Refusal(RejectReason.WRONG_TRADING_DAY)
    return None


def check_subject(
    market: Market,
    command: Command,
    contract_id: int,
    given: set[tuple[int, int]],
    amounts: tuple[int, ...],
    sum_before: int = 0,
) -> Refusal | None:
    """Account and contract exist, amounts and their sum are in range, the record is the first about them."""
    if command.account_id not in market.accounts:
        return Refusal(RejectReason.UNKNOWN_ACCOUNT)
    if contract_id != CASH and contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    in_range = all(0 <= amount <= BALANCE_MAX for amount in amounts)
    if not in_range or sum_before + sum(amounts) > TOTAL_MAX:
        return Refusal(RejectReason.NEGATIVE_BALANCE)
    if (command.account_id, contract_id) in given:
        return Refusal(RejectReason.DUPLICATE_RECORD)
    return None
