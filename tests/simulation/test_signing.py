"""The exchange signs a confirmed result once, whatever is lost in between; the journal keeps both words."""

from pathlib import Path
from typing import Any

import pytest

from exchange.client.signing import SHANGHAI, WUHAN, checker, signer
from exchange.engine.day import DayStage
from exchange.engine.replay import replay
from exchange.engine.signing import SignedWord
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION, STREAM_SETTLEMENT
from exchange.vocabulary.records import make
from exchange.vocabulary.signed import DayTotals, confirmation_text, delivery_text
from tests.simulation.fake_disk import FakeDisk
from tests.simulation.market import DAY, REGISTRY, Market, commands, crash, settings
from tests.simulation.scripted_day import Script

WORDS = (Kind.EXCHANGE_CHAIN_HEAD, Kind.EXCHANGE_SIGNATURE)


def signed_market(keys: Path) -> Market:
    market = Market(FakeDisk(), settings(), sign=signer(keys, SHANGHAI))
    market.run()
    return market


def words(market: Market) -> list[dict[str, Any]]:
    return [event for event in market.events(STREAM_SETTLEMENT, DAY) if event["kind"] in WORDS]


def check(market: Market, keys: Path) -> None:
    """One head and both halves of a signature that is the exchange's, after the confirmation."""
    head, first, second = words(market)
    assert [word["fragment_index"] for word in (head, first, second)] == [0, 0, 1]
    kinds = market.kinds(STREAM_SETTLEMENT, DAY)
    assert kinds.index(Kind.EXCHANGE_CHAIN_HEAD) > kinds.index(Kind.RESULT_CONFIRMED)
    seal = next(e for e in market.events(STREAM_SETTLEMENT, DAY) if e["kind"] == Kind.SEAL_TOTALS)
    totals = DayTotals(*(seal[name] for name in DayTotals._fields))
    parts = [word["fragment"].ljust(32, b"\0") for word in (head, first, second)]
    is_valid = checker(keys, SHANGHAI)
    assert is_valid is not None
    assert is_valid(confirmation_text(totals, 1, parts[0]), parts[1] + parts[2])


def test_a_confirmed_result_is_signed_once(tmp_path: Path) -> None:
    market = signed_market(tmp_path)
    Script().play(market)
    check(market, tmp_path)
    assert replay(market.settings.day_journal(DAY), market.files).own_word is not None


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    market = Market(FakeDisk(), settings())
    market.run()
    Script().play(market)
    assert words(market) == []
    assert replay(market.settings.day_journal(DAY), market.files).own_word is None


@pytest.mark.parametrize("turns", range(8))
def test_a_crash_around_the_signature_signs_it_all_the_same(tmp_path: Path, turns: int) -> None:
    market = signed_market(tmp_path)
    market.registry.is_silent = True
    Script().play(market)
    assert market.engine.day.stage is DayStage.SEALED
    market.registry.is_silent = False
    for _ in range(turns):
        market.turn()
    crash(market)
    for _ in range(20):
        market.turn()
    check(market, tmp_path)


def test_the_registrys_word_is_kept_in_the_journal(tmp_path: Path) -> None:
    market = signed_market(tmp_path)
    market.registry.is_silent = True
    Script().play(market)
    registry = market.registry
    market.engine.queue(REGISTRY, commands(*registry.result()))
    market.run()
    totals = replay(market.settings.day_journal(DAY), market.files).totals
    assert totals is not None
    head = b"h" * 31 + b"\0"
    signature = signer(tmp_path, WUHAN)(delivery_text(totals, 1, head))
    of_day = {"fragment_trading_day": totals.trading_day, "fragment_version": PROTOCOL_VERSION}
    for kind, data, index, count in (
        (Kind.REGISTRY_CHAIN_HEAD, head, 0, 1),
        (Kind.REGISTRY_SIGNATURE, signature[:32], 0, 2),
        (Kind.REGISTRY_SIGNATURE, signature[32:], 1, 2),
    ):
        registry.reference += 1
        fields = {"fragment_index": index, "fragment_count": count, "fragment_run": 1, **of_day}
        record = make(kind, user_reference=registry.reference, fragment=data, **fields)
        market.engine.queue(REGISTRY, commands(record))
    market.run()
    word = replay(market.settings.day_journal(DAY), market.files).registry_word
    assert word == SignedWord(1, head, signature)
