"""Commands under way, without I/O: numbers them, matches the stream's events to them, says what to resend.

A resend carries the reference of the first sending, so nothing is executed twice: the exchange answers it
DUPLICATE, and as that answer stands in the stream behind the first outcome, the command is no longer under
way when it arrives. A DUPLICATE for a command still under way therefore means that another program of the
same login used the number: the command is then sent again under a new one.

A stream read from its beginning repeats the outcomes of an earlier program under the same numbers. So an
event can only end a command if its sequence lies above `settled_sequence`: the last one that an answer to a
query, read before the command was sent, already reflected.
"""

from typing import Final

from exchange.client.decode import OtherRecord
from exchange.client.events import (
    Accepted,
    BlockClosed,
    CommandDone,
    Done,
    Event,
    Executed,
    Headed,
    LimitChanged,
    MassCancelled,
    ProposalChanged,
    Reduced,
    Rejected,
    SettingChanged,
)
from exchange.client.outcome import Outcome, Result, known_reason
from exchange.client.replies import Refused
from exchange.vocabulary.enums import DoneReason, OrderKind, ProposalState, TimeInForce
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from exchange.vocabulary.rejects import RejectReason

RENUMBERINGS_MAX: Final = 8  # a second program of the same login cannot make us send for ever
UNDER_WAY_MAX: Final = 65_536
#: orders that end with the command that made them: its outcome is their DONE
_ENDING_ORDER_KIND: Final[dict[int, Kind]] = {
    OrderKind.TAKE: Kind.TAKE,
    OrderKind.BLOCK_ACCEPT: Kind.BLOCK_ACCEPT,
    OrderKind.LIMIT: Kind.LIMIT_ORDER,
}
#: orders that rest: the outcome is that they are accepted
_ACCEPTING_KINDS: Final[dict[int, tuple[Kind, ...]]] = {
    OrderKind.LISTING: (Kind.LISTING,),
    OrderKind.LIMIT: (Kind.LIMIT_ORDER,),
    OrderKind.BLOCK_OFFER: (Kind.BLOCK_OFFER, Kind.BLOCK_COUNTER),
    OrderKind.BID: (Kind.AUCTION_BID,),
}
_DONE_EVENTS: Final[dict[type, tuple[Kind, ...]]] = {
    Reduced: (Kind.REDUCE, Kind.REPLACE),
    MassCancelled: (Kind.MASS_CANCEL,),
    SettingChanged: (Kind.SESSION_SETTING,),
    LimitChanged: (Kind.MEMBER_LIMIT,),
}
_PROPOSAL_KINDS: Final[dict[int, Kind]] = {
    ProposalState.OPEN: Kind.COMMAND_FRAGMENT,
    ProposalState.APPROVED: Kind.APPROVE,
    ProposalState.WITHDRAWN: Kind.PROPOSAL_WITHDRAW,
}
_Answering = (
    Accepted
    | Executed
    | Done
    | CommandDone
    | Reduced
    | MassCancelled
    | SettingChanged
    | LimitChanged
    | ProposalChanged
)


class TooManyCommands(RuntimeError):
    """More commands are under way than a desk keeps: wait for outcomes before sending more."""


class Command:
    """One command under way."""

    __slots__ = (
        "after_sequence",
        "executions",
        "fields",
        "kind",
        "outcome",
        "renumberings",
        "user_reference",
    )

    def __init__(
        self, kind: Kind, fields: dict[str, int | bytes], user_reference: int, after_sequence: int
    ) -> None:
        self.kind = kind
        self.fields = fields
        self.user_reference = user_reference
        self.after_sequence = after_sequence
        self.executions: list[Executed] = []
        self.renumberings = 0
        self.outcome: Outcome | None = None

    @property
    def ends_at_once(self) -> bool:
        """Whether the order that it makes never rests, so that its DONE is the outcome."""
        return self.kind is not Kind.LIMIT_ORDER or self.fields.get("time_in_force", 0) != TimeInForce.DAY

    @property
    def is_silent(self) -> bool:
        """Whether the exchange says nothing when it takes effect: all parts of a text but the last."""
        if self.kind not in (Kind.COMMAND_FRAGMENT, Kind.NOTICE):
            return False
        index, count = self.fields.get("fragment_index", 0), self.fields.get("fragment_count", 0)
        return isinstance(index, int) and isinstance(count, int) and index + 1 < count

    def record(self) -> bytes:
        """The 64 bytes to send."""
        return make(self.kind, user_reference=self.user_reference, **self.fields)


