"""The acceptor's side of a FIX session, without I/O: bytes and time in; bytes to send, messages and an end
out.

The session knows numbers, heartbeats, resends and rejects. Who may log on, and what an application message
means, is the owner's to decide: it answers a LogonRequested with `accept` or `refuse` and goes on calling
`next`. Numbers and messages are kept by a Journal, which the owner makes durable before it sends what
`output` gives.
"""

from typing import Final

from exchange.bridge.fix.check import Fault, find_fault, utc_ms_of, utc_text
from exchange.bridge.fix.codec import Field, Framer, Message, encode
from exchange.bridge.fix.resend import Resends, head_of
from exchange.bridge.fix.states import (
    INPUTS,
    TRANSITIONS,
    ApplicationReceived,
    Clock,
    Ended,
    Input,
    Journal,
    LogonRequested,
    SessionEvent,
    State,
)
from exchange.bridge.fix.tables import (
    ADMIN_TYPES,
    BEGIN_STRING,
    LAYOUTS,
    OUR_COMP_ID,
    BusinessReject,
    MsgType,
    SessionReject,
    Tag,
)
from exchange.protocol.errors import IllegalStep, PeerError

LOGON_TIMEOUT_MS: Final = 5_000
LOGOUT_TIMEOUT_MS: Final = 5_000
SENDING_TIME_ACCURACY_MS: Final = 120_000  # FIX 4.4, volume 2: a message that old may be a stray
HEARTBEAT_S_MIN: Final = 1
HEARTBEAT_S_MAX: Final = 300
RESEND_BYTES: Final = 65_536  # given at once; the rest waits until the socket has taken it


