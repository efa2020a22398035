"""The matching kernel: one core, no input or output, no clock; commands in, events out, always the same bytes."""

from exchange.kernel import cache

SOURCES_HASH = cache.hash_sources()
cache.use_cache_folder(SOURCES_HASH)  # before anything below compiles

from exchange.kernel.apply import apply_batch  # noqa: E402
from exchange.kernel.state import Capacity, State, new_state  # noqa: E402

__all__ = ["SOURCES_HASH", "Capacity", "State", "apply_batch", "new_state"]
