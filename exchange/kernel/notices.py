"""Notices to everybody: texts in fragments, and a contract's last day."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import Core, contract_at, event_at
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import ZERO
from exchange.kernel.events import begin_public, copy_fragment, reject, write_done
from exchange.kernel.risk import is_contract


@cold
def apply_notice(state: Core, count: int, command: np.void) -> int:
    """NOTICE: each fragment goes out as it came; the last one is audited."""
    index = signed(command["fragment_index"])
    fragments = signed(command["fragment_count"])
    if index >= fragments:
        return reject(state, count, command, reasons.INVALID_FIELD)
    begin_public(state, count, kinds.NOTICE_TEXT, command, ZERO)
    event = event_at(state, count)
    event["fragment_index"] = index
    event["fragment_count"] = fragments
    event["notice_id"] = command["notice_id"]
    copy_fragment(event, command)
    count += 1
    if index + 1 < fragments:
        return count
    return write_done(state, count, command, signed(command["notice_id"]), ZERO, ZERO)


@cold
def apply_contract_expire(state: Core, count: int, command: np.void) -> int:
    """CONTRACT_EXPIRE: the contract trades for the last time today; again is legal."""
    contract_id = signed(command["contract_id"])
    if not is_contract(state, contract_id):
        return reject(state, count, command, reasons.UNKNOWN_CONTRACT)
    contract_at(state, contract_id)["is_expiring"] = 1
    begin_public(state, count, kinds.CONTRACT_EXPIRES, command, contract_id)
    return write_done(state, count + 1, command, ZERO, ZERO, ZERO)
