"""The end of a generated day: lapse, close, seal, results wrong and right, delivery."""

from typing import Any

from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Level, Method, Phase, SettlementStage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from tests.differential import auctions, registry
from tests.differential.actions import Choice
from tests.differential.flow import Flow
from tests.differential.operations import EVERY_METHOD
from tests.differential.setup import REGISTRY_LOGIN, TRADING_DAY
from tests.reference.letters import CASH
from tests.reference.result import has_traded

RUN_MAX = 255
LETTER = {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}


def end_day(flow: Flow, choice: Choice) -> None:
    """From trading to finality."""
    if not end_trading(flow, choice):
        return
    seal(flow, choice)
    run = 1
    while not flow.market.is_confirmed:
        if run > RUN_MAX:
            return  # a damaged command has used up the numbers of runs
        send_result(flow, run, is_right=run > flow.rng.randrange(4))
        run += 1
    run = min(run, RUN_MAX)
    while flow.chance(0.5):
        flow.send(Kind.RESULT_BEGIN, REGISTRY_LOGIN, run=run, **LETTER)
    after_hours(flow, choice)
    sign(flow)
    flow.send(Kind.DELIVERED, REGISTRY_LOGIN, record_count=flow.market.match_count, run=run, **LETTER)
    if flow.chance(0.3):
        flow.send(Kind.STAGE, REGISTRY_LOGIN, stage=255, **LETTER)
    flow.send(Kind.STAGE, REGISTRY_LOGIN, stage=SettlementStage.STATED, break_count=0, **LETTER)


def end_trading(flow: Flow, choice: Choice) -> bool:
    """Every method of every contract ends; False for a day that cannot, because a contract never opened."""
    if flow.chance(0.3):
        flow.send(Kind.CLOSE_DAY)
    if flow.chance(0.3):  # bids that the end has to do something about, or a halt keeps it from doing
        auctions.auction_notice(flow)
        for _ in range(20):
            auctions.bid(flow)
        if flow.chance(0.5):
            flow.send(Kind.HALT, level=Level.MARKET, subject_id=0, halt_reason=1)
    if flow.chance(0.3):  # a closing auction
        flow.send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.CALL_AUCTION)
        for _ in range(flow.rng.randrange(40)):
            choice.act(flow)
    if flow.chance(0.5):  # method by method, contract by contract
        for contract in list(flow.market.contracts.values()):
            for method in (Method.BLOCK, contract.matching_rule, Method.ONE_WAY):
                flow.send(Kind.SET_PHASE, contract_id=contract.contract_id, method=method, phase=Phase.ENDED)
    while any(phase != Phase.ENDED for c in flow.market.contracts.values() for phase in c.phases):
        if any(phase == Phase.CLOSED for c in flow.market.contracts.values() for phase in c.phases):
            return False
        flow.send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.ENDED)
    after_hours(flow, choice)
    return True


def seal(flow: Flow, choice: Choice) -> None:
    """Figures, then balances and totals."""
    while not flow.market.is_closed:
        flow.send(Kind.CLOSE_DAY, login_id=0)
    after_hours(flow, choice)
    while not flow.market.is_sealed:
        flow.send(Kind.SEAL_DAY)
    after_hours(flow, choice)


def after_hours(flow: Flow, choice: Choice) -> None:
    """What comes too late or too early."""
    rng = flow.rng
    for _ in range(rng.randrange(10)):
        choice.act(flow)
    for action in (registry.transfer, registry.hold_end, registry.bust):
        if flow.chance(0.2):
            action(flow)
    if flow.chance(0.1):
        sign(flow)  # of what is not confirmed
    for kind in (Kind.CLOSE_DAY, Kind.SEAL_DAY, Kind.TICK):
        if flow.chance(0.2):
            flow.send(kind)
    for kind in (Kind.RESULT_BEGIN, Kind.RESULT_CASH, Kind.RESULT_TOTALS, Kind.DELIVERED, Kind.STAGE):
        if flow.chance(0.2):
            letter = {
                "version": rng.choice((1, 1, 1, 2)),
                "trading_day": TRADING_DAY + rng.choice((0, 0, 0, 1)),
            }
            if kind == Kind.STAGE:
                letter["stage"] = rng.choice((*SettlementStage, max(SettlementStage) + 1, 255))
            flow.send(kind, REGISTRY_LOGIN, **letter)


