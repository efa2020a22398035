"""One browser's place: snapshot first, then changes; choices, what was missed, and bounded memory."""

from typing import Any

import msgspec
import pytest

from exchange.bridge import hub as hub_module
from exchange.bridge.following import Line
from exchange.bridge.hub import Choice, Hub, View
from exchange.bridge.metrics import Counters
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from tests.unit.bridge.heard import CEA, CEA21, NEXT_DAY, TEN, Heard, opened, trade
from tests.unit.bridge.lines import CaughtUp


class Town:
    """A market, a hub and clients."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.line = CaughtUp(self.heard.market)
        self.hub = Hub(self.line, "SEEE", Counters())

    def say(self, *records: bytes) -> None:
        before = len(self.heard.items)
        self.heard.say(*records)
        for item in self.heard.items[before:]:
            self.hub.take(item.item.number, None, item)


def told(view: View) -> Any:
    """The next message, decoded."""
    message = view.message()
    return None if message is None else msgspec.json.decode(message)


@pytest.fixture
def town() -> Town:
    return Town()


def band(contract_id: int, base_ticks: int) -> bytes:
    return make(Kind.BAND, contract_id=contract_id, base_price_ticks=base_ticks, time_ns=TEN)


def test_a_snapshot_comes_first_and_then_only_what_changed(town: Town) -> None:
    town.say(band(CEA, 4250), trade(4250, 10))
    view = View(town.hub, Choice())
    first = told(view)
    assert (first["type"], first["number"], first["venue"], first["exchange"]) == (
        "snapshot", 1, "SEEE", "connected",
    )  # fmt: skip
    assert set(first["values"]) == {"market/day", "CEA/band", "CEA/figures", "CEA/last"}
    assert first["items"][0]["topic"] == "CEA/trades"
    assert told(view) is None
    town.say(trade(4260, 1, 2), trade(4270, 2, 3))
    second = told(view)
    assert (second["type"], second["number"], second["skipped_items"]) == ("changes", 2, 0)
    assert set(second["values"]) == {"CEA/figures", "CEA/last"}
    assert second["values"]["CEA/last"]["match_id"] == 3
    assert [item["match_id"] for item in second["items"][0]["batch"]["items"]] == [2, 3]


def test_a_client_hears_of_what_it_chose_only_and_may_choose_again(town: Town) -> None:
    town.say(band(CEA, 4250), band(CEA21, 7000), trade(4250, 10), trade(7000, 1, 2, contract_id=CEA21))
    view = View(town.hub, Choice(contracts=("CEA21",), topics=("last", "trades")))
    first = told(view)
    assert set(first["values"]) == {"CEA21/last"}
    assert [group["topic"] for group in first["items"]] == ["CEA21/trades"]
    town.say(trade(4251, 1, 3))
    assert told(view) is None
    view.choose(Choice(topics=("band",)))
    again = told(view)
    assert (again["type"], again["number"]) == ("snapshot", 2)
    assert set(again["values"]) == {"CEA/band", "CEA21/band"}


def test_a_value_that_is_gone_is_null_in_changes_and_absent_from_a_snapshot(town: Town) -> None:
    town.say(band(CEA, 4250))
    view = View(town.hub, Choice())
    told(view)
    town.say(opened(NEXT_DAY))
    assert told(view)["values"]["CEA/band"] is None
    assert "CEA/band" not in told(View(town.hub, Choice()))["values"]


def test_a_client_that_was_away_too_long_is_told_how_much_it_missed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "ITEMS_KEPT", 5)
    town.hub = Hub(town.line, "SEEE", Counters())
    view = View(town.hub, Choice())
    told(view)
    town.say(*(trade(4250, 1, match_id) for match_id in range(1, 13)))
    said = told(view)
    assert said["skipped_items"] == 7
    assert [item["match_id"] for item in said["items"][0]["batch"]["items"]] == [8, 9, 10, 11, 12]
    assert said["values"]["CEA/figures"]["methods"]["LISTED"]["trade_count"] == 12


def test_nothing_is_shown_while_the_morning_is_read_again(town: Town) -> None:
    town.line.is_caught_up = False
    view = View(town.hub, Choice())
    assert told(view) is None
    town.line.line = Line.LOST
    assert told(view)["exchange"] == "lost"
    town.line.line, town.line.is_caught_up = Line.CONNECTED, True
    assert told(view) == {
        "type": "changes", "number": 2, "venue": "SEEE", "exchange": "connected", "values": {}, "items": [],
        "skipped_items": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("choice", "word"),
    [
        (Choice(topics=("price",)), "no topic 'price'"),
        (Choice(contracts=tuple(str(n) for n in range(65))), "at most 64"),
    ],
)
def test_what_cannot_be_chosen_is_named(choice: Choice, word: str) -> None:
    assert word in choice.problem()
