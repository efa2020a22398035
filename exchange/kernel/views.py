"""Plain reads of a state from Python: levels, queues and offers in their order; nothing hot."""

from collections.abc import Iterator

import numpy as np

from exchange.kernel.state import LEVELS_OF_BIDS, NO_SLOT, SIDES, State


def defined_contracts(state: State) -> list[int]:
    """Ids of the defined contracts, ascending."""
    return [int(i) for i in np.flatnonzero(state.contracts["is_defined"])]


def defined_accounts(state: State) -> list[int]:
    """Ids of the defined accounts, ascending."""
    return [int(i) for i in np.flatnonzero(state.accounts["is_defined"])]


def side_levels(state: State, contract_id: int, side: int) -> np.ndarray:
    """The levels of one side of a contract, best position first."""
    levels = int(state.counters["levels"][0])
    start = (contract_id * SIDES + side) * levels
    return state.levels[start : start + levels]


def queue(state: State, slot: int, link: str = "next", end: int = NO_SLOT) -> Iterator[int]:
    """Slots from one on along a link; an endless queue is cut where every slot would have been seen."""
    for _ in range(len(state.orders)):
        if slot == end:
            return
        yield slot
        slot = int(state.links[link][slot])


def side_slots(state: State, contract_id: int, side: int, level_count: int | None = None) -> Iterator[int]:
    """Slots of a side's best levels (all of them by default), best price first and first come first."""
    levels = side_levels(state, contract_id, side)
    for position in np.flatnonzero(levels["count"])[:level_count]:
        yield from queue(state, int(levels["head"][position]))


def account_slots(state: State, account_id: int) -> Iterator[int]:
    """Slots of an account's live orders of every kind, oldest first."""
    head = account_head(state, account_id)
    return queue(state, int(state.links["account_next"][head]), "account_next", head)


def account_head(state: State, account_id: int) -> int:
    """The link that begins and ends the ring of an account's live orders."""
    return len(state.orders) + account_id


def member_accounts(state: State, member_id: int) -> Iterator[int]:
    """Accounts of a member, ascending."""
    account_id = int(state.members["first_account"][member_id])
    for _ in range(len(state.accounts)):
        if account_id == 0:
            return
        yield account_id
        account_id = int(state.accounts["next_account"][account_id])


def events_told(state: State) -> np.ndarray:
    """Events of every stream so far: those that its member counts and those that its accounts do."""
    told = state.members["event_count"].copy()
    np.add.at(told, state.accounts["member_id"], state.accounts["event_count"])
    return told


def kept_trades(state: State) -> np.ndarray:
    """The trades that are kept, oldest first."""
    counters = state.counters[0]
    if int(counters["match_count"]) <= len(state.trades):
        return state.trades[: int(counters["match_count"])]
    return np.roll(state.trades, -int(counters["trade_row"]))


def auction_slots(state: State, contract_id: int) -> Iterator[int]:
    """Slots of a running one-way auction: the seller's lot, then the bids, best first."""
    if state.contracts["has_auction"][contract_id]:
        yield int(state.contracts["auction_slot"][contract_id])
        yield from side_slots(state, contract_id, LEVELS_OF_BIDS)


def offer_slots(state: State, contract_id: int) -> Iterator[int]:
    """Slots of a contract's block offers, first come first."""
    return queue(state, int(state.contracts["block_head"][contract_id]))
