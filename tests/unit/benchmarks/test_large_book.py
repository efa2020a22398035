"""A book larger than the caches, where the kernel also asks ahead for the neighbours of orders."""

from benchmarks.flows import make_flow
from benchmarks.kernel_measure import Trial, prepare
from benchmarks.kernel_run import run_pass
from benchmarks.yardstick import examine
from exchange import kernel
from exchange.kernel.lookahead import FAR_ORDERS


def test_a_book_beyond_the_caches_trades_like_the_bare_book_and_balances() -> None:
    live = int(FAR_ORDERS) + 5_000
    flow = make_flow("A", 2 * live, seed=3, live_wanted=live)
    _, expected = examine(flow, is_immediate=False)
    market, load = prepare(Trial("large", flow))
    passed = run_pass(market, load, untimed=0, fills=expected.trades + 1)
    assert (passed.trades, passed.tonnes) == (expected.trades, expected.tonnes)
    assert passed.live_orders == expected.live_orders > int(FAR_ORDERS)
    assert not passed.rejects
    kernel.check_state(market.state)