def sign(flow: Flow) -> None:
    """Chain heads and signatures of both cities, some of them damaged."""
    rng = flow.rng
    for kind, login_id in (
        (Kind.REGISTRY_CHAIN_HEAD, 0),
        (Kind.REGISTRY_SIGNATURE, 0),
        (Kind.REGISTRY_CHAIN_HEAD, REGISTRY_LOGIN),
        (Kind.REGISTRY_SIGNATURE, REGISTRY_LOGIN),
    ):
        fragments = 1 if kind is Kind.REGISTRY_CHAIN_HEAD else 2
        for index in range(fragments):
            if flow.chance(0.3):
                send_fragment(flow, kind, login_id, rng.randrange(3), rng.choice((0, 1, 2, 255)))
            send_fragment(flow, kind, login_id, index, fragments)


def send_fragment(flow: Flow, kind: Kind, login_id: int, index: int, count: int) -> None:
    """One fragment with any bytes in it."""
    flow.send(
        kind,
        login_id,
        fragment=flow.rng.randbytes(32),
        fragment_index=index,
        fragment_count=count,
        fragment_version=flow.rng.choice((1, 1, 1, 1, 2)),
        fragment_trading_day=TRADING_DAY + flow.rng.choice((0, 0, 0, 0, 1)),
        fragment_run=flow.rng.randrange(256),
    )


def own_changes(flow: Flow) -> dict[tuple[int, int], dict[str, int]]:
    """The records of a right result, by account and contract (0 = cash)."""
    changes: dict[tuple[int, int], dict[str, int]] = {}
    for account in flow.market.accounts.values():
        for contract_id, h in account.holdings.items():
            if has_traded(h):
                changes[account.account_id, contract_id] = {"change_lots": h.traded, "closing_lots": h.total}
        if account.trade_count:
            changes[account.account_id, CASH] = {
                "change_fen": account.traded,
                "closing_fen": account.total,
                "fees_fen": account.fees_today,
            }
    return changes


def send_result(flow: Flow, run: int, is_right: bool) -> None:
    """A run of the clearing result: right, or with a few mistakes of any sort."""
    rng, market = flow.rng, flow.market
    flow.send(Kind.RESULT_BEGIN, REGISTRY_LOGIN, run=run, **LETTER)
    records = list(own_changes(flow).items())
    if flow.chance(0.3):
        rng.shuffle(records)
    if not is_right:
        spoil(flow, records)
    for key, values in records:
        send_change(flow, run, key, values)
    if not is_right and flow.chance(0.5):
        strange_change(flow, run)
    off = 0 if is_right else rng.randrange(8)
    control = sum(balance_term(*key, next(iter(values.values()))) for key, values in records) % MODULUS
    flow.send(
        Kind.RESULT_TOTALS,
        REGISTRY_LOGIN,
        tonnes_lots=market.tonnes_lots + (off == 1),
        amount_fen=market.amount_fen - (off == 2),
        record_count=len(records) + (off == 3),
        run=run + (off == 4),
        control_hash=control + (off == 5),
        **LETTER,
    )


def spoil(flow: Flow, records: list[tuple[tuple[int, int], dict[str, Any]]]) -> None:
    """Lose, swap, misstate or add records."""
    rng = flow.rng
    for _ in range(rng.randrange(1, 4)):
        if not records:
            return
        index = rng.randrange(len(records))
        key, values = records[index]
        pick = rng.randrange(4)
        if pick == 0:
            del records[index]
        elif pick == 1:
            name = rng.choice(tuple(values))
            records[index] = key, values | {name: values[name] + rng.choice((-1, 1))}
        elif pick == 2:
            other = rng.randrange(len(records))
            records[index], records[other] = (key, records[other][1]), (records[other][0], values)
        else:
            records.append((key, values))


def send_change(flow: Flow, run: int, key: tuple[int, int], values: dict[str, Any]) -> None:
    """One record of a result."""
    account_id, contract_id = key
    kind = Kind.RESULT_HOLDING if "change_lots" in values else Kind.RESULT_CASH
    flow.send(
        kind, REGISTRY_LOGIN, account_id=account_id, contract_id=contract_id, run=run, **values, **LETTER
    )


def strange_change(flow: Flow, run: int) -> None:
    """A record of nobody, of nothing, of another run, or of someone who did not trade."""
    rng = flow.rng
    flow.send(
        Kind.RESULT_HOLDING,
        REGISTRY_LOGIN,
        account_id=rng.choice((0, 1_001, 1_002, 1_003, 2**32 - 1)),
        contract_id=rng.choice((0, 1, 2, 3, 63)),
        run=run + rng.randrange(2),
        change_lots=rng.choice((0, 5, -(2**63))),
        **LETTER,
    )
