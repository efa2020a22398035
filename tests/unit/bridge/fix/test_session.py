"""The FIX session: numbers, gaps, resends, rejects and ends, as FIX 4.4 volume 2 has them."""

import pytest

from exchange.bridge.fix.check import utc_text
from exchange.bridge.fix.session import LOGON_TIMEOUT_MS, LOGOUT_TIMEOUT_MS
from exchange.bridge.fix.states import TRANSITIONS, Input, State
from exchange.bridge.fix.tables import Tag
from exchange.protocol.errors import IllegalStep
from tests.unit.bridge.fix.talking import USER, HandClock, MemoryJournal, Talk, order, types


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    assert types(talk.log_on()) == "A"
    return talk


def report(talk: Talk, text: str) -> None:
    talk.session.send("8", [(Tag.Text, text)])


def test_a_logon_is_answered_with_the_same_heartbeat(talk: Talk) -> None:
    assert talk.session.state is State.OPEN
    assert (talk.journal.next_in, talk.journal.next_out) == (2, 2)
    assert talk.end is None


def test_every_state_and_input_is_in_the_table_or_refused() -> None:
    assert {state for state, _ in TRANSITIONS} == set(State)
    assert {given for _, given in TRANSITIONS} == set(Input)
    assert all((state, Input.CLOSE) in TRANSITIONS for state in State)
    with pytest.raises(IllegalStep):
        Talk().session.send("8", [])


@pytest.mark.parametrize(
    ("msg_type", "head", "why"),
    [
        ("0", {}, "no ADMIN in state CONNECTED"),
        ("D", {}, "no APPLICATION in state CONNECTED"),
        ("A", {"target": "NYSE"}, "TargetCompID must be TWOCITY"),
        ("A", {"sender": "E00002"}, "SenderCompID must be the Username"),
    ],
)
def test_a_first_message_that_is_no_good_logon_gets_no_answer(
    msg_type: str, head: dict[str, str], why: str
) -> None:
    talk = Talk()
    answers = talk.log_on(**head) if msg_type == "A" else talk.say(msg_type, 1, **head)
    assert answers == []
    assert talk.end is not None and why in talk.end.reason


def test_another_begin_string_ends_the_session(talk: Talk) -> None:
    fields = talk.encoded("0", 2)[len("8=FIX.4.4") :]
    body = b"8=FIX.4.2" + fields[:-7]
    answers = talk.say_raw(body + b"10=%03d\x01" % (sum(body) % 256))
    assert types(answers) == "5"
    assert answers[0].text(Tag.Text) == "expected BeginString FIX.4.4, found 'FIX.4.2'"


@pytest.mark.parametrize(
    ("head", "reason"),
    [({"sender": "E9"}, "9"), ({"target": "X"}, "9"), ({"sent": "20200101-00:00:00"}, "10")],
)
def test_comp_ids_and_sending_time_are_rejected_and_end_the_session(
    talk: Talk, head: dict[str, str], reason: str
) -> None:
    answers = talk.say("0", 2, **head)
    assert types(answers) == "35"
    assert answers[0].text(Tag.SessionRejectReason) == reason
    assert talk.session.state is State.CLOSED


def test_a_gap_is_asked_for_once_and_closed_by_what_comes_again(talk: Talk) -> None:
    asked = talk.say("D", 4, *order("c"))
    assert [(one.msg_type, one.get(Tag.BeginSeqNo), one.get(Tag.EndSeqNo)) for one in asked] == [
        ("2", "2", "0")
    ]
    assert talk.say("D", 5, *order("d")) == []
    first = utc_text(talk.clock.utc_ms())
    for number, name in ((2, "a"), (3, "b"), (4, "c"), (5, "d")):
        assert talk.say("D", number, *order(name), first_sent=first) == []
    assert [one.text(Tag.ClOrdID) for one in talk.applications] == ["a", "b", "c", "d"]
    assert types(talk.say("0", 8)) == "2"  # a new gap is asked for anew


