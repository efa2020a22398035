"""A member's program of the standard library alone, which passes `exchange certify`, or breaks one rule.

It is written from PROTOCOL.md alone: sockets, struct, and the field tables. `raw_member.py BREAK HOST PORT
CREDENTIALS` makes the mistake named BREAK; `good` makes none.
"""

import json
import select
import socket
import struct
import sys
import time

BREAKS = (
    "good",
    "hammers",  # tries a wrong password again
    "mute",  # sends no heartbeat
    "stubborn",  # sends again what was rejected
    "forgetful",  # counts the last execution only
    "greedy",  # counts a record of which it has seen the beginning
    "doubles",  # sends a command without an answer under a new reference
    "resigned",  # never sends a command again
    "hasty",  # takes what one read gives for whole packets
    "deaf",  # stays where it is when the day ends
)
LISTING, TAKE, CANCEL, REPLACE, SETTING = 0x01, 0x02, 0x04, 0x06, 0x0D
ACCEPTED, REJECTED, EXECUTED, DONE, REDUCED, NOTICE = 0x80, 0x81, 0x82, 0x83, 0x89, 0xA8
HEAD = "<BIQqHHI"  # kind, reference, sequence, time, login, contract, account
CONTRACT = 1


class Line:
    """One login over as many connections as it takes."""

    def __init__(self, program: "Program", session: str, number: int) -> None:
        self.program = program
        self.asked = session
        self.session = session
        self.number = number  # of the next record
        self.is_newest = number == 0  # the first record that comes is one that was there
        self.buffer = b""
        self.socket: socket.socket | None = None
        self.is_open = False
        self.sent_at = 0.0
        self.try_at = 0.0

    def connect(self) -> None:
        """Connect and log in, if it is time to."""
        if time.monotonic() < self.try_at:
            return
        self.try_at = time.monotonic() + 0.2
        try:
            self.socket = socket.create_connection(self.program.address, 10)
        except OSError:
            return
        self.buffer = b""
        who = self.program.credentials
        login = f"{who['user']:<6}{who['password']:<10}{self.session:>10}{self.number:>20}"
        self.send(b"L", login.encode())

    def send(self, packet_type: bytes, payload: bytes = b"") -> None:
        assert self.socket is not None
        try:
            self.socket.sendall(struct.pack(">H", 1 + len(payload)) + packet_type + payload)
        except OSError:
            self.lose()
        self.sent_at = time.monotonic()

    def lose(self) -> None:
        """The line is gone; connect again soon."""
        if self.program.broken == "greedy" and self.is_open and len(self.buffer) > 3:
            self.number += 1
        if self.socket is not None:
            self.socket.close()
        self.socket, self.is_open = None, False

    def read(self) -> None:
        assert self.socket is not None
        try:
            data = self.socket.recv(65_536)
        except OSError:
            data = b""
        if not data:
            self.lose()
            return
        self.buffer += data
        while len(self.buffer) >= 2:
            (length,) = struct.unpack(">H", self.buffer[:2])
            if len(self.buffer) < 2 + length:
                break
            packet, self.buffer = self.buffer[2 : 2 + length], self.buffer[2 + length :]
            self.take(packet[:1], packet[1:])
            if self.socket is None:
                return
        if self.program.broken == "hasty":
            self.buffer = b""

    def take(self, packet_type: bytes, payload: bytes) -> None:
        match packet_type:
            case b"A":
                self.session = payload[:10].decode().strip()
                self.number = int(payload[10:])
                self.is_open = True
                self.program.opened(self)
            case b"J" if payload == b"A" and self.program.broken != "hammers":
                sys.exit("the password is wrong")
            case b"J":
                self.lose()
            case b"S":
                self.number += 1
                if self.is_newest:
                    self.is_newest = False  # said before we came
                else:
                    self.program.take(payload)
            case b"Z" if self.program.broken == "deaf":
                self.try_at = time.monotonic() + 3_600
            case b"Z":
                self.session, self.number = self.asked, 1
                self.program.day_ended(self)
                self.lose()


