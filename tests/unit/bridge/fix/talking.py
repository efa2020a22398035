"""A FIX session with a clock set by hand and a journal in memory, and what a peer says to it."""

from exchange.bridge.fix.check import utc_text
from exchange.bridge.fix.codec import Field, Framer, Message, encode
from exchange.bridge.fix.session import Session
from exchange.bridge.fix.states import ApplicationReceived, Ended, LogonRequested, SessionEvent
from exchange.bridge.fix.tables import Tag

USER = "E00001"


class HandClock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def now_ms(self) -> int:
        return self.ms

    def utc_ms(self) -> int:
        return 1_800_000_000_000 + self.ms


class MemoryJournal:
    """The numbers and messages of a session."""

    def __init__(self) -> None:
        self.next_in = self.next_out = 1
        self.messages: dict[int, bytes] = {}
        self.taken: list[bytes] = []

    def note_received(self, number: int, raw: bytes) -> None:
        assert number == self.next_in
        self.next_in += 1
        if raw:
            self.taken.append(raw)

    def note_sent(self, number: int, raw: bytes) -> None:
        assert number == self.next_out
        self.next_out += 1
        if raw:
            self.messages[number] = raw

    def set_next_in(self, number: int) -> None:
        assert number >= self.next_in
        self.next_in = number

    def reset(self) -> None:
        self.next_in = self.next_out = 1
        self.messages.clear()

    def sent(self, number: int) -> bytes:
        return self.messages.get(number, b"")


class Talk:
    """One connection to one session."""

    def __init__(self, journal: MemoryJournal | None = None, clock: HandClock | None = None) -> None:
        self.clock = clock or HandClock()
        self.journal = journal or MemoryJournal()
        self.session = Session(self.clock)
        self.session.is_available = True
        self.events: list[SessionEvent] = []
        self._framer = Framer()

    def say(self, msg_type: str, number: int, *body: Field, **head: str) -> list[Message]:
        """A message of the peer; what the session answers."""
        return self.say_raw(self.encoded(msg_type, number, *body, **head))

    def say_raw(self, data: bytes) -> list[Message]:
        self.session.feed(data)
        return self.answers()

    def tick(self, ms: int) -> list[Message]:
        """Time passes."""
        self.clock.ms += ms
        self.session.tick()
        return self.answers()

    def log_on(self, number: int = 1, *body: Field, **head: str) -> list[Message]:
        """A good logon, accepted."""
        fields = [(Tag.EncryptMethod, "0"), (Tag.HeartBtInt, "10")]
        fields += [(Tag.Username, USER), (Tag.Password, "secret")]
        return self.say("A", number, *fields, *body, **head)

    def answers(self) -> list[Message]:
        while (event := self.session.next()) is not None:
            self.events.append(event)
            if isinstance(event, LogonRequested):
                self.session.accept(self.journal)
        return self.read_output()

    def read_output(self) -> list[Message]:
        answers = []
        while data := self.session.output():
            self._framer.feed(data)
            while (message := self._framer.next()) is not None:
                answers.append(message)
        return answers

    def encoded(self, msg_type: str, number: int, *body: Field, **head: str) -> bytes:
        fields: list[Field] = [
            (Tag.MsgType, msg_type),
            (Tag.SenderCompID, head.get("sender", USER)),
            (Tag.TargetCompID, head.get("target", "TWOCITY")),
            (Tag.MsgSeqNum, str(number)),
            (Tag.SendingTime, head.get("sent", utc_text(self.clock.utc_ms()))),
        ]
        if "first_sent" in head:
            fields += [(Tag.PossDupFlag, "Y"), (Tag.OrigSendingTime, head["first_sent"])]
        return encode([*fields, *body])

    @property
    def end(self) -> Ended | None:
        return next((one for one in self.events if isinstance(one, Ended)), None)

    @property
    def applications(self) -> list[Message]:
        return [one.message for one in self.events if isinstance(one, ApplicationReceived)]


def order(clord_id: str, price: str = "42.50", quantity: str = "10", side: str = "1") -> list[Field]:
    """The body of a NewOrderSingle."""
    return [
        (Tag.ClOrdID, clord_id),
        (Tag.Symbol, "CEA"),
        (Tag.Side, side),
        (Tag.OrderQty, quantity),
        (Tag.OrdType, "2"),
        (Tag.Price, price),
        (Tag.TransactTime, "20211216-02:00:00"),
    ]


def types(messages: list[Message]) -> str:
    """Message types in a row."""
    return "".join(one.msg_type for one in messages)
