"""Every role against every kind, written out: who may send what, whatever table the rights come from."""

from typing import Final

import pytest

from exchange.protocol.rights import RIGHTS_NEEDED
from exchange.vocabulary.enums import Right
from exchange.vocabulary.kinds import Kind

TRADING: Final = {
    Kind.LISTING, Kind.TAKE, Kind.LIMIT_ORDER, Kind.CANCEL, Kind.REDUCE, Kind.REPLACE, Kind.MASS_CANCEL,
    Kind.BLOCK_OFFER, Kind.BLOCK_COUNTER, Kind.BLOCK_ACCEPT, Kind.BLOCK_DECLINE, Kind.AUCTION_BID,
    Kind.SESSION_SETTING,
}  # fmt: skip
RISK_DESK: Final = {Kind.CANCEL, Kind.REDUCE, Kind.MASS_CANCEL, Kind.MEMBER_LIMIT}
OPERATING: Final = {
    Kind.HALT, Kind.RESUME, Kind.KILL, Kind.RESTORE, Kind.BAND_CHANGE, Kind.PROPOSE, Kind.COMMAND_FRAGMENT,
    Kind.APPROVE, Kind.PROPOSAL_WITHDRAW, Kind.NOTICE, Kind.AUCTION_NOTICE, Kind.AUCTION_END,
    Kind.CONTRACT_EXPIRE, Kind.BUST, Kind.CORRECTION, Kind.MASS_CANCEL,
}  # fmt: skip
SETTLING: Final = {
    Kind.OPENING_BEGIN, Kind.OPENING_HOLDING, Kind.OPENING_CASH, Kind.OPENING_TOTALS, Kind.DEPOSIT,
    Kind.HOLD_REQUEST, Kind.HOLD_COMMIT, Kind.HOLD_ABORT, Kind.TRANSFER_IN, Kind.FREEZE, Kind.RELEASE,
    Kind.RESTRICT, Kind.RESULT_BEGIN, Kind.RESULT_HOLDING, Kind.RESULT_CASH, Kind.RESULT_TOTALS,
    Kind.DELIVERED, Kind.STAGE, Kind.BUST, Kind.CORRECTION, Kind.OBJECTION, Kind.REGISTRY_SIGNATURE,
    Kind.REGISTRY_CHAIN_HEAD,
}  # fmt: skip
#: From the schedule, the directory and the gateway, or by a proposal that two persons sign.
NOBODY: Final = {
    Kind.TICK, Kind.OPEN_DAY, Kind.DEFINE_CONTRACT, Kind.DEFINE_ACCOUNT, Kind.DEFINE_LOGIN,
    Kind.PARAMETER_SET, Kind.SET_PHASE, Kind.LOGIN_UP, Kind.LOGIN_DOWN, Kind.RESTART, Kind.CLOSE_DAY,
    Kind.SEAL_DAY, Kind.PARAMETER_SET_SWITCH,
}  # fmt: skip
ROLES: Final = {
    Right.TRADE: TRADING,
    Right.RISK: RISK_DESK,
    Right.OPERATE: OPERATING,
    Right.SETTLE: SETTLING,
    Right.VIEW: set[Kind](),
    Right.PUBLIC: set[Kind](),
}
COMMANDS: Final = [kind for kind in Kind if kind < 0x80 and kind is not Kind.QUERY]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", COMMANDS)
def test_a_role_may_send_exactly_its_kinds(role: Right, kind: Kind) -> None:
    assert bool(int(RIGHTS_NEEDED[kind]) & role) == (kind in ROLES[role])


def test_every_command_has_a_role_or_is_nobodys() -> None:
    somebodys = set().union(*ROLES.values())
    assert somebodys | NOBODY == set(COMMANDS)
    assert not somebodys & NOBODY


@pytest.mark.parametrize("role", Right)
def test_everybody_may_ask_and_nobody_may_send_what_the_exchange_says(role: Right) -> None:
    assert int(RIGHTS_NEEDED[Kind.QUERY]) & role
    assert not any(int(RIGHTS_NEEDED[kind]) & role for kind in Kind if kind >= 0x80)
