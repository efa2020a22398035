"""Only a browser on this machine that means this console is answered."""

import pytest

from exchange.console.guard import HEADERS, is_ours

PORT = 8321


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(b"host", b"127.0.0.1:8321")], True),
        ([(b"Host", b"localhost:8321")], True),
        ([(b"host", b"[::1]:8321")], True),
        ([(b"host", b"127.0.0.1:8321"), (b"origin", b"http://127.0.0.1:8321")], True),
        ([], False),
        ([(b"host", b"127.0.0.1")], False),
        ([(b"host", b"127.0.0.1:8322")], False),
        ([(b"host", b"exchange.example:8321")], False),
        ([(b"host", b"127.0.0.1.exchange.example:8321")], False),
        ([(b"host", b"127.0.0.1:8321"), (b"host", b"exchange.example")], False),
        ([(b"host", b"127.0.0.1:8321"), (b"origin", b"http://exchange.example")], False),
        ([(b"host", b"127.0.0.1:8321"), (b"origin", b"https://127.0.0.1:8321")], False),
        ([(b"host", b"127.0.0.1:8321"), (b"origin", b"null")], False),
    ],
)
def test_host_and_origin(headers: list[tuple[bytes, bytes]], expected: bool) -> None:
    assert is_ours(headers, PORT) is expected


def test_pages_may_load_nothing_from_outside_and_may_not_be_framed() -> None:
    policy = dict(HEADERS)[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "http" not in policy and "*" not in policy
