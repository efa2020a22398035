"""How kernel functions reach the state: accessors that give a row of an array by its indexes.

Compiled, `state` is one pointer: a record of the address of every array, of the caller's commands and event
buffers, and of the capacities. A row is a pointer into its array. Passing eleven arrays
instead flattened every call into some ninety arguments. With NUMBA_BOUNDSCHECK=1 every index is checked
against its capacity. With NUMBA_DISABLE_JIT=1 the same accessors index the arrays, always checked.

The record never changes during a call, so its loads are marked invariant; therefore an entry hands it to
`cold` functions only, which are never inlined into the place that completes it.
"""

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from exchange.kernel.compiled import IS_COMPILED
from exchange.kernel.state import (
    ACCOUNT,
    CONTRACT,
    COUNTERS,
    HOLDING,
    LEVEL,
    LINK,
    LOGIN,
    MEMBER,
    MOVEMENT,
    ORDER,
    OWN_LIMITS,
    PROPOSAL,
    REFERENCE,
    SCRATCH,
    SIDES,
    TRADE,
    TRANSFER,
    WINDOW,
    WORD,
    Rows,
    State,
)
from exchange.vocabulary.records import COMMAND, EVENT

TIME_WORD: Final = 2  # of a record: signed
#: The caller's array of stream numbers, seen as rows.
STREAM: Final = np.dtype([("stream", "<u4")])
#: A 64-byte row seen as words, for who writes all of it.
WORDS: Final = np.dtype([(f"w{place}", "<i8" if place == TIME_WORD else "<u8") for place in range(8)])
#: The same as half words, one of which is found by its place.
CELLS: Final = np.dtype([("cell", "<u4", (16,))])
#: How an account and a holding begin.
PURSE: Final = np.dtype([("available", "<i8"), ("locked", "<i8")])
PURSES: Final = ("accounts", "holdings")
SIDE: Final = "side"
#: Arrays that can be reached as words too.
VIEWS: Final = {"event_words": "events", "order_words": "orders"}

#: Every array: the dtype of its rows, and what its indexes count, slowest first.
ARRAYS: Final[dict[str, tuple[np.dtype[np.void], tuple[str, ...]]]] = {
    "counters": (COUNTERS, ()),
    "contracts": (CONTRACT, ("contracts",)),
    "levels": (LEVEL, ("contracts", SIDE, "levels")),
    "words": (WORD, ("contracts", SIDE, "side_words")),
    "orders": (ORDER, ("orders",)),
    "links": (LINK, ("links",)),
    "accounts": (ACCOUNT, ("accounts",)),
    "holdings": (HOLDING, ("accounts", "contracts")),
    "logins": (LOGIN, ("logins",)),
    "references": (REFERENCE, ("logins", "ring")),
    "members": (MEMBER, ("members",)),
    "trades": (TRADE, ("trades",)),
    "transfers": (TRANSFER, ("transfers",)),
    "windows": (WINDOW, ("contracts", "seconds")),
    "movements": (MOVEMENT, ("accounts", "contracts")),
    "account_limits": (OWN_LIMITS, ("accounts",)),
    "login_limits": (OWN_LIMITS, ("logins",)),
    "proposals": (PROPOSAL, ("proposals",)),
    "proposed": (COMMAND, ("proposals",)),
    "scratch": (SCRATCH, ("words",)),
    "commands": (COMMAND, ("commands",)),
    "events": (EVENT, ("events",)),
    "streams": (STREAM, ("events",)),
}
CAPACITIES: Final = tuple(
    dict.fromkeys(name for _, indexes in ARRAYS.values() for name in indexes if name != SIDE)
)


Head = Any  # an array of addresses when compiled, the state itself as plain Python


class Core(NamedTuple):
    """What a kernel function works on when it runs as plain Python; compiled, it is a pointer to a record."""

    rows: dict[str, Rows]  # the arrays of a state and the caller's buffers, by their names in ARRAYS
    capacities: dict[str, int]


def _python_rows(name: str) -> Callable[..., np.void]:
    indexes = ARRAYS[VIEWS.get(name, name)][1]

    def row(core: Core, *values: int) -> np.void:
        place = 0
        for index, value in zip(indexes, values, strict=True):
            capacity = core.capacities[index]
            if not 0 <= value < capacity:
                raise IndexError(f"{name}: expected 0 <= {index} < {capacity}, found {value}")
            place = place * capacity + value
        return cast(np.void, core.rows[name][place])

    return row


def _python_fetch(_name: str) -> Callable[..., None]:
    return lambda _core, *_indexes: None


def _python_capacity(name: str) -> Callable[[Core], int]:
    return lambda core: core.capacities[name]


def _python_enter(state: State, commands: Rows, events: Rows, streams: NDArray[np.uint32]) -> Core:
    rows = dict(zip(ARRAYS, (*state, commands, events, streams.view(STREAM)), strict=True))
    capacities = {SIDE: SIDES}
    for name, (_, indexes) in ARRAYS.items():
        if indexes and indexes[-1] not in capacities:
            slower = math.prod(capacities[index] for index in indexes[:-1])
            capacities[indexes[-1]] = len(rows[name]) // slower
    views = {view: rows[name].view(WORDS) for view, name in VIEWS.items()}
    return Core(rows | views, capacities)


def _python_head(state: State) -> State:
    return state


class _Doors(NamedTuple):
    """How the state is reached, in either form."""

    rows: Callable[[str], Any]
    fetch: Callable[[str], Any]
    capacity: Callable[[str], Any]
    enter: Any
    head: Any
    words: Any
    cells: Any
    purse: Any


