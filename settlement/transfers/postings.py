"""The entries of a crossing, whichever way it ends. Pure."""

from settlement.ledger.entries import Entry, transfer
from settlement.store.transfers import Transfer
from settlement.vocabulary.chart import CASH, Bucket, LedgerKey, cash, units
from settlement.vocabulary.entry_kinds import EntryKind


def to_trading(moved: Transfer) -> Entry:
    """Wuhan owns "available": from registry bucket to trading bucket at once."""
    return _entry(EntryKind.TO_TRADING, moved, "booked", _registry(moved), available(moved))


def to_registry(moved: Transfer) -> Entry:
    """Wuhan owns "available", or Shanghai has let the units go: from trading bucket to registry bucket."""
    return _entry(EntryKind.TO_REGISTRY, moved, "booked", available(moved), _registry(moved))


def leave_registry(moved: Transfer) -> Entry:
    """Out of the registry bucket, while Shanghai has yet to take them."""
    return _entry(EntryKind.TO_TRADING, moved, "left", _registry(moved), _on_the_way(moved))


def reach_trading(moved: Transfer) -> Entry:
    """Shanghai has taken them, or Wuhan owns "available" again."""
    return _entry(EntryKind.TO_TRADING, moved, "booked", _on_the_way(moved), available(moved))


def return_to_registry(moved: Transfer) -> Entry:
    """Shanghai has refused them."""
    return _entry(EntryKind.GIVE_BACK, moved, "returned", _on_the_way(moved), _registry(moved))


def hold(moved: Transfer) -> Entry:
    """Out of trading until it goes where it is to go; the seal does not count it."""
    return _entry(EntryKind.HOLD, moved, "held", available(moved), _held(moved))


def reach_registry(moved: Transfer) -> Entry:
    """What was held at the seal is Wuhan's to give."""
    return _entry(EntryKind.TO_REGISTRY, moved, "booked", _held(moved), _registry(moved))


def come_in(moved: Transfer, bank_id: int) -> Entry:
    """The bank has it; Shanghai has not taken it yet."""
    return _entry(EntryKind.DEPOSIT, moved, "in", cash(Bucket.BANK, bank_id), _coming_in(moved))


def deposit(moved: Transfer) -> Entry:
    """Shanghai has taken it, or Wuhan owns "available"."""
    return _entry(EntryKind.DEPOSIT, moved, "booked", _coming_in(moved), available(moved))


def pay_out(moved: Transfer, bank_id: int) -> Entry:
    """The bank has paid and Shanghai has let it go."""
    return _entry(EntryKind.WITHDRAWAL, moved, "booked", available(moved), cash(Bucket.BANK, bank_id))


def pay_out_held(moved: Transfer, bank_id: int) -> Entry:
    """The bank has paid what was out of trading already."""
    return _entry(EntryKind.WITHDRAWAL, moved, "booked", _held(moved), cash(Bucket.BANK, bank_id))


def give_back(moved: Transfer) -> Entry:
    """The bank has not paid what was out of trading: it comes in again as a deposit would."""
    return _entry(EntryKind.GIVE_BACK, moved, "returned", _held(moved), _coming_in(moved))


def freeze(moved: Transfer) -> Entry:
    """From available to frozen."""
    return _entry(EntryKind.FREEZE, moved, "booked", available(moved), frozen(moved))


def release(moved: Transfer) -> Entry:
    """From frozen to available."""
    return _entry(EntryKind.RELEASE, moved, "booked", frozen(moved), available(moved))


def available(moved: Transfer) -> LedgerKey:
    """What may be sold or spent."""
    if moved.asset_id == CASH:
        return cash(Bucket.MEMBER_CASH, moved.account_id)
    return units(moved.asset_id, Bucket.TRADING_AVAILABLE, moved.account_id)


def frozen(moved: Transfer) -> LedgerKey:
    """What is frozen in trading, or of the cash."""
    if moved.asset_id == CASH:
        return cash(Bucket.MEMBER_FROZEN, moved.account_id)
    return units(moved.asset_id, Bucket.FROZEN, moved.account_id)


def _held(moved: Transfer) -> LedgerKey:
    if moved.asset_id == CASH:
        return cash(Bucket.MEMBER_HELD, moved.account_id)
    return units(moved.asset_id, Bucket.TO_REGISTRY, moved.account_id)


def _coming_in(moved: Transfer) -> LedgerKey:
    return cash(Bucket.MEMBER_IN, moved.account_id)


def _registry(moved: Transfer) -> LedgerKey:
    return units(moved.asset_id, Bucket.REGISTRY_AVAILABLE, moved.registry_account_id)


def _on_the_way(moved: Transfer) -> LedgerKey:
    return units(moved.asset_id, Bucket.TO_TRADING, moved.account_id)


def _entry(kind: EntryKind, moved: Transfer, step: str, source: LedgerKey, target: LedgerKey) -> Entry:
    memo = f"{moved.direction} of {moved.cause}"
    return transfer(kind, f"{moved.cause}/{step}", memo, [(source, target, moved.amount)])
