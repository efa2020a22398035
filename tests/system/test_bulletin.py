"""The day's bulletin: the kernel's own figures, read back by what reads the official daily file."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest

from benchmarks.official.rows import read_days
from exchange.client.bulletin import (
    FIGURE_COLUMNS,
    HALT_COLUMNS,
    Bulletin,
    NotClosed,
    bulletin_of,
    write_bulletin,
)
from exchange.engine.replay import replay_stream
from exchange.kernel.queries import figures as kernel_figures
from exchange.vocabulary.enums import HaltReason, Level, Method, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_PUBLIC
from exchange.vocabulary.records import EVENT, Records, make
from tests.simulation.market import ACCOUNTS, BOB, CEA, Market, settings

CODES = {CEA: "CEA"}


class Day:
    """A day with trades of both methods, a halt and its end; on a real disk, so that it can be replayed."""

    def __init__(self, folder: Path) -> None:
        from exchange.engine.files import RealFiles

        self.market = Market(RealFiles(), settings(folder / "shanghai"))
        self.market.run()
        self.early = self.public
        self.trade()
        self.figures = kernel_figures(self.market.engine.state)
        self.market.go_to(15)
        self.market.run()
        self.day = next(iter(self.market.seen))[0]
        self.market.engine.close()

    @property
    def public(self) -> Records:
        """What a follower of the public stream has seen."""
        return np.frombuffer(bytes(self.market.seen[self.market.engine.trading_day, STREAM_PUBLIC]), EVENT)

    def trade(self) -> None:
        market, alice, bob = self.market, self.market.alice, self.market.bob
        market.go_to(9, 30)
        for price, lots in ((5_100, 40), (4_950, 25), (5_207, 10)):
            market.send(alice, alice.listing(Side.SELL, price, lots))
            market.send(bob, bob.take(Side.BUY, price, lots))
            market.run()
        operator = market.operator
        market.send(operator, operator.make(Kind.HALT, level=Level.MARKET, halt_reason=HaltReason.TECHNICAL))
        market.run()
        market.go_to(10)
        market.send(operator, operator.make(Kind.RESUME, level=Level.MARKET))
        market.go_to(13)
        terms = {"price_ticks": 5_050, "quantity_lots": 100_000}
        to_bob = {"side": Side.SELL, "counterparty_account_id": ACCOUNTS[BOB]}
        market.send(alice, alice.make(Kind.BLOCK_OFFER, **to_bob, **terms))
        market.run()
        offered = next(event for event in market.events(17) if event["kind"] == Kind.BLOCK_OFFERED)
        market.send(bob, bob.make(Kind.BLOCK_ACCEPT, order_id=offered["order_id"], **terms))
        market.run()


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    yield Day(tmp_path_factory.mktemp("bulletin"))


@pytest.fixture(scope="module")
def bulletin(day: Day) -> Bulletin:
    return bulletin_of(day.public, CODES)


def test_the_figures_are_the_kernels(day: Day, bulletin: Bulletin) -> None:
    row, total = bulletin.figures
    of = {int(one["figure_method"]): one for one in day.figures}
    listed, block, one_way = of[Method.LISTED], of[Method.BLOCK], of[Method.ONE_WAY]
    prices = (row.open_ticks, row.high_ticks, row.low_ticks, row.close_ticks)
    names = ("open", "high", "low", "close")
    assert prices == tuple(int(listed[f"{name}_ticks"]) for name in names) == (5_100, 5_207, 4_950, 5_064)
    for volume, kernel in ((row.listed, listed), (row.block, block), (row.one_way, one_way)):
        found = (volume.trades, volume.lots, volume.fen)
        assert found == tuple(
            int(kernel[name]) for name in ("figure_trade_count", "volume_lots", "turnover_fen")
        )
    assert (row.subject, row.base_ticks, row.lower_ticks, row.upper_ticks) == ("CEA", 5_000, 4_500, 5_500)
    assert row.change_basis_points == 128
    assert (total.subject, total.listed.lots, total.block.lots) == ("COMCEA", 75, 100_000)
    assert (total.open_ticks, total.close_ticks) == (row.open_ticks, row.close_ticks)


def test_the_halt_is_told_with_its_end(bulletin: Bulletin) -> None:
    assert [(one.subject, one.what, one.reason) for one in bulletin.happenings] == [
        ("MARKET", "halted", "technical failure"),
        ("MARKET", "resumed", ""),
    ]


def test_the_journal_gives_the_same_stream_and_so_the_same_bulletin(day: Day, bulletin: Bulletin) -> None:
    again = replay_stream(day.market.settings.day_journal(day.day), STREAM_PUBLIC)
    seen = bytes(day.market.seen[day.day, STREAM_PUBLIC])
    assert again.tobytes() == seen
    assert bulletin_of(again, CODES) == bulletin


def test_before_the_close_there_is_none(day: Day) -> None:
    with pytest.raises(NotClosed):
        bulletin_of(day.early, CODES)


def test_the_files_are_read_as_official_ones_and_hold_whole_numbers(
    bulletin: Bulletin, tmp_path: Path
) -> None:
    figures_csv, figures_parquet, halts_csv, halts_parquet = write_bulletin(bulletin, tmp_path)
    (official,) = read_days(figures_csv)
    (published,) = official.contracts
    row, total = bulletin.figures
    assert (published.day, published.subject, published.change_basis_points) == (bulletin.day, "CEA", 128)
    for name in ("open", "high", "low", "close"):
        assert getattr(published, f"{name}_ticks") == getattr(row, f"{name}_ticks")
    assert published.previous_close_ticks == row.base_ticks
    assert (published.listed_lots, published.listed_fen) == (row.listed.lots, row.listed.fen)
    assert (published.block_lots, published.block_fen) == (row.block.lots, row.block.fen)
    assert official.composite is not None and official.composite.close_ticks == total.close_ticks
    table = parquet.read_table(figures_parquet)
    assert table["close_ticks"].to_pylist() == [row.close_ticks, total.close_ticks]
    assert table["block_fen"].to_pylist() == [row.block.fen, total.block.fen]
    assert not any(str(field.type) in ("double", "float") for field in table.schema)
    with halts_csv.open(encoding="utf-8", newline="") as file:
        head, halted, _ = csv.reader(file)
    assert tuple(head) == HALT_COLUMNS and halted[0] == "2021-12-16 09:30:00.000"
    assert parquet.read_table(halts_parquet)["what"].to_pylist() == ["halted", "resumed"]
    with figures_csv.open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == FIGURE_COLUMNS
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    write_bulletin(bulletin, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_no_member_is_in_it(day: Day, bulletin: Bulletin, tmp_path: Path) -> None:
    for path in write_bulletin(bulletin, tmp_path):
        if path.suffix == ".csv":
            text = path.read_text(encoding="utf-8")
            assert all(str(account) not in text for account in ACCOUNTS.values())


def test_what_did_not_trade_is_blank() -> None:
    opened = make(Kind.STREAM_OPENED, version=1, trading_day=8_020)
    band = make(Kind.BAND, contract_id=7, base_price_ticks=4_300, lower_ticks=3_870, upper_ticks=4_730)
    figures = make(Kind.DAY_FIGURES, contract_id=7, open_ticks=4_300, close_ticks=4_300)
    stream = np.frombuffer(opened + band + figures + make(Kind.COMPOSITE, close_ticks=4_300), EVENT)
    row = bulletin_of(stream, {}).figures[0]
    assert (row.subject, row.high_ticks, row.low_ticks, row.change_basis_points) == ("7", 0, 0, 0)
