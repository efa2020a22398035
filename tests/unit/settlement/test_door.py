"""The door: whose key may do and see what; the same key is the same operation; every request is answered."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette

from settlement.api.door import Door
from settlement.api.keys import make_missing_keys, people_of
from settlement.api.line import Line
from settlement.api.problems import NO_ROUTE
from settlement.api.routes import ROUTES, routes_table
from settlement.city import City
from settlement.instructions import Instruction
from settlement.limits import DOOR_BODY_BYTES_MAX, DOOR_WAITING_MAX
from settlement.operations.audit import check_audit
from settlement.store.keys import revoke_key
from settlement.vocabulary.operations import OperationKind
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import TRADES
from tests.unit.settlement.town import CEA, Town

API_PAGE = Path(__file__).parents[3] / "settlement" / "API.md"
MOVE = {"entity_id": 1, "contract_id": CEA, "lots": 300}


class Straight:
    """In the line's place: the core is called at once, and Shanghai hears what it says."""

    def __init__(self, town: Town) -> None:
        self._town = town

    async def do(self, call: Callable[[City], tuple[Any, list[Instruction]]]) -> Any:
        result, said = call(self._town.city)
        self._town.obey(said)
        return result


class Front:
    """The door as programs find it, with everybody's keys."""

    def __init__(self, town: Town, client: httpx.AsyncClient, folder: Path, door: Door) -> None:
        self.town, self.client, self.door = town, client, door
        self._folder = folder

    def secret(self, person: str) -> str:
        return (self._folder / f"{person}.key").read_text().strip()

    async def request(
        self, method: str, path: str, person: str, body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {self.secret(person)}",
            **({"Idempotency-Key": key} if key else {}),
        }
        answer = await self.client.request(method, path, headers=headers, json=body)
        is_json = answer.headers["content-type"] == "application/json"
        return answer.status_code, answer.json() if is_json else answer.text

    async def get(self, path: str, person: str) -> tuple[int, Any]:
        return await self.request("GET", path, person)

    async def ask(self, kind: str, person: str, key: str = "k", **params: Any) -> tuple[int, Any]:
        return await self.request("POST", "/v1/operations", person, {"kind": kind, "params": params}, key)


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    town = Town(tmp_path)
    town.connect(FakeShanghai())
    town.pump()
    folder = tmp_path / "keys"
    make_missing_keys(town.store, people_of(town.season), folder)
    door = Door(cast(Line, Straight(town)), town.path, tmp_path / "statements", "national")
    transport = httpx.ASGITransport(Starlette(routes=door.routes(), exception_handlers=NO_ROUTE))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        yield Front(town, client, folder, door)
    check_audit(town.store)


def settle(front: Front) -> None:
    for trade in TRADES:
        front.town.shanghai.trade(*trade)
    front.town.shanghai.seal()
    front.town.pump()


async def test_a_holder_moves_units_while_the_day_runs_and_sees_them(front: Front) -> None:
    status, asked = await front.ask("to-registry", "holder-1", **MOVE)
    assert (status, asked["state"]) == (200, "running")
    front.town.pump()
    path = f"/v1/operations/{asked['operation_id']}"
    status, found = await front.get(path, "holder-1")
    assert (status, found["state"], found["asked_by"]) == (200, "done", "holder-1")

    status, holdings = await front.get("/v1/holdings", "holder-1")
    assert holdings["units"] == [
        {"contract": "CEA", "bucket": "registry-available", "lots": 300},
        {"contract": "CEA", "bucket": "trading-available", "lots": 999_700},
    ]
    assert holdings["cash"] == [{"bucket": "member-cash", "fen": 10_000_000_000}]
    status, blocks = await front.get("/v1/serials?contract=CEA", "holder-1")
    assert (status, sum(block["lots"] for block in blocks)) == (200, 300)
    status, account = await front.get("/v1/account", "holder-1")
    assert (account["account_id"], account["status"], account["may_move"]) == (1001, "open", True)


