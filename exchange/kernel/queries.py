"""Answers about the state now, as REPLY_* records; the caller sets the user reference of whoever asks."""

import numpy as np

from exchange.kernel.constants import KIND_MASK, KIND_SHIFT
from exchange.kernel.state import State
from exchange.kernel.views import account_slots, defined_contracts, side_slots
from exchange.vocabulary.enums import Method, OrderKind, ParameterId, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records, new_records
from exchange.vocabulary.units import round_half_up

PARTS = (Method.LISTED, Method.BLOCK, Method.ONE_WAY)  # the first stands for the book, whatever its rule
#: by OrderKind
METHOD_OF_KIND = np.zeros(max(OrderKind) + 1, np.uint8)
METHOD_OF_KIND[[OrderKind.BLOCK_OFFER, OrderKind.BLOCK_ACCEPT]] = Method.BLOCK
METHOD_OF_KIND[[OrderKind.BID, OrderKind.AUCTION_OFFER]] = Method.ONE_WAY
METHOD_OF_KIND[OrderKind.LIMIT] = Method.CONTINUOUS


def open_orders(state: State, account_id: int) -> Records:
    """REPLY_ORDER of every open order of an account, oldest first."""
    orders = state.orders
    slots = list(account_slots(state, account_id))
    records = _replies(state, Kind.REPLY_ORDER, len(slots))
    mine = orders[slots]
    records["account_id"] = account_id
    for name in ("contract_id", "login_id", "order_id"):
        records[name] = mine[name]
    for name in ("price_ticks", "quantity_lots", "counterparty_account_id"):
        records[name] = mine[name]
    records["remaining_lots"] = mine["remaining"]
    records["side"] = mine["side_kind"] & 1
    records["order_kind"] = (mine["side_kind"] >> KIND_SHIFT) & KIND_MASK
    records["method"] = METHOD_OF_KIND[records["order_kind"]]
    return records


def holdings(state: State, account_id: int) -> Records:
    """REPLY_HOLDING of every contract in which an account has units, or had them at the open."""
    contracts = int(state.counters["contracts"][0])
    rows = state.holdings[account_id * contracts : (account_id + 1) * contracts]
    names = ("available", "locked", "bought_today", "frozen")
    has_units = np.any([rows[name] != 0 for name in (*names, "opening")], axis=0)
    chosen = np.flatnonzero(has_units)
    records = _replies(state, Kind.REPLY_HOLDING, len(chosen))
    records["account_id"] = account_id
    records["contract_id"] = chosen
    for name in names:
        records[f"{name}_lots"] = rows[name][chosen]
    return records


def cash(state: State, account_id: int) -> Records:
    """REPLY_CASH of an account."""
    account = state.accounts[account_id]
    records = _replies(state, Kind.REPLY_CASH, 1)
    records["account_id"] = account_id
    records["available_fen"] = account["available"]
    records["locked_fen"] = account["locked"]
    records["proceeds_today_fen"] = account["proceeds_today"]
    records["frozen_fen"] = account["frozen"]
    return records


def contracts(state: State) -> Records:
    """REPLY_CONTRACT of every contract."""
    chosen = defined_contracts(state)
    rows = state.contracts[chosen]
    records = _replies(state, Kind.REPLY_CONTRACT, len(chosen))
    records["contract_id"] = chosen
    records["contract_code"] = np.ascontiguousarray(rows["code"]).view("S8")
    records["base_price_ticks"] = rows["base"]
    for name in ("lower", "upper", "block_lower", "block_upper"):
        records[f"{name}_ticks"] = rows[name]
    for name in ("vintage", "product", "matching_rule"):
        records[name] = rows[name]
    return records


def phases(state: State) -> Records:
    """REPLY_PHASE of the three methods of every contract, and whether halts or kills stand before them."""
    counters = state.counters[0]
    pairs = [(contract_id, part) for contract_id in defined_contracts(state) for part in PARTS]
    records = _replies(state, Kind.REPLY_PHASE, len(pairs))
    for record, (contract_id, part) in zip(records, pairs, strict=True):
        contract = state.contracts[contract_id]
        record["contract_id"] = contract_id
        record["method"] = part or contract["matching_rule"]
        record["phase"] = contract["phase"][part]
        record["next_change_ns"] = contract["next_change_ns"][part]
        record["is_halted"] = counters["is_halted"] or contract["is_halted"]
        record["is_killed"] = counters["is_killed"] or contract["is_killed"]
    return records


def board(state: State, contract_id: int, entity_id: int) -> Records:
    """REPLY_LISTING of every listing inside the best levels of both sides, best price first."""
    depth = int(state.contracts["parameters"][contract_id][ParameterId.TAKE_DEPTH_LEVELS])
    slots = [slot for side in Side for slot in side_slots(state, contract_id, side, depth)]
    records = _replies(state, Kind.REPLY_LISTING, len(slots))
    orders = state.orders[slots]
    records["contract_id"] = contract_id
    records["order_id"] = orders["order_id"]
    records["price_ticks"] = state.orders["price_ticks"][slots]
    records["quantity_lots"] = orders["remaining"]
    records["side"] = orders["side_kind"] & 1
    records["is_own"] = state.accounts["entity_id"][orders["account_id"]] == entity_id
    return records


def figures(state: State) -> Records:
    """REPLY_FIGURES of the three methods of every contract so far."""
    pairs = [(contract_id, part) for contract_id in defined_contracts(state) for part in PARTS]
    records = _replies(state, Kind.REPLY_FIGURES, len(pairs))
    for record, (contract_id, part) in zip(records, pairs, strict=True):
        contract = state.contracts[contract_id]
        base = 0 if part else int(contract["base"])
        volume, turnover = int(contract["volume_lots"][part]), int(contract["turnover_fen"][part])
        record["contract_id"] = contract_id
        record["figure_method"] = part or contract["matching_rule"]
        record["figure_trade_count"] = contract["trade_count"][part]
        record["open_ticks"] = contract["open"][part] or base
        record["high_ticks"] = contract["high"][part]
        record["low_ticks"] = contract["low"][part]
        record["close_ticks"] = round_half_up(turnover, volume) if volume else base
        record["volume_lots"] = volume
        record["turnover_fen"] = turnover
    return records


def _replies(state: State, kind: Kind, count: int) -> Records:
    """Zeroed replies that say after which command they are true."""
    records = new_records(kind, count)
    names = records.dtype.names or ()
    if "sequence" in names:
        records["sequence"] = state.counters["last_sequence"][0]
    records["time_ns"] = state.counters["last_time_ns"][0]
    return records
