"""DAY.md: the page is what the engine gives, and the page's commands give the page's bytes."""

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from exchange.vocabulary.rejects import RejectReason
from tests.simulation.protocol_day import PAGE, day_page, read_page, record_day, replay_day


def test_the_page_is_what_the_engine_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == day_page(record_day()), "run python -m tests.simulation.protocol_day"


def test_the_commands_of_the_page_give_the_bytes_of_the_page() -> None:
    moments = read_page(PAGE.read_text(encoding="utf-8"))
    assert sum(len(moment.sent) for moment in moments) > 25
    for moment, received in replay_day(moments):
        assert received == moment.received, moment.title


def test_it_is_a_whole_day() -> None:
    """From the first record of every stream to finality, with trades of both methods and rejects."""
    moments = read_page(PAGE.read_text(encoding="utf-8"))
    received = [record for moment in moments for record in moment.received]
    kinds = {(record.who, Kind(record.data[3])) for record in received}
    firsts = {record.who: record.data[3] for record in reversed(received)}
    assert set(firsts.values()) == {Kind.STREAM_OPENED} and len(firsts) == 5
    assert {("public", Kind.TRADE), ("public", Kind.DAY_FIGURES), ("public", Kind.COMPOSITE)} <= kinds
    assert {("registry", Kind.SEAL_TOTALS), ("registry", Kind.RESULT_CONFIRMED)} <= kinds
    reasons = {read(record.data)["reason"] for record in received if record.data[3] == Kind.REJECTED}
    assert len(reasons) >= 5 and RejectReason.DUPLICATE_REFERENCE in reasons
    assert received[-1].data[3] == Kind.SETTLEMENT_STAGE