class _Rejected(Exception):
    """The message is answered with a Reject and counted."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


class Session:
    """One connection of one peer."""

    def __init__(self, clock: Clock) -> None:
        self.state = State.CONNECTED
        self.is_available = False
        """Whether the exchange can be reached; without it application messages are refused."""
        self.user = ""
        self._clock = clock
        self._framer = Framer()
        self._journal: Journal | None = None
        self._logon: Message | None = None
        self._output: list[bytes] = []
        self._resends = Resends(clock)
        self._end: Ended | None = None
        self._heartbeat_ms = LOGON_TIMEOUT_MS
        self._received_ms = self._sent_ms = clock.now_ms()
        self._is_tested = False  # a TestRequest of ours waits for its answer
        self._asked_up_to = 0  # highest number seen when we last asked for a resend, 0 = nothing is missing
        self._asked_ms = 0

    # ---- what comes in

    def feed(self, data: bytes) -> None:
        """What was received; then call `next` until it gives None."""
        if self.state is not State.CLOSED:
            self._framer.feed(data)

    def next(self) -> SessionEvent | None:
        """The next thing the owner has to know. Ended is the last."""
        try:
            while self.state not in (State.CHECKING, State.CLOSED):
                message = self._framer.next()
                if message is None:
                    break
                if self.state is not State.CONNECTED:  # no dribble of bytes may stretch the time to log on
                    self._received_ms, self._is_tested = self._clock.now_ms(), False
                event = self._take(message)
                if event is not None:
                    return event
        except PeerError as error:
            self._break_off(str(error))
        ended, self._end = self._end, None
        return ended

    def output(self) -> bytes:
        """What is to be sent now. While `is_resending`, call again when the socket has taken it."""
        size = sum(map(len, self._output))
        if size < RESEND_BYTES:
            self._output += self._resends.take(RESEND_BYTES - size)
        data, self._output = b"".join(self._output), []
        return data

    @property
    def is_resending(self) -> bool:
        """Whether an answer to a ResendRequest is not given whole yet: say nothing new until then."""
        return self._resends.is_under_way

    def tick(self) -> None:
        """Time has passed."""
        now_ms = self._clock.now_ms()
        silent_ms = now_ms - self._received_ms
        match self.state:
            case State.CONNECTED if silent_ms >= LOGON_TIMEOUT_MS:
                self._close(f"expected a Logon within {LOGON_TIMEOUT_MS} ms, found none", is_in_order=False)
            case State.LOGGING_OUT if now_ms - self._sent_ms >= LOGOUT_TIMEOUT_MS:
                self._close("the other side did not answer our Logout", is_in_order=False)
            case State.OPEN:
                if silent_ms >= 3 * self._heartbeat_ms and self._is_tested:
                    self._break_off("expected an answer to a TestRequest, found silence")
                elif silent_ms >= 3 * self._heartbeat_ms // 2 and not self._is_tested:
                    self._is_tested = True
                    self._send(MsgType.TEST_REQUEST, [(Tag.TestReqID, utc_text(self._clock.utc_ms()))])
                elif now_ms - self._sent_ms >= self._heartbeat_ms:
                    self._send(MsgType.HEARTBEAT, [])

    # ---- what the owner says

    def accept(self, journal: Journal) -> None:
        """Let the peer in, under the numbers of the journal."""
        logon = self._logon
        assert logon is not None
        self._step(Input.ACCEPT)
        self._journal, self._logon = journal, None
        self._received_ms = self._clock.now_ms()
        if self._heartbeat_of(logon) is None:
            self._break_off(f"HeartBtInt must be {HEARTBEAT_S_MIN} to {HEARTBEAT_S_MAX} s")
            return
        self._heartbeat_ms = 1000 * int(logon.text(Tag.HeartBtInt))
        late = self._time_fault(logon)
        if late is not None:
            self._break_off(late.text)
            return
        is_reset = logon.get(Tag.ResetSeqNumFlag) == "Y"
        number = int(logon.text(Tag.MsgSeqNum))
        if is_reset:
            if number != 1:
                self._break_off(f"a Logon with ResetSeqNumFlag has MsgSeqNum 1, found {number}")
                return
            journal.reset()
        elif number < journal.next_in:
            self._break_off(f"MsgSeqNum too low, expecting {journal.next_in} but received {number}")
            return
        self._answer_logon(logon, is_reset)
        if number == journal.next_in:
            journal.note_received(number, b"")
        else:
            self._ask_for_missing(number)

    def refuse(self, reason: str) -> None:
        """Turn the peer away without a word: a message would use up a number of a session not proven to be
        its own.
        """
        self._step(Input.REFUSE)
        self._end = Ended(reason, is_in_order=False)

    def send(self, msg_type: str, fields: list[Field]) -> None:
        """Send an application message; the session must be open."""
        if self.state is not State.OPEN:
            raise IllegalStep(f"a message in state {self.state.name}")
        self._send(msg_type, fields)

    def log_out(self, reason: str) -> None:
        """Ask the peer to end the session."""
        if self.state is State.OPEN:
            self._step(Input.SEND_LOGOUT)
            self._send(MsgType.LOGOUT, [(Tag.Text, reason)])

    def close(self) -> None:
        """The connection is gone."""
        self._step(Input.CLOSE)

    # ---- messages, in the order of the checks

    def _take(self, message: Message) -> SessionEvent | None:
        if message.text(Tag.BeginString) != BEGIN_STRING:
            raise PeerError(f"BeginString {BEGIN_STRING}", repr(message.text(Tag.BeginString)))
        kind = INPUTS.get(
            message.msg_type, Input.ADMIN if message.msg_type in ADMIN_TYPES else Input.APPLICATION
        )
        if (self.state, kind) not in TRANSITIONS:
            raise PeerError(f"no {kind.name} in state {self.state.name}", repr(message.msg_type[:8]))
        if self.state is State.CONNECTED:
            return self._take_first(message)
        number_text = message.text(Tag.MsgSeqNum)
        if not (number_text.isascii() and number_text.isdecimal() and len(number_text) < 10):
            raise PeerError("MsgSeqNum", repr(number_text))
        number = int(number_text)
        if self._is_out_of_order(message, number):
            return None
        try:
            self._check(message)
            return self._act(message, number, kind)
        except _Rejected as rejected:
            if number == self._journal_of().next_in:
                self._journal_of().note_received(number, b"")
            self._reject(message, rejected.fault)
            if rejected.fault.reason in (SessionReject.COMPID_PROBLEM, SessionReject.SENDING_TIME_ACCURACY):
                self._break_off(rejected.fault.text)
        return None

    def _take_first(self, message: Message) -> SessionEvent | None:
        """A Logon before anybody has proven who it is from: what is wrong with it ends the connection."""
        fault = find_fault(message) or self._identity_fault(message)
        if fault is not None:
            raise PeerError("a Logon", f"{fault.text} (tag {fault.tag})")
        self._step(Input.LOGON)
        self._logon, self.user = message, message.text(Tag.Username)
        return LogonRequested(self.user, message.text(Tag.Password))

    def _is_out_of_order(self, message: Message, number: int) -> bool:
        """Whether the number says that the message is not to be acted on, or not yet."""
        journal = self._journal_of()
        msg_type = message.msg_type
        is_reset = msg_type == MsgType.SEQUENCE_RESET and message.get(Tag.GapFillFlag) != "Y"
        is_new_logon = msg_type == MsgType.LOGON and message.get(Tag.ResetSeqNumFlag) == "Y"
        if is_reset or is_new_logon:
            return False
        if number > journal.next_in:
            if msg_type == MsgType.LOGOUT:
                return False  # it is going: agree; the gap is asked for at its next Logon
            if msg_type == MsgType.RESEND_REQUEST and find_fault(message) is None:
                self._answer_resend(message)  # else both sides would wait for each other
            self._ask_for_missing(number)
            return True
        if number == journal.next_in:
            return False
        if not message.is_possible_duplicate:
            self._break_off(f"MsgSeqNum too low, expecting {journal.next_in} but received {number}")
        return True  # a duplicate: it was acted on when it first came

    def _check(self, message: Message) -> None:
        fault = find_fault(message) or self._identity_fault(message) or self._time_fault(message)
        if fault is not None:
            raise _Rejected(fault)

    def _identity_fault(self, message: Message) -> Fault | None:
        if message.get(Tag.TargetCompID) != OUR_COMP_ID:
            return Fault(
                SessionReject.COMPID_PROBLEM, Tag.TargetCompID, f"TargetCompID must be {OUR_COMP_ID}"
            )
        if message.get(Tag.SenderCompID) != (self.user or message.get(Tag.Username)):
            return Fault(SessionReject.COMPID_PROBLEM, Tag.SenderCompID, "SenderCompID must be the Username")
        return None

    def _time_fault(self, message: Message) -> Fault | None:
        sent_ms = utc_ms_of(message.text(Tag.SendingTime)) or 0
        if abs(self._clock.utc_ms() - sent_ms) > SENDING_TIME_ACCURACY_MS:
            return Fault(
                SessionReject.SENDING_TIME_ACCURACY,
                Tag.SendingTime,
                f"SendingTime is more than {SENDING_TIME_ACCURACY_MS // 1000} s from our clock",
            )
        if message.is_possible_duplicate and message.msg_type != MsgType.SEQUENCE_RESET:
            first_ms = utc_ms_of(message.text(Tag.OrigSendingTime))
            if first_ms is None:
                return Fault(
                    SessionReject.REQUIRED_TAG_MISSING, Tag.OrigSendingTime, "OrigSendingTime is missing"
                )
            if first_ms > sent_ms:
                text = "OrigSendingTime is later than SendingTime"
                return Fault(SessionReject.SENDING_TIME_ACCURACY, Tag.OrigSendingTime, text)
        return None

    # ---- acting on a message that is good and in order

    def _act(self, message: Message, number: int, kind: Input) -> SessionEvent | None:
        journal = self._journal_of()
        match message.msg_type:
            case MsgType.LOGON:
                self._reset_by_logon(message, number)
                return None
            case MsgType.SEQUENCE_RESET:
                self._reset_sequence(message, number)
                return None
            case MsgType.LOGOUT:
                self._take_logout(number)
                return None
        is_served = kind is Input.APPLICATION and self._is_served(message)
        journal.note_received(number, message.raw if is_served else b"")
        self._note_gap_closed()
        match message.msg_type:
            case MsgType.TEST_REQUEST:
                self._send(MsgType.HEARTBEAT, [(Tag.TestReqID, message.text(Tag.TestReqID))])
            case MsgType.RESEND_REQUEST:
                self._answer_resend(message)
        return ApplicationReceived(message) if is_served else None

    def _is_served(self, message: Message) -> bool:
        """Whether the application takes it; otherwise it is refused here."""
        layout = LAYOUTS.get(message.msg_type)
        if layout is None or layout.way == "out":
            self._refuse_business(
                message, BusinessReject.UNSUPPORTED_MESSAGE_TYPE, "not served; see docs/FIX.md"
            )
            return False
        if not self.is_available or self.state is not State.OPEN:
            text = "the exchange cannot be reached now, or is between two days; send it again later"
            self._refuse_business(message, BusinessReject.APPLICATION_NOT_AVAILABLE, text)
            return False
        return True

    def _reset_by_logon(self, message: Message, number: int) -> None:
        if message.get(Tag.ResetSeqNumFlag) != "Y" or number != 1:
            raise PeerError(
                "a Logon in an open session only with ResetSeqNumFlag and MsgSeqNum 1", str(number)
            )
        journal = self._journal_of()
        journal.reset()
        self._asked_up_to = 0
        self._resends.clear()
        self._answer_logon(message, is_reset=True)
        journal.note_received(1, b"")

    def _reset_sequence(self, message: Message, number: int) -> None:
        journal = self._journal_of()
        new = int(message.text(Tag.NewSeqNo))
        if new < journal.next_in or (new == number and message.get(Tag.GapFillFlag) == "Y"):
            text = f"NewSeqNo may not be {new}: expected is {journal.next_in}"
            fault = Fault(SessionReject.VALUE_INCORRECT, Tag.NewSeqNo, text)
            if message.get(Tag.GapFillFlag) == "Y":
                raise _Rejected(fault)
            self._reject(message, fault)  # its number was not looked at, so it is not counted either
            return
        journal.set_next_in(new)
        self._note_gap_closed()

    def _take_logout(self, number: int) -> None:
        if number == self._journal_of().next_in:
            self._journal_of().note_received(number, b"")
        if self.state is State.OPEN:
            self._send(MsgType.LOGOUT, [])
        self._close("logged out", is_in_order=True)

    def _answer_resend(self, message: Message) -> None:
        begin, end = int(message.text(Tag.BeginSeqNo)), int(message.text(Tag.EndSeqNo))
        last = self._journal_of().next_out - 1
        end = last if end == 0 else min(end, last)
        if not 1 <= begin <= last:
            fault = Fault(
                SessionReject.VALUE_INCORRECT, Tag.BeginSeqNo, f"expected 1 to {last}, found {begin}"
            )
            self._reject(message, fault)
        else:
            self._resends.add(self._journal_of(), self.user, begin, end)

    # ---- what goes out

    def _answer_logon(self, logon: Message, is_reset: bool) -> None:
        flag: list[Field] = [(Tag.ResetSeqNumFlag, "Y")] if is_reset else []
        self._send(
            MsgType.LOGON,
            [(Tag.EncryptMethod, "0"), (Tag.HeartBtInt, logon.text(Tag.HeartBtInt)), *flag],
        )

    def _ask_for_missing(self, number: int) -> None:
        """Ask once for all that is missing, and again only when a heartbeat's time has brought nothing."""
        now_ms = self._clock.now_ms()
        is_waiting = self._asked_up_to and now_ms - self._asked_ms < self._heartbeat_ms
        self._asked_up_to = max(self._asked_up_to, number)
        if not is_waiting:
            self._asked_ms = now_ms
            begin = str(self._journal_of().next_in)
            self._send(MsgType.RESEND_REQUEST, [(Tag.BeginSeqNo, begin), (Tag.EndSeqNo, "0")])

    def _note_gap_closed(self) -> None:
        if self._journal_of().next_in > self._asked_up_to:
            self._asked_up_to = 0

    def _reject(self, message: Message, fault: Fault) -> None:
        fields: list[Field] = [
            (Tag.RefSeqNum, message.text(Tag.MsgSeqNum)),
            (Tag.RefTagID, str(int(fault.tag))),
            (Tag.RefMsgType, message.msg_type),
            (Tag.SessionRejectReason, str(int(fault.reason))),
            (Tag.Text, fault.text),
        ]
        self._send(MsgType.REJECT, fields)

    def _refuse_business(self, message: Message, reason: BusinessReject, text: str) -> None:
        reference = message.get(Tag.ClOrdID)
        fields: list[Field] = [
            (Tag.RefSeqNum, message.text(Tag.MsgSeqNum)),
            (Tag.RefMsgType, message.msg_type),
            *([(Tag.BusinessRejectRefID, reference)] if reference else []),
            (Tag.BusinessRejectReason, str(int(reason))),
            (Tag.Text, text),
        ]
        self._send(MsgType.BUSINESS_MESSAGE_REJECT, fields)

    def _send(self, msg_type: str, fields: list[Field]) -> None:
        journal = self._journal_of()
        number = journal.next_out
        now = (Tag.SendingTime, utc_text(self._clock.utc_ms()))
        raw = encode([*head_of(msg_type, self.user, number), now, *fields])
        # Rejects of one message are sent again as any answer is; what belongs to the moment is not.
        journal.note_sent(number, b"" if msg_type in ADMIN_TYPES and msg_type != MsgType.REJECT else raw)
        self._output.append(raw)
        self._sent_ms = self._clock.now_ms()

    # ---- ends

    def _break_off(self, reason: str) -> None:
        """End a session that cannot go on: say why where the peer is known, then close."""
        if self.state in (State.OPEN, State.LOGGING_OUT):
            self._send(MsgType.LOGOUT, [(Tag.Text, reason)])
        self._close(reason, is_in_order=False)

    def _close(self, reason: str, *, is_in_order: bool) -> None:
        self._step(Input.CLOSE)
        self._end = self._end or Ended(reason, is_in_order)

    def _step(self, ours: Input) -> None:
        state = TRANSITIONS.get((self.state, ours))
        if state is None:
            raise IllegalStep(f"{ours.name} in state {self.state.name}")
        self.state = state

    def _heartbeat_of(self, logon: Message) -> int | None:
        seconds = int(logon.text(Tag.HeartBtInt))
        return seconds if HEARTBEAT_S_MIN <= seconds <= HEARTBEAT_S_MAX else None

    def _journal_of(self) -> Journal:
        assert self._journal is not None
        return self._journal
