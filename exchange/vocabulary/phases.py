"""The phase machine of one method of one contract, as a literal table; an illegal change is rejected."""

from typing import Final

from exchange.vocabulary.enums import Phase

#: phase -> the phases it may change to
PHASE_CHANGES: Final[dict[Phase, tuple[Phase, ...]]] = {
    Phase.CLOSED: (Phase.PRE_OPEN,),
    Phase.PRE_OPEN: (Phase.TRADING, Phase.CALL_AUCTION, Phase.BREAK, Phase.ENDED),
    Phase.TRADING: (Phase.BREAK, Phase.CALL_AUCTION, Phase.PAUSED, Phase.ENDED),
    Phase.BREAK: (Phase.TRADING, Phase.CALL_AUCTION, Phase.ENDED),
    Phase.CALL_AUCTION: (Phase.TRADING, Phase.BREAK, Phase.PAUSED, Phase.ENDED),
    Phase.PAUSED: (Phase.TRADING, Phase.CALL_AUCTION, Phase.BREAK, Phase.ENDED),
    Phase.ENDED: (Phase.SEALED,),
    Phase.SEALED: (),
}
