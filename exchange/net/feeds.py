"""Who follows which stream, today and while yesterday's is being finished, and who is connected at all."""

from exchange.engine.directory import Directory
from exchange.engine.engine import Engine
from exchange.net.admission import Admitted, KeptDay, Refused, admit
from exchange.net.connection import Connection
from exchange.net.presence import Presence
from exchange.protocol.soupbintcp import LoginRequest
from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import DownReason


class Feeds:
    """Followers by stream. Presence is of today's followers only: a new day starts with nobody connected."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._today = self._kept_today()
        self._followers: dict[int, set[Connection]] = {}
        self._using: dict[tuple[int, int], Connection] = {}  # the one connection of a login to a stream
        self._lagging: set[Connection] = set()
        self._presence = Presence()
        self._has_ended = False

    @property
    def sessions(self) -> int:
        """Logins connected."""
        return self._presence.logins

    @property
    def are_lagging(self) -> bool:
        """Whether a follower could take more than it has been given."""
        return bool(self._lagging)

    def admit(self, request: LoginRequest, directory: Directory) -> Admitted | Refused:
        """Decide a login."""
        return admit(request, directory, self._today, self._kept_yesterday())

    def join(self, connection: Connection) -> None:
        """Feed the connection from where it asked; the first one of a login is journaled.

        A login uses a stream once: the connection it had before is closed, after the new one counts as up.
        """
        admitted = connection.admitted
        assert admitted is not None
        if connection.is_trading:
            use = admitted.login.login_id, admitted.stream_id
            replaced = self._using.get(use)
            self._using[use] = connection
            self._followers.setdefault(admitted.stream_id, set()).add(connection)
            self._journal(self._presence.up(admitted.login.login_id))
            if replaced is not None:
                replaced.dismiss(DownReason.REPLACED, "this login has connected again to the same stream")
        self.feed(connection)

    def leave(self, connection: Connection, reason: DownReason) -> None:
        """Feed it no more; the last one of a login is journaled."""
        self._lagging.discard(connection)
        admitted = connection.admitted
        if admitted is None or connection not in self._followers.get(admitted.stream_id, ()):
            return
        self._followers[admitted.stream_id].discard(connection)
        use = admitted.login.login_id, admitted.stream_id
        if self._using.get(use) is connection:
            del self._using[use]
        self._journal(self._presence.down(admitted.login.login_id, reason))

    def feed(self, connection: Connection) -> None:
        """Write what it has missed, a bounded part at a time."""
        follower = connection.follower
        assert follower is not None
        if follower.catch_up():
            self._lagging.add(connection)
        else:
            self._lagging.discard(connection)

    def release(self) -> None:
        """Write what has become durable to whoever follows it."""
        for connection in list(self._lagging):
            self.feed(connection)
        for stream_id, first_number, data in self._engine.release():
            for connection in tuple(self._followers.get(stream_id, ())):
                follower = connection.follower
                assert follower is not None
                if follower.offer(first_number, data):
                    self._lagging.add(connection)

    def follow_day(self) -> bool:
        """End the old followers when the engine has gone on to another day, or its last is over.

        True when it has.
        """
        streams = self._engine.streams
        if streams is self._today.streams and (self._has_ended or not streams.ended):
            return False
        old, self._followers = self._followers, {}
        self._using = {}
        self._presence = Presence()
        self._has_ended = streams.ended
        if streams is not self._today.streams:
            self._today = self._kept_today()
        for followers in old.values():
            for connection in followers:
                self.feed(connection)
        return True

    def _kept_today(self) -> KeptDay:
        engine = self._engine
        return KeptDay(engine.trading_day, engine.streams, engine.is_depth_public(engine.trading_day))

    def _kept_yesterday(self) -> KeptDay | None:
        """Yesterday's streams, as long as the engine keeps them."""
        streams = self._engine.yesterday
        if streams is None:
            return None
        day = trading_calendar().previous_trading_day(self._today.trading_day)
        return KeptDay(day, streams, self._engine.is_depth_public(day))

    def _journal(self, command: bytes | None) -> None:
        """Hand the engine a command of the exchange's own; a day that is over takes none."""
        if command is not None and not self._engine.is_over and not self._engine.streams.ended:
            self._engine.command(command)
