"""The newer commands under way: which event is the outcome of which, and what is said by silence."""

import numpy as np
import pytest

from exchange.client.decode import decode_events
from exchange.client.desk import Command, Desk
from exchange.client.outcome import Outcome
from exchange.vocabulary.enums import OrderKind, ProposalState, Role, TimeInForce
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, make
from exchange.vocabulary.rejects import RejectReason

ME = 101


def feed(desk: Desk, kind: Kind, **fields: int) -> tuple[list[Command], bytes]:
    values = {"login_id": ME, "sequence": 1000, **fields}
    (event,) = decode_events(np.frombuffer(make(kind, **values), EVENT))
    return desk.take_event(event)


def only(desk: Desk, kind: Kind, **fields: int) -> Outcome:
    (command,), answer = feed(desk, kind, **fields)
    assert answer == b"" and command.outcome is not None
    return command.outcome


@pytest.mark.parametrize(
    ("kind", "order_kind"),
    [
        (Kind.LISTING, OrderKind.LISTING),
        (Kind.LIMIT_ORDER, OrderKind.LIMIT),
        (Kind.BLOCK_OFFER, OrderKind.BLOCK_OFFER),
        (Kind.BLOCK_COUNTER, OrderKind.BLOCK_OFFER),
        (Kind.AUCTION_BID, OrderKind.BID),
    ],
)
def test_what_rests_ends_with_its_acceptance(kind: Kind, order_kind: OrderKind) -> None:
    desk = Desk(ME)
    desk.new_command(kind)
    other = next(k for k in OrderKind if k not in (order_kind, OrderKind.TAKE))
    assert feed(desk, Kind.ACCEPTED, user_reference=1, order_kind=other) == ([], b"")
    assert only(desk, Kind.ACCEPTED, user_reference=1, order_id=5, order_kind=order_kind).order_id == 5


@pytest.mark.parametrize("life", [TimeInForce.IOC, TimeInForce.FOK])
def test_a_limit_order_that_may_not_rest_ends_when_it_is_done(life: TimeInForce) -> None:
    desk = Desk(ME)
    desk.new_command(Kind.LIMIT_ORDER, time_in_force=life)
    of_it = {"user_reference": 1, "order_id": 5, "order_kind": OrderKind.LIMIT}
    assert feed(desk, Kind.ACCEPTED, **of_it) == ([], b"")
    feed(desk, Kind.EXECUTED, **of_it, role=Role.TAKER, quantity_lots=3, price_ticks=4800)
    outcome = only(desk, Kind.DONE, **of_it)
    assert (outcome.filled_lots, outcome.text("en")) == (3, "traded 3 t at 48.00 on average")


@pytest.mark.parametrize("kind", [Kind.REDUCE, Kind.REPLACE])
def test_reduce_and_replace_end_with_reduced_under_their_own_reference(kind: Kind) -> None:
    desk = Desk(ME)
    desk.new_command(kind, order_id=5)
    assert feed(desk, Kind.REDUCED, user_reference=0, order_id=5) == ([], b"")  # another's trade lowered it
    assert only(desk, Kind.REDUCED, user_reference=1, order_id=5, target_reference=9).order_id == 5


def test_a_mass_cancel_ends_with_its_count_and_not_with_its_orders() -> None:
    desk = Desk(ME)
    desk.new_command(Kind.MASS_CANCEL, side=255, method=255)
    assert feed(desk, Kind.DONE, user_reference=1, order_id=5, order_kind=OrderKind.LIMIT) == ([], b"")
    outcome = only(desk, Kind.MASS_CANCELLED, user_reference=1, record_count=3, cancelled_lots=70)
    assert (outcome.order_count, outcome.cancelled_lots) == (3, 70)
    assert outcome.text("zh") == "批量撤单 3 笔,70 吨"


@pytest.mark.parametrize(
    ("kind", "event"),
    [(Kind.SESSION_SETTING, Kind.SETTING_CHANGED), (Kind.MEMBER_LIMIT, Kind.LIMIT_CHANGED)],
)
def test_settings_end_with_what_is_now_in_force(kind: Kind, event: Kind) -> None:
    desk = Desk(ME)
    desk.new_command(kind)
    assert feed(desk, event, user_reference=2) == ([], b"")
    assert only(desk, event, user_reference=1).accepted


def proposal(desk: Desk) -> list[Command]:
    return [
        desk.new_command(Kind.PROPOSE, proposal_id=1),
        *(
            desk.new_command(Kind.COMMAND_FRAGMENT, fragment_index=i, fragment_count=2, fragment=b"\0\1")
            for i in range(2)
        ),
    ]


def test_a_proposal_ends_piece_by_piece_the_first_half_by_silence() -> None:
    desk = Desk(ME)
    head, first, second = proposal(desk)
    assert feed(desk, Kind.COMMAND_DONE, user_reference=1, command_kind=Kind.PROPOSE)[0] == [head]
    opened = {"user_reference": 3, "proposal_state": ProposalState.OPEN}
    ended, _ = feed(desk, Kind.PROPOSAL_CHANGED, **opened)
    assert ended == [first, second]
    assert all(command.outcome is not None and command.outcome.accepted for command in ended)
    assert desk.under_way == 0


def test_a_wrong_second_half_is_refused_and_the_first_was_taken() -> None:
    desk = Desk(ME)
    head, first, second = proposal(desk)
    feed(desk, Kind.COMMAND_DONE, user_reference=1, command_kind=Kind.PROPOSE)
    refused = {"user_reference": 3, "highest_reference": 3, "command_kind": Kind.COMMAND_FRAGMENT}
    ended, _ = feed(desk, Kind.REJECTED, **refused, reason=RejectReason.COMMAND_HASH)
    assert ended == [first, second]
    assert first.outcome is not None and first.outcome.accepted
    assert second.outcome is not None and second.outcome.reason is RejectReason.COMMAND_HASH


def test_a_silent_part_sent_again_was_taken_the_first_time() -> None:
    desk = Desk(ME)
    first = desk.new_command(Kind.NOTICE, notice_id=1, fragment_index=0, fragment_count=2, text=b"a")
    last = desk.new_command(Kind.NOTICE, notice_id=1, fragment_index=1, fragment_count=2, text=b"b")
    assert desk.to_resend() == first.record() + last.record()
    refused = {"user_reference": 1, "highest_reference": 2, "command_kind": Kind.NOTICE}
    ended, again = feed(desk, Kind.REJECTED, **refused, reason=RejectReason.DUPLICATE_REFERENCE)
    assert (ended, again) == ([first], b"")
    assert feed(desk, Kind.COMMAND_DONE, user_reference=2, command_kind=Kind.NOTICE)[0] == [last]


@pytest.mark.parametrize(
    ("kind", "state"),
    [(Kind.APPROVE, ProposalState.APPROVED), (Kind.PROPOSAL_WITHDRAW, ProposalState.WITHDRAWN)],
)
def test_approving_and_withdrawing_end_with_the_proposals_new_state(kind: Kind, state: ProposalState) -> None:
    desk = Desk(ME)
    desk.new_command(kind, proposal_id=1)
    assert feed(desk, Kind.PROPOSAL_CHANGED, user_reference=1, proposal_state=ProposalState.OPEN)[0] == []
    # what the approved command itself says comes after it, under the same reference
    assert only(desk, Kind.PROPOSAL_CHANGED, user_reference=1, proposal_state=state).accepted
    assert feed(desk, Kind.COMMAND_DONE, user_reference=1, command_kind=Kind.BUST) == ([], b"")