def _choose() -> _Doors:
    if not IS_COMPILED:
        return _Doors(
            _python_rows,
            _python_fetch,
            _python_capacity,
            _python_enter,
            _python_head,
            lambda row: row.view(WORDS),
            lambda row: row.view(CELLS),
            lambda side, account, holding: holding if side else account,
        )
    from exchange.kernel import pointers

    words = {VIEWS[view]: WORDS for view in VIEWS}
    layout = pointers.Layout(ARRAYS, CAPACITIES, SIDE, SIDES, words, PURSE, PURSES)
    return _Doors(
        layout.rows,
        layout.fetch,
        layout.capacity,
        layout.enter(),
        layout.head_of(),
        layout.view_of("commands", "command_words", WORDS),
        layout.view_of("commands", "command_cells", CELLS),
        layout.purse_of(),
    )


_doors = _choose()
_rows, _fetch, _capacity = _doors.rows, _doors.fetch, _doors.capacity

#: The record of a state, the caller's commands and its buffers for events, for the duration of a call.
enter: Final = cast("Callable[[Head, Rows, Rows, NDArray[np.uint32]], Core]", _doors.enter)

#: What an entry takes for a state: its addresses, which numba unpacks in a third of the time of its arrays.
head_of: Final = cast("Callable[[State], Head]", _doors.head)

counters_of: Final = cast("Callable[[Core], np.void]", _rows("counters"))
contract_at: Final = cast("Callable[[Core, int], np.void]", _rows("contracts"))
order_at: Final = cast("Callable[[Core, int], np.void]", _rows("orders"))
order_words_at: Final = cast("Callable[[Core, int], np.void]", _rows("order_words"))
link_at: Final = cast("Callable[[Core, int], np.void]", _rows("links"))
account_at: Final = cast("Callable[[Core, int], np.void]", _rows("accounts"))
login_at: Final = cast("Callable[[Core, int], np.void]", _rows("logins"))
member_at: Final = cast("Callable[[Core, int], np.void]", _rows("members"))
account_limits_at: Final = cast("Callable[[Core, int], np.void]", _rows("account_limits"))
login_limits_at: Final = cast("Callable[[Core, int], np.void]", _rows("login_limits"))
command_at: Final = cast("Callable[[Core, int], np.void]", _rows("commands"))
event_at: Final = cast("Callable[[Core, int], np.void]", _rows("events"))
event_words_at: Final = cast("Callable[[Core, int], np.void]", _rows("event_words"))
stream_at: Final = cast("Callable[[Core, int], np.void]", _rows("streams"))
trade_at: Final = cast("Callable[[Core, int], np.void]", _rows("trades"))
transfer_at: Final = cast("Callable[[Core, int], np.void]", _rows("transfers"))
#: by contract and second modulo WINDOW_SECONDS
window_at: Final = cast("Callable[[Core, int, int], np.void]", _rows("windows"))
proposal_at: Final = cast("Callable[[Core, int], np.void]", _rows("proposals"))
proposed_at: Final = cast("Callable[[Core, int], np.void]", _rows("proposed"))
scratch_at: Final = cast("Callable[[Core, int], np.void]", _rows("scratch"))
#: by account and contract
movement_at: Final = cast("Callable[[Core, int, int], np.void]", _rows("movements"))
holding_at: Final = cast("Callable[[Core, int, int], np.void]", _rows("holdings"))
#: by login and reference modulo the ring
#: The same command as words.
words_of: Final = cast("Callable[[np.void], np.void]", _doors.words)
#: The same command as cells of four bytes.
cells_of: Final = cast("Callable[[np.void], np.void]", _doors.cells)
#: What an order of a side is locked in, of an account (0, a buy: cash) and a holding (1, a sale: units).
purse_of: Final = cast("Callable[[int, np.void, np.void], np.void]", _doors.purse)
reference_at: Final = cast("Callable[[Core, int, int], np.void]", _rows("references"))
#: by contract, side and position
level_at: Final = cast("Callable[[Core, int, int, int], np.void]", _rows("levels"))
#: by contract, side and word: leaf words, then their summary
word_at: Final = cast("Callable[[Core, int, int, int], np.void]", _rows("words"))

fetch_login: Final = cast("Callable[[Core, int], None]", _fetch("logins"))
fetch_account: Final = cast("Callable[[Core, int], None]", _fetch("accounts"))
fetch_holding: Final = cast("Callable[[Core, int, int], None]", _fetch("holdings"))
fetch_reference: Final = cast("Callable[[Core, int, int], None]", _fetch("references"))
fetch_order: Final = cast("Callable[[Core, int], None]", _fetch("orders"))
fetch_link: Final = cast("Callable[[Core, int], None]", _fetch("links"))

contracts_in: Final = cast("Callable[[Core], int]", _capacity("contracts"))
accounts_in: Final = cast("Callable[[Core], int]", _capacity("accounts"))
logins_in: Final = cast("Callable[[Core], int]", _capacity("logins"))
members_in: Final = cast("Callable[[Core], int]", _capacity("members"))
proposals_in: Final = cast("Callable[[Core], int]", _capacity("proposals"))
orders_in: Final = cast("Callable[[Core], int]", _capacity("orders"))
levels_in: Final = cast("Callable[[Core], int]", _capacity("levels"))
trades_in: Final = cast("Callable[[Core], int]", _capacity("trades"))
transfers_in: Final = cast("Callable[[Core], int]", _capacity("transfers"))
ring_of: Final = cast("Callable[[Core], int]", _capacity("ring"))
side_words_in: Final = cast("Callable[[Core], int]", _capacity("side_words"))
commands_in: Final = cast("Callable[[Core], int]", _capacity("commands"))
events_in: Final = cast("Callable[[Core], int]", _capacity("events"))
