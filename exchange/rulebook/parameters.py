"""From rules to the kernel: a contract's parameters on a date, and the hash that names the rules in force."""

import hashlib
from datetime import date

import msgspec

from exchange.rulebook.contracts import composite_weights_on, contract, contracts_on
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.keys import SHAPES, Choice, RuleKey
from exchange.rulebook.profiles import Rules, rules_on
from exchange.rulebook.sessions import auction_ends_on, sessions_on
from exchange.vocabulary.enums import Method, ParameterId

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
    (ParameterId.SELF_TRADE_RULE, RuleKey.CONTINUOUS_SELF_TRADE),
    (ParameterId.MESSAGES_PER_SECOND, RuleKey.ORDER_MESSAGES_PER_SECOND_MAX),
    (ParameterId.CANCELS_PER_SECOND, RuleKey.ORDER_CANCELS_PER_SECOND_MAX),
    (ParameterId.BUST_CHANGES_FIGURES, RuleKey.BUST_CHANGES_FIGURES),
    (ParameterId.BUST_SPENT_PROCEEDS, RuleKey.BUST_SPENT_PROCEEDS_COVERED),
    (ParameterId.PRICE_STEP_TICKS, RuleKey.PRICE_TICK_FEN),
)
#: The same, for what a market need not have: given only where the rule named first holds, or is in force.
BREAKER_RULES: tuple[tuple[ParameterId, RuleKey], ...] = (
    (ParameterId.BREAKER_WINDOW_S, RuleKey.BREAKER_WINDOW_S),
    (ParameterId.BREAKER_LIMIT_STATE_MS, RuleKey.BREAKER_LIMIT_STATE_MS),
    (ParameterId.BREAKER_PAUSE_MS, RuleKey.BREAKER_PAUSE_MS),
    (ParameterId.BREAKER_AUCTION_MS, RuleKey.BREAKER_AUCTION_MS),
    (ParameterId.BREAKER_EXTENSION_MS_MAX, RuleKey.BREAKER_EXTENSION_MS_MAX),
)
ONE_WAY_RULES: tuple[tuple[ParameterId, RuleKey], ...] = (
    (ParameterId.AUCTION_QUANTITY_LOTS_MIN, RuleKey.ONE_WAY_QUANTITY_LOTS_MIN),
    (ParameterId.AUCTION_FLOOR_BAND_PPM, RuleKey.ONE_WAY_FLOOR_DISCOUNT_PPM_MAX),
    (ParameterId.AUCTION_CEILING_BAND_PPM, RuleKey.ONE_WAY_CEILING_PREMIUM_PPM),
    (ParameterId.AUCTION_BID_LOTS_MIN, RuleKey.ONE_WAY_BID_LOTS_MIN),
    (ParameterId.AUCTION_BID_CANCEL, RuleKey.ONE_WAY_BID_CANCEL),
)
#: Given for the whole market or not at all: the kernel knows them of no single contract.
MARKET_ONLY: frozenset[ParameterId] = frozenset(
    (
        ParameterId.MARKET_BREAKER_PPM,
        ParameterId.MARKET_BREAKER_PAUSE_MS,
        ParameterId.MESSAGES_PER_SECOND,
        ParameterId.CANCELS_PER_SECOND,
        ParameterId.BUST_CHANGES_FIGURES,
        ParameterId.BUST_SPENT_PROCEEDS,
    )
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
    chosen = [*PARAMETER_RULES, *_breaker_rules(rules), *_one_way_rules(rules)]
    values = [(parameter, _integer(rules, key)) for parameter, key in chosen]
    values.append((ParameterId.COMPOSITE_WEIGHT, composite_weight))
    return sorted(values)


def _breaker_rules(rules: Rules) -> list[tuple[ParameterId, RuleKey]]:
    """What the breakers that the market has need; a market without one is left to the kernel's "off"."""
    chosen: list[tuple[ParameterId, RuleKey]] = []
    has_dynamic, has_market_wide = (
        rules.holds(RuleKey.BREAKER_DYNAMIC),
        rules.holds(RuleKey.BREAKER_MARKET_WIDE),
    )
    if has_dynamic:
        chosen.append((ParameterId.BREAKER_PPM, RuleKey.BREAKER_DYNAMIC_PPM))
    if has_market_wide:
        chosen.append((ParameterId.MARKET_BREAKER_PPM, RuleKey.BREAKER_MARKET_WIDE_PPM))
        chosen.append((ParameterId.MARKET_BREAKER_PAUSE_MS, RuleKey.BREAKER_MARKET_WIDE_PAUSE_MS))
    return chosen + (list(BREAKER_RULES) if has_dynamic or has_market_wide else [])


def _one_way_rules(rules: Rules) -> list[tuple[ParameterId, RuleKey]]:
    """Nothing before the first one-way session: the rules of that method hold from a date on."""
    has_sessions = any(
        row.method == Method.ONE_WAY.name.lower() and row.effective_from <= rules.day
        for row in rules.profile.sessions
    )
    return list(ONE_WAY_RULES) if has_sessions else []


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
    for end in auction_ends_on(profile, day):
        digest.update(msgspec.json.encode((end.seconds_of_day, end.method, end.random_end_s)))
    for row in contracts_on(profile, day):
        digest.update(msgspec.json.encode(row))
    if contracts_on(profile, day):
        digest.update(msgspec.json.encode(sorted(composite_weights_on(day).items())))
    return digest.digest()


def _integer(rules: Rules, key: RuleKey) -> int:
    value = rules.rule(key).value
    if isinstance(value, bool):
        return int(value)
    shape = SHAPES[key]
    if isinstance(shape, Choice):
        return shape.options.index(rules.choice(key))
    return rules.whole_number(key)
