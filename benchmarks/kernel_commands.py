"""A flow as the kernel's 64-byte commands, stamped as the sequencer stamps them; all of it vectorised.

Order n belongs to account 1 + n % 4000, which has a member and a login of its own. A cancel and a replace
name the order by the member's own reference. One message is one command, but for a replace that only lowers
the quantity at the same price: the kernel would let it keep its place and a flow says that it loses it, so it
becomes a cancel and a new order.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.flows_format import CANCEL, NEW, REPLACE, Flow
from benchmarks.flows_shapes import ACCOUNTS
from benchmarks.yardstick import CROSSING, SHRINKING
from exchange.vocabulary.enums import MemberLimit, Method, TimeInForce
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import COMMAND, LENGTH_PREFIX, UNSEQUENCED, Records

START_NS: Final = 1_639_617_300_000_000_000
COMMAND_INTERVAL_NS: Final = 1_000  # a million commands a second of market time
REFERENCE_BITS: Final = 32
#: What a member sets for its account, at a value that no order reaches.
OWN_LIMITS: Final = (MemberLimit.ORDER_QUANTITY_LOTS, MemberLimit.ORDER_AMOUNT_FEN, MemberLimit.OPEN_ORDERS)

Numbers = NDArray[np.int64]


class Style(NamedTuple):
    """How a flow is turned into commands."""

    method: Method = Method.CONTINUOUS
    is_immediate: bool = False  # crossing orders are immediate-or-cancel; always so in listed mode, as takes
    reference_gap: int = 1  # a login's references grow by 1 to so much at random
    is_colliding: bool = False  # or always by so much: a power of two makes their low bits equal
    seed: int = 1  # of those gaps
    has_own_limits: bool = False  # every member has set its own risk limits


class Load(NamedTuple):
    """Commands, and what is needed to understand the answers."""

    commands: Records
    last_command: Numbers  # per message: how many commands are done when it is done
    order_keys: NDArray[np.uint64]  # login << 32 | reference of every order, ascending
    order_ids: NDArray[np.uint32]  # the flow's id of each
    references_needed: int  # how many references back a login names an order, at most

    def order_ids_of(self, keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """The flow's ids of orders that events name; raises ValueError for one that was never sent."""
        places = np.minimum(np.searchsorted(self.order_keys, keys), len(self.order_keys) - 1)
        if not np.array_equal(self.order_keys[places], keys):
            raise ValueError("expected every execution to be of an order of the flow, found another")
        return self.order_ids[places]


def make_load(
    flow: Flow,
    classes: NDArray[np.uint8],
    style: Style,
    first_sequence: int,
    contract_of_order: NDArray[np.uint16] | None = None,
) -> Load:
    """The commands of a flow; `classes` say what each message does (yardstick.examine)."""
    parts = 1 + ((flow["type"] == REPLACE) & (classes == SHRINKING))
    last_command = np.cumsum(parts)
    source = np.repeat(np.arange(len(flow)), parts)
    is_second = np.zeros(len(source), np.bool_)
    is_second[last_command[parts == 2] - 1] = True
    is_split = np.repeat(parts == 2, parts)
    kind = flow["type"][source]
    kind[is_split] = CANCEL
    kind[is_second] = NEW
    order_ids = flow["order_id"][source]
    logins = (1 + order_ids % ACCOUNTS).astype(np.uint16)
    references = _references(logins, style)
    commands = np.zeros(len(source), COMMAND)
    commands["length_low"] = LENGTH_PREFIX
    commands["packet_type"] = UNSEQUENCED
    commands["kind"] = _kinds(kind, classes[source], style.method)
    commands["user_reference"] = references
    commands["sequence"] = np.arange(first_sequence, first_sequence + len(commands))
    commands["time_ns"] = START_NS + commands["sequence"].astype(np.int64) * COMMAND_INTERVAL_NS
    commands["login_id"] = commands["account_id"] = logins
    is_new, is_cancel = kind == NEW, kind == CANCEL
    if contract_of_order is None:
        commands["contract_id"] = is_new
    else:
        commands["contract_id"] = np.where(is_new, contract_of_order[order_ids], 0)
    commands["price_ticks"] = np.where(is_cancel, 0, flow["price_ticks"][source])
    commands["quantity_lots"] = np.where(is_cancel, 0, flow["quantity"][source])
    commands["side"] = np.where(is_new, _sides(flow)[order_ids], 0)
    targets = _targets(is_new, order_ids, references)
    commands["target_reference"] = targets
    if style.is_immediate and style.method == Method.CONTINUOUS:
        commands["time_in_force"] = np.where(is_new & (classes[source] == CROSSING), TimeInForce.IOC, 0)
    keys, ids = _order_keys(is_new, logins, references, order_ids)
    distances = (references - targets)[~is_new]
    return Load(commands, last_command, keys, ids, int(distances.max(initial=0)) + 1)


