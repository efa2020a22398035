"""How units and cash come into being: issued, allocated, moved to trading; deposited. Never injected.

Source: rulebook §2.1 (initial allocation, buckets), §2.2 art 5 (special settlement account, sub-ledgers).
"""

from collections.abc import Sequence

from settlement.ledger.entries import Entry, transfer
from settlement.registry.accounts import Holder
from settlement.vocabulary.banking import SETTLEMENT_BANK
from settlement.vocabulary.chart import Bucket, LedgerKey, cash, units
from settlement.vocabulary.entry_kinds import EntryKind


def founding_blocks(
    holders: Sequence[Holder], contract_codes: dict[int, str], reserve_fen: int = 0
) -> list[list[Entry]]:
    """Entries that give every holder its opening units and cash, in blocks to be booked in order.

    `reserve_fen`: what the settlement reserve begins with, at the institutions' bank.
    """
    blocks: list[list[Entry]] = []
    for contract_id, code in sorted(contract_codes.items()):
        owners = [h for h in holders if h.opening_lots.get(contract_id, 0) > 0]
        if owners:
            blocks += [[step] for step in _issuance(contract_id, code, owners)]
    depositors = [h for h in holders if h.opening_cash_fen > 0]
    if depositors:
        moves = [
            (cash(Bucket.BANK, h.bank_id), cash(Bucket.MEMBER_CASH, h.account_id), h.opening_cash_fen)
            for h in depositors
        ]
        blocks.append([transfer(EntryKind.DEPOSIT, "founding/deposit", "opening deposits 期初入金", moves)])
    if reserve_fen:
        move = (cash(Bucket.BANK, SETTLEMENT_BANK), cash(Bucket.SETTLEMENT_RESERVE), reserve_fen)
        memo = "settlement reserve 结算准备金"
        blocks.append([transfer(EntryKind.DEPOSIT, "founding/reserve", memo, [move])])
    return blocks


def _issuance(contract_id: int, code: str, owners: list[Holder]) -> list[Entry]:
    """Issue to the national account, allocate to each registry account, move to each trading account."""
    total = sum(h.opening_lots[contract_id] for h in owners)
    national = units(contract_id, Bucket.NATIONAL)
    allocated: list[tuple[LedgerKey, LedgerKey, int]] = []
    moved: list[tuple[LedgerKey, LedgerKey, int]] = []
    for holder in owners:
        lots = holder.opening_lots[contract_id]
        registry = units(contract_id, Bucket.REGISTRY_AVAILABLE, holder.registry_account_id)
        allocated.append((national, registry, lots))
        moved.append((registry, units(contract_id, Bucket.TRADING_AVAILABLE, holder.account_id), lots))
    return [
        transfer(
            EntryKind.ISSUE,
            f"founding/{code}/issue",
            f"issue {code} 发放",
            [(units(contract_id, Bucket.ISSUED), national, total)],
        ),
        transfer(EntryKind.ALLOCATE, f"founding/{code}/allocate", f"allocate {code} 分配", allocated),
        transfer(EntryKind.TO_TRADING, f"founding/{code}/to-trading", f"{code} to trading 转入交易", moved),
    ]
