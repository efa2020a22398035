"""The real Mosquitto and the real Redis server on free ports of loopback, to be killed and started again."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exchange.commands.processes import free_port
from tools.machine import find_mosquitto, find_redis

PATIENCE_S = 60


class Server:
    """One server process with a folder of its own; the same port and folder after every start."""

    def __init__(self, folder: Path, command: Callable[[int, Path], list[str]]) -> None:
        self.folder = folder
        self.port = free_port()
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(self.port, self.folder), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, self.log()
            time.sleep(0.01)

    def kill(self) -> None:
        """As a power cut would end it."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def log(self) -> str:
        """What it said, for a failing test."""
        return (self.folder / "log").read_text(errors="replace")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Started now, stopped at the end."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def mosquitto(folder: Path, *settings: str) -> Server:
    """A broker that writes every change to its disk, as far as it can; `settings` are lines of its file."""
    program = find_mosquitto()
    assert program is not None, "a test that uses it must be marked @pytest.mark.mosquitto"

    def command(port: int, folder: Path) -> list[str]:
        lines = [
            f"listener {port} 127.0.0.1",
            "user root",  # it stays who it is, and so may write into our folder
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            *(settings or ("allow_anonymous true",)),
        ]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        return [program, "-c", str(folder / "mosquitto.conf")]

    return Server(folder, command)


def redis(folder: Path, *options: str) -> Server:
    """A Redis that syncs every write."""
    program = find_redis()
    assert program is not None, "a test that uses it must be marked @pytest.mark.redis"

    def command(port: int, folder: Path) -> list[str]:
        ports = [] if "--tls-port" in options else ["--port", str(port)]
        filled = [option.replace("PORT", str(port)) for option in options]
        kept = ["--dir", str(folder), "--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        return [program, "--bind", "127.0.0.1", *ports, *kept, *filled]

    return Server(folder, command)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that vouches for itself, and its key: (certificate, key)."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
