"""The matching kernel: one core, no input, output or clock; commands in, events out, same bytes always."""

from exchange.kernel import cache

SOURCES_HASH = cache.hash_sources()
cache.use_cache_folder(SOURCES_HASH)  # before anything below compiles

from exchange.kernel.apply import apply_batch  # noqa: E402
from exchange.kernel.depth import depth, levels, resting_orders  # noqa: E402
from exchange.kernel.digest import digest_book, digest_canonical, digest_levels, digest_raw  # noqa: E402
from exchange.kernel.invariants import check_state  # noqa: E402
from exchange.kernel.queries import (  # noqa: E402
    board,
    cash,
    contracts,
    figures,
    holdings,
    open_orders,
    phases,
)
from exchange.kernel.state import Capacity, State, new_state  # noqa: E402
from exchange.kernel.warm import warm_up  # noqa: E402

__all__ = [
    "SOURCES_HASH",
    "Capacity",
    "State",
    "apply_batch",
    "board",
    "cash",
    "check_state",
    "contracts",
    "depth",
    "digest_book",
    "digest_canonical",
    "digest_levels",
    "digest_raw",
    "figures",
    "holdings",
    "levels",
    "new_state",
    "open_orders",
    "phases",
    "resting_orders",
    "warm_up",
]
