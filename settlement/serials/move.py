"""Moving serial blocks as an entry's flows say, in the transaction that books it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.limits import CONTRACTS_MAX
from settlement.errors import CorruptionError
from settlement.ledger.entries import Entry, TradeFlows
from settlement.serials.matching import (
    ACCOUNT,
    ACQUIRED,
    BLOCK_WIDTH,
    FIRST,
    FLOW_WIDTH,
    ID,
    IS_OPEN,
    LAST,
    LOTS,
    MATCH,
    NONE,
    PARENT,
    PINNED_FIRST,
    SOURCE,
    SUCCESSOR,
    TARGET,
    Table,
    follow,
)
from settlement.store.blocks import (
    close_blocks,
    held_blocks,
    insert_blocks,
    issued_serials,
    live_indexes_made_anew,
    next_block_id,
)
from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket, LedgerKey

ALL: Final = 2**63 - 1  # lots
NO_FLOWS: Final = np.zeros((0, FLOW_WIDTH), np.int64)


def move_serials(store: Store, entry: Entry, entry_id: int, numbers: Mapping[LedgerKey, int]) -> None:
    """Mint, cut, move and merge blocks. Requires: flows proven, an open transaction, every account numbered.

    Raises: CorruptionError when a source does not hold what a flow takes.
    """
    flows = np.concatenate((_flow_rows(store, entry, numbers), _trade_rows(entry.trade_flows, numbers)))
    if not len(flows):
        return
    codes = {numbers[key]: key for key in numbers}
    used = np.unique(flows[:, (SOURCE, TARGET)])
    accounts = used[used != NONE]
    loaded = _loaded(held_blocks(store, _needed(flows)), accounts)
    indexed = flows.copy()
    for column in (SOURCE, TARGET):
        is_account = flows[:, column] != NONE
        indexed[is_account, column] = np.searchsorted(accounts, flows[is_account, column])
    blocks, failed = follow(loaded, indexed, len(accounts), next_block_id(store))
    if failed != NONE:
        source, _, lots, first, last, match = flows[failed].tolist()
        what = f"serials {first}-{last}" if first else f"{lots} lots"
        raise CorruptionError(
            f"entry {entry.reference}, trade {match}: {codes[source].code}", f"{what} held", "fewer"
        )
    contracts = np.array([codes[number].asset_id for number in accounts.tolist()], np.int64)
    _write(store, blocks, len(loaded), entry_id, (accounts, contracts))


def _flow_rows(store: Store, entry: Entry, numbers: Mapping[LedgerKey, int]) -> Table:
    rows = []
    minted: dict[int, int] = defaultdict(int)
    for flow in entry.flows:
        source, target = numbers[flow.source], numbers[flow.target]
        if flow.source.bucket is Bucket.ISSUED:
            contract = flow.source.asset_id
            first = 1 + issued_serials(store, contract) + minted[contract]
            minted[contract] += flow.lots
            rows.append((NONE, target, flow.lots, first, first + flow.lots - 1, 0))
        elif flow.serials:
            rows += [(source, target, last - first + 1, first, last, 0) for first, last in flow.serials]
        else:
            rows.append((source, target, flow.lots, 0, 0, 0))
    return np.array(rows, np.int64).reshape(-1, FLOW_WIDTH)


def _trade_rows(trades: TradeFlows | None, numbers: Mapping[LedgerKey, int]) -> Table:
    if trades is None or not len(trades):
        return NO_FLOWS
    nothing = np.zeros(len(trades), np.int64)
    columns = (
        _numbers_of(trades, "seller_account_id", numbers),
        _numbers_of(trades, "buyer_account_id", numbers),
        trades["quantity_lots"],
        nothing,
        nothing,
        trades["match_id"],
    )
    return np.stack(columns, axis=1)


def _needed(flows: Table) -> dict[int, int]:
    """Lots that the flows take from each source, by account; of pinned serials it must be all it holds."""
    sources, places = np.unique(flows[:, SOURCE], return_inverse=True)
    lots = np.zeros(len(sources), np.int64)
    np.add.at(lots, places, flows[:, LOTS])
    lots[places[flows[:, PINNED_FIRST] != 0]] = ALL
    needed = dict(zip(sources.tolist(), lots.tolist(), strict=True))
    needed.pop(NONE, None)
    return needed


def _numbers_of(trades: TradeFlows, side: str, numbers: Mapping[LedgerKey, int]) -> NDArray[np.int64]:
    keys, places = np.unique(trades[side] * CONTRACTS_MAX + trades["contract_id"], return_inverse=True)
    found = [
        numbers[LedgerKey(key % CONTRACTS_MAX, Bucket.TRADING_AVAILABLE, key // CONTRACTS_MAX)]
        for key in keys.tolist()
    ]
    of_trades: NDArray[np.int64] = np.array(found, np.int64)[places]
    return of_trades


def _loaded(rows: list[tuple[int, ...]], accounts: NDArray[np.int64]) -> Table:
    """Stored blocks (id, first, last, account, acquired) as the matching takes them."""
    found = np.array(rows, np.int64).reshape(-1, 5)
    blocks = np.zeros((len(found), BLOCK_WIDTH), np.int64)
    blocks[:, (ID, FIRST, LAST, ACCOUNT, ACQUIRED)] = found
    blocks[:, ACCOUNT] = np.searchsorted(accounts, found[:, 3])
    blocks[:, IS_OPEN] = 1
    return blocks


def _write(
    store: Store,
    blocks: Table,
    loaded_count: int,
    entry_id: int,
    of_account: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    """Close the loaded blocks that were cut or merged, then insert the new ones."""
    accounts, contracts = of_account
    old, new = blocks[:loaded_count], blocks[loaded_count:]
    closed = old[old[:, IS_OPEN] == 0]
    columns = (
        new[:, ID],
        contracts[new[:, ACCOUNT]],
        new[:, FIRST],
        new[:, LAST],
        accounts[new[:, ACCOUNT]],
        new[:, ACQUIRED],
        new[:, PARENT],
        new[:, MATCH],
        np.full(len(new), entry_id, np.int64),
        np.where(new[:, IS_OPEN] == 1, 0, entry_id),
        new[:, SUCCESSOR],
    )
    with live_indexes_made_anew(store, len(new)):
        close_blocks(store, entry_id, closed[:, (SUCCESSOR, ID)].tolist())
        insert_blocks(store, entry_id, np.stack(columns, axis=1))
