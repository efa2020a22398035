"""Which right each kind of record needs: the one table of roles, also as an array indexed by kind."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.enums import Right
from exchange.vocabulary.kinds import Kind

NOBODY: Final = Right(0)  # through a socket: these come from the schedule, the directory or the gateway
ALL_RIGHTS: Final = ~Right(0)

MEMBER_COMMANDS: Final = range(0x01, 0x30)
QUERIES: Final = range(0x30, 0x40)
EXCHANGE_COMMANDS: Final = range(0x40, 0x60)
REGISTRY_COMMANDS: Final = range(0x60, 0x80)

#: band of kinds -> the rights of which a login needs one; an unknown kind of a band is the kernel's to refuse
RIGHTS_OF_BAND: Final[dict[range, Right]] = {
    MEMBER_COMMANDS: Right.TRADE,
    QUERIES: ALL_RIGHTS,
    EXCHANGE_COMMANDS: NOBODY,
    REGISTRY_COMMANDS: Right.SETTLE,
}

#: kind -> rights, where it differs from its band. What only a proposal may do (SET_PHASE, PARAMETER_SET,
#: definitions) is absent: two persons send it, as PROPOSE and APPROVE.
RIGHTS_OF_KIND: Final[dict[Kind, Right]] = {
    Kind.CANCEL: Right.TRADE | Right.RISK,
    Kind.REDUCE: Right.TRADE | Right.RISK,
    Kind.MASS_CANCEL: Right.TRADE | Right.RISK | Right.OPERATE,
    Kind.MEMBER_LIMIT: Right.RISK,
    Kind.HALT: Right.OPERATE,
    Kind.RESUME: Right.OPERATE,
    Kind.KILL: Right.OPERATE,
    Kind.RESTORE: Right.OPERATE,
    Kind.BAND_CHANGE: Right.OPERATE,
    Kind.PROPOSE: Right.OPERATE,
    Kind.COMMAND_FRAGMENT: Right.OPERATE,
    Kind.APPROVE: Right.OPERATE,
    Kind.PROPOSAL_WITHDRAW: Right.OPERATE,
    Kind.NOTICE: Right.OPERATE,
    Kind.AUCTION_NOTICE: Right.OPERATE,
    Kind.AUCTION_END: Right.OPERATE,
    Kind.CONTRACT_EXPIRE: Right.OPERATE,
    Kind.BUST: Right.OPERATE | Right.SETTLE,
    Kind.CORRECTION: Right.OPERATE | Right.SETTLE,
}

#: Member commands that staff may send about any account, without being its member.
STAFF_KINDS: Final = (Kind.MASS_CANCEL,)


def may_see_depth(rights: int, is_depth_public: bool) -> bool:
    """Whether a login may follow and ask for the whole book, order by order."""
    return bool(rights & Right.DEPTH) or (is_depth_public and bool(rights & Right.PUBLIC))


def rights_needed(kind: int) -> Right:
    """The rights of which a login needs one to send this kind; none at all for what nobody may send."""
    for known, right in RIGHTS_OF_KIND.items():
        if known == kind:
            return right
    return next((right for band, right in RIGHTS_OF_BAND.items() if kind in band), NOBODY)


#: the same by kind, to be indexed with an array of kinds
RIGHTS_NEEDED: Final[NDArray[np.uint8]] = np.array([rights_needed(kind) for kind in range(256)], np.uint8)
#: whether staff may send a kind about an account of somebody else, by kind
OF_ANY_ACCOUNT: Final[NDArray[np.bool_]] = np.isin(np.arange(256), [int(kind) for kind in STAFF_KINDS])
