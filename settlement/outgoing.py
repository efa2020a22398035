"""What Wuhan sends: opening positions, clearing results, delivery and stage, as 64-byte records. Pure.

The records are made without user references; `stamp` gives consecutive ones just before they are sent.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import HoldKind, SettlementStage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import Records, new_records
from settlement.clearing.lines import Clearing
from settlement.store.transfers import Transfer
from settlement.vocabulary.chart import CASH


class Positions(NamedTuple):
    """Opening positions of a day: (available, frozen) per account and contract, and per account's cash."""

    units: Mapping[tuple[int, int], tuple[int, int]]
    cash: Mapping[int, tuple[int, int]]

    @property
    def units_total_lots(self) -> int:
        """Sum of all units given."""
        return sum(map(sum, self.units.values()))

    @property
    def cash_total_fen(self) -> int:
        """Sum of all cash given."""
        return sum(map(sum, self.cash.values()))


def opening_records(positions: Positions, trading_day: int) -> list[Records]:
    """OPENING_BEGIN, one record per balance, OPENING_TOTALS."""
    begin = _dated(Kind.OPENING_BEGIN, 1, trading_day)
    begin["run"] = 1
    holdings = _dated(Kind.OPENING_HOLDING, len(positions.units), trading_day)
    for row, ((account_id, contract_id), (available, frozen)) in enumerate(positions.units.items()):
        holdings["account_id"][row], holdings["contract_id"][row] = account_id, contract_id
        holdings["available_lots"][row], holdings["frozen_lots"][row] = available, frozen
    cash = _dated(Kind.OPENING_CASH, len(positions.cash), trading_day)
    for row, (account_id, (available, frozen)) in enumerate(positions.cash.items()):
        cash["account_id"][row] = account_id
        cash["available_fen"][row], cash["frozen_fen"][row] = available, frozen
    totals = _dated(Kind.OPENING_TOTALS, 1, trading_day)
    totals["units_total_lots"] = positions.units_total_lots
    totals["cash_total_fen"] = positions.cash_total_fen
    totals["record_count"] = len(positions.units) + len(positions.cash)
    totals["control_hash"] = (
        sum(balance_term(*key, sum(amounts)) for key, amounts in positions.units.items())
        + sum(balance_term(key, CASH, sum(amounts)) for key, amounts in positions.cash.items())
    ) % MODULUS
    return [begin, holdings, cash, totals]


def result_records(
    clearing: Clearing, before: Positions, held: Mapping[tuple[int, int], int], trading_day: int, run: int
) -> list[Records]:
    """RESULT_BEGIN, one record per changed balance, RESULT_TOTALS.

    `before`: what the ledger has in trading, crossings of the day booked; `held`: lots and fen on hold at the
    seal.
    """
    begin = _dated(Kind.RESULT_BEGIN, 1, trading_day)
    units, changed = clearing.units, clearing.units_changes()
    keys = list(zip(units["account_id"].tolist(), units["contract_id"].tolist(), strict=True))
    holdings = _dated(Kind.RESULT_HOLDING, len(units), trading_day)
    holdings["account_id"], holdings["contract_id"] = units["account_id"], units["contract_id"]
    holdings["change_lots"] = changed
    holdings["closing_lots"] = changed + np.array(
        [sum(before.units.get(key, (0, 0))) + held.get(key, 0) for key in keys], np.int64
    )
    paid, moved = clearing.cash, clearing.cash_changes()
    accounts = paid["account_id"].tolist()
    cash = _dated(Kind.RESULT_CASH, len(paid), trading_day)
    cash["account_id"] = paid["account_id"]
    cash["change_fen"] = moved
    cash["closing_fen"] = moved + np.array(
        [sum(before.cash.get(a, (0, 0))) + held.get((a, CASH), 0) for a in accounts], np.int64
    )
    cash["fees_fen"] = paid["trading_fee_fen"] + paid["settlement_fee_fen"]
    totals = _dated(Kind.RESULT_TOTALS, 1, trading_day)
    totals["tonnes_lots"], totals["amount_fen"] = clearing.tonnes_lots, clearing.amount_fen
    totals["record_count"] = len(units) + len(paid)
    totals["control_hash"] = (
        sum(balance_term(*key, change) for key, change in zip(keys, changed.tolist(), strict=True))
        + sum(balance_term(a, CASH, change) for a, change in zip(accounts, moved.tolist(), strict=True))
    ) % MODULUS
    records = [begin, holdings, cash, totals]
    for part in records:
        part["run"] = run
    return records


def transfer_record(kind: Kind, moved: Transfer, trading_day: int) -> Records:
    """The command about a crossing: what is asked, or how a hold is resolved."""
    record = _dated(kind, 1, trading_day)
    record["transfer_id"] = moved.transfer_id
    if kind in (Kind.HOLD_COMMIT, Kind.HOLD_ABORT):
        return record
    record["account_id"], record["contract_id"] = moved.account_id, moved.asset_id
    record["amount"] = moved.amount
    if kind is Kind.HOLD_REQUEST:
        is_cash = moved.asset_id == CASH
        record["hold_kind"] = HoldKind.CASH_WITHDRAWAL if is_cash else HoldKind.UNITS_TO_REGISTRY
    return record


def restriction_records(eligibility: Mapping[int, int], trading_day: int) -> list[Records]:
    """RESTRICT, one record for each account, each a part of its own."""
    records = _dated(Kind.RESTRICT, len(eligibility), trading_day)
    records["account_id"] = list(eligibility)
    records["eligibility"] = list(eligibility.values())
    return [records]


def delivered_records(clearing: Clearing, trading_day: int, run: int) -> list[Records]:
    """DELIVERED: finality."""
    record = _dated(Kind.DELIVERED, 1, trading_day)
    record["tonnes_lots"], record["amount_fen"] = clearing.tonnes_lots, clearing.amount_fen
    record["record_count"], record["run"] = len(clearing.lines), run
    return [record]


def stage_records(stage: SettlementStage, break_count: int, trading_day: int) -> list[Records]:
    """STAGE, echoed to everybody."""
    record = _dated(Kind.STAGE, 1, trading_day)
    record["stage"], record["break_count"] = stage, break_count
    return [record]


def stamp(records: Sequence[Records], first_reference: int) -> bytes:
    """The bytes to send, with consecutive user references."""
    reference = first_reference
    for part in records:
        part["user_reference"] = np.arange(reference, reference + len(part), dtype=np.uint32)
        reference += len(part)
    return b"".join(part.tobytes() for part in records)


def _dated(kind: Kind, count: int, trading_day: int) -> Records:
    records = new_records(kind, count)
    records["version"] = PROTOCOL_VERSION
    records["trading_day"] = trading_day
    return records
