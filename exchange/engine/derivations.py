"""Which derived streams a day has: the depth stream when somebody may follow it, and every drop copy."""

from datetime import date

from exchange.engine.directory import Directory
from exchange.publish.depth import Depth
from exchange.publish.derived import Derivation
from exchange.publish.drop_copy import DropCopy
from exchange.rulebook import RuleKey, rules_on
from exchange.vocabulary.enums import Right
from exchange.vocabulary.limits import IMAGE_LEVELS


def is_depth_public(profile: str, day: date) -> bool:
    """Whether the rules of a day show everybody more than the five levels of the images: the whole book."""
    return rules_on(profile, day).whole_number(RuleKey.MARKET_DATA_PUBLIC_DEPTH_LEVELS) > IMAGE_LEVELS


def derivations_of(directory: Directory, profile: str, day: date) -> list[Derivation]:
    """New derivations for one day's streams, in their order."""
    is_followed = is_depth_public(profile, day) or any(
        login.rights & Right.DEPTH for login in directory.logins
    )
    depth: list[Derivation] = [Depth()] if is_followed else []
    return depth + [DropCopy(copy.stream_id, copy.member_ids) for copy in directory.drop_copies_on(day)]
