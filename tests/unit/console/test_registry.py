"""Wuhan is asked over real HTTP on loopback, with the token of the data folder; every failure is said."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exchange.console.registry import RegistryUnreachable, ask
from tests.unit.console.heard import A_BREAK, stated

TOKEN = "the-token"
ANSWERS: dict[str, Any] = {
    "/status": {
        "day": "2021-12-16", "stage": "OPEN", "run": 1, "line": "up", "queue": 2, "next_number": 9,
        "trades": 7, "breaks": 0, "days_stated": 1, "is_held": False,
    },
    "/days": msgspec.to_builtins([stated()]),
    "/breaks": msgspec.to_builtins([A_BREAK]),
}  # fmt: skip


class Answering(BaseHTTPRequestHandler):
    """What settlement's HTTP says, byte for byte JSON."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        body = json.dumps(ANSWERS[self.path] if allowed else {"error": "token"}).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        (tmp_path / "run").mkdir()
        (tmp_path / "credentials").mkdir()
        (tmp_path / "credentials" / "wuhan-api.token").write_text(TOKEN + "\n")
        point(tmp_path, port=server.server_address[1])
        yield tmp_path
        server.shutdown()
        thread.join()


def point(
    data: Path, *, host: str = "127.0.0.1", port: int, token_file: str = "credentials/wuhan-api.token"
) -> None:
    address = {"host": host, "port": port, "pid": 1, "token_file": token_file}
    (data / "run" / "wuhan.json").write_text(json.dumps(address))


def port_of(data: Path) -> int:
    return int(json.loads((data / "run" / "wuhan.json").read_text())["port"])


def test_all_three_answers(data: Path) -> None:
    answers = ask(data)
    assert (answers.status.line, answers.status.queue, answers.status.days_stated) == ("up", 2, 1)
    assert answers.days == (stated(),) and answers.breaks == (A_BREAK,)


def test_a_wrong_token_is_said(data: Path) -> None:
    (data / "credentials" / "wuhan-api.token").write_text("another\n")
    with pytest.raises(RegistryUnreachable, match="expected 200, found 401"):
        ask(data)


def test_an_answer_of_another_shape_is_said(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANSWERS, "/status", {"day": 7})
    with pytest.raises(RegistryUnreachable, match="Expected"):
        ask(data)


def test_the_token_goes_to_no_other_machine(data: Path) -> None:
    point(data, host="192.0.2.1", port=port_of(data))
    with pytest.raises(RegistryUnreachable, match="expected a loopback address"):
        ask(data)


def test_only_a_token_of_the_data_folder_is_sent(data: Path) -> None:
    point(data, port=port_of(data), token_file="../../secret")
    with pytest.raises(RegistryUnreachable, match="inside the data folder"):
        ask(data)


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnreachable, match=r"wuhan\.json does not exist"):
        ask(tmp_path)
