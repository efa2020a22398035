"""Commands under way: which event ends which command, resends, renumbering. Commands -> events."""

import numpy as np
import pytest

from exchange.client.decode import decode_events, decode_replies
from exchange.client.desk import RENUMBERINGS_MAX, Command, Desk
from exchange.client.outcome import Result
from exchange.client.replies import Refused
from exchange.vocabulary.enums import DoneReason, OrderKind, Role
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, REPLY, make, read
from exchange.vocabulary.rejects import RejectReason

ME, OTHER = 101, 102


def feed(desk: Desk, kind: Kind, **fields: int) -> tuple[list[Command], bytes]:
    values = {"login_id": ME, "sequence": 1000, **fields}
    (event,) = decode_events(np.frombuffer(make(kind, **values), EVENT))
    return desk.take_event(event)


def outcome_of(desk: Desk, kind: Kind, **fields: int):  # type: ignore[no-untyped-def]
    ended, answer = feed(desk, kind, **fields)
    assert answer == b"" and len(ended) == 1
    return ended[0].outcome


def listing(desk: Desk) -> Command:
    return desk.new_command(Kind.LISTING, contract_id=1, side=1, price_ticks=4800, quantity_lots=10)


def test_references_count_up_and_a_listing_ends_with_its_acceptance() -> None:
    desk = Desk(ME)
    assert [listing(desk).user_reference, listing(desk).user_reference] == [1, 2]
    outcome = outcome_of(desk, Kind.ACCEPTED, user_reference=2, order_id=77, order_kind=OrderKind.LISTING)
    assert outcome.accepted and outcome.order_id == 77 and desk.under_way == 1


def test_a_take_gathers_its_executions_until_done() -> None:
    desk = Desk(ME)
    take = desk.new_command(Kind.TAKE, contract_id=1, side=0, price_ticks=4900, quantity_lots=30)
    base = {"user_reference": take.user_reference, "order_id": 9, "order_kind": OrderKind.TAKE}
    for lots, price in ((10, 4800), (5, 4803)):
        trade = {"quantity_lots": lots, "price_ticks": price, "role": Role.TAKER}
        assert feed(desk, Kind.EXECUTED, **base, **trade) == ([], b"")
    outcome = outcome_of(desk, Kind.DONE, **base, done_reason=DoneReason.REMAINDER)
    assert outcome.filled_lots == 15 and outcome.amount_fen == 10 * 4800 + 5 * 4803
    assert "15 t at 48.01" in outcome.text("en") and "15 吨" in outcome.text("zh")


def test_a_maker_execution_of_the_same_reference_is_not_the_takes() -> None:
    desk = Desk(ME)
    take = desk.new_command(Kind.TAKE, contract_id=1, side=0, price_ticks=4900, quantity_lots=30)
    event = {"user_reference": take.user_reference, "order_kind": OrderKind.LISTING, "quantity_lots": 3}
    assert feed(desk, Kind.EXECUTED, **event) == ([], b"") and not take.executions


def test_a_cancel_ends_with_its_orders_end_whoever_placed_the_order() -> None:
    desk = Desk(ME)
    desk.new_command(Kind.CANCEL, order_id=500)
    done = {"user_reference": 3, "order_id": 500, "order_kind": OrderKind.LISTING}
    assert feed(desk, Kind.DONE, login_id=OTHER, **done, done_reason=DoneReason.LAPSED) == ([], b"")
    outcome = outcome_of(desk, Kind.DONE, login_id=OTHER, **done, done_reason=DoneReason.CANCELLED)
    assert outcome.accepted and outcome.kind is Kind.CANCEL and outcome.user_reference == 1


def test_a_cancel_by_reference_ends_with_the_order_of_that_reference() -> None:
    desk = Desk(ME)
    desk.new_command(Kind.CANCEL, target_reference=40)
    done = {"order_id": 6, "order_kind": OrderKind.LISTING, "done_reason": DoneReason.CANCELLED}
    assert feed(desk, Kind.DONE, login_id=OTHER, user_reference=40, **done) == ([], b"")
    assert outcome_of(desk, Kind.DONE, user_reference=40, **done).order_id == 6


def test_blocks_end_by_acceptance_acceptance_of_the_other_and_decline() -> None:
    desk = Desk(ME)
    desk.new_command(Kind.BLOCK_OFFER, contract_id=1, price_ticks=4000, quantity_lots=100_000)
    desk.new_command(Kind.BLOCK_ACCEPT, contract_id=1, order_id=8, price_ticks=4000, quantity_lots=100_000)
    desk.new_command(Kind.BLOCK_DECLINE, contract_id=1, order_id=9)
    offered = {"order_kind": OrderKind.BLOCK_OFFER, "order_id": 7}
    assert outcome_of(desk, Kind.ACCEPTED, user_reference=1, **offered).accepted
    accepting = {"user_reference": 2, "order_kind": OrderKind.BLOCK_ACCEPT}
    feed(desk, Kind.EXECUTED, **accepting, quantity_lots=100_000, price_ticks=4000)
    assert outcome_of(desk, Kind.DONE, **accepting).filled_lots == 100_000
    closed = {"user_reference": 3, "order_id": 9, "done_reason": DoneReason.DECLINED}
    assert outcome_of(desk, Kind.BLOCK_CLOSED, **closed).accepted


