"""What the cities sign of a day: demanded where the key is known, kept, proven again."""

from pathlib import Path

import pytest

from exchange.client.signing import SHANGHAI, WUHAN, checker, signer
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from settlement.errors import CorruptionError
from settlement.ledger.book import chain_head
from settlement.signatures import check_signatures
from settlement.store.days import stated_days
from settlement.store.signatures import read_word
from tests.unit.settlement.fake_shanghai import HEAD, FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import Town


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def proven(town: Town, keys: Path) -> tuple[int, int, int]:
    return check_signatures(
        town.store, stated_days(town.store), checker(keys, SHANGHAI), checker(keys, WUHAN)
    )


def test_a_signed_confirmation_is_delivered_and_signed_in_turn(tmp_path: Path, keys: Path) -> None:
    shanghai = FakeShanghai(**FEES, sign=signer(keys, SHANGHAI))
    town = Town(tmp_path, keys=keys)
    town.play(shanghai, TRADES)
    assert town.stage is Stage.STATED
    theirs, ours = (read_word(town.store, shanghai.number, 1, city) for city in (SHANGHAI, WUHAN))
    assert theirs is not None and ours is not None
    assert (theirs.head, ours.head) == (HEAD, chain_head(town.store))
    assert shanghai.fragments == [ours.head, ours.signature[:32], ours.signature[32:]]
    assert proven(town, keys) == (1, 1, 0)


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_nothing_is_delivered_before_the_signature_is_whole(tmp_path: Path, keys: Path, chunk: int) -> None:
    """Whichever part the line brings first, and with Wuhan killed in between."""
    shanghai = FakeShanghai(sign=signer(keys, SHANGHAI))
    town = Town(tmp_path, keys=keys)
    town.connect(shanghai)
    town.pump()
    for trade in TRADES:
        shanghai.trade(*trade)
    shanghai.seal()
    town.pump(chunk)
    assert town.stage is Stage.STATED
    fragments = [index for index, record in enumerate(shanghai.records, 1) if record[3] in (0xBB, 0xBC)]
    assert len(fragments) == 3

    again = FakeShanghai(sign=signer(keys, SHANGHAI))
    (tmp_path / "again").mkdir()
    killed = Town(tmp_path / "again", keys=keys)
    killed.connect(again)
    killed.pump()
    for trade in TRADES:
        again.trade(*trade)
    again.seal()
    for number in range(killed.day.next_number, len(again.records) + 1):
        killed.obey(killed.city.take(number, again.events(number)[:1]))
        assert (killed.stage >= Stage.CONFIRMED) == (killed.day.next_number > fragments[-1])
        killed.kill()
        killed.start()
        killed.connect(again)
    killed.pump()
    assert killed.stage is Stage.STATED
    assert proven(killed, keys) == (1, 1, 0)


def test_a_signature_that_is_not_shanghais_stops_the_process(tmp_path: Path, keys: Path) -> None:
    signer(keys, SHANGHAI)
    forged = FakeShanghai(sign=signer(tmp_path / "somebody", SHANGHAI))
    town = Town(tmp_path, keys=keys)
    with pytest.raises(
        CorruptionError, match="Shanghai's signature of run 1 of 2021-12-16: expected a valid"
    ):
        town.play(forged, TRADES)
    assert town.stage is Stage.CLEARED


def test_without_shanghais_key_its_word_is_taken_unsigned(tmp_path: Path, keys: Path) -> None:
    town = Town(tmp_path, keys=keys)
    town.play(FakeShanghai(sign=signer(tmp_path / "unknown", SHANGHAI)), TRADES)
    assert town.stage is Stage.STATED
    assert proven(town, keys) == (0, 1, 1)


def test_what_was_tampered_with_later_is_found(tmp_path: Path, keys: Path) -> None:
    town = Town(tmp_path, keys=keys)
    town.play(FakeShanghai(sign=signer(keys, SHANGHAI)), TRADES)
    town.store.execute("UPDATE seal_totals SET amount_fen = amount_fen + 1")
    with pytest.raises(CorruptionError, match="signature of shanghai, run 1 of 2021-12-16"):
        proven(town, keys)


def test_the_same_is_sent_again_when_the_line_returns(tmp_path: Path, keys: Path) -> None:
    shanghai = FakeShanghai(sign=signer(keys, SHANGHAI))
    town = Town(tmp_path, keys=keys)
    town.play(shanghai, TRADES)
    sent = list(shanghai.fragments)
    town.kill()
    town.start()
    town.obey(town.city.take(1, shanghai.events(1)[:1]))
    assert shanghai.fragments == sent + sent
    assert shanghai.commands[-1]["kind"] == Kind.STAGE
