"""How a trading day begins: its capacity, its identity, and the commands that define rules and people."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from exchange.engine.bounds import ORDERS_CAPACITY, TRADES_CAPACITY, TRANSFERS_CAPACITY
from exchange.engine.directory import Directory
from exchange.engine.journal_format import NO_HASH, Identity
from exchange.engine.scheduler import Lots, Schedule
from exchange.kernel import SOURCES_HASH, Capacity
from exchange.rulebook import (
    Contract,
    RuleKey,
    band_limits,
    contracts_on,
    institution,
    parameters_on,
    rules_hash,
    rules_on,
)
from exchange.vocabulary.enums import Method, ParameterId, Product
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import LEVELS_MAX, MEMBER_FIRST, PROTOCOL_VERSION
from exchange.vocabulary.records import make
from exchange.vocabulary.units import trading_day_number

HASH_PREFIX_BYTES = 8  # of a SHA-256, in OPEN_DAY and in the journal
LEVELS_UNBANDED = 8_192  # price levels where no band limits them
BAND_ROOM = 2  # levels of a book, in daily bands
REFERENCE_BYTES_MAX = 64 << 20  # for all reference rings together
REFERENCES_MIN, REFERENCES_MAX = 1_024, 65_536


class DayPlan(NamedTuple):
    """All that is known of a day before it begins."""

    day: date
    identity: Identity
    script: tuple[bytes, ...]  # the commands that open it, in order
    schedule: Schedule
    codes: dict[int, str]  # contract id -> code
    expired: tuple[int, ...] = ()  # contracts that expired on an earlier day


def kernel_hash() -> bytes:
    """What the journal says of the kernel that wrote it."""
    return bytes.fromhex(SOURCES_HASH)[:HASH_PREFIX_BYTES]


def plan_day(
    profile: str,
    day: date,
    directory: Directory,
    bases: Mapping[int, int],
    *,
    orders_capacity: int = ORDERS_CAPACITY,
    previous_hash: bytes = NO_HASH,
    expired: tuple[int, ...] = (),
) -> DayPlan:
    """Plan a day from the rulebook, the directory and the base price of each contract that is listed."""
    contracts = tuple(row for row in contracts_on(profile, day) if row.contract_id in bases)
    parameters = {row.contract_id: dict(parameters_on(profile, day, row.code)) for row in contracts}
    rules = rules_hash(profile, day)[:HASH_PREFIX_BYTES]
    capacity = Capacity(
        orders=orders_capacity,
        levels=_levels(bases, parameters),
        accounts=max((a.account_id for a in directory.accounts), default=0) + 1,
        contracts=max(row.contract_id for row in contracts) + 1,
        logins=max((login.login_id for login in directory.logins), default=0) + 1,
        members=_member_id_max(directory) + 1,
        references=_references(len(directory.logins)),
        trades=TRADES_CAPACITY,
        transfers=TRANSFERS_CAPACITY,
    )
    identity = Identity(
        trading_day_number(day), rules, kernel_hash(), capacity, profile, previous_hash
    )  # fmt: skip
    rule = Method.CONTINUOUS if rules_on(profile, day).holds(RuleKey.MODE_CONTINUOUS) else Method.LISTED
    script = (
        make(
            Kind.OPEN_DAY,
            rules_hash=int.from_bytes(rules, "little"),
            kernel_hash=int.from_bytes(identity.kernel_hash, "little"),
            version=PROTOCOL_VERSION,
            trading_day=identity.trading_day,
        ),
        *_define_contracts(contracts, parameters, bases, rule),
        *_define_people(directory),
    )
    codes = {row.contract_id: row.code for row in contracts}
    rules_of_books = tuple((contract_id, rule) for contract_id in codes)
    schedule = Schedule.of(profile, day, rules_of_books, Lots(directory.key, day))
    return DayPlan(day, identity, script, schedule, codes, expired)


def _define_contracts(
    contracts: tuple[Contract, ...],
    parameters: Mapping[int, Mapping[ParameterId, int]],
    bases: Mapping[int, int],
    rule: Method,
) -> list[bytes]:
    """Rules common to all contracts for the whole market first, then the contracts, then what differs."""
    first = parameters[contracts[0].contract_id]
    common = {key: value for key, value in first.items() if all(p[key] == value for p in parameters.values())}
    records = [_parameter(0, key, value) for key, value in sorted(common.items())]
    for row in contracts:
        records.append(
            make(
                Kind.DEFINE_CONTRACT,
                contract_id=row.contract_id,
                contract_code=row.code.encode(),
                base_price_ticks=bases[row.contract_id],
                vintage=row.vintage,
                product=Product[row.product],
                matching_rule=rule,
                venue=institution(row.venue).wire_code,
                registry=institution(row.registry).wire_code,
            )
        )
        own = parameters[row.contract_id]
        records += [_parameter(row.contract_id, key, own[key]) for key in sorted(own) if key not in common]
    return records


def _define_people(directory: Directory) -> list[bytes]:
    """Accounts, then logins, each by ascending id: the order is part of the day's history."""
    accounts = [
        make(
            Kind.DEFINE_ACCOUNT,
            account_id=account.account_id,
            member_id=account.member_id,
            entity_id=account.entity_id,
            group_id=account.group_id,
            eligibility=account.eligibility,
        )
        for account in sorted(directory.accounts, key=lambda a: a.account_id)
    ]
    logins = [
        make(Kind.DEFINE_LOGIN, member_id=login.member_id, subject_id=login.login_id, rights=login.rights)
        for login in sorted(directory.logins, key=lambda row: row.login_id)
    ]
    return accounts + logins


def _parameter(contract_id: int, key: ParameterId, value: int) -> bytes:
    return make(Kind.PARAMETER_SET, contract_id=contract_id, parameter_id=key, parameter_value=value)


def _member_id_max(directory: Directory) -> int:
    accounts = max((account.member_id for account in directory.accounts), default=MEMBER_FIRST)
    return max(accounts, MEMBER_FIRST, max((login.member_id for login in directory.logins), default=0))


def _levels(bases: Mapping[int, int], parameters: Mapping[int, Mapping[ParameterId, int]]) -> int:
    """Price levels that the widest listed band needs, and as many again for a band changed that day."""
    widest = 1
    for contract_id, own in parameters.items():
        ppm = own[ParameterId.LISTED_BAND_PPM]
        if ppm == 0:
            widest = max(widest, LEVELS_UNBANDED)
        else:
            band = band_limits(bases[contract_id], ppm)
            widest = max(widest, BAND_ROOM * (band.upper_ticks - band.lower_ticks + 1))
    return min(-(-widest // 64) * 64, LEVELS_MAX)


def _references(login_count: int) -> int:
    """References kept per login: as many as memory allows, a power of two."""
    fitting = REFERENCE_BYTES_MAX // (4 * max(login_count, 1))
    return min(max(1 << max(fitting.bit_length() - 1, 0), REFERENCES_MIN), REFERENCES_MAX)
