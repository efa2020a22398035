"""Answers to ResendRequests: what was sent, once more, and gap fills for what is not repeated; a piece
at a time.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from exchange.bridge.fix.check import utc_text
from exchange.bridge.fix.codec import Field, Message, decode, encode
from exchange.bridge.fix.states import Clock, Journal
from exchange.bridge.fix.tables import OUR_COMP_ID, MsgType, Tag
from exchange.protocol.errors import PeerError

RESENDS_MAX: Final = 8  # asked for and not yet answered
HEAD_FIELDS: Final = 4


def head_of(msg_type: str, user: str, number: int) -> list[Field]:
    """The first fields of a message of ours, up to its number."""
    return [
        (Tag.MsgType, msg_type),
        (Tag.SenderCompID, OUR_COMP_ID),
        (Tag.TargetCompID, user),
        (Tag.MsgSeqNum, str(number)),
    ]


class Resends:
    """The requests that are not answered whole yet, in the order they came."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[Iterator[bytes]] = deque()

    @property
    def is_under_way(self) -> bool:
        """Whether anything is left to say."""
        return bool(self._waiting)

    def add(self, journal: Journal, user: str, begin: int, end: int) -> None:
        """Answer a request for the messages from `begin` to `end`; PeerError when too many are waiting."""
        if len(self._waiting) == RESENDS_MAX:
            raise PeerError(f"at most {RESENDS_MAX} ResendRequests before they are answered", "one more")
        self._waiting.append(self._again(journal, user, begin, end))

    def take(self, size: int) -> list[bytes]:
        """The next messages, until they have `size` bytes or nothing is left."""
        pieces: list[bytes] = []
        while self._waiting and size > 0:
            piece = next(self._waiting[0], None)
            if piece is None:
                self._waiting.popleft()
            else:
                pieces.append(piece)
                size -= len(piece)
        return pieces

    def clear(self) -> None:
        """Nothing of before is asked for any more."""
        self._waiting.clear()

    def _again(self, journal: Journal, user: str, begin: int, end: int) -> Iterator[bytes]:
        gap = 0  # first number of a run that is not repeated
        for number in range(begin, end + 1):
            raw = journal.sent(number)
            if not raw:
                gap = gap or number
                continue
            if gap:
                yield self._gap_fill(user, gap, number)
                gap = 0
            yield self._repeat(decode(raw))
        if gap:
            yield self._gap_fill(user, gap, end + 1)

    def _repeat(self, message: Message) -> bytes:
        times: list[Field] = [
            (Tag.PossDupFlag, "Y"),
            (Tag.SendingTime, utc_text(self._clock.utc_ms())),
            (Tag.OrigSendingTime, message.text(Tag.SendingTime)),
        ]
        rest = [
            one for one in message.fields if one[0] not in (Tag.BeginString, Tag.BodyLength, Tag.SendingTime)
        ]
        return encode([*rest[:HEAD_FIELDS], *times, *rest[HEAD_FIELDS:]])

    def _gap_fill(self, user: str, number: int, new: int) -> bytes:
        now = utc_text(self._clock.utc_ms())
        times: list[Field] = [(Tag.PossDupFlag, "Y"), (Tag.SendingTime, now), (Tag.OrigSendingTime, now)]
        fields: list[Field] = [(Tag.GapFillFlag, "Y"), (Tag.NewSeqNo, str(new))]
        return encode([*head_of(MsgType.SEQUENCE_RESET, user, number), *times, *fields])