def test_an_operators_command_ends_when_it_took_effect() -> None:
    desk = Desk(ME)
    desk.new_command(Kind.HALT, level=1, halt_reason=1)
    assert outcome_of(desk, Kind.COMMAND_DONE, user_reference=1, command_kind=Kind.HALT).accepted


def test_a_reject_says_why_with_the_limit_and_the_remedy() -> None:
    desk = Desk(ME)
    listing(desk)
    reject = {"reason": RejectReason.PRICE_OUTSIDE_BAND, "expected_value": 4737, "highest_reference": 1}
    outcome = outcome_of(desk, Kind.REJECTED, user_reference=1, command_kind=Kind.LISTING, **reject)
    assert outcome.result is Result.REJECTED and outcome.reason is RejectReason.PRICE_OUTSIDE_BAND
    assert "47.37" in outcome.text("en") and "价格超出涨跌幅" in outcome.text("zh") and outcome.remedy


def test_another_login_of_the_member_never_ends_our_command() -> None:
    desk = Desk(ME)
    listing(desk)
    accepted = {"user_reference": 1, "order_kind": OrderKind.LISTING}
    assert feed(desk, Kind.ACCEPTED, login_id=OTHER, **accepted) == ([], b"")
    assert feed(desk, Kind.REJECTED, login_id=OTHER, user_reference=1, reason=201) == ([], b"")


def test_history_of_an_earlier_program_raises_the_reference_and_ends_nothing() -> None:
    desk = Desk(ME)
    desk.settled_sequence = 50
    first = listing(desk)
    old = {"user_reference": 1, "order_kind": OrderKind.LISTING, "sequence": 50}
    assert feed(desk, Kind.ACCEPTED, **old) == ([], b"")
    feed(desk, Kind.ACCEPTED, **{**old, "user_reference": 30})
    assert listing(desk).user_reference == 31
    duplicate = {"reason": RejectReason.DUPLICATE_REFERENCE, "highest_reference": 30, "sequence": 51}
    ended, answer = feed(desk, Kind.REJECTED, user_reference=1, **duplicate)
    assert ended == [] and read(answer)["user_reference"] == 32 == first.user_reference


def test_the_duplicate_of_a_resend_is_ignored_after_the_first_outcome() -> None:
    desk = Desk(ME)
    listing(desk)
    assert read(desk.to_resend())["user_reference"] == 1
    feed(desk, Kind.ACCEPTED, user_reference=1, order_kind=OrderKind.LISTING)
    duplicate = {"reason": RejectReason.DUPLICATE_REFERENCE, "highest_reference": 1}
    assert feed(desk, Kind.REJECTED, user_reference=1, **duplicate) == ([], b"")
    assert desk.to_resend() == b""


def test_renumbering_ends_after_a_bounded_number_of_tries() -> None:
    desk = Desk(ME)
    command = listing(desk)
    for _ in range(RENUMBERINGS_MAX):
        highest = command.user_reference + 5
        _, answer = feed(desk, Kind.REJECTED, user_reference=command.user_reference,
                         reason=RejectReason.DUPLICATE_REFERENCE, highest_reference=highest)  # fmt: skip
        assert read(answer)["user_reference"] == highest + 1
    outcome = outcome_of(desk, Kind.REJECTED, user_reference=command.user_reference,
                         reason=RejectReason.DUPLICATE_REFERENCE, highest_reference=10_000)  # fmt: skip
    assert outcome.reason is RejectReason.DUPLICATE_REFERENCE


def test_a_busy_exchange_ends_the_command_with_the_time_to_wait() -> None:
    desk = Desk(ME)
    command = listing(desk)
    data = make(Kind.REFUSED, user_reference=1, command_kind=Kind.LISTING,
                reason=RejectReason.BUSY, retry_after_ms=50)  # fmt: skip
    (refused,) = decode_replies(np.frombuffer(data, REPLY))
    assert isinstance(refused, Refused) and desk.take_refused(refused) == [command]
    assert command.outcome is not None and command.outcome.retry_after_ms == 50


def test_the_days_end_leaves_outcomes_unknown_and_begins_at_one() -> None:
    desk = Desk(ME)
    command = listing(desk)
    assert desk.end_day() == [command] and command.outcome is not None
    assert command.outcome.result is Result.UNKNOWN and listing(desk).user_reference == 1


def test_a_field_that_does_not_fit_uses_no_reference() -> None:
    desk = Desk(ME)
    with pytest.raises(ValueError, match="LISTING"):
        desk.new_command(Kind.LISTING, quantity_lots=-1)
    with pytest.raises(ValueError, match="tonnes"):
        desk.new_command(Kind.LISTING, tonnes=1)
    assert listing(desk).user_reference == 1


def test_a_code_of_a_newer_exchange_is_a_reject_that_shows_its_number() -> None:
    desk = Desk(ME)
    command = listing(desk)
    outcome = outcome_of(desk, Kind.REJECTED, user_reference=command.user_reference, reason=899)
    assert outcome.result is Result.REJECTED and outcome.code == 899 and outcome.action is None
    assert "899" in outcome.text("en") and "899" in outcome.text("zh") and outcome.remedy == ""


def test_an_order_kind_of_a_newer_exchange_answers_nothing() -> None:
    desk = Desk(ME)
    command = listing(desk)
    data = make(Kind.ACCEPTED, user_reference=1, login_id=ME, sequence=9, order_kind=99)
    (event,) = decode_events(np.frombuffer(data, EVENT))
    assert desk.take_event(event) == ([], b"") and command.outcome is None
