"""TICK: what time alone brings about, stage after stage, always in this order."""

from collections.abc import Callable
from itertools import islice
from typing import Final

from exchange.vocabulary.enums import ParameterId
from exchange.vocabulary.kinds import Kind
from tests.reference.breaker import move_breakers
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.one_way import end_due_auctions
from tests.reference.proposals import expire_proposals
from tests.reference.state import BookSide, Contract
from tests.reference.timers import fire_logins
from tests.reference.uncross import tell_indicatives

IMAGE_LEVELS = 5


def tell_image(market: Market, contract: Contract, book: BookSide) -> None:
    """FIVE_LEVELS: the best levels of one side."""
    depth = min(IMAGE_LEVELS, contract.parameters[ParameterId.PUBLIC_DEPTH_LEVELS])
    image = {}
    count = 0
    for count, (price, level) in enumerate(islice(book.best_first(), depth), 1):
        image[f"level_{count}_price_ticks"] = price
        image[f"level_{count}_quantity_lots"] = level.total_lots
    market.emit_public(
        Kind.FIVE_LEVELS,
        board_contract_id=contract.contract_id,
        board_side=book.side,
        level_count=count,
        **image,
    )


def tell_images(market: Market) -> None:
    """The public image of every side that changed since its last one."""
    for contract in market.contracts.values():
        for book in contract.sides:
            if book.is_changed:
                book.is_changed = False
                tell_image(market, contract, book)


#: each stage acts on all it concerns before the next begins
STAGES: Final[tuple[Callable[[Market], None], ...]] = (
    expire_proposals,
    end_due_auctions,
    move_breakers,
    fire_logins,
    tell_indicatives,
    tell_images,
)


def apply_tick(market: Market, command: Command) -> Refusal | None:
    """TICK: every stage in turn."""
    for stage in STAGES:
        stage(market)
    return None
