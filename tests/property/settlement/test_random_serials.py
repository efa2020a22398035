"""Random mintings, moves and deliveries against a plain model: each account's serials as they leave."""

import random
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.ledger.book import book
from settlement.ledger.entries import TRADE_FLOW, Entry, Posting, transfer
from settlement.serials.check import check_blocks
from settlement.serials.lineage import held, held_as_of, history, serials_of_trade
from settlement.store.blocks import count_live_blocks
from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.entry_kinds import EntryKind

CEA = 1
ISSUED = units(CEA, Bucket.ISSUED)
OWNERS = (1001, 1002, 1003, 1004)
ACCOUNTS = tuple(units(CEA, Bucket.TRADING_AVAILABLE, owner) for owner in OWNERS)
DAYS = 20

steps = st.tuples(
    st.sampled_from(("mint", "move", "pin", "trades")),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 25)), min_size=1, max_size=6),
)


class Model:
    """Serials of every account in the order in which they leave it, and what every serial went through."""

    def __init__(self) -> None:
        self.queues: dict[LedgerKey, list[int]] = defaultdict(list)
        self.way: dict[int, list[tuple[LedgerKey, int]]] = defaultdict(list)
        self.issued = 0

    def mint(self, target: LedgerKey, lots: int) -> None:
        """The upper serials leave first."""
        self.queues[target] += range(self.issued + lots, self.issued, -1)
        for serial in range(self.issued + 1, self.issued + lots + 1):
            self.way[serial].append((target, 0))
        self.issued += lots

    def move(self, source: LedgerKey, target: LedgerKey, serials: list[int], match: int = 0) -> None:
        for serial in serials:
            self.queues[source].remove(serial)
            self.way[serial].append((target, match))
        self.queues[target] += serials


def play(store: Store, model: Model, number: int, step: tuple[str, list[tuple[int, int, int]]]) -> None:
    """What of a step is possible, in the model and in the store; one entry."""
    kind, moves = step
    postings, plain, pins, rows = [], [], {}, []
    for source_at, target_at, wanted in moves:
        source, target = ACCOUNTS[source_at], ACCOUNTS[target_at]
        queue = model.queues[source]
        lots = min(wanted, len(queue))
        if kind == "mint":
            plain.append((ISSUED, target, wanted))
            model.mint(target, wanted)
        elif source == target or not lots:
            continue
        elif kind == "move":
            plain.append((source, target, lots))
            model.move(source, target, queue[:lots])
        elif kind == "pin":
            chosen = next(
                part for size in range(lots, 0, -1) if (part := _run(queue, wanted % len(queue), size))
            )
            pins[len(plain)] = ((chosen[-1], chosen[0]),)
            plain.append((source, target, len(chosen)))
            model.move(source, target, chosen)
        else:
            rows.append((len(rows) + 1, CEA, source.owner_id, target.owner_id, lots))
            postings += [Posting(source, -lots), Posting(target, lots)]
            model.move(source, target, queue[:lots], len(rows))
    if plain:
        entry = transfer(EntryKind.ALLOCATE, str(number), "", plain, pins)
    elif rows:
        flows = np.array(rows, TRADE_FLOW)
        entry = Entry(EntryKind.DELIVERY_UNITS, str(number), "", tuple(postings), (), flows)
    else:
        return
    with store.transaction():
        book(store, [entry], number, 1)


def _run(queue: list[int], start: int, size: int) -> list[int]:
    """`size` serials that leave one after the other, downwards; none when there are none at that place."""
    part = queue[start : start + size]
    return part if part == list(range(part[0], part[0] - size, -1)) else []


def expect_equal(store: Store, model: Model) -> None:
    """The same serials at the same accounts in the same order; the tiling is proven from the store alone."""
    for account in ACCOUNTS:
        found = [s for b in held(store, account) for s in range(b.last_serial, b.first_serial - 1, -1)]
        assert found == model.queues[account]
    assert check_blocks(store).serials == model.issued


@settings(max_examples=60, deadline=None, derandomize=True)
@given(plan=st.lists(steps, min_size=1, max_size=12))
def test_random_moves_equal_the_plain_model(plan: list[tuple[str, list[tuple[int, int, int]]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "wuhan.sqlite")
        model = Model()
        pictures: dict[int, dict[LedgerKey, set[int]]] = {}
        for number, step in enumerate([("mint", [(0, 0, 20), (0, 1, 20)]), *plan], 1):
            play(store, model, number, step)
            expect_equal(store, model)
            entry = store.number("SELECT MAX(entry_id) FROM ledger_entry")
            pictures[entry] = {account: set(model.queues[account]) for account in ACCOUNTS}
        for entry, picture in pictures.items():
            for account, serials in picture.items():
                blocks = held_as_of(store, account, entry)
                assert {s for b in blocks for s in range(b.first_serial, b.last_serial + 1)} == serials
        for serial, way in model.way.items():
            assert [(stay.account, stay.match_id) for stay in history(store, CEA, serial)] == _stays(way)
        store.close()


def _stays(way: list[tuple[LedgerKey, int]]) -> list[tuple[LedgerKey, int]]:
    return [place for i, place in enumerate(way) if i == 0 or place[1] or way[i - 1][0] != place[0]]


def test_random_day_ends_keep_the_blocks_few(tmp_path: Path) -> None:
    """200 trades a day among 4 accounts: blocks grow with pairs of accounts and days, not with trades."""
    store = Store.open(tmp_path / "wuhan.sqlite")
    model = Model()
    play(store, model, 1, ("mint", [(0, at, 3_000) for at in range(4)]))
    draw = random.Random(20)
    for day in range(2, DAYS + 2):
        trades = [(draw.randrange(4), draw.randrange(4), draw.randint(1, 9)) for _ in range(200)]
        play(store, model, day, ("trades", sorted(trades)))
        expect_equal(store, model)
        rows = store.rows(
            "SELECT DISTINCT match_id FROM serial_block WHERE from_entry_id = ? AND match_id > 0", (day,)
        )
        for (match,) in rows[:20]:
            pieces = serials_of_trade(store, day, match)
            assert {piece.seller_account_id for piece in pieces}.isdisjoint(
                piece.buyer_account_id for piece in pieces
            )
    blocks = store.number("SELECT COUNT(*) FROM serial_block")
    assert blocks > DAYS * 100
    # a day's run from a seller to a buyer is one block more; a piece more only for a seller's block used up
    assert count_live_blocks(store) <= len(ACCOUNTS) + DAYS * len(ACCOUNTS) * (len(ACCOUNTS) - 1)
    store.close()
