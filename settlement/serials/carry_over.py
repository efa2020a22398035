"""Which new serials stand for which carried-over ones: paired in the order in which both came."""

from settlement.errors import CorruptionError
from settlement.store.blocks import (
    SerialBlock,
    SerialLink,
    blocks_of_entry,
    link_serials,
    merged_into,
    read_block,
)
from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket


def link_carry_over(store: Store, entry_id: int) -> list[SerialLink]:
    """Pair what an entry brought to carried-over with what it minted, and keep the links.

    Raises: CorruptionError when it did not mint as many as it used up.
    """
    made = blocks_of_entry(store, entry_id)
    merged = merged_into(store, entry_id)
    sql = "SELECT ledger_account_id FROM ledger_account WHERE bucket = ?"
    used_up = {row[0] for row in store.each(sql, (Bucket.CARRIED_OVER.value,))}
    arrived = [block for block in made if block.ledger_account_id in used_up and _is_arrival(store, block)]
    minted = [block for block in made if block.parent_id == 0 and block.block_id not in merged]
    old, new = (sum(block.lots for block in blocks) for blocks in (arrived, minted))
    if old != new:
        raise CorruptionError(f"carry-over of entry {entry_id}", f"{old} lots minted", new)
    links = _pairs(entry_id, arrived, minted)
    link_serials(store, links)
    return links


def _is_arrival(store: Store, block: SerialBlock) -> bool:
    parent = read_block(store, block.parent_id)
    return parent is not None and parent.ledger_account_id != block.ledger_account_id


def _pairs(entry_id: int, arrived: list[SerialBlock], minted: list[SerialBlock]) -> list[SerialLink]:
    links = []
    targets = iter(minted)
    contract, following, left = 0, 0, 0
    for block in arrived:
        first = block.first_serial
        while first <= block.last_serial:
            if not left:
                target = next(targets)
                contract, following, left = target.contract_id, target.first_serial, target.lots
            lots = min(left, block.last_serial - first + 1)
            links.append(
                SerialLink(entry_id, block.contract_id, first, first + lots - 1, contract, following)
            )
            first, following, left = first + lots, following + lots, left - lots
    return links