class Desk:
    """The commands one login has under way on one trading day."""

    def __init__(self, login_id: int) -> None:
        self.login_id = login_id
        self.highest_reference = 0  # highest known to be used today, by us or by another program
        self.settled_sequence = 0
        self._commands: dict[int, Command] = {}  # by reference, in the order sent

    @property
    def under_way(self) -> int:
        """How many commands wait for their outcome."""
        return len(self._commands)

    def new_command(self, kind: Kind, **fields: int | bytes) -> Command:
        """Number a command; ValueError when a field does not exist or does not fit."""
        if len(self._commands) >= UNDER_WAY_MAX:
            raise TooManyCommands(f"expected at most {UNDER_WAY_MAX} commands under way")
        command = Command(kind, fields, self.highest_reference + 1, self.settled_sequence)
        _check_fields(command)
        self._put(command)
        return command

    def to_resend(self) -> bytes:
        """Everything under way, in order, for a connection just made."""
        return b"".join(command.record() for command in self._commands.values())

    def take_event(self, event: Event | OtherRecord) -> tuple[list[Command], bytes]:
        """Match one event: the commands it ends, and what is to be sent because of it."""
        if isinstance(event, Rejected):
            return self._take_rejected(event) if event.login_id == self.login_id else ([], b"")
        if isinstance(event, BlockClosed):
            return self._take_block_closed(event), b""
        if not isinstance(event, _Answering):
            return [], b""
        ended: list[Command] = []
        if event.login_id == self.login_id:
            self._saw(event.user_reference)
            ended = self._take_silent(event) + self._take_own(event)
        if isinstance(event, Done) and event.done_reason == DoneReason.CANCELLED:
            ended += self._take_cancelled(event)
        return ended, b""

    def take_refused(self, refused: Refused) -> list[Command]:
        """A packet refused before it was numbered: the command ends rejected, its reference unused."""
        self._saw(refused.highest_reference)
        command = self._commands.get(refused.user_reference)
        if command is None or command.kind != refused.command_kind:
            return []
        return [self._reject(command, refused.reason, 0, refused.retry_after_ms)]

    def end_day(self) -> list[Command]:
        """The stream is over: what is still under way has an unknown outcome; numbers begin at 1 again."""
        ended = [
            self._end(command, Outcome(result=Result.UNKNOWN, kind=command.kind, user_reference=reference))
            for reference, command in list(self._commands.items())
        ]
        self.highest_reference = self.settled_sequence = 0
        return ended

    # ---- matching

    def _take_own(self, event: _Answering) -> list[Command]:
        """An event caused by this login, about the command of that reference or the order it made."""
        command = self._command_of(event)
        if command is None:
            return []
        match event:
            case Accepted() if command.kind in _ACCEPTING_KINDS.get(event.order_kind, ()):
                is_end = command.kind is not Kind.LIMIT_ORDER or not command.ends_at_once
                return [self._accept(command, event.order_id)] if is_end else []
            case Executed() if command.kind == _ENDING_ORDER_KIND.get(event.order_kind):
                command.executions.append(event)
            case Done() if command.kind == _ENDING_ORDER_KIND.get(event.order_kind):
                return [self._accept(command, event.order_id)]
            case CommandDone() if command.kind == event.command_kind and not command.is_silent:
                return [self._accept(command, 0)]
            case ProposalChanged() if command.kind == _PROPOSAL_KINDS.get(event.proposal_state):
                return [self._accept(command, 0)]
            case Reduced() | MassCancelled() | SettingChanged() | LimitChanged():
                return self._take_done(command, event)
        return []

    def _take_done(
        self, command: Command, event: Reduced | MassCancelled | SettingChanged | LimitChanged
    ) -> list[Command]:
        """The one event by which a command says that it took effect."""
        if command.kind not in _DONE_EVENTS[type(event)]:
            return []
        match event:
            case Reduced():
                return [self._accept(command, event.order_id)]
            case MassCancelled():
                return [self._accept(command, 0, event.record_count, event.cancelled_lots)]
        return [self._accept(command, 0)]

    def _take_silent(self, event: Headed) -> list[Command]:
        """What was sent before a command that is answered has been obeyed, if nothing said otherwise."""
        silent = [
            command
            for reference, command in self._commands.items()
            if command.is_silent
            and reference < event.user_reference
            and event.sequence > command.after_sequence
        ]
        return [self._accept(command, 0) for command in silent]

    def _take_cancelled(self, event: Done) -> list[Command]:
        """A cancel's success is told by its order, under the order's reference; the oldest cancel did it."""
        for command in self._commands.values():
            if command.kind is not Kind.CANCEL or event.sequence <= command.after_sequence:
                continue
            by_id = command.fields.get("order_id", 0)
            is_own_reference = event.login_id == self.login_id and not by_id
            named_by_reference = (
                is_own_reference and command.fields.get("target_reference") == event.user_reference
            )
            if by_id == event.order_id or named_by_reference:
                return [self._accept(command, event.order_id)]
        return []

    def _take_block_closed(self, event: BlockClosed) -> list[Command]:
        if event.login_id != self.login_id or event.done_reason != DoneReason.DECLINED:
            return []
        command = self._command_of(event)
        if command is None or command.kind is not Kind.BLOCK_DECLINE:
            return []
        self._saw(event.user_reference)
        return [self._accept(command, event.order_id)]

    def _take_rejected(self, event: Rejected) -> tuple[list[Command], bytes]:
        self._saw(event.highest_reference)
        command = self._command_of(event)
        if command is None:
            return [], b""
        earlier = self._take_silent(event)
        if command.is_silent and event.reason == RejectReason.DUPLICATE_REFERENCE:
            return [*earlier, self._accept(command, 0)], b""  # sent again: it had been taken the first time
        is_number_taken = event.reason in (RejectReason.DUPLICATE_REFERENCE, RejectReason.REFERENCE_GAP)
        if is_number_taken and command.renumberings < RENUMBERINGS_MAX:
            return earlier, self._renumber(command, event.highest_reference)
        rejected = self._reject(command, event.reason, event.expected_value, event.retry_after_ms)
        return [*earlier, rejected], b""

    def _renumber(self, command: Command, highest: int) -> bytes:
        del self._commands[command.user_reference]
        # After a gap the numbers below are free again; after a duplicate ours may already be ahead.
        self.highest_reference = max(highest, *self._commands) if self._commands else highest
        command.renumberings += 1
        command.user_reference = self.highest_reference + 1
        self._put(command)
        return command.record()

    def _command_of(self, event: Headed) -> Command | None:
        """The command under way that an event may be about."""
        command = self._commands.get(event.user_reference)
        return command if command is not None and event.sequence > command.after_sequence else None

    # ---- ends

    def _accept(
        self, command: Command, order_id: int, order_count: int = 0, cancelled_lots: int = 0
    ) -> Command:
        outcome = Outcome(
            result=Result.ACCEPTED,
            kind=command.kind,
            user_reference=command.user_reference,
            order_id=order_id,
            executions=tuple(command.executions),
            order_count=order_count,
            cancelled_lots=cancelled_lots,
        )
        return self._end(command, outcome)

    def _reject(self, command: Command, reason: int, expected_value: int, retry_after_ms: int) -> Command:
        outcome = Outcome(
            result=Result.REJECTED,
            kind=command.kind,
            user_reference=command.user_reference,
            order_id=_number(command.fields.get("order_id", 0)),
            reason=known_reason(reason),
            code=reason,
            expected_value=expected_value,
            retry_after_ms=retry_after_ms,
        )
        return self._end(command, outcome)

    def _end(self, command: Command, outcome: Outcome) -> Command:
        del self._commands[command.user_reference]
        command.outcome = outcome
        return command

    def _put(self, command: Command) -> None:
        self._commands[command.user_reference] = command
        self._saw(command.user_reference)

    def _saw(self, reference: int) -> None:
        self.highest_reference = max(self.highest_reference, reference)


def _number(value: int | bytes) -> int:
    return value if isinstance(value, int) else 0


def _check_fields(command: Command) -> None:
    """Names and ranges are checked before a number is used up; numpy says what does not fit."""
    try:
        command.record()
    except OverflowError as error:
        raise ValueError(f"{command.kind.name}: a field does not fit: {error}") from error
