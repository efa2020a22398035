"""Which logins are connected today: the first connection of a login is journaled, and the end of its last."""

from collections import Counter

from exchange.vocabulary.enums import DownReason
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make


class Presence:
    """Connections by login, of one trading day."""

    def __init__(self) -> None:
        self._connections: Counter[int] = Counter()

    @property
    def logins(self) -> int:
        """How many logins are connected."""
        return len(self._connections)

    def up(self, login_id: int) -> bytes | None:
        """One more connection; the command to journal when it is the login's first."""
        self._connections[login_id] += 1
        return make(Kind.LOGIN_UP, subject_id=login_id) if self._connections[login_id] == 1 else None

    def down(self, login_id: int, reason: DownReason) -> bytes | None:
        """One connection less; the command to journal when it was the login's last."""
        self._connections[login_id] -= 1
        if self._connections[login_id] > 0:
            return None
        del self._connections[login_id]
        return make(Kind.LOGIN_DOWN, subject_id=login_id, down_reason=int(reason))
