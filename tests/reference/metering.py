"""Message limits: how many commands a second a member may send, cancels in a bucket of their own."""

from exchange.vocabulary.enums import ParameterId
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import MEMBER_FIRST
from tests.reference.layout import Command
from tests.reference.state import Login, Member

NS_OF_SECOND = 1_000_000_000
NS_OF_MS = 1_000_000
CREDIT_PLENTY = 255

#: the limit that a kind counts for
BUCKETS = dict.fromkeys(
    (
        Kind.LISTING,
        Kind.TAKE,
        Kind.LIMIT_ORDER,
        Kind.REPLACE,
        Kind.BLOCK_OFFER,
        Kind.BLOCK_COUNTER,
        Kind.BLOCK_ACCEPT,
        Kind.AUCTION_BID,
        Kind.SESSION_SETTING,
        Kind.MEMBER_LIMIT,
    ),
    ParameterId.MESSAGES_PER_SECOND,
) | dict.fromkeys(
    (Kind.CANCEL, Kind.REDUCE, Kind.MASS_CANCEL, Kind.BLOCK_DECLINE), ParameterId.CANCELS_PER_SECOND
)


def bucket_of(login: Login | None, kind: int, rules: dict[ParameterId, int]) -> ParameterId | None:
    """The limit a command counts for: a trading member's commands only, and only while a limit is on."""
    if login is None or login.member_id < MEMBER_FIRST:
        return None
    if not any(rules[bucket] for bucket in (ParameterId.MESSAGES_PER_SECOND, ParameterId.CANCELS_PER_SECOND)):
        return None
    return BUCKETS.get(Kind(kind)) if kind in tuple(Kind) else None


def sent_in(member: Member, bucket: ParameterId, time_ns: int) -> int:
    """Commands counted in the second of that time."""
    return member.sent[bucket] if member.second == time_ns // NS_OF_SECOND else 0


def count(member: Member, bucket: ParameterId, time_ns: int) -> None:
    """Count one command; a new second forgets the one before."""
    if member.second != time_ns // NS_OF_SECOND:
        member.second = time_ns // NS_OF_SECOND
        member.sent = dict.fromkeys(member.sent, 0)
    member.sent[bucket] += 1


def credit(
    login: Login | None, members: dict[int, Member], command: Command, rules: dict[ParameterId, int]
) -> int:
    """What a rejection says is left in the command's bucket."""
    bucket = bucket_of(login, command.kind, rules)
    if login is None or bucket is None or not rules[bucket]:
        return CREDIT_PLENTY
    left = rules[bucket] - sent_in(members[login.member_id], bucket, command.time_ns)
    return min(max(left, 0), CREDIT_PLENTY - 1)


def retry_after_ms(time_ns: int) -> int:
    """Milliseconds to the next second, rounded up."""
    return -(-(NS_OF_SECOND - time_ns % NS_OF_SECOND) // NS_OF_MS)
