"""What the examiner asks of the packets that have passed: which command came, what the program was told."""

from collections.abc import Callable, Iterable
from typing import Final

from exchange.certify.relay import Login, Relay, Seen
from exchange.client.words import order_number
from exchange.vocabulary.enums import Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import BY_KIND
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import format_yuan

Fields = dict[str, int]
_SHOWN: Final = ("order_id", "side", "price_ticks", "quantity_lots", "reason", "user_reference")


class StepFailed(Exception):
    """The program did something else than the step asks for."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


class Sight:
    """The relay's packets since the step began, with a bound on how long anything is waited for."""

    def __init__(self, relay: Relay, patience_s: float, why_silent: Callable[[], str]) -> None:
        self.relay = relay
        self.patience_s = patience_s
        self._why_silent = why_silent  # says what is wrong with the program if something is
        self._seen_from = 0
        self._logins_from = 0

    def begin(self) -> None:
        """A new step: what has passed until now is not part of it."""
        self._seen_from = len(self.relay.seen)
        self._logins_from = len(self.relay.logins)

    @property
    def seen(self) -> list[Seen]:
        """Packets of this step on the program's own stream."""
        return self.relay.seen[self._seen_from :]

    @property
    def logins(self) -> list[Login]:
        """Logins to its own stream in this step."""
        return [login for login in self.relay.logins[self._logins_from :] if not login.is_public]

    def sent(self, kind: Kind, **fields: int) -> list[Seen]:
        """Commands of the program, those that the line lost as well."""
        return [one for one in self.seen if one.is_sent and fits(one, kind, fields)]

    def told(self, kind: Kind, **fields: int) -> list[Seen]:
        """Records that were delivered whole to the program."""
        return [one for one in self.seen if not one.is_sent and one.is_passed and fits(one, kind, fields)]

    def wait_sent(self, kind: Kind, **fields: int) -> Seen:
        """The command asked for; StepFailed with what came instead when it does not come."""
        return self._wait(lambda: self.sent(kind, **fields), f"{kind.name} {_said(fields)}", True)

    def wait_told(self, kind: Kind, count: int = 1, **fields: int) -> Seen:
        """So many such records delivered; the last of them."""
        what = (
            f"{count} x {kind.name} {_said(fields)} delivered"
            if count > 1
            else f"{kind.name} {_said(fields)}"
        )
        return self._wait(lambda: self.told(kind, **fields)[count - 1 :], what, False)

    def wait_login(self) -> Login:
        """A login to its own stream in this step that has been answered."""
        found = self.relay.wait(lambda: self.logins[:1] or None, self.patience_s)
        if found is None:
            raise StepFailed("a login to its own stream", self._why_silent() or "none")
        return found[0]

    def wait_session(self) -> str:
        """The program's own session, now."""
        session = self.relay.wait(self.relay.own_session, self.patience_s)
        if session is None:
            raise StepFailed("an open session on its own stream", self._why_silent() or "none")
        return session

    def _wait(self, find: Callable[[], list[Seen]], what: str, is_sent: bool) -> Seen:
        found = self.relay.wait(lambda: find() or None, self.patience_s)
        if found is None:
            raise StepFailed(what.strip(), self._why_silent() or self.summary(is_sent))
        return found[0]

    def summary(self, is_sent: bool) -> str:
        """What has passed instead, one way, in a few words."""
        records = [one for one in self.seen if one.is_sent == is_sent and one.kind]
        return ", ".join(_record_said(one) for one in records[-3:]) or "nothing"


def fits(one: Seen, kind: Kind, fields: Fields) -> bool:
    """Whether it is that record with those values."""
    return one.kind == kind and all(one.record.get(name) == value for name, value in fields.items())


def number(one: Seen, name: str) -> int:
    """A number of a record."""
    value = one.record[name]
    assert isinstance(value, int)
    return value


def _record_said(one: Seen) -> str:
    name = BY_KIND[one.kind].name
    return f"{name} {_said({key: number(one, key) for key in _SHOWN if one.record.get(key)})}".strip()


def _said(fields: Fields) -> str:
    return " ".join(_words(fields.items()))


def _words(fields: Iterable[tuple[str, int]]) -> Iterable[str]:
    for name, value in fields:
        match name:
            case "side":
                yield Side(value).name.lower() if value in (0, 1) else f"side {value}"
            case "price_ticks":
                yield f"at {format_yuan(value)}"
            case "quantity_lots":
                yield f"{value:,} t"
            case "order_id":
                yield f"order #{order_number(value)}"
            case "reason":
                yield RejectReason(value).name if value in set(RejectReason) else str(value)
            case "user_reference":
                yield f"reference {value}"
            case _:
                yield f"{name} {value}"