def test_a_gap_that_stays_is_asked_for_again_after_a_heartbeat(talk: Talk) -> None:
    assert types(talk.say("0", 4)) == "2"
    assert talk.say("0", 5) == []
    talk.clock.ms += 10_000
    assert types(talk.say("0", 6)) == "2"


def test_a_number_too_low_ends_the_session_unless_it_is_a_duplicate(talk: Talk) -> None:
    talk.say("D", 2, *order("a"))
    assert talk.say("D", 2, *order("a"), first_sent=utc_text(talk.clock.utc_ms())) == []
    assert len(talk.applications) == 1
    answers = talk.say("D", 2, *order("b"))
    assert answers[0].text(Tag.Text) == "MsgSeqNum too low, expecting 3 but received 2"
    assert talk.session.state is State.CLOSED


def test_a_resend_repeats_reports_and_rejects_and_fills_the_rest(talk: Talk) -> None:
    report(talk, "two")
    talk.say("1", 2, (Tag.TestReqID, "x"))  # 3: a heartbeat
    talk.say("D", 3, *order("a")[:-1])  # 4: a reject
    report(talk, "five")
    talk.session.output()
    talk.clock.ms += 5_000
    again = talk.say("2", 4, (Tag.BeginSeqNo, "1"), (Tag.EndSeqNo, "0"))
    assert types(again) == "48438"
    assert [one.text(Tag.MsgSeqNum) for one in again] == ["1", "2", "3", "4", "5"]
    assert [one.get(Tag.NewSeqNo) for one in again] == ["2", None, "4", None, None]
    assert all(one.is_possible_duplicate for one in again)
    assert again[1].text(Tag.OrigSendingTime) < again[1].text(Tag.SendingTime)
    assert talk.journal.next_out == 6


def test_a_resend_request_with_a_gap_before_it_is_answered_first(talk: Talk) -> None:
    report(talk, "two")
    talk.session.output()
    answers = talk.say("2", 5, (Tag.BeginSeqNo, "2"), (Tag.EndSeqNo, "2"))
    assert sorted(types(answers)) == ["2", "8"]
    assert talk.journal.next_in == 2


def test_a_long_resend_is_given_in_pieces(talk: Talk) -> None:
    for number in range(400):
        report(talk, f"{number:0300d}")
    talk.session.output()
    talk.session.feed(talk.encoded("2", 2, (Tag.BeginSeqNo, "2"), (Tag.EndSeqNo, "0")))
    assert talk.session.next() is None
    first = talk.session.output()
    assert 65_536 <= len(first) < 70_000 and talk.session.is_resending
    assert len(talk.read_output()) + first.count(b"8=FIX.4.4") == 400


def test_more_resend_requests_than_are_answered_end_the_session(talk: Talk) -> None:
    for _ in range(400):
        report(talk, "x" * 300)
    talk.session.output()
    flood = [talk.encoded("2", number, (Tag.BeginSeqNo, "2"), (Tag.EndSeqNo, "0")) for number in range(2, 12)]
    talk.say_raw(b"".join(flood))
    assert talk.end is not None and "at most 8 ResendRequests" in talk.end.reason


def test_gap_fill_and_reset_move_the_expected_number(talk: Talk) -> None:
    assert talk.say("4", 2, (Tag.GapFillFlag, "Y"), (Tag.NewSeqNo, "7")) == []
    assert talk.journal.next_in == 7
    assert types(talk.say("4", 7, (Tag.GapFillFlag, "Y"), (Tag.NewSeqNo, "7"))) == "3"
    assert talk.journal.next_in == 8
    assert talk.say("4", 99, (Tag.NewSeqNo, "20")) == []
    assert talk.journal.next_in == 20
    refused = talk.say("4", 99, (Tag.NewSeqNo, "19"))
    assert (types(refused), refused[0].text(Tag.SessionRejectReason)) == ("3", "5")
    assert talk.journal.next_in == 20


