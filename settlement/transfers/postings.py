"""The entries of a transfer between the buckets, whichever way it ends. Pure."""

from settlement.ledger.entries import Entry, transfer
from settlement.store.transfers import Transfer
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.entry_kinds import EntryKind


def to_trading(moved: Transfer) -> Entry:
    """Wuhan owns "available": from registry bucket to trading bucket at once."""
    return _entry(EntryKind.TO_TRADING, moved, "booked", _registry(moved), _trading(moved))


def to_registry(moved: Transfer) -> Entry:
    """Wuhan owns "available", or Shanghai has let the units go: from trading bucket to registry bucket."""
    return _entry(EntryKind.TO_REGISTRY, moved, "booked", _trading(moved), _registry(moved))


def leave_registry(moved: Transfer) -> Entry:
    """Out of the registry bucket, while Shanghai has yet to take them."""
    return _entry(
        EntryKind.TO_TRADING, moved, "left", _registry(moved), _on_the_way(moved, Bucket.TO_TRADING)
    )


def reach_trading(moved: Transfer) -> Entry:
    """Shanghai has taken them, or Wuhan owns "available" again."""
    return _entry(
        EntryKind.TO_TRADING, moved, "booked", _on_the_way(moved, Bucket.TO_TRADING), _trading(moved)
    )


def return_to_registry(moved: Transfer) -> Entry:
    """Shanghai has refused them."""
    return _entry(
        EntryKind.GIVE_BACK, moved, "returned", _on_the_way(moved, Bucket.TO_TRADING), _registry(moved)
    )


def hold_at_seal(moved: Transfer) -> Entry:
    """The day was sealed with the hold granted: out of trading, where the seal does not count it."""
    return _entry(EntryKind.HOLD, moved, "held", _trading(moved), _on_the_way(moved, Bucket.TO_REGISTRY))


def reach_registry(moved: Transfer) -> Entry:
    """What was held at the seal is Wuhan's to give."""
    return _entry(
        EntryKind.TO_REGISTRY, moved, "booked", _on_the_way(moved, Bucket.TO_REGISTRY), _registry(moved)
    )


def _trading(moved: Transfer) -> LedgerKey:
    return units(moved.contract_id, Bucket.TRADING_AVAILABLE, moved.account_id)


def _registry(moved: Transfer) -> LedgerKey:
    return units(moved.contract_id, Bucket.REGISTRY_AVAILABLE, moved.registry_account_id)


def _on_the_way(moved: Transfer, bucket: Bucket) -> LedgerKey:
    return units(moved.contract_id, bucket, moved.account_id)


def _entry(kind: EntryKind, moved: Transfer, step: str, source: LedgerKey, target: LedgerKey) -> Entry:
    reference = f"op/{moved.operation_id}/{step}"
    return transfer(
        kind,
        reference,
        f"{moved.direction} of operation {moved.operation_id}",
        [(source, target, moved.lots)],
    )
