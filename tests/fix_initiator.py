"""A FIX 4.4 initiator for tests, on simplefix alone: nothing of the gateway's own session code is in it.

It keeps what it sent and the numbers on both sides, as a member's engine does, so that it can lose a
connection, or forget to read, and go on.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from simplefix import FixMessage, FixParser

TIMEOUT_S = 60.0
US, THEM = "SenderCompID", "TWOCITY"
Fields = dict[int, str]


def now_text() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]


def address(data: Path) -> tuple[str, int]:
    found = json.loads((data / "run" / "bridge-fix.json").read_text())
    return found["host"], found["port"]


class Closed(Exception):
    """The gateway has closed the connection."""


class Initiator:
    """One member's engine. `received` has every application message once, in the order of the numbers."""

    def __init__(self, user: str, password: str, heartbeat_s: int = 30) -> None:
        self.user, self.password, self.heartbeat_s = user, password, heartbeat_s
        self.next_out = self.next_in = 1
        self.sent: dict[int, tuple[str, list[tuple[int, str]], str]] = {}
        self.received: list[Fields] = []
        self.admin: list[Fields] = []  # the session's messages, since the last connect
        self.duplicates = 0  # repeated although they were not missing
        self.socket: socket.socket | None = None
        self._parser = FixParser()

    # ---- connection

    def connect(self, where: tuple[str, int]) -> None:
        assert self.socket is None
        self.socket = socket.create_connection(where, TIMEOUT_S)
        self._parser = FixParser()
        self.admin = []

    def log_on(self, where: tuple[str, int], *, reset: bool = False) -> None:
        """Connect and log on; returns once the gateway has agreed."""
        self.connect(where)
        if reset:
            self.next_in = self.next_out = 1
            self.sent.clear()
        body = [(98, "0"), (108, str(self.heartbeat_s)), (553, self.user), (554, self.password)]
        self.send("A", [*body, *([(141, "Y")] if reset else [])])
        self.until(lambda: any(message[35] == "A" for message in self.admin))

    def log_out(self) -> None:
        self.send("5", [])
        self.until(lambda: any(message[35] == "5" for message in self.admin))
        self.drop()

    def drop(self) -> None:
        """Lose the connection without a word."""
        assert self.socket is not None
        self.socket.close()
        self.socket = None

    # ---- sending

    def send(self, msg_type: str, body: list[tuple[int, str]]) -> int:
        """Send a message under the next number, which is returned."""
        number = self.next_out
        self.next_out += 1
        self.sent[number] = (msg_type, body, now_text())
        self._write(number)
        return number

    def lose(self, msg_type: str, body: list[tuple[int, str]]) -> int:
        """Give a message its number and do not send it, as if the line had lost it."""
        number = self.next_out
        self.next_out += 1
        self.sent[number] = (msg_type, body, now_text())
        return number

    def raw(self, data: bytes) -> None:
        assert self.socket is not None
        try:
            self.socket.sendall(data)
        except ConnectionError:
            self.drop()
            raise Closed from None

    def encoded(
        self, number: int, msg_type: str, body: list[tuple[int, str]], first_sent: str = "", **head: str
    ) -> bytes:
        message = FixMessage()
        message.append_pair(8, head.get("begin", "FIX.4.4"))
        message.append_pair(35, msg_type)
        message.append_pair(49, head.get("sender", self.user))
        message.append_pair(56, head.get("target", THEM))
        message.append_pair(34, str(number))
        if first_sent:
            message.append_pair(43, "Y")
        message.append_pair(52, head.get("sent", now_text()))
        if first_sent:
            message.append_pair(122, first_sent)
        for tag, value in body:
            message.append_pair(tag, value)
        encoded: bytes = message.encode()
        return encoded

    def _write(self, number: int, *, again: bool = False) -> None:
        msg_type, body, first_sent = self.sent[number]
        self.raw(self.encoded(number, msg_type, body, first_sent if again else ""))

    # ---- receiving

    def until(self, condition: Callable[[], bool]) -> None:
        """Read until something is so; Closed when the gateway hangs up first."""
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            assert time.monotonic() < deadline, f"expected more than {self.admin}{self.received[-5:]}"
            self.read()

    def read(self) -> None:
        """Read once and act on what came, as an engine does."""
        for message in self._read_messages():
            self._take(message)

    def wait_closed(self) -> None:
        """Read until the gateway closes."""
        try:
            while True:
                self.read()
        except Closed:
            return

    def reports(self, clord_id: str) -> list[Fields]:
        """Execution reports and the like that name a ClOrdID, in order."""
        return [message for message in self.received if message.get(11) == clord_id]

    def until_report(self, clord_id: str, exec_type: str) -> Fields:
        """Wait for an execution report of a kind; it is returned."""

        def found() -> list[Fields]:
            return [one for one in self.reports(clord_id) if one.get(150) == exec_type]

        self.until(lambda: bool(found()))
        return found()[-1]

    def _read_messages(self) -> Iterator[Fields]:
        assert self.socket is not None
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            self.drop()
            raise Closed
        self._parser.append_buffer(data)
        while (message := self._parser.get_message()) is not None:
            yield {int(tag): value.decode("latin-1") for tag, value in message.pairs}

    def _take(self, message: Fields) -> None:
        number, msg_type = int(message[34]), message[35]
        if msg_type == "A" and message.get(141) == "Y":
            self.next_in = 1
        if msg_type == "4" and message.get(123) != "Y":
            self.next_in = int(message[36])
            return
        if number > self.next_in:
            if msg_type in "A5":
                self.admin.append(message)
            if msg_type == "2":
                self._answer_resend(message)
            self.send("2", [(7, str(self.next_in)), (16, "0")])
            return
        if number < self.next_in:
            assert message.get(43) == "Y", f"number {number} twice, expected {self.next_in}: {message}"
            self.duplicates += 1
            return
        self.next_in = int(message[36]) if msg_type == "4" else number + 1
        match msg_type:
            case "0" | "3" | "4" | "5" | "A":
                self.admin.append(message)
            case "1":
                self.send("0", [(112, message[112])])
            case "2":
                self._answer_resend(message)
            case _:
                self.received.append(message)

    def _answer_resend(self, message: Fields) -> None:
        begin = int(message[7])
        end = int(message[16]) or self.next_out - 1
        for number in range(begin, end + 1):
            msg_type, _, first_sent = self.sent.get(number, ("0", [], ""))
            if msg_type in "0125A4":
                fill = [(123, "Y"), (36, str(number + 1))]
                self.raw(self.encoded(number, "4", fill, first_sent or now_text()))
            else:
                self._write(number, again=True)


def order(
    clord_id: str,
    side: str,
    price: str,
    quantity: str,
    *,
    symbol: str = "CEA",
    time_in_force: str = "0",
    **more: str,
) -> list[tuple[int, str]]:
    """The body of a NewOrderSingle."""
    extra = [(int(tag.removeprefix("tag")), value) for tag, value in more.items()]
    return [
        (11, clord_id),
        (55, symbol),
        (54, side),
        (38, quantity),
        (40, "2"),
        (44, price),
        (59, time_in_force),
        (60, now_text()),
        *extra,
    ]


def cancel(clord_id: str, orig: str, side: str, *, symbol: str = "CEA") -> list[tuple[int, str]]:
    """The body of an OrderCancelRequest."""
    return [(41, orig), (11, clord_id), (55, symbol), (54, side), (60, now_text())]
