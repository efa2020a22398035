"""However changes are batched, every reader ends with the same last values and has all the items."""

from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from exchange.bridge.hub import Choice, Hub, View
from exchange.bridge.market import Complete, batches
from exchange.bridge.metrics import Counters
from exchange.bridge.values import Topic
from exchange.vocabulary.enums import Level, Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from tests.unit.bridge.heard import CEA, CEA21, TEN, Heard, opened, trade
from tests.unit.bridge.lines import CaughtUp

contracts = st.sampled_from((CEA, CEA21))
prices = st.integers(100, 1_000_000)
lots = st.integers(1, 20_000_000)

records = st.one_of(
    st.builds(
        lambda price, quantity, match, contract, method: trade(
            price, quantity, match, contract_id=contract, method=method
        ),
        prices, lots, st.integers(1, 2**32 - 1), contracts, st.sampled_from(list(Method)),
    ),
    st.builds(
        lambda contract, side, count, price, quantity: make(
            Kind.FIVE_LEVELS, board_contract_id=contract, board_side=side, level_count=count,
            level_1_price_ticks=price, level_1_quantity_lots=quantity, time_ns=TEN,
        ),
        contracts, st.sampled_from(list(Side)), st.integers(0, 5), prices, lots,
    ),
    st.builds(
        lambda contract, before, phase, method: make(
            Kind.PHASE_CHANGED, contract_id=contract, previous_phase=before, phase=phase, method=method,
            time_ns=TEN,
        ),
        contracts, st.sampled_from(list(Phase)), st.sampled_from(list(Phase)), st.sampled_from(list(Method)),
    ),
    st.builds(
        lambda contract, price: make(Kind.INDICATIVE, contract_id=contract, price_ticks=price, time_ns=TEN),
        contracts, prices,
    ),
    st.builds(
        lambda contract, is_halted: make(
            Kind.HALT_CHANGED, level=Level.CONTRACT, subject_id=contract, is_halted=is_halted, time_ns=TEN
        ),
        contracts, st.integers(0, 1),
    ),
    st.builds(
        lambda contract, order, quantity: make(
            Kind.BLOCK_BOARD, contract_id=contract, order_id=order, quantity_lots=quantity, time_ns=TEN
        ),
        contracts, st.integers(1, 3), st.sampled_from((0, 100_000, 200_000)),
    ),
    st.builds(
        lambda match: make(Kind.TRADE_BUSTED, contract_id=CEA, match_id=match, time_ns=TEN),
        st.integers(1, 9),
    ),
    st.just(opened()),
)  # fmt: skip
#: what the exchange says, and whether a reader asks after it
days = st.lists(st.tuples(records, st.booleans()), max_size=60)


def last_values(heard: Heard) -> dict[str, object]:
    """What a reader that never looked before would be told."""
    topics, _ = heard.market.since(0)
    said = {topic.path: heard.value(topic.path) for topic in topics}
    return {path: value for path, value in said.items() if value is not None}


@given(days)
def test_a_reader_that_asks_now_and_then_ends_with_the_values_of_one_that_asks_once(
    day: list[tuple[bytes, bool]],
) -> None:
    heard, known, seen = Heard(), dict[str, object](), 0
    for record, asks in [*day, (trade(4250, 1), True)]:
        heard.say(record)
        if not asks:
            continue
        topics, seen = heard.market.since(seen)
        assert len(topics) == len(set(topics))
        for topic in topics:
            value = heard.value(topic.path)
            if value is None:
                known.pop(topic.path, None)
            else:
                known[topic.path] = value
        assert known == last_values(heard)
    assert heard.market.since(seen) == ([], seen)


@given(days)
def test_a_market_that_hears_everything_at_once_is_the_same(day: list[tuple[bytes, bool]]) -> None:
    one_by_one, at_once = Heard(), Heard()
    for record, _ in day:
        one_by_one.say(record)
    if day:
        at_once.say(*(record for record, _ in day))
    assert last_values(one_by_one) == last_values(at_once)
    assert one_by_one.items == at_once.items


@given(days)
def test_batches_hold_every_item_once_in_order_and_lead_from_one_to_the_next(
    day: list[tuple[bytes, bool]],
) -> None:
    heard, given_items = Heard(), dict[Topic, list[tuple[int, int]]]()
    waiting: list[Complete] = []
    for record, asks in [*day, (trade(4250, 1), True)]:
        before = len(heard.items)
        heard.say(record)
        waiting += heard.items[before:]
        if asks:
            for topic, batch in batches(waiting):
                numbers = [item.number for item in batch.items]
                given_items.setdefault(topic, []).extend(
                    zip([batch.previous_number, *numbers[:-1]], numbers, strict=True)
                )
            waiting = []
    assert sum(len(found) for found in given_items.values()) == len(heard.items)
    for found in given_items.values():
        for (_, number), (previous, _) in pairwise(found):
            assert previous in (number, 0)  # 0: a new day has begun


@given(days)
def test_a_browser_that_takes_now_and_then_ends_with_the_same(day: list[tuple[bytes, bool]]) -> None:
    heard = Heard()
    hub = Hub(CaughtUp(heard.market), "SEEE", Counters())
    view, known, numbers, item_count = View(hub, Choice()), dict[str, object](), [], 0
    for record, asks in [*day, (trade(4250, 1), True)]:
        before = len(heard.items)
        heard.say(record)
        for item in heard.items[before:]:
            hub.take(heard.market.number, None, item)
        message = view.message() if asks else None
        if message is None:
            continue
        said = msgspec.json.decode(message)
        numbers.append(said["number"])
        item_count += sum(len(group["batch"]["items"]) for group in said["items"])
        for path, value in said["values"].items():
            if value is None:
                known.pop(path, None)
            else:
                known[path] = value
    assert known == last_values(heard)
    assert numbers == list(range(1, len(numbers) + 1))
    assert item_count == len(heard.items)
