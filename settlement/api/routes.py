"""The routes of the door as data; `python -m settlement.api.routes` prints the table of API.md."""

from typing import Final, NamedTuple

KEY_HEADER: Final = "Idempotency-Key"


class Documented(NamedTuple):
    """A route and what a reader needs of it."""

    method: str
    path: str
    what: str
    example: str


_ONE: Final = "/v1/operations/{operation_id:int}"
ROUTES: Final = (
    Documented("GET", "/v1/me", "whose key this is", ""),
    Documented("GET", "/v1/kinds", "every kind of operation: who asks, who approves, its fields", ""),
    Documented("GET", "/v1/account", "the entity and what its accounts may do", "?entity_id=1"),
    Documented("GET", "/v1/holdings", "units by contract and bucket, cash by bucket", "?entity_id=1"),
    Documented(
        "GET", "/v1/serials", "serial blocks of a bucket, now or at the end of a day",
        "?contract=CEA&bucket=trading-available&day=2021-12-16",
    ),
    Documented(
        "GET", "/v1/statements/{day}", "the day's statement as CSV, once the day is stated",
        "/v1/statements/2021-12-16",
    ),
    Documented(
        "GET", "/v1/obligations", "what is due, surrendered, waiting and short; offices get everybody's",
        "?entity_id=1",
    ),
    Documented("GET", "/v1/breaks", "open reconciliation breaks; holders see their own account's", ""),
    Documented(
        "GET", "/v1/breaks/{break_id:int}", "a break, closed or not, and where it comes from", "/v1/breaks/1"
    ),
    Documented(
        "GET", "/v1/objections", "objections to statements and their states; offices get everybody's",
        "?entity_id=1",
    ),
    Documented(
        "GET", "/v1/calendar/{year:int}", "deadline of an obligation year, last useful purchase day",
        "/v1/calendar/2020",
    ),
    Documented(
        "GET", "/v1/operations", "operations one may see, oldest first; `state`: only those in it",
        "?state=asked&after=17&limit=100",
    ),
    Documented(
        "POST", "/v1/operations",
        f"ask for an operation; header {KEY_HEADER}: the same key is the same operation",
        '{"kind": "to-registry", "params": {"entity_id": 1, "contract_id": 1, "lots": 300}}',
    ),
    Documented("GET", _ONE, "one operation and its state", "/v1/operations/18"),
    Documented(
        "POST", f"{_ONE}/approve", "approve, as the second person, exactly that command",
        '{"command_hash": "<64 hexadecimal digits>"}',
    ),
    Documented("POST", f"{_ONE}/decline", "decline as the second person", '{"reason": "..."}'),
    Documented("POST", f"{_ONE}/withdraw", "withdraw what one has asked oneself", "{}"),
)  # fmt: skip


def routes_table() -> str:
    """The routes as Markdown."""
    lines = ["| route | what | for example |", "|---|---|---|"]
    for one in ROUTES:
        example = f"`{one.example}`" if one.example else "–"
        lines.append(f"| `{one.method} {one.path.replace(':int', '')}` | {one.what} | {example} |")
    return "\n".join(lines)


if __name__ == "__main__":
    import sys

    sys.stdout.write(routes_table() + "\n")
