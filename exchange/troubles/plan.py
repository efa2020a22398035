"""The troubles of a run: which of a scenario's fall into its days."""

from exchange.rulebook.scenarios import Scenario, Trouble, TroubleKind


def troubles_of(scenario: Scenario, days: int) -> tuple[Trouble, ...]:
    """Those of the first `days` days, in order."""
    return tuple(sorted((one for one in scenario.trouble if one.day <= days), key=lambda one: one.day))


def has_refused_result(scenario: Scenario, days: int) -> bool:
    """Whether Wuhan is to be started with a fault in its first clearing."""
    return any(one.kind is TroubleKind.REFUSED_RESULT for one in troubles_of(scenario, days))
