"""Locks out who guesses passwords: after a few failures a wait, doubled by every further one. Pure.

What is locked is a user from an address: nobody can lock a member out from elsewhere. While it is locked no
password is looked at, so the right one does not get in either.
"""

from collections import OrderedDict
from typing import Final, NamedTuple

FAILURES_FREE: Final = 5  # typing mistakes
WAIT_FIRST_MS: Final = 1_000
WAIT_MAX_MS: Final = 60_000
FORGOTTEN_AFTER_MS: Final = 600_000
KEPT_MAX: Final = 10_000  # the oldest is forgotten: memory is bounded, a guess costs a connection each


class _Failures(NamedTuple):
    times: int
    last_ms: int
    until_ms: int


class Lockout:
    """Failures by (address, user). Time is passed in."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def locked_ms(self, address: str, user: str, now_ms: int) -> int:
        """How long this user is still locked out from there; 0 = not."""
        found = self._failures.get((address, user))
        return max(0, found.until_ms - now_ms) if found is not None else 0

    def failed(self, address: str, user: str, now_ms: int) -> None:
        """A wrong password or an unknown user."""
        key = (address, user)
        found = self._failures.pop(key, None)
        if found is None or now_ms - found.last_ms >= FORGOTTEN_AFTER_MS:
            found = _Failures(0, now_ms, 0)
        count = found.times + 1
        over = count - FAILURES_FREE
        wait_ms = min(WAIT_FIRST_MS << min(over - 1, 16), WAIT_MAX_MS) if over > 0 else 0
        self._failures[key] = _Failures(count, now_ms, now_ms + wait_ms)
        if len(self._failures) > KEPT_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, address: str, user: str) -> None:
        """The right password: what was before is forgotten."""
        self._failures.pop((address, user), None)