def _kinds(kind: NDArray[np.uint8], classes: NDArray[np.uint8], method: Method) -> NDArray[np.uint8]:
    """The command kind of each part: in listed mode a crossing order is a take, any other a listing."""
    table = np.array([Kind.LIMIT_ORDER, Kind.CANCEL, Kind.REPLACE], np.uint8)
    if method == Method.LISTED:
        table[NEW] = Kind.LISTING
    found = table[kind]
    if method == Method.LISTED:
        found[(kind == NEW) & (classes == CROSSING)] = Kind.TAKE
    return found


def _sides(flow: Flow) -> NDArray[np.uint8]:
    """The side of every order by its id: a replace keeps it, whatever its own record says."""
    is_new = flow["type"] == NEW
    sides = np.zeros(int(flow["order_id"].max(initial=0)) + 1, np.uint8)
    sides[flow["order_id"][is_new]] = flow["side"][is_new]
    return sides


def _references(logins: NDArray[np.uint16], style: Style) -> Numbers:
    """Every login counts its own commands, with the style's gaps; its own limits were its first."""
    by_login = np.argsort(logins, kind="stable")
    steps = np.full(len(logins), style.reference_gap)
    if not style.is_colliding:
        steps = np.random.default_rng(style.seed).integers(1, style.reference_gap, len(logins), endpoint=True)
    total = np.cumsum(steps[by_login])
    is_first = np.ones(len(logins), np.bool_)
    is_first[1:] = np.diff(logins[by_login]) != 0
    firsts = np.flatnonzero(is_first)
    before = (total - steps[by_login])[firsts]
    references = np.empty(len(logins), np.int64)
    references[by_login] = total - np.repeat(before, np.diff(np.append(firsts, len(logins))))
    return references + len(OWN_LIMITS) * style.has_own_limits


def _targets(is_new: NDArray[np.bool_], order_ids: NDArray[np.uint32], references: Numbers) -> Numbers:
    """For each command that names an order: the reference of the latest command that made it."""
    by_order = np.argsort(order_ids, kind="stable")
    made_at = np.where(is_new[by_order], np.arange(len(by_order)), 0)
    made_by = by_order[np.maximum.accumulate(made_at)]
    targets = np.empty(len(references), np.int64)
    targets[by_order] = references[made_by]
    targets[is_new] = 0
    return targets


def _order_keys(
    is_new: NDArray[np.bool_], logins: NDArray[np.uint16], references: Numbers, order_ids: NDArray[np.uint32]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Login and reference of every order, ascending, with its id."""
    keys = order_key(logins[is_new].astype(np.uint64), references[is_new].astype(np.uint64))
    order = np.argsort(keys)
    return keys[order], order_ids[is_new][order]


def order_key(logins: NDArray[np.uint64], references: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for a login's reference."""
    return logins << np.uint64(REFERENCE_BITS) | references
