"""Random commands of the registry and of who busts trades, during a generated day: mostly sensible."""

from exchange.vocabulary.enums import HoldKind, HoldState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, PROTOCOL_VERSION
from tests.differential.flow import Flow
from tests.differential.setup import OPERATOR_LOGIN, REGISTRY_LOGIN, TRADING_DAY
from tests.reference.letters import CASH
from tests.reference.state import Account
from tests.reference.transfers import balance_of, may_leave

ACTIONS = ("transfer", "resolve", "bust", "correct", "restrict")
WEIGHTS = (40, 15, 18, 22, 5)
TRANSFERS = (Kind.DEPOSIT, Kind.TRANSFER_IN, Kind.HOLD_REQUEST, Kind.HOLD_REQUEST, Kind.FREEZE, Kind.RELEASE)


def act(flow: Flow) -> None:
    """One command about balances or trades."""
    (action,) = flow.rng.choices(ACTIONS, WEIGHTS)
    {"transfer": transfer, "resolve": resolve, "bust": bust, "correct": correct, "restrict": restrict}[
        action
    ](flow)


def letter(flow: Flow) -> dict[str, int]:
    """Version and day, rarely wrong."""
    return {
        "version": PROTOCOL_VERSION + flow.chance(0.005),
        "trading_day": TRADING_DAY + flow.chance(0.005),
    }


def transfer(flow: Flow) -> None:
    """A deposit, transfer in, hold, freeze or release, often of about as much as there is."""
    rng = flow.rng
    kind = rng.choice(TRANSFERS)
    account: Account = rng.choice(flow.market.accounts.values())
    contract_id = rng.choice(list(flow.market.contracts))
    if kind == Kind.DEPOSIT or (kind != Kind.TRANSFER_IN and flow.chance(0.4)):
        contract_id = CASH
    wanted = HoldKind.CASH_WITHDRAWAL if contract_id == CASH else HoldKind.UNITS_TO_REGISTRY
    newest = max(flow.market.transfers, default=0)
    values = {"amount": amount(flow, kind, account, contract_id), "hold_kind": wanted}
    if flow.chance(0.03):
        values["hold_kind"] = rng.randrange(4)
    if kind != Kind.HOLD_REQUEST:
        del values["hold_kind"]
    flow.send(
        kind,
        REGISTRY_LOGIN,
        account_id=account.account_id if flow.chance(0.99) else rng.choice((0, 7, 2**32 - 1)),
        contract_id=contract_id if flow.chance(0.98) else rng.choice((0, 1, 6, 63, 65_535)),
        transfer_id=newest + rng.choice((1, 1, 1, 2, 9)) if flow.chance(0.97) else rng.randrange(newest + 1),
        **values,
        **letter(flow),
    )


def amount(flow: Flow, kind: int, account: Account, contract_id: int) -> int:
    """Some, all, one more than all, or nonsense."""
    rng = flow.rng
    if flow.chance(0.03):
        return rng.choice((0, -1, 2**63 - 1, -(2**63), BALANCE_MAX, BALANCE_MAX + 1))
    balance = balance_of(flow.market, account.account_id, contract_id)
    if kind in (Kind.DEPOSIT, Kind.TRANSFER_IN):
        return rng.choice((1, 500, 10**6, BALANCE_MAX - balance.total + rng.randrange(2)))
    limit = balance.frozen if kind == Kind.RELEASE else balance.available
    if kind == Kind.HOLD_REQUEST:
        limit, tomorrow = may_leave(balance)
        limit += rng.choice((0, tomorrow))
    if flow.chance(0.3):
        return max(limit + rng.randrange(2), 1)
    return 1 + rng.randrange(max(limit // rng.choice((1, 10, 1_000)), 1))


def resolve(flow: Flow) -> None:
    """The end of a hold, or of what is none."""
    held = [t.transfer_id for t in flow.market.transfers.values() if t.state == HoldState.GRANTED]
    number = flow.rng.choice(held) if held and flow.chance(0.8) else flow.rng.randrange(200)
    kind = Kind.HOLD_COMMIT if flow.chance(0.5) else Kind.HOLD_ABORT
    flow.send(kind, REGISTRY_LOGIN, transfer_id=number, **letter(flow))


def match_id(flow: Flow) -> int:
    """A trade, mostly a recent one."""
    newest = flow.market.match_count
    if flow.chance(0.05):
        return flow.rng.choice((0, newest + 1, 2**32 - 1))
    back = flow.rng.randrange(flow.rng.choice((3, 40, flow.market.capacity.trades + 3)))
    return max(newest - back, 0)


def sender(flow: Flow) -> int:
    """Who may bust trades."""
    return flow.rng.choice((REGISTRY_LOGIN, OPERATOR_LOGIN))


def bust(flow: Flow) -> None:
    """BUST."""
    flow.send(
        Kind.BUST, sender(flow), match_id=match_id(flow), bust_reason=flow.rng.randrange(4), **letter(flow)
    )


def correct(flow: Flow) -> None:
    """CORRECTION, to a price nearby and mostly fewer tonnes."""
    rng = flow.rng
    number = match_id(flow)
    price, quantity = 5_500, 10
    if 0 < number <= flow.market.match_count:
        trade = flow.market.trades[number - 1]
        price = trade.terms.price_ticks + rng.randrange(-9, 10)
        quantity = rng.choice((trade.traded_lots, rng.randrange(trade.traded_lots + 1)))
        quantity += flow.chance(0.03)
        if flow.chance(0.03):
            price = rng.choice((0, trade.contract.lower_ticks, trade.contract.upper_ticks + 1, 2**32 - 1))
    flow.send(
        Kind.CORRECTION,
        sender(flow),
        match_id=number,
        price_ticks=max(price, 0),
        quantity_lots=quantity,
        bust_reason=rng.randrange(4),
        **letter(flow),
    )


def restrict(flow: Flow) -> None:
    """RESTRICT, mostly lifting it again."""
    rng = flow.rng
    account: Account = rng.choice(flow.market.accounts.values())
    flow.send(
        Kind.RESTRICT,
        REGISTRY_LOGIN,
        account_id=account.account_id if flow.chance(0.97) else 5,
        eligibility=7 if flow.chance(0.8) else rng.choice((0, 3, 5, 6, 8, 255)),
        **letter(flow),
    )
