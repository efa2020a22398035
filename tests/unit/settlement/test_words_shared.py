"""What Shanghai's `up` says of Wuhan without importing it is what Wuhan says itself."""

from exchange.__main__ import PLANTS
from exchange.commands.up import CITY_HELD, REFUSED_RESULT, REGISTRY, SETTLEMENT_BANKS, WRONG_VINTAGE
from settlement.assembly import EXIT_HELD
from settlement.cash_rules import load_cash_rules
from settlement.clearing.fault import Fault
from settlement.season import WUHAN


def test_up_names_what_wuhan_has() -> None:
    assert tuple(fault.value for fault in Fault) == PLANTS
    assert Fault(REFUSED_RESULT) is Fault.ONE_FEN
    assert (Fault(WRONG_VINTAGE), REGISTRY) == (Fault.WRONG_VINTAGE, WUHAN)
    assert tuple(range(1, load_cash_rules().banks.count + 1)) == SETTLEMENT_BANKS
    assert CITY_HELD == EXIT_HELD
