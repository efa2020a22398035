"""Signatures and chain heads of the two cities: kept by the journal, and the exchange's own go out."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import Core, counters_of, event_at
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import SIGNATURE_FRAGMENTS, VERSION, ZERO
from exchange.kernel.events import begin_settlement, copy_fragment, reject, write_done


@cold
def check_signature(state: Core, command: np.void) -> int:
    """A fragment of this day's confirmed result, in its place."""
    counters = counters_of(state)
    if signed(command["fragment_version"]) != VERSION:
        return reasons.WRONG_VERSION
    if signed(command["fragment_trading_day"]) != signed(counters["trading_day"]):
        return reasons.WRONG_TRADING_DAY
    is_head = signed(command["kind"]) == kinds.REGISTRY_CHAIN_HEAD
    fragments = 1 if is_head else SIGNATURE_FRAGMENTS
    index = signed(command["fragment_index"])
    if signed(command["fragment_count"]) != fragments or index >= fragments:
        return reasons.INVALID_FIELD
    if signed(counters["is_confirmed"]) == 0:
        return reasons.NOT_SEALED
    return reasons.OK


@cold
def apply_signature(state: Core, count: int, command: np.void) -> int:
    """REGISTRY_SIGNATURE, REGISTRY_CHAIN_HEAD: what they say is not the kernel's to judge.

    Of the exchange itself (login 0) they are its own signature and head, and go to the registry.
    """
    reason = check_signature(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    if signed(command["login_id"]) == 0:
        is_head = signed(command["kind"]) == kinds.REGISTRY_CHAIN_HEAD
        kind = kinds.EXCHANGE_CHAIN_HEAD if is_head else kinds.EXCHANGE_SIGNATURE
        begin_settlement(state, count, kind, command, ZERO, ZERO)
        event = event_at(state, count)
        event["fragment_index"] = command["fragment_index"]
        event["fragment_count"] = command["fragment_count"]
        event["fragment_trading_day"] = command["fragment_trading_day"]
        event["fragment_version"] = command["fragment_version"]
        event["fragment_run"] = command["fragment_run"]
        copy_fragment(event, command)
        count += 1
    return write_done(state, count, command, signed(command["fragment_run"]), ZERO, ZERO)
