"""Child processes of one run: started in order, restarted when one dies, stopped in order, none left."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

RESTARTS_MAX = 5
STOP_TIMEOUT_S = 8.0
PR_SET_PDEATHSIG = 1


class Child:
    """One process with its log file."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.arguments = tuple(arguments)
        self.log = log
        self.restarts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._log_begins = log.stat().st_size if log.exists() else 0  # earlier runs' words are not ours

    def start(self) -> None:
        """Start it; its output goes to the log file, appended."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone: it stops the others in order
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    @property
    def pid(self) -> int:
        """Process id, 0 when it was never started."""
        return self._process.pid if self._process else 0

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._process.poll() if self._process else None

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Ask it to end; after the timeout, end it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, for a person."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(self._log_begins)
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-count:])


def _die_with_parent() -> None:
    """Have the kernel end this child when the supervisor is killed: no process is left behind."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """The processes of one run."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.children: list[Child] = []
        self._gone: set[str] = set()

    def start(self, child: Child) -> None:
        """Start a child; it is stopped before those started earlier."""
        child.start()
        self.children.append(child)

    def watch(self, child: Child) -> int | None:
        """Exit code once it has ended for good; who dies or leaves too early is started again."""
        code = child.exit_code
        if code is None or code > 0 or child.restarts >= RESTARTS_MAX:
            return code
        child.restarts += 1
        self._say(
            f"{child.name} {f'died ({signal.Signals(-code).name})' if code else 'left before the end'}; "
            f"starting it again ({child.restarts} of {RESTARTS_MAX})"
        )
        child.start()
        return None

    def tell_gone(self, child: Child, code: int) -> None:
        """Say once that a child without which the run goes on has ended for good."""
        if child.name not in self._gone:
            self._gone.add(child.name)
            self._say(
                f"{child.name} ended with {code}, the market goes on without it; "
                f"its log {child.log} ends with:\n{child.last_lines()}"
            )

    def start_again(self, child: Child, why: str) -> None:
        """Start a child anew that has ended as it should, and say why."""
        child.restarts += 1
        self._say(f"{child.name} is started again {why}")
        child.start()

    def stop(self) -> None:
        """Stop all, the last started first."""
        for child in reversed(self.children):
            child.stop()


def free_port() -> int:
    """A loopback port free a moment ago; kept for the whole run, for a restarted city to come back at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(path: Path, child: Child, timeout_s: float) -> None:
    """Wait until a child has written its address file; raise with its last words when it does not."""
    deadline = time.monotonic() + timeout_s
    while not _written_by(path, child.pid):
        if child.exit_code is not None or time.monotonic() > deadline:
            why = (
                f"ended with {child.exit_code}"
                if child.exit_code is not None
                else f"not ready in {timeout_s:.0f} s"
            )
            raise ChildFailed(f"{child.name} {why}; its log {child.log} ends with:\n{child.last_lines()}")
        time.sleep(0.05)


def _written_by(path: Path, pid: int) -> bool:
    try:
        return f'"pid":{pid}' in path.read_text(encoding="utf-8").replace(" ", "")
    except FileNotFoundError:
        return False


class ChildFailed(Exception):
    """A process of the run did not come up."""