async def test_the_same_key_is_the_same_operation_and_other_fields_are_refused(front: Front) -> None:
    _, first = await front.ask("to-registry", "holder-1", **MOVE)
    _, again = await front.ask("to-registry", "holder-1", **MOVE)
    assert again["operation_id"] == first["operation_id"]
    status, other = await front.ask("to-registry", "holder-1", **{**MOVE, "lots": 301})
    assert (status, other["error"]["name"]) == (409, "KEY_REUSED")


async def test_a_second_person_approves_exactly_that_command(front: Front) -> None:
    fields = {"entity_id": 1, "may_buy": False, "may_sell": True, "may_move": True, "reason": "arrears"}
    status, asked = await front.ask("restrict-account", "registry-operator", **fields)
    assert (status, asked["state"], asked["approvers"]) == (200, "asked", ["registry reviewer"])
    path = f"/v1/operations/{asked['operation_id']}"
    for person, body, expected in (
        ("registry-operator", {"command_hash": asked["command_hash"]}, (403, "NOT_ALLOWED")),
        ("holder-1", {"command_hash": asked["command_hash"]}, (403, "NOT_ALLOWED")),
        ("registry-reviewer", {"command_hash": "00" * 32}, (409, "COMMAND_HASH")),
        ("registry-reviewer", {"command_hash": "zz"}, (400, "MALFORMED")),
    ):
        status, found = await front.request("POST", f"{path}/approve", person, body)
        assert (status, found["error"]["name"]) == expected
    body = {"command_hash": asked["command_hash"]}
    status, found = await front.request("POST", f"{path}/approve", "registry-reviewer", body)
    assert (status, found["state"], found["decided_by"]) == (200, "done", "registry-reviewer")
    _, account = await front.get("/v1/account", "holder-1")
    assert account["may_buy"] is False


async def test_declined_by_the_second_and_withdrawn_by_the_first(front: Front) -> None:
    fields = {"contract_id": CEA, "lots": 10, "document": "paper"}
    _, declined = await front.ask("issue", "ministry-operator", "a", **fields)
    path = f"/v1/operations/{declined['operation_id']}/decline"
    status, found = await front.request("POST", path, "ministry-reviewer", {"reason": "no paper"})
    assert (status, found["state"], found["detail"]) == (200, "declined", "no paper")
    _, withdrawn = await front.ask("issue", "ministry-operator", "b", **fields)
    path = f"/v1/operations/{withdrawn['operation_id']}/withdraw"
    status, found = await front.request("POST", path, "ministry-operator", {})
    assert (status, found["state"]) == (200, "withdrawn")


async def test_a_refusal_by_a_rule_is_kept_with_code_and_both_languages(front: Front) -> None:
    status, found = await front.ask("to-trading", "holder-1", **MOVE)
    assert (status, found["state"], found["refusal"]["code"]) == (200, "refused", 402)
    assert found["refusal"]["zh"] and found["refusal"]["remedy"]


