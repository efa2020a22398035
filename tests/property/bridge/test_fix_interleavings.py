"""Random cuts, crashes, losses and resends between an engine and the gateway: everything arrives once and in
order.

The gateway's side is the real session over the real store; the steps are those of `member.py`. The other
side is the tests' own initiator, its socket replaced by two buffers of bytes under way.
"""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.bridge.fix.codec import decode
from exchange.bridge.fix.gateway import WallClock
from exchange.bridge.fix.session import Session
from exchange.bridge.fix.states import Ended, LogonRequested, State
from exchange.bridge.fix.store import Heard, Received, Store
from exchange.bridge.fix.tables import Tag
from tests.fix_initiator import Initiator, order

USER = "E00001"
DAY = "211216000G"
RECORD = bytes(64)


class Engine(Initiator):
    """The initiator over a buffer instead of a socket."""

    def __init__(self) -> None:
        super().__init__(USER, "secret")
        self.up = bytearray()
        self.is_connected = False

    def raw(self, data: bytes) -> None:
        if self.is_connected:
            self.up += data

    def begin(self) -> None:
        """A new connection, with the logon as its first message."""
        self.is_connected = True
        self.up.clear()
        self._parser.reset()
        self.send("A", [(98, "0"), (108, "30"), (553, USER), (554, "secret")])

    def hear(self, data: bytes) -> None:
        self._parser.append_buffer(data)
        while (message := self._parser.get_message()) is not None:
            self._take({int(tag): value.decode() for tag, value in message.pairs})


class World:
    """An engine, the line, a gateway that can die, and an exchange whose records are numbered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine()
        self.down = bytearray()
        self.session: Session | None = None
        self.store: Store | None = None
        self.orders = 0
        self.records = 0

    # ---- what may happen

    def connect(self) -> None:
        if self.session is None:
            self.session = Session(WallClock())
            self.session.is_available = True
            self.engine.begin()

    def cut(self, heard: int) -> None:
        """The line breaks; the engine still reads some of what was under way."""
        if self.session is not None:
            self.engine.hear(bytes(self.down[:heard]))
        self._end()

    def order(self) -> None:
        self.orders += 1
        self.engine.send("D", order(f"o{self.orders}", "1", "42.50", "1"))

    def lose(self) -> None:
        """A message that its sender believes sent, and the line does not carry."""
        self.orders += 1
        self.engine.lose("D", order(f"o{self.orders}", "1", "42.50", "1"))

    def carry_up(self, size: int, crash: int) -> None:
        """The gateway reads and does a step, or dies in it: before it is stored (1), or before it is
        sent (2).
        """
        if self.session is None:
            return
        data = bytes(self.engine.up[:size])
        del self.engine.up[:size]
        self.session.feed(data)
        is_over = False
        while (event := self.session.next()) is not None:
            if isinstance(event, LogonRequested):
                self._log_on()
            is_over = is_over or isinstance(event, Ended)
        self._finish(crash)
        assert not is_over, "nothing that an engine does here may end a session"

    def carry_down(self, size: int) -> None:
        if self.session is not None:
            data = bytes(self.down[:size])
            del self.down[:size]
            self.engine.hear(data)

    def event(self, crash: int) -> None:
        """The exchange says something; it is read now, or again by whoever comes after a crash."""
        self.records += 1
        self.hear(crash)

    def hear(self, crash: int = 0) -> None:
        if self.session is None or self.session.state is not State.OPEN:
            return
        assert self.store is not None
        for number in range(self.store.next_number, self.records + 1):
            self.store.append(Heard(number, RECORD))
            self.session.send("8", [(Tag.Text, str(number))])
        self._finish(crash)

    # ---- how it is done

    def _log_on(self) -> None:
        assert self.session is not None
        self.store = Store(self.folder)
        if not self.store.load():
            self.store.begin_day(DAY, 0)
        self.session.accept(self.store)

    def _finish(self, crash: int) -> None:
        assert self.session is not None
        if crash == 1:
            self._end()
            return
        if self.store is not None:
            self.store.commit(is_durable=False)
        if crash == 2:
            self._end()
            return
        while data := self.session.output():
            self.down += data

    def _end(self) -> None:
        if self.store is not None:
            self.store.close()
        self.session = self.store = None
        self.engine.is_connected = False
        self.engine.up.clear()
        self.down.clear()

    # ---- the end of all trouble

    def settle(self) -> None:
        self.connect()
        while self.engine.up or self.down:
            self.carry_up(1 << 20, 0)
            self.hear()
            self.carry_down(1 << 20)

    def taken(self) -> list[str]:
        """ClOrdIDs that the application was given, as the store has them."""
        if self.store is not None:
            self.store.close()
        store = Store(self.folder)
        entries = store.load()
        store.close()
        self.session = self.store = None
        return [decode(one.raw).text(Tag.ClOrdID) for one in entries if isinstance(one, Received) and one.raw]


SIZES = st.integers(1, 700)
CRASHES = st.sampled_from([0, 0, 0, 0, 1, 2])
ACTIONS = st.one_of(
    st.just(("connect",)),
    st.tuples(st.just("cut"), st.integers(0, 700)),
    st.just(("order",)),
    st.just(("lose",)),
    st.tuples(st.just("carry_up"), SIZES, CRASHES),
    st.tuples(st.just("carry_down"), SIZES),
    st.tuples(st.just("event"), CRASHES),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIONS, max_size=60))
def test_everything_arrives_once_and_in_order(actions: list[tuple[str, *tuple[int, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for name, *arguments in [("connect",), *actions]:
            getattr(world, name)(*arguments)
        world.order()  # so that a last message shows what is missing
        world.event(0)
        world.settle()
        assert [one[58] for one in world.engine.received] == [str(n + 1) for n in range(world.records)]
        assert world.taken() == [f"o{n + 1}" for n in range(world.orders)]
