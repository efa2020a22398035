"""Random commands of the registry: transfers, holds, freezes, restrictions; trades undone and corrected."""

from exchange.vocabulary.enums import HoldKind, HoldState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, PROTOCOL_VERSION
from tests.differential.flow import Flow
from tests.differential.picks import U4_MAX, pick_account, pick_account_id, pick_contract, pick_contract_id
from tests.differential.setup import OPERATOR_LOGIN, REGISTRY_LOGIN, TRADING_DAY
from tests.reference.ledger import Trade
from tests.reference.letters import CASH

TRANSFERS = (Kind.DEPOSIT, Kind.TRANSFER_IN, Kind.HOLD_REQUEST, Kind.FREEZE, Kind.RELEASE)


def letter(flow: Flow) -> dict[str, int]:
    """Version and trading day, rarely wrong."""
    if flow.chance(0.99):
        return {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}
    wrong = flow.rng.randrange(2)
    return {"version": PROTOCOL_VERSION + wrong, "trading_day": TRADING_DAY + 1 - wrong}


def sender(flow: Flow) -> int:
    """The registry, or an operator."""
    return REGISTRY_LOGIN if flow.chance(0.8) else OPERATOR_LOGIN


def transfer(flow: Flow) -> None:
    """DEPOSIT, TRANSFER_IN, HOLD_REQUEST, FREEZE or RELEASE of some or of all, or of one too many."""
    rng = flow.rng
    (kind,) = rng.choices(TRANSFERS, (2, 2, 5, 3, 3))
    account, contract = pick_account(flow), pick_contract(flow)
    is_cash = kind == Kind.DEPOSIT or (kind != Kind.TRANSFER_IN and flow.chance(0.4))
    balance = account if is_cash else account.holding(contract.contract_id)
    whole = balance.frozen if kind == Kind.RELEASE else balance.available
    amount = rng.randrange(1, max(min(whole, 10**9) // 4, 2))
    if flow.chance(0.25):
        spare = 0 if is_cash else account.holding(contract.contract_id).bought_today
        amount = rng.choice((whole, whole + 1, whole + spare, whole + spare + 1))
    if flow.chance(0.04):
        amount = rng.choice((0, -1, BALANCE_MAX, BALANCE_MAX + 1, BALANCE_MAX - whole, 2**63 - 1))
    values: dict[str, int] = {}
    if kind == Kind.HOLD_REQUEST:
        right = HoldKind.CASH_WITHDRAWAL if is_cash else HoldKind.UNITS_TO_REGISTRY
        values["hold_kind"] = right if flow.chance(0.98) else rng.randrange(4)
    if is_cash and flow.chance(0.99):
        contract_id = CASH
    else:
        contract_id = pick_contract_id(flow, contract)
    flow.send(
        kind,
        sender(flow),
        account_id=pick_account_id(flow, account),
        contract_id=contract_id,
        amount=amount,
        transfer_id=next_transfer(flow),
        **values,
        **letter(flow),
    )


def next_transfer(flow: Flow) -> int:
    """Above the highest number, rarely not."""
    highest = max(flow.market.transfers, default=0)
    number = highest + flow.rng.choice((1, 1, 1, 7)) if flow.chance(0.98) else flow.rng.randrange(highest + 1)
    return min(number, U4_MAX)


def hold_end(flow: Flow) -> None:
    """HOLD_COMMIT or HOLD_ABORT, mostly of an open hold."""
    rng, transfers = flow.rng, flow.market.transfers
    open_holds = [t.transfer_id for t in transfers.values() if t.state == HoldState.GRANTED]
    number = rng.choice(open_holds) if open_holds and flow.chance(0.85) else 0
    if not number and transfers:
        number = rng.choice((*transfers, min(max(transfers) + 1, U4_MAX), 0))
    flow.send(
        rng.choice((Kind.HOLD_COMMIT, Kind.HOLD_ABORT)), sender(flow), transfer_id=number, **letter(flow)
    )


def restrict(flow: Flow) -> None:
    """RESTRICT, and mostly its end later."""
    account = pick_account(flow)

    def send(eligibility: int) -> None:
        flow.send(
            Kind.RESTRICT,
            sender(flow),
            account_id=pick_account_id(flow, account),
            eligibility=eligibility,
            **letter(flow),
        )

    send(flow.rng.choice((0, 1, 2, 4, 5, 6, 8, 255)))
    flow.plan(flow.rng.randrange(40), lambda _: send(7))


def pick_trade(flow: Flow) -> Trade | None:
    """A trade of the day, the latest most often."""
    trades = flow.market.trades
    if not trades:
        return None
    return flow.rng.choice(trades[-20:] if flow.chance(0.7) else trades)


def bust(flow: Flow) -> None:
    """BUST or CORRECTION of a kept trade, of one forgotten, or of none."""
    rng = flow.rng
    trade = pick_trade(flow)
    match_id = trade.match_id if trade else 1
    if flow.chance(0.03):
        match_id = rng.choice((0, 1, flow.market.match_count + 1, U4_MAX))
    about = {"match_id": match_id, "bust_reason": rng.randrange(5)}
    if flow.chance(0.4):
        flow.send(Kind.BUST, sender(flow), **about, **letter(flow))
        return
    price = trade.terms.price_ticks + rng.randrange(-3, 4) if trade else 5_000
    most = trade.traded_lots if trade else 10
    quantity = rng.choice((most, rng.randrange(1, most + 1)))
    if flow.chance(0.08):
        upper = trade.contract.upper_ticks if trade else 0
        price = rng.choice((price * 2, 99, 0, upper, upper, U4_MAX))
    if flow.chance(0.06):
        quantity = rng.choice((0, most + 1, U4_MAX))
    flow.send(
        Kind.CORRECTION,
        sender(flow),
        price_ticks=min(max(price, 0), U4_MAX),
        quantity_lots=quantity,
        **about,
        **letter(flow),
    )
