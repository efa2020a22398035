"""Units and cash that enter, leave or are set aside during the day, at the registry's word."""

from exchange.vocabulary.enums import ChangeKind, HoldKind, HoldState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, PROTOCOL_VERSION
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.ledger import Transfer
from tests.reference.letters import CASH, TOTAL_MAX, check_letter
from tests.reference.market import Market, Refusal
from tests.reference.state import Account, Holding

ELIGIBILITY_MAX = 7

Balance = Account | Holding


def check_hours(market: Market, command: Command) -> Refusal | None:
    """The day's balances are Shanghai's: opening positions are accepted and the day is not sealed."""
    if refusal := check_letter(market, command):
        return refusal
    if not market.is_opening_accepted:
        return Refusal(RejectReason.OPENING_NOT_ACCEPTED)
    return Refusal(RejectReason.DAY_SEALED) if market.is_sealed else None


def check_transfer(market: Market, command: Command, is_form_right: bool) -> Refusal | None:
    """A new transfer: its hours, whom and what it is about, its form, its amount, its number, room for it."""
    if refusal := check_hours(market, command):
        return refusal
    if command.account_id not in market.accounts:
        return Refusal(RejectReason.UNKNOWN_ACCOUNT)
    is_cash = command.contract_id == CASH and command.kind != Kind.TRANSFER_IN
    if not is_cash and command.contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if not is_form_right:
        return Refusal(RejectReason.INVALID_FIELD)
    if command.amount < 1 or (command.kind in (Kind.DEPOSIT, Kind.TRANSFER_IN) and passes(market, command)):
        return Refusal(RejectReason.NEGATIVE_BALANCE)
    if command.transfer_id <= max(market.transfers, default=0):
        return Refusal(RejectReason.DUPLICATE_RECORD)
    if len(market.transfers) == market.capacity.transfers:
        return Refusal(RejectReason.TRANSFER_CAPACITY)
    return None


def passes(market: Market, command: Command) -> bool:
    """Whether what comes in would pass the bound of the balance or that of all balances together."""
    accounts = list(market.accounts.values())
    if command.contract_id == CASH:
        everything = sum(a.opening + a.moved for a in accounts)
    else:
        everything = sum(h.opening + h.moved for a in accounts for h in a.holdings.values())
    own = balance_of(market, command.account_id, command.contract_id).total
    return own + command.amount > BALANCE_MAX or everything + command.amount > TOTAL_MAX


def balance_of(market: Market, account_id: int, contract_id: int) -> Balance:
    """The account's cash, or its units of a contract."""
    account: Account = market.accounts[account_id]
    return account if contract_id == CASH else account.holding(contract_id)


def tell_member(
    market: Market, account: Account, contract_id: int, change: ChangeKind, amount: int, number: int
) -> None:
    """BALANCE_CHANGED to the account's member."""
    market.emit_caused(
        account.member_id,
        Kind.BALANCE_CHANGED,
        contract_id=contract_id,
        account_id=account.account_id,
        amount=amount,
        available=balance_of(market, account.account_id, contract_id).available,
        transfer_id=number,
        change_kind=change,
    )


def answer(market: Market, transfer: Transfer, reason: int = 0) -> None:
    """HOLD_CHANGED to the registry."""
    market.emit_settlement(
        Kind.HOLD_CHANGED,
        contract_id=transfer.contract_id,
        account_id=transfer.account.account_id,
        amount=transfer.amount,
        transfer_id=transfer.transfer_id,
        hold_state=transfer.state,
        hold_reason=reason,
        version=PROTOCOL_VERSION,
    )


def record(market: Market, command: Command, state: HoldState, hold_kind: int = 0, reason: int = 0) -> None:
    """Keep a transfer under its number, and answer it."""
    transfer = Transfer(
        command.transfer_id,
        market.accounts[command.account_id],
        command.contract_id,
        command.amount,
        hold_kind,
        state,
    )
    market.transfers[command.transfer_id] = transfer
    answer(market, transfer, reason)


def shortage(balance: Balance, amount: int, limit: int, settled_tomorrow: int) -> RejectReason | None:
    """Why there is less than is asked for; None if there is enough."""
    if amount <= limit:
        return None
    if isinstance(balance, Account):
        return RejectReason.CASH_INSUFFICIENT
    if amount <= limit + settled_tomorrow:
        return RejectReason.BOUGHT_TODAY
    return RejectReason.UNITS_INSUFFICIENT


def come_in(market: Market, command: Command, change: ChangeKind) -> None:
    """What comes in is available at once."""
    balance = balance_of(market, command.account_id, command.contract_id)
    balance.available += command.amount
    balance.moved += command.amount
    record(market, command, HoldState.BOOKED)
    account = market.accounts[command.account_id]
    tell_member(market, account, command.contract_id, change, command.amount, command.transfer_id)


def apply_deposit(market: Market, command: Command) -> Refusal | None:
    """DEPOSIT: cash, so it names no contract."""
    if refusal := check_transfer(market, command, is_form_right=command.contract_id == CASH):
        return refusal
    come_in(market, command, ChangeKind.DEPOSIT)
    return None


def apply_transfer_in(market: Market, command: Command) -> Refusal | None:
    """TRANSFER_IN: units of a contract."""
    if refusal := check_transfer(market, command, is_form_right=True):
        return refusal
    come_in(market, command, ChangeKind.TRANSFER_IN)
    return None