@pytest.mark.parametrize(
    ("person", "may"),
    [("holder-1", True), ("holder-2", False), ("province-1-operator", True), ("registry-reviewer", True),
     ("ministry-operator", True)],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/account", "/v1/holdings", "/v1/serials", "/v1/obligations"])
async def test_who_may_look_at_an_entity(front: Front, path: str, person: str, may: bool) -> None:
    status, _ = await front.get(f"{path}?entity_id=1&contract=CEA", person)
    assert status == (200 if may else 403)


async def test_operations_are_seen_by_whom_they_concern(front: Front) -> None:
    await front.ask("to-registry", "holder-1", **MOVE)
    for person, count in (
        ("holder-1", 1),
        ("holder-2", 0),
        ("registry-operator", 1),
        ("province-1-reviewer", 1),
    ):
        _, found = await front.get("/v1/operations", person)
        assert len(found) == count, person
    status, _ = await front.get("/v1/operations/1", "holder-2")
    assert status == 404


async def test_a_page_is_full_of_what_may_be_seen(front: Front) -> None:
    """What another may see never takes the place of what one may see oneself."""
    for key in ("a", "b", "c"):
        await front.ask("to-registry", "holder-1", key, **MOVE)
        await front.ask("to-registry", "holder-2", key, **{**MOVE, "entity_id": 2})
    with front.town.store.transaction():
        front.town.store.execute("UPDATE entity SET province_id = 2 WHERE entity_id = 1")
    _, first = await front.get("/v1/operations?limit=2", "province-1-reviewer")
    assert [one["operation_id"] for one in first] == [2, 4]
    _, rest = await front.get("/v1/operations?limit=2&after=4", "province-1-reviewer")
    assert [one["operation_id"] for one in rest] == [6]


async def test_a_statement_is_there_once_the_day_is_stated(front: Front) -> None:
    path = "/v1/statements/2021-12-16"
    assert (await front.get(path, "holder-1"))[0] == 404
    settle(front)
    status, text = await front.get(path, "holder-1")
    assert (status, "1001" in text) == (200, True)
    assert (await front.get(f"{path}?entity_id=1", "holder-2"))[0] == 403


async def test_a_surrender_is_applied_for_approved_by_the_province_and_in_the_outcome(front: Front) -> None:
    settle(front)
    await front.ask("to-registry", "holder-1", "move", **MOVE)
    due = {"entity_id": 1, "year": 2020, "verified_lots": 500, "due_lots": 200}
    _, set_due = await front.ask("set-obligation", "province-1-operator", "due", **due)
    body = {"command_hash": set_due["command_hash"]}
    await front.request(
        "POST", f"/v1/operations/{set_due['operation_id']}/approve", "province-1-reviewer", body
    )
    fields = {"entity_id": 1, "year": 2020, "contract_id": CEA, "lots": 200}
    _, asked = await front.ask("surrender", "holder-1", "surrender", **fields)
    assert (await front.get("/v1/obligations", "holder-1"))[1][0]["pending_lots"] == 200
    body = {"command_hash": asked["command_hash"]}
    path = f"/v1/operations/{asked['operation_id']}/approve"
    status, found = await front.request("POST", path, "province-1-reviewer", body)
    assert (status, found["state"]) == (200, "done"), found
    _, outcome = await front.get("/v1/obligations", "registry-operator")
    assert [(row["entity_id"], row["short_lots"], row["standing"]) for row in outcome] == [(1, 0, "on-time")]


async def test_the_last_day_on_which_a_purchase_helps(front: Front) -> None:
    status, found = await front.get("/v1/calendar/2020", "holder-1")
    assert (status, found["deadline"][:16]) == (200, "2021-12-31T17:00")
    assert found["last_purchase_day"] < "2021-12-31"
    assert (await front.get("/v1/calendar/2050", "holder-1"))[0] == 404


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_no_route_answers_without_a_valid_key(front: Front, route: Any) -> None:
    path = (
        route.path.replace("{day}", "2021-12-16")
        .replace("{year:int}", "2020")
        .replace("{operation_id:int}", "1")
        .replace("{break_id:int}", "1")
    )
    with front.town.store.transaction():
        revoke_key(front.town.store, "holder-2")
    for given in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {front.secret('holder-2')}"},
    ):
        answer = await front.client.request(route.method, path, headers=given)
        assert (answer.status_code, answer.json()["error"]["name"]) == (401, "KEY_UNKNOWN")


