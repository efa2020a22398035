"""A line between an engine and the gateway that a test can cut, or let lose what the gateway says."""

import socket
import threading
from pathlib import Path

from tests.fix_initiator import address


class Relay:
    """Listens on loopback and joins each connection with the gateway of a data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.is_losing = False
        """Whether what the gateway says is lost on the way."""
        self.lost_bytes = 0
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut(self) -> None:
        """Both sides lose the connection."""
        for one in self._open:
            _end(one)

    def close(self) -> None:
        _end(self._listener)
        self.cut()
        for thread in self._threads:
            thread.join(20)
        for one in [self._listener, *self._open]:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                engine, _ = self._listener.accept()
            except OSError:
                return
            try:
                gateway = socket.create_connection(address(self._data), 10)
            except OSError:  # the gateway is dead: the engine will try again
                engine.close()
                continue
            self._open += [engine, gateway]
            for source, target in ((engine, gateway), (gateway, engine)):
                thread = threading.Thread(target=self._copy, args=(source, target, source is gateway))
                self._threads.append(thread)
                thread.start()

    def _copy(self, source: socket.socket, target: socket.socket, is_from_gateway: bool) -> None:
        try:
            while data := source.recv(1 << 16):
                if is_from_gateway and self.is_losing:
                    self.lost_bytes += len(data)
                else:
                    target.sendall(data)
        except OSError:
            pass
        _end(source)
        _end(target)


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
