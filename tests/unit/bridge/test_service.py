"""Where brokers are: URLs without secrets, TLS off this machine, passwords that nobody else can read."""

from pathlib import Path

import pytest

from exchange.bridge.service import MQTT, REDIS, is_loopback, parse_service, read_secret
from exchange.bridge.websocket import check_origin
from exchange.errors import UsageError


def test_what_a_url_says() -> None:
    service = parse_service("mqtt://ann@localhost", MQTT)
    assert (service.host, service.port, service.user, service.tls) == ("localhost", 1883, "ann", None)
    service = parse_service("redis://[::1]:7000/3", REDIS)
    assert (service.host, service.port, service.database, service.tls) == ("::1", 7000, 3, None)
    service = parse_service("mqtts://broker.example", MQTT)
    assert (service.name, service.tls is None) == ("mqtts://broker.example:8883", False)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mqtt://ann:secret@localhost", "without a password"),
        ("mqtt://broker.example", "use mqtts://broker.example:8883"),
        ("mqtt://10.0.0.7:1883", "not encrypted"),
        ("http://localhost", "expected a URL like mqtt://HOST:1883"),
        ("localhost:1883", "expected a URL like"),
        ("mqtt://localhost:port", "expected a URL like"),
        ("mqtt://localhost/3", "what follows the port"),
        ("mqtt://localhost?x=1", "expected a URL like"),
    ],
)
def test_what_is_wrong_with_a_url_is_said_and_no_secret_repeated(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        parse_service(url, MQTT)
    assert "secret" not in str(caught.value)


def test_a_database_is_a_number() -> None:
    with pytest.raises(UsageError, match="what follows the port"):
        parse_service("redis://localhost/market", REDIS)


def test_certificates_are_for_encrypted_connections(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="use mqtts"):
        parse_service("mqtt://localhost", MQTT, tmp_path / "ca.pem")
    with pytest.raises(UsageError, match="cannot be used"):
        parse_service("mqtts://localhost", MQTT, tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("127.9.9.9", True),
        ("localhost.example", False),
    ],
)
def test_loopback_is_judged_without_asking_anybody(host: str, is_own: bool) -> None:
    assert is_loopback(host) is is_own


def test_a_password_file_must_be_the_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("s3cret\nsecond line\n")
    path.chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600"):
        read_secret(path)
    path.chmod(0o600)
    assert read_secret(path) == "s3cret"
    path.write_text("\n")
    with pytest.raises(UsageError, match="found none"):
        read_secret(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_secret(tmp_path / "nothing")
    assert read_secret(None) is None


@pytest.mark.parametrize("origin", ["localhost:3000", "http://a/b", "file:///x", "http://"])
def test_an_origin_is_a_scheme_a_host_and_a_port(origin: str) -> None:
    with pytest.raises(UsageError, match="expected an origin"):
        check_origin(origin)
    assert check_origin("https://desk.example:3000") == "https://desk.example:3000"