HUGE = "9" * 23


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/v1/operations/{HUGE}", None, 404),
        ("GET", "/v1/breaks/9223372036854775808", None, 404),
        ("GET", f"/v1/calendar/{HUGE}", None, 404),
        ("POST", f"/v1/operations/{HUGE}/approve", b'{"command_hash": "00"}', 404),
        ("GET", "/v1/statements/1999-01-01", None, 404),
        ("GET", "/v1/statements/9999-12-31", None, 404),
        ("GET", "/v1/serials?entity_id=1&contract=CEA&day=0001-01-01", None, 404),
        ("POST", "/v1/operations/1/decline", b'{"reason": "\\ud800"}', 400),
        ("POST", "/v1/operations/1/decline", b'{"reason": " "}', 400),
        ("GET", "/v1/nothing", None, 404),
        ("DELETE", "/v1/me", None, 404),
    ],
)
async def test_what_cannot_be_is_answered_as_json(
    front: Front, method: str, path: str, body: bytes | None, status: int
) -> None:
    auth = {"Authorization": f"Bearer {front.secret('registry-reviewer')}"}
    answer = await front.client.request(method, path, headers=auth, content=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["name"] in ("NOT_FOUND", "MALFORMED")


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
async def test_an_objection_to_an_impossible_day_is_refused(front: Front, day: str) -> None:
    fields = {"entity_id": 1, "day": day, "grounds": "x"}
    _, asked = await front.ask("object", "holder-1", f"k {day}", **fields)
    assert asked["refusal"]["name"] == "NO_STATEMENT"


async def test_bad_requests_have_an_answer(front: Front) -> None:
    auth = {"Authorization": f"Bearer {front.secret('holder-1')}"}
    for data, status in (
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 10_000, 400),
        (b" " * (DOOR_BODY_BYTES_MAX + 1), 413),
    ):
        answer = await front.client.post("/v1/operations", headers=auth, content=data)
        assert answer.status_code == status, data[:10]
    for kind, params, key, expected in (
        ("nonsense", {}, "k", (422, "INVALID_FIELD")),
        (["issue"], {}, "k", (422, "INVALID_FIELD")),
        ("to-registry", MOVE, "", (422, "INVALID_FIELD")),
        ("to-registry", {**MOVE, "lots": -1}, "k", (422, "INVALID_FIELD")),
        ("to-registry", {**MOVE, "entity_id": 2}, "k", (403, "OUT_OF_SCOPE")),
        ("issue", {"contract_id": 1, "lots": 1, "document": "x"}, "k", (403, "NOT_ALLOWED")),
    ):
        body = {"kind": kind, "params": params}
        status, found = await front.request("POST", "/v1/operations", "holder-1", body, key)
        assert (status, found["error"]["name"]) == expected
    for path in ("serials?contract=XYZ", "serials?contract=CEA&bucket=no", "operations?after=-1",
                 "operations?limit=x", "statements/today", "serials?contract=CEA&day=1"):  # fmt: skip
        assert (await front.get(f"/v1/{path}", "holder-1"))[0] == 400, path
    assert (await front.get("/v1/account", "registry-operator"))[0] == 400
    assert (await front.get("/v1/serials?contract=CEA&bucket=issued", "holder-1"))[0] == 404


async def test_when_too_many_wait_the_door_says_busy(front: Front) -> None:
    front.door._waiting = DOOR_WAITING_MAX
    status, found = await front.ask("to-registry", "holder-1", **MOVE)
    assert (status, found["error"]["name"]) == (503, "BUSY")
    front.door._waiting = 0
    assert (await front.ask("to-registry", "holder-1", **MOVE))[0] == 200


async def test_kinds_and_me(front: Front) -> None:
    _, kinds = await front.get("/v1/kinds", "holder-1")
    assert {kind["kind"] for kind in kinds} == set(OperationKind)
    surrender = next(kind for kind in kinds if kind["kind"] == "surrender")
    assert surrender["fields"]["lots"] == "int >= 1"
    _, me = await front.get("/v1/me", "province-1-reviewer")
    assert me == {
        "person_id": "province-1-reviewer",
        "institution": "province",
        "level": "reviewer",
        "scope_id": 1,
    }


async def test_a_key_is_a_file_that_only_its_owner_reads(front: Front, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "holder-1.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert make_missing_keys(front.town.store, people_of(front.town.season), tmp_path / "keys") == 0


def test_the_page_has_the_table_of_routes() -> None:
    assert routes_table() in API_PAGE.read_text(encoding="utf-8"), "run `python -m settlement.api.routes`"