def may_leave(balance: Balance) -> tuple[int, int]:
    """How much may leave today, and how much more only tomorrow: today's trades are not yet delivered."""
    if isinstance(balance, Account):
        return balance.available - (balance.proceeds - balance.unreleased), 0
    return balance.available - (balance.bought_total - balance.bought_today), balance.bought_total


def apply_hold_request(market: Market, command: Command) -> Refusal | None:
    """HOLD_REQUEST: first of two steps out; not enough is an outcome, not a reject."""
    wanted = HoldKind.CASH_WITHDRAWAL if command.contract_id == CASH else HoldKind.UNITS_TO_REGISTRY
    if refusal := check_transfer(market, command, is_form_right=command.hold_kind == wanted):
        return refusal
    balance = balance_of(market, command.account_id, command.contract_id)
    if reason := shortage(balance, command.amount, *may_leave(balance)):
        record(market, command, HoldState.REFUSED, wanted, reason)
        return None
    balance.available -= command.amount
    balance.held += command.amount
    record(market, command, HoldState.GRANTED, wanted)
    account = market.accounts[command.account_id]
    tell_member(market, account, command.contract_id, ChangeKind.HOLD, -command.amount, command.transfer_id)
    return None


def find_hold(market: Market, command: Command) -> Transfer | Refusal:
    """The unresolved hold that a commit or abort names by its number alone."""
    if refusal := check_hours(market, command):
        return refusal
    transfer: Transfer | None = market.transfers.get(command.transfer_id)
    if transfer is None:
        return Refusal(RejectReason.UNKNOWN_TRANSFER)
    return transfer if transfer.state == HoldState.GRANTED else Refusal(RejectReason.TRANSFER_RESOLVED)


def apply_hold_commit(market: Market, command: Command) -> Refusal | None:
    """HOLD_COMMIT: what is held has left."""
    transfer = find_hold(market, command)
    if isinstance(transfer, Refusal):
        return transfer
    balance = balance_of(market, transfer.account.account_id, transfer.contract_id)
    balance.held -= transfer.amount
    balance.moved -= transfer.amount
    resolve(market, transfer, HoldState.COMMITTED, ChangeKind.LEFT, -transfer.amount)
    return None


def apply_hold_abort(market: Market, command: Command) -> Refusal | None:
    """HOLD_ABORT: what is held returns."""
    transfer = find_hold(market, command)
    if isinstance(transfer, Refusal):
        return transfer
    balance = balance_of(market, transfer.account.account_id, transfer.contract_id)
    balance.held -= transfer.amount
    balance.available += transfer.amount
    resolve(market, transfer, HoldState.RELEASED, ChangeKind.HOLD_RETURNED, transfer.amount)
    return None


def resolve(market: Market, transfer: Transfer, state: HoldState, change: ChangeKind, amount: int) -> None:
    """A hold ends: the registry and the member are told."""
    transfer.state = state
    answer(market, transfer)
    tell_member(market, transfer.account, transfer.contract_id, change, amount, transfer.transfer_id)


def apply_freeze(market: Market, command: Command) -> Refusal | None:
    """FREEZE: out of what is available."""
    if refusal := check_transfer(market, command, is_form_right=True):
        return refusal
    balance = balance_of(market, command.account_id, command.contract_id)
    tomorrow = balance.bought_today if isinstance(balance, Holding) else 0
    if reason := shortage(balance, command.amount, balance.available, tomorrow):
        record(market, command, HoldState.REFUSED, reason=reason)
        return None
    set_frozen(market, command, balance, ChangeKind.FREEZE, command.amount)
    return None


def apply_release(market: Market, command: Command) -> Refusal | None:
    """RELEASE: out of what is frozen."""
    if refusal := check_transfer(market, command, is_form_right=True):
        return refusal
    balance = balance_of(market, command.account_id, command.contract_id)
    if reason := shortage(balance, command.amount, balance.frozen, 0):
        record(market, command, HoldState.REFUSED, reason=reason)
        return None
    set_frozen(market, command, balance, ChangeKind.RELEASE, -command.amount)
    return None


def set_frozen(market: Market, command: Command, balance: Balance, change: ChangeKind, amount: int) -> None:
    """Move an amount from available to frozen (negative: back)."""
    balance.available -= amount
    balance.frozen += amount
    record(market, command, HoldState.BOOKED)
    account = market.accounts[command.account_id]
    tell_member(market, account, command.contract_id, change, -amount, command.transfer_id)


def apply_restrict(market: Market, command: Command) -> Refusal | None:
    """RESTRICT: what the account may do from now on; its live orders stay."""
    if refusal := check_hours(market, command):
        return refusal
    if command.account_id not in market.accounts:
        return Refusal(RejectReason.UNKNOWN_ACCOUNT)
    if command.eligibility > ELIGIBILITY_MAX:
        return Refusal(RejectReason.INVALID_FIELD)
    account = market.accounts[command.account_id]
    account.eligibility = command.eligibility
    market.emit_caused(
        account.member_id,
        Kind.ACCOUNT_RESTRICTED,
        account_id=account.account_id,
        eligibility=command.eligibility,
    )
    market.emit_done(parameter_value=command.eligibility)
    return None
