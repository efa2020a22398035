"""Takes one program through the scenario; every step is judged by the packets that have passed."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import msgspec

from exchange.certify.bench import Bench
from exchange.certify.program import Program
from exchange.certify.relay import Fault, Relay, Seen
from exchange.certify.scenario import STEPS
from exchange.certify.sight import Sight, StepFailed, number
from exchange.client.credentials import Credentials, credentials_of
from exchange.client.words import order_number
from exchange.protocol.sessions import session_id
from exchange.protocol.soupbintcp import PacketType
from exchange.vocabulary.enums import DoneReason, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import DEAD_MS
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import format_yuan

PATIENCE_S: Final = 10.0
PERSON_PATIENCE_S: Final = 180.0
HEARTBEATS: Final = 3
SILENCE_MAX_S: Final = DEAD_MS / 1_000 / 3  # a third of what ends a session: late, and still no danger
FAR_TICKS: Final = 99_999  # beyond every band
NEEDS_LINE: Final = frozenset(step.name for step in STEPS) - {"wrong-password", "login"}


def _nth(find: Callable[[], list[Seen]], count: int) -> Seen | None:
    return found[count - 1] if len(found := find()) >= count else None


class StepResult(msgspec.Struct, frozen=True):
    """One line of the table."""

    step: str
    passed: bool
    expected: str
    found: str = ""


class Examiner:
    """One program, one member, one relay; several programs may be examined one after the other."""

    def __init__(
        self,
        bench: Bench,
        relay: Relay,
        program: Program,
        user: str,
        *,
        patience_s: float = PATIENCE_S,
        on_result: Callable[[StepResult], None] = lambda result: None,
    ) -> None:
        self._bench = bench
        self._relay = relay
        self._program = program
        self._credentials = credentials_of(bench.data, user)
        self._on_result = on_result
        self._sight = Sight(relay, patience_s, self._why_silent)
        self._steps: dict[str, Callable[[], None]] = {
            "wrong-password": self.wrong_password,
            "login": self.login,
            "silence": self.silence,
            "listing": self.listing,
            "reject": self.reject,
            "cancel": self.cancel,
            "take": self.take,
            "partial": self.partial,
            "resume": self.resume,
            "lost-answer": self.lost_answer,
            "lost-command": self.lost_command,
            "slow-line": self.slow_line,
            "disconnect": self.disconnect,
            "next-day": self.next_day,
            "logout": self.logout,
        }

    def run(self, names: Iterable[str]) -> list[StepResult]:
        """The steps named, in the scenario's order; the program is started for the first that needs it."""
        wanted = set(names) | ({"login"} if NEEDS_LINE & set(names) else set())
        results = []
        try:
            for step in STEPS:
                if step.name in wanted:
                    results.append(self._judge(step.name, step.expected))
                    self._on_result(results[-1])
        finally:
            self._program.stop()
        return results

    def _judge(self, name: str, expected: str) -> StepResult:
        self._relay.disarm()
        self._bench.clear_board()
        self._sight.begin()
        try:
            if name in NEEDS_LINE:
                self._sight.wait_session()
            self._steps[name]()
        except StepFailed as failure:
            return StepResult(name, False, failure.expected, failure.found)
        return StepResult(name, True, expected)

    # ---- steps

    def wrong_password(self) -> None:
        """One try, then the program gives up; it is stopped if it does not."""
        wrong = msgspec.structs.replace(self._credentials, password="wrong")
        self._start("wrong-password", wrong)
        self._sight.wait_login()
        if not self._program.is_ours:
            return
        code = self._program.wait(self._sight.patience_s, or_when=lambda: len(self._sight.logins) > 1)
        if len(self._sight.logins) > 1:
            raise StepFailed("one login", "another one after the refusal")
        if code is None or code == 0:
            found = "that it goes on" if code is None else "exit code 0"
            raise StepFailed("the program to end with an exit code that is not 0", found)

    def login(self) -> None:
        """Both streams, from the beginning."""
        self._start("member", self._credentials)
        login = self._sight.wait_login()
        self._sight.wait_session()
        if login.request.next_number not in (0, 1):
            raise StepFailed("number 1 or 0", f"number {login.request.next_number}")
        self._wait_public("a login to PUBLIC that is accepted")

    def silence(self) -> None:
        """Heartbeats come while nobody says anything."""
        begun = time.monotonic()

        def beats() -> list[Seen]:
            return [one for one in self._sight.seen if one.packet_type == PacketType.CLIENT_HEARTBEAT]

        for count in range(1, HEARTBEATS + 1):
            if self._relay.wait(partial(_nth, beats, count), SILENCE_MAX_S) is None:
                silence_s = time.monotonic() - (beats()[-1].at_s if beats() else begun)
                why = self._why_silent() or f"silence of {silence_s:.0f} s"
                raise StepFailed("a heartbeat every second", why)

    def listing(self) -> None:
        """What was asked for, accepted."""
        self._list(self._price(), 100)

    def reject(self) -> None:
        """Sent once; the program goes on afterwards."""
        self._bench.instruct(f"list sell {format_yuan(FAR_TICKS)} 10")
        self._sight.wait_sent(Kind.LISTING, price_ticks=FAR_TICKS, quantity_lots=10)
        self._sight.wait_told(Kind.REJECTED, reason=RejectReason.PRICE_OUTSIDE_BAND)
        self._list(self._price(-1), 10)
        again = len(self._sight.sent(Kind.LISTING, price_ticks=FAR_TICKS))
        if again != 1:
            raise StepFailed("the rejected listing once", f"it was sent {again} times")

    def cancel(self) -> None:
        """An order of the program's own is withdrawn."""
        order_id = self._list(self._price(-2), 20)
        self._bench.instruct(f"cancel #{order_number(order_id)}")
        self._sight.wait_sent(Kind.CANCEL)
        self._sight.wait_told(Kind.DONE, order_id=order_id, done_reason=DoneReason.CANCELLED)

    def take(self) -> None:
        """Another member's listing is taken whole."""
        price = self._price(5)
        self._bench.offer(Side.SELL, price, 80)
        self._bench.instruct(f"take buy {format_yuan(price)} 80")
        self._sight.wait_sent(Kind.TAKE, side=Side.BUY, price_ticks=price, quantity_lots=80)
        self._sight.wait_told(Kind.EXECUTED, quantity_lots=80, price_ticks=price)

    def partial(self) -> None:
        """The program's own count after two executions."""
        price = self._price(-3)
        order_id = self._list(price, 90)
        self._bench.take(Side.BUY, price, 30)
        self._bench.take(Side.BUY, price, 25)
        self._sight.wait_told(Kind.EXECUTED, 2, order_id=order_id)
        self._replace_rest(order_id, price + 1, 35)

    def resume(self) -> None:
        """Cut inside a record; the next login asks for that record."""
        price = self._price(-4)
        order_id = self._list(price, 60)
        before = len(self._sight.logins)
        self._relay.arm(Fault.TEAR, Kind.EXECUTED)
        self._bench.take(Side.BUY, price, 20)
        self._bench.take(Side.BUY, price, 15)
        self._login_after_cut(before)
        self._sight.wait_told(Kind.EXECUTED, 2, order_id=order_id)
        self._replace_rest(order_id, price + 1, 25)

    def lost_answer(self) -> None:
        """The command was done: nothing may make it done twice."""
        price = self._price(-5)
        before = len(self._sight.logins)
        self._relay.arm(Fault.KEEP_ANSWER, Kind.LISTING)
        self._tell_list(price, 40)
        first = self._sight.wait_sent(Kind.LISTING, price_ticks=price)
        self._login_after_cut(before)
        self._sight.wait_told(Kind.ACCEPTED, user_reference=number(first, "user_reference"))
        self._list(self._price(-6), 10)  # whatever it does about the lost answer, it has done by now
        done = len(self._sight.told(Kind.ACCEPTED, price_ticks=price))
        if done != 1:
            raise StepFailed("the order once", f"{done} orders")
        if others := [
            number(one, "user_reference")
            for one in self._sight.sent(Kind.LISTING, price_ticks=price)
            if one.record["user_reference"] != first.record["user_reference"]
        ]:
            raise StepFailed("the command under its first reference only", f"references {others} as well")

    def lost_command(self) -> None:
        """The command was not done: it is sent again."""
        price = self._price(-7)
        before = len(self._sight.logins)
        self._relay.arm(Fault.LOSE, Kind.LISTING)
        self._tell_list(price, 50)
        self._sight.wait_sent(Kind.LISTING, price_ticks=price)
        self._login_after_cut(before)
        self._sight.wait_told(Kind.ACCEPTED, price_ticks=price, quantity_lots=50)

    def slow_line(self) -> None:
        """Every byte by itself."""
        self._relay.slow(True)
        price = self._price(-8)
        order_id = self._list(price, 70)
        self._bench.take(Side.BUY, price, 45)
        self._sight.wait_told(Kind.EXECUTED, order_id=order_id)
        self._replace_rest(order_id, price + 1, 25)

    def disconnect(self) -> None:
        """The exchange cancels; the program does not enter the order again."""
        self._setting("on 0", 1)
        price = self._price(-9)
        order_id = self._list(price, 30)
        before = len(self._sight.logins)
        self._relay.hold(True)  # else a quick program is back before the exchange knows that it was gone
        self._relay.cut()
        self._bench.until_gone(price)
        self._relay.hold(False)
        self._login_after_cut(before)
        self._sight.wait_told(Kind.DONE, order_id=order_id, done_reason=DoneReason.DISCONNECTED)
        self._setting("off", 0)
        again = len(self._sight.sent(Kind.LISTING, price_ticks=price))
        if again != 1:
            raise StepFailed("the cancelled listing once", f"it was sent {again} times")

    def next_day(self) -> None:
        """The stream ends; the next day's is followed from its beginning."""
        self._bench.end_day()
        self._bench.begin_day()
        stream = session_id(self._bench.trading_day, self._credentials.member_id)
        session = self._relay.wait(
            lambda: name if (name := self._relay.own_session()) == stream else None, self._sight.patience_s
        )
        if session is None:
            last = self._sight.logins[-1:]
            found = f"a login to {last[0].request.session or 'a blank session'}" if last else "no login"
            raise StepFailed(f"a login to {stream}, the next day's stream", self._why_silent() or found)
        first = self._sight.logins[-1].request.next_number
        if first not in (0, 1):
            raise StepFailed("the next day's stream from record 1", f"from record {first}")
        self._list(self._price(), 10)

    def logout(self) -> None:
        """A farewell, and the program ends."""
        self._bench.instruct("quit")
        found = self._relay.wait(
            lambda: next((s for s in self._sight.seen if s.packet_type == PacketType.LOGOUT), None),
            self._sight.patience_s,
        )
        if found is None:
            raise StepFailed("a logout packet", self._why_silent() or self._sight.summary(True))
        if self._program.is_ours and (code := self._program.wait(self._sight.patience_s)) != 0:
            raise StepFailed("exit code 0", "that it goes on" if code is None else f"exit code {code}")

    # ---- what steps are made of

    def _start(self, name: str, credentials: Credentials) -> None:
        self._program.start(name, self._relay.address, credentials)

    def _price(self, step: int = 0) -> int:
        """A price of its own for each step, so that a late command is not taken for another step's."""
        return self._bench.contract.base_price_ticks + step

    def _tell_list(self, price_ticks: int, lots: int) -> None:
        self._bench.instruct(f"list sell {format_yuan(price_ticks)} {lots}")

    def _list(self, price_ticks: int, lots: int) -> int:
        """Have the program list, and see it accepted; the order's id."""
        self._tell_list(price_ticks, lots)
        sent = self._sight.wait_sent(
            Kind.LISTING, side=Side.SELL, price_ticks=price_ticks, quantity_lots=lots
        )
        accepted = self._sight.wait_told(
            Kind.ACCEPTED, user_reference=number(sent, "user_reference"), price_ticks=price_ticks
        )
        return number(accepted, "order_id")

    def _replace_rest(self, order_id: int, price_ticks: int, rest_lots: int) -> None:
        """Have it replace what it believes to be left."""
        self._bench.instruct(f"replace #{order_number(order_id)} {format_yuan(price_ticks)} rest")
        sent = self._sight.wait_sent(Kind.REPLACE, price_ticks=price_ticks)
        if (lots := number(sent, "quantity_lots")) != rest_lots:
            raise StepFailed(f"{rest_lots} t left of the order", f"{lots} t")
        self._sight.wait_told(Kind.REDUCED, price_ticks=price_ticks)

    def _setting(self, words: str, is_on: int) -> None:
        self._bench.instruct(f"session cancel {words}")
        self._sight.wait_sent(Kind.SESSION_SETTING, cancel_on_disconnect=is_on)
        self._sight.wait_told(Kind.SETTING_CHANGED, cancel_on_disconnect=is_on)

    def _login_after_cut(self, before: int) -> None:
        """The first login after the line was cut asks for exactly what is missing."""
        login = self._relay.wait(
            lambda: self._sight.logins[before] if len(self._sight.logins) > before else None,
            self._sight.patience_s,
        )
        if login is None:
            raise StepFailed("a login after the line was cut", self._why_silent() or "none")
        if login.request.next_number != login.wanted_number:
            asked = login.request.next_number
            raise StepFailed(f"a login from record {login.wanted_number}", f"from record {asked}")
        self._sight.wait_session()
        self._wait_public("a login to PUBLIC after the line was cut")

    def _wait_public(self, what: str) -> None:
        if not self._relay.wait(lambda: self._relay.is_public_open() or None, self._sight.patience_s):
            raise StepFailed(what, self._why_silent() or "none")

    def _why_silent(self) -> str:
        code = self._program.exit_code
        return "" if code is None else f"that the program has ended with exit code {code}"
