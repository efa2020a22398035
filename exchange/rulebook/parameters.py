"""From rules to the kernel: a contract's parameters on a date, and the hash that names the rules in force."""

import hashlib
from datetime import date

import msgspec

from exchange.rulebook.contracts import composite_weights_on, contract, contracts_on
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.keys import RuleKey
from exchange.rulebook.profiles import Rules, rules_on
from exchange.rulebook.sessions import sessions_on
from exchange.vocabulary.enums import ParameterId

#: Parameter of the kernel <- rule. COMPOSITE_WEIGHT comes from the contracts table.
PARAMETER_RULES: tuple[tuple[ParameterId, RuleKey], ...] = (
    (ParameterId.LISTED_BAND_PPM, RuleKey.LISTED_BAND_PPM),
    (ParameterId.BLOCK_BAND_PPM, RuleKey.BLOCK_BAND_PPM),
    (ParameterId.LISTED_QUANTITY_LOTS_MIN, RuleKey.LISTED_QUANTITY_LOTS_MIN),
    (ParameterId.LISTED_QUANTITY_LOTS_MAX, RuleKey.LISTED_QUANTITY_LOTS_MAX),
    (ParameterId.BLOCK_QUANTITY_LOTS_MIN, RuleKey.BLOCK_QUANTITY_LOTS_MIN),
    (ParameterId.BLOCK_QUANTITY_LOTS_MAX, RuleKey.BLOCK_QUANTITY_LOTS_MAX),
    (ParameterId.TRADING_FEE_PPM, RuleKey.FEE_TRADING_PPM),
    (ParameterId.SETTLEMENT_FEE_PPM, RuleKey.FEE_SETTLEMENT_PPM),
    (ParameterId.TAKE_DEPTH_LEVELS, RuleKey.LISTED_TAKE_DEPTH_LEVELS),
    (ParameterId.STRICT_PRICE_PRIORITY, RuleKey.LISTED_STRICT_PRICE_PRIORITY),
    (ParameterId.RESALE_SAME_DAY, RuleKey.RESALE_SAME_DAY),
    (ParameterId.PROCEEDS_REUSABLE, RuleKey.PROCEEDS_REUSABLE_SAME_DAY),
    (ParameterId.CANCEL_IN_BREAK, RuleKey.ORDER_CANCEL_IN_BREAK),
    (ParameterId.HOLDING_LIMIT_LOTS, RuleKey.HOLDING_LIMIT_LOTS),
    (ParameterId.OPEN_ORDERS_MAX, RuleKey.ORDER_OPEN_COUNT_MAX),
    (ParameterId.PUBLIC_DEPTH_LEVELS, RuleKey.MARKET_DATA_PUBLIC_DEPTH_LEVELS),
)


def parameters_on(profile: str, day: date, contract_code: str) -> list[tuple[ParameterId, int]]:
    """Every kernel parameter of a contract on a date, in id order; yes/no rules become 1/0.

    A rule that is unset (CCER's bands) raises RulebookError: the kernel is never given an invented number.
    """
    rules = rules_on(profile, day)
    row = contract(contract_code)
    if row.venue != rules.profile.venue:
        raise RulebookError(
            f"expected a contract of venue {rules.profile.venue} (profile {rules.profile.name}), "
            f"found {contract_code} of {row.venue}"
        )
    if row.listed_from > day:
        raise RulebookError(
            f"expected {contract_code} to be listed on {day}, found it listed from {row.listed_from}"
        )
    return parameters_of(rules, composite_weights_on(day).get(contract_code, 0))


def parameters_of(rules: Rules, composite_weight: int) -> list[tuple[ParameterId, int]]:
    """The same for a contract the table does not know (a future vintage), its composite weight given."""
    values = [(parameter, _integer(rules, key)) for parameter, key in PARAMETER_RULES]
    values.append((ParameterId.COMPOSITE_WEIGHT, composite_weight))
    return sorted(values)


def rules_hash(profile: str, day: date) -> bytes:
    """SHA-256 over the rules, sessions, contracts and composite weights in force on a trading day."""
    rules = rules_on(profile, day)
    digest = hashlib.sha256()
    for key in sorted(rules.in_force):
        digest.update(msgspec.json.encode((key, rules.in_force[key].value)))
    for change in sessions_on(profile, day):
        digest.update(
            msgspec.json.encode((change.seconds_of_day, change.contract_id, change.method, change.phase))
        )
    for row in contracts_on(profile, day):
        digest.update(msgspec.json.encode(row))
    if contracts_on(profile, day):
        digest.update(msgspec.json.encode(sorted(composite_weights_on(day).items())))
    return digest.digest()


def _integer(rules: Rules, key: RuleKey) -> int:
    value = rules.rule(key).value
    return int(value) if isinstance(value, bool) else rules.whole_number(key)
