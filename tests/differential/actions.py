"""What may happen next in a generated day, and how often: one table, weighted by each profile."""

from itertools import accumulate

from exchange.vocabulary.kinds import Kind
from tests.differential import (
    auctions,
    blocks,
    clock,
    continuous,
    floods,
    listed,
    operations,
    people,
    registry,
)
from tests.differential.flow import Action, Flow
from tests.differential.picks import pick_actor
from tests.differential.profiles import Profile

#: kinds of the catalogue that no rule serves yet, and queries, which are never journaled
UNSUPPORTED = (Kind.QUERY, Kind.PARAMETER_SET_SWITCH, Kind.OBJECTION)
STRANGE_KINDS = (0x00, 0x0F, 0x2F, 0x3A, 0x5F, 0x7F, 0x80, 0xFF)


def stray(flow: Flow) -> None:
    """A kind of a later step, a kind that does not exist, a login that does not exist."""
    rng = flow.rng
    login_id, _ = pick_actor(flow)
    pick = rng.random()
    if pick < 0.5:
        flow.send(rng.choice(UNSUPPORTED), login_id)
    elif pick < 0.7:
        record = bytearray(flow.stamped(Kind.LISTING, login_id))
        record[3] = rng.choice(STRANGE_KINDS)
        flow.send_record(bytes(record))
    else:
        flow.send(Kind.LISTING, rng.choice((10, 63, 64, 200, 65_535)), contract_id=1, account_id=1_001)


ACTIONS: dict[str, tuple[Action, float]] = {
    "listing": (listed.listing, 170),
    "sweep": (listed.sweep, 95),
    "named": (listed.named, 65),
    "limit": (continuous.limit, 200),
    "cancel": (continuous.cancel, 85),
    "reduce": (continuous.reduce, 25),
    "replace": (continuous.replace, 45),
    "mass_cancel": (continuous.mass_cancel, 3),
    "offer": (blocks.offer, 45),
    "accept": (blocks.accept, 50),
    "counter": (blocks.counter, 8),
    "decline": (blocks.decline, 7),
    "auction_notice": (auctions.auction_notice, 4),
    "bid": (auctions.bid, 45),
    "late_bid": (auctions.late_bid, 4),
    "end_auction": (auctions.end_auction, 1.5),
    "call_auction": (auctions.call_auction, 1.5),
    "tick": (clock.tick, 40),
    "jump": (clock.jump, 2),
    "transfer": (registry.transfer, 10),
    "hold_end": (registry.hold_end, 5),
    "restrict": (registry.restrict, 2),
    "bust": (registry.bust, 4),
    "propose": (people.propose, 4),
    "fill_proposals": (people.fill_proposals, 0.05),
    "notice": (people.notice, 1),
    "expire_contract": (people.expire_contract, 0.5),
    "own_limit": (people.own_limit, 2),
    "session": (people.session, 2),
    "phase": (operations.phase, 4),
    "wake": (operations.wake, 3),
    "lunch": (operations.lunch, 0.8),
    "halt": (operations.halt, 4),
    "kill": (operations.kill, 4),
    "band_change": (operations.band_change, 1),
    "change_rule": (operations.change_rule, 0.5),
    "market_limit": (operations.market_limit, 0.5),
    "login": (operations.login, 5),
    "restart": (operations.restart, 0.4),
    "misplaced": (operations.misplaced, 1.5),
    "stray": (stray, 8),
    "flood": (floods.flood, 0.02),
}


class Choice:
    """The actions of a profile, to be drawn from."""

    def __init__(self, profile: Profile) -> None:
        unknown = profile.weights.keys() - ACTIONS.keys()
        assert not unknown, f"profile {profile.name}: expected actions of the table, found {sorted(unknown)}"
        self._actions = [action for action, _ in ACTIONS.values()]
        self._weights = list(
            accumulate(weight * profile.weights.get(name, 1) for name, (_, weight) in ACTIONS.items())
        )

    def act(self, flow: Flow) -> None:
        """One action; most send one command."""
        flow.rng.choices(self._actions, cum_weights=self._weights)[0](flow)