def test_reset_seq_num_flag_begins_both_sides_at_one(talk: Talk) -> None:
    report(talk, "two")
    talk.session.output()
    answers = talk.log_on(1, (Tag.ResetSeqNumFlag, "Y"))
    assert (types(answers), answers[0].text(Tag.MsgSeqNum), answers[0].get(Tag.ResetSeqNumFlag)) == (
        "A",
        "1",
        "Y",
    )
    assert (talk.journal.next_in, talk.journal.next_out) == (2, 2)
    again = talk.say("2", 2, (Tag.BeginSeqNo, "1"), (Tag.EndSeqNo, "0"))
    assert types(again) == "4"  # what was sent before the reset is forgotten
    assert types(talk.log_on(3)) == "5"  # without the flag a second logon is an error


def test_a_logon_may_find_numbers_too_high_or_too_low() -> None:
    journal = MemoryJournal()
    Talk(journal).log_on()
    answers = Talk(journal).log_on(5)
    assert [(one.msg_type, one.get(Tag.BeginSeqNo)) for one in answers] == [("A", None), ("2", "2")]
    late = Talk(journal)
    assert types(late.log_on(1)) == "5"
    assert late.end is not None and late.end.reason.startswith("MsgSeqNum too low, expecting 2")


def test_heartbeats_and_a_test_request_before_the_end(talk: Talk) -> None:
    assert types(talk.tick(10_000)) == "0"
    assert types(talk.tick(5_000)) == "1"
    assert types(talk.say("0", 2)) == ""
    assert types(talk.tick(10_000)) == "0"
    assert types(talk.tick(5_000)) == "1"
    assert types(talk.tick(15_000)) == "5"
    assert talk.end is not None and "TestRequest" in talk.end.reason


def test_logout_both_ways(talk: Talk) -> None:
    assert types(talk.say("5", 2)) == "5"
    assert talk.end is not None and talk.end.is_in_order

    other = Talk()
    other.log_on()
    other.session.log_out("the gateway stops")
    assert types(other.read_output()) == "5"
    assert types(other.say("D", 2, *order("a"))) == "j"
    assert other.say("5", 3) == []
    assert other.end is not None and other.end.is_in_order

    silent = Talk()
    silent.log_on()
    silent.session.log_out("the gateway stops")
    silent.tick(LOGOUT_TIMEOUT_MS)
    assert silent.end is not None and not silent.end.is_in_order


def test_nobody_may_be_silent_before_the_logon() -> None:
    talk = Talk()
    talk.tick(LOGON_TIMEOUT_MS)
    assert talk.end is not None and "expected a Logon" in talk.end.reason


def test_without_the_exchange_orders_are_refused_and_their_numbers_are_not(talk: Talk) -> None:
    talk.session.is_available = False
    answers = talk.say("D", 2, *order("a"))
    assert (types(answers), answers[0].text(Tag.BusinessRejectReason)) == ("j", "4")
    assert answers[0].text(Tag.BusinessRejectRefID) == "a"
    assert (talk.journal.next_in, talk.journal.taken) == (3, [])


def test_a_duplicate_must_say_when_it_was_first_sent(talk: Talk) -> None:
    data = talk.encoded("D", 2, *order("a"), first_sent="20300101-00:00:00")
    answers = talk.say_raw(data)
    assert (types(answers), answers[0].text(Tag.SessionRejectReason)) == ("35", "10")


@pytest.mark.parametrize("heartbeat", ["0", "301"])
def test_a_heartbeat_interval_out_of_bounds_is_refused(heartbeat: str) -> None:
    talk = Talk(clock=HandClock())
    fields = [
        (Tag.EncryptMethod, "0"),
        (Tag.HeartBtInt, heartbeat),
        (Tag.Username, USER),
        (Tag.Password, "x"),
    ]
    assert types(talk.say("A", 1, *fields)) == "5"