class Program:
    """Its orders, its references, and what it was told to do."""

    def __init__(self, broken: str, host: str, port: int, path: str) -> None:
        self.broken = broken
        self.address = (host, port)
        with open(path, encoding="utf-8") as file:
            self.credentials = json.load(file)
        self.own = Line(self, "", 1)
        self.public = Line(self, "PUBLIC", 0)
        self.reference = 0
        self.waiting: dict[int, bytes] = {}  # by reference, without an answer
        self.last_sent = b""
        self.orders: dict[int, int] = {}
        self.listed: dict[int, int] = {}
        self.rest: dict[int, int] = {}
        self.told: list[list[str]] = []
        self.last_told = 0

    def run(self) -> None:
        while True:
            lines = (self.own, self.public) if self.own.is_open else (self.own,)
            for line in lines:
                if line.socket is None:
                    line.connect()
            ready = [line for line in (self.own, self.public) if line.socket is not None]
            if ready:
                readable, _, _ = select.select([line.socket for line in ready], [], [], 0.1)
                for line in ready:
                    if line.socket in readable:
                        line.read()
            else:
                time.sleep(0.05)
            for line in ready:
                if line.is_open and self.broken != "mute" and time.monotonic() - line.sent_at > 0.8:
                    line.send(b"R")
            while self.told and self.own.is_open:  # both streams have been read: the count is up to date
                self.obey(self.told.pop(0))

    def opened(self, line: Line) -> None:
        """Whatever has no answer is sent again."""
        if line is self.own and self.waiting and self.broken != "resigned":
            waiting, self.waiting = list(self.waiting.items()), {}
            for reference, record in waiting:
                if self.broken == "doubles":
                    self.reference += 1
                    reference = self.reference
                self.transmit(reference, record[:1] + struct.pack("<I", reference) + record[5:])

    def day_ended(self, line: Line) -> None:
        if line is self.own:
            self.reference, self.waiting = 0, {}

    def command(self, kind: int, body: bytes) -> None:
        self.reference += 1
        head = struct.pack(HEAD, kind, self.reference, 0, 0, 0, CONTRACT, 0)
        self.transmit(self.reference, (head + body).ljust(61, b"\0"))

    def transmit(self, reference: int, record: bytes) -> None:
        self.waiting[reference] = self.last_sent = record
        self.own.send(b"U", record)

    def take(self, record: bytes) -> None:
        """A sequenced record; offsets are those of PROTOCOL.md less the three bytes of the packet's head."""
        kind, reference = struct.unpack_from("<BI", record)
        (order_id,) = struct.unpack_from("<Q", record, 29)
        (lots,) = struct.unpack_from("<I", record, 41)
        if kind == NOTICE:
            self.hear(record[29:61])
            return
        if 0x80 <= kind <= 0x8F:
            self.waiting.pop(reference, None)
        match kind:
            case 0x80:
                self.orders[order_id >> 24] = order_id
                self.listed[order_id] = self.rest[order_id] = lots
            case 0x82 if order_id in self.rest:
                left = self.listed if self.broken == "forgetful" else self.rest
                self.rest[order_id] = left[order_id] - lots
            case 0x83:
                self.waiting = {n: r for n, r in self.waiting.items() if r[0] != CANCEL}
            case 0x89:
                self.rest[order_id] = lots
            case 0x81 if self.broken == "stubborn":
                self.command(LISTING, self.last_sent[29:])

    def hear(self, text: bytes) -> None:
        prefix, number, *words = text.rstrip(b"\0").decode().split()
        if prefix == "CERT" and int(number) > self.last_told:
            self.last_told = int(number)
            self.told.append(words)

    def obey(self, words: list[str]) -> None:
        match words:
            case ["list", side, price, lots]:
                body = struct.pack("<QIIIBB", 0, ticks(price), int(lots), 0, side == "sell", 0)
                self.command(LISTING, body)
            case ["take", side, price, lots]:
                body = struct.pack("<QIIIBB", 0, ticks(price), int(lots), 0, side == "sell", 0)
                self.command(TAKE, body)
            case ["cancel", number]:
                self.command(CANCEL, struct.pack("<Q", self.orders[int(number[1:])]))
            case ["replace", number, price, "rest"]:
                order_id = self.orders[int(number[1:])]
                self.command(REPLACE, struct.pack("<QII", order_id, ticks(price), self.rest[order_id]))
            case ["session", "cancel", switch, *_]:
                self.command(SETTING, struct.pack("<QIIIB", 0, 0, 0, 0, switch == "on"))
            case ["quit"]:
                self.own.send(b"O")
                sys.exit(0)


def ticks(price: str) -> int:
    yuan, _, cents = price.partition(".")
    return 100 * int(yuan) + int(cents.ljust(2, "0"))


if __name__ == "__main__":
    Program(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]).run()
