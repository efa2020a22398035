# ruff: noqa: E501  (a table reads better in long rows)
"""PROPOSE, COMMAND_FRAGMENT, APPROVE, PROPOSAL_WITHDRAW: a dangerous command needs two persons.

`$kill` is the hash of a command, `$kill_0` and `$kill_1` are the halves of its record (proposed.py). The
exchange itself and the operator are two logins, and so two persons.
"""

import random

import pytest

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from tests.tables.conftest import Run
from tests.tables.proposed import names_of, names_of_record

NAMES = names_of(
    kill="KILL level=market",
    halt="HALT level=market halt_reason=operator expected_ns=12_345",
    stamped="KILL level=market user_reference=99 sequence=98 time_ns=97 login_id=96",
    contract="CONTRACT_EXPIRE contract=6",
    ended="SET_PHASE method=255 phase=ended next_change_ns=77",
    metered="PARAMETER_SET parameter_id=cancels_per_second parameter_value=7",
    mass="MASS_CANCEL contract=1 account=ann side=255 method=255",
    restrict="RESTRICT account=ann eligibility=1",
    tick="TICK",
)
#: a complete proposal of the exchange itself
KILL = """
    exchange PROPOSE proposal_id=7 command_hash=$kill command_kind=kill expires_ns=+10_000          -> COMMAND_DONE stream=operator command_kind=propose subject_id=7
    exchange COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=7 -> nothing
    exchange COMMAND_FRAGMENT fragment=$kill_1 fragment_index=1 fragment_count=2 fragment_proposal_id=7 -> PROPOSAL_CHANGED stream=operator proposal_id=7 command_kind=kill command_hash=$kill proposal_state=open contract=0 account=0
"""

TABLES = {
    "proposed, approved by another, and run under the approver's name": KILL
    + """
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
        operator APPROVE proposal_id=7 command_hash=$kill ref=50                                    -> PROPOSAL_CHANGED stream=operator login=operator ref=50 proposal_id=7 command_kind=kill proposal_state=approved; COMMAND_DONE stream=operator login=operator ref=50 command_kind=kill subject_level=market
        ann LISTING side=sell q=1 p=55.00                                                           -> !MARKET_KILLED
        operator APPROVE proposal_id=7 command_hash=$kill                                           -> !UNKNOWN_PROPOSAL
    """,
    "propose: rejects by descending precedence": KILL
    + """
        operator PROPOSE proposal_id=7 command_hash=1 command_kind=tick expires_ns=0                -> !INVALID_FIELD stream=operator command_kind=propose
        operator PROPOSE proposal_id=7 command_hash=1 command_kind=tick expires_ns=+0               -> !INVALID_FIELD
        operator PROPOSE proposal_id=7 command_hash=1 command_kind=tick expires_ns=+1               -> !NOT_PROPOSABLE
        operator PROPOSE proposal_id=7 command_hash=1 command_kind=kill expires_ns=+1               -> !DUPLICATE_RECORD
        operator PROPOSE proposal_id=0 command_hash=1 command_kind=kill expires_ns=+1               -> !DUPLICATE_RECORD
        operator PROPOSE proposal_id=9 command_hash=1 command_kind=kill expires_ns=+1               -> COMMAND_DONE
        operator PROPOSE proposal_id=8 command_hash=1 command_kind=kill expires_ns=+1               -> !DUPLICATE_RECORD      # numbers go up, also of those that are gone
        operator PROPOSE proposal_id=4_294_967_295 command_hash=1 command_kind=kill expires_ns=+1   -> !NUMBER_GAP            # else one person could use up all numbers
        operator PROPOSE proposal_id=1_048_586 command_hash=1 command_kind=kill expires_ns=+1       -> !NUMBER_GAP
        operator PROPOSE proposal_id=1_048_585 command_hash=1 command_kind=kill expires_ns=+1       -> COMMAND_DONE
    """,
    "fragments: rejects by descending precedence": """
        exchange PROPOSE proposal_id=7 command_hash=$kill command_kind=kill expires_ns=+10_000      -> COMMAND_DONE
        operator COMMAND_FRAGMENT fragment=$kill_0 fragment_index=2 fragment_count=2 fragment_proposal_id=8 -> !INVALID_FIELD contract=0 account=0
        operator COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=1 fragment_proposal_id=8 -> !INVALID_FIELD
        operator COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=3 fragment_proposal_id=8 -> !INVALID_FIELD
        operator COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=8 -> !UNKNOWN_PROPOSAL
        operator COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=0 -> !UNKNOWN_PROPOSAL
        operator COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=7 -> !UNKNOWN_PROPOSAL     # the proposer's own
        exchange COMMAND_FRAGMENT fragment=$kill_1 fragment_index=1 fragment_count=2 fragment_proposal_id=7 -> nothing               # in any order
        exchange COMMAND_FRAGMENT fragment=$halt_1 fragment_index=1 fragment_count=2 fragment_proposal_id=7 -> !DUPLICATE_RECORD
        exchange COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=7 -> PROPOSAL_CHANGED proposal_state=open
        exchange COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=7 -> !DUPLICATE_RECORD
    """,
    "another command than was named ends its proposal": """
        exchange PROPOSE proposal_id=1 command_hash=$kill command_kind=kill expires_ns=+10_000      -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$halt_0 fragment_index=0 fragment_count=2 fragment_proposal_id=1 -> nothing
        exchange COMMAND_FRAGMENT fragment=$halt_1 fragment_index=1 fragment_count=2 fragment_proposal_id=1 -> !COMMAND_HASH command_kind=command_fragment
        operator APPROVE proposal_id=1 command_hash=$kill                                           -> !UNKNOWN_PROPOSAL
        exchange PROPOSE proposal_id=2 command_hash=$kill command_kind=kill expires_ns=+10_000      -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=2 -> nothing
        exchange COMMAND_FRAGMENT fragment=$halt_1 fragment_index=1 fragment_count=2 fragment_proposal_id=2 -> !COMMAND_HASH
        exchange PROPOSE proposal_id=3 command_hash=$kill command_kind=halt expires_ns=+10_000      -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=3 -> nothing
        exchange COMMAND_FRAGMENT fragment=$kill_1 fragment_index=1 fragment_count=2 fragment_proposal_id=3 -> !COMMAND_HASH           # the kind is named too
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
    """,
    "stamps are no part of the hash": """
        exchange PROPOSE proposal_id=1 command_hash=$kill command_kind=kill expires_ns=+10_000      -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$stamped_0 fragment_index=0 fragment_count=2 fragment_proposal_id=1 -> nothing
        exchange COMMAND_FRAGMENT fragment=$stamped_1 fragment_index=1 fragment_count=2 fragment_proposal_id=1 -> PROPOSAL_CHANGED
        operator APPROVE proposal_id=1 command_hash=$kill ref=60                                    -> PROPOSAL_CHANGED; COMMAND_DONE login=operator ref=60
    """,
    "approve: rejects by descending precedence": """
        exchange PROPOSE proposal_id=7 command_hash=$kill command_kind=kill expires_ns=+10_000      -> COMMAND_DONE
        exchange APPROVE proposal_id=8 command_hash=1                                               -> !UNKNOWN_PROPOSAL
        exchange APPROVE proposal_id=0 command_hash=1                                               -> !UNKNOWN_PROPOSAL
        exchange APPROVE proposal_id=7 command_hash=1                                               -> !PROPOSAL_INCOMPLETE
        exchange COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=7 -> nothing
        exchange APPROVE proposal_id=7 command_hash=1 after=20_000                                  -> !PROPOSAL_INCOMPLETE
        exchange COMMAND_FRAGMENT fragment=$kill_1 fragment_index=1 fragment_count=2 fragment_proposal_id=7 -> PROPOSAL_CHANGED
        exchange APPROVE proposal_id=7 command_hash=1                                               -> !PROPOSAL_EXPIRED
        exchange PROPOSE proposal_id=8 command_hash=$kill command_kind=kill expires_ns=+10_000      -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$kill_0 fragment_index=0 fragment_count=2 fragment_proposal_id=8 -> nothing
        exchange COMMAND_FRAGMENT fragment=$kill_1 fragment_index=1 fragment_count=2 fragment_proposal_id=8 -> PROPOSAL_CHANGED
        exchange APPROVE proposal_id=8 command_hash=1                                               -> !SAME_PERSON
        operator APPROVE proposal_id=8 command_hash=1                                               -> !COMMAND_HASH command_kind=approve
        operator APPROVE proposal_id=8 command_hash=$kill                                           -> PROPOSAL_CHANGED proposal_state=approved; COMMAND_DONE
    """,
    "withdrawn by anybody, complete or not": KILL
    + """
        operator PROPOSAL_WITHDRAW proposal_id=8                                                    -> !UNKNOWN_PROPOSAL
        operator PROPOSAL_WITHDRAW proposal_id=0                                                    -> !UNKNOWN_PROPOSAL
        operator PROPOSAL_WITHDRAW proposal_id=7                                                    -> PROPOSAL_CHANGED stream=operator login=operator proposal_id=7 proposal_state=withdrawn command_hash=$kill
        operator APPROVE proposal_id=7 command_hash=$kill                                           -> !UNKNOWN_PROPOSAL
        exchange PROPOSE proposal_id=8 command_hash=$halt command_kind=halt expires_ns=+10_000      -> COMMAND_DONE
        exchange PROPOSAL_WITHDRAW proposal_id=8                                                    -> PROPOSAL_CHANGED proposal_id=8 command_kind=halt proposal_state=withdrawn
    """,
    "expired by the first tick at or after its time, the oldest first": KILL
    + """
        operator PROPOSE proposal_id=8 command_hash=1 command_kind=halt expires_ns=+5_000           -> COMMAND_DONE
        operator PROPOSE proposal_id=9 command_hash=1 command_kind=halt expires_ns=+60_000          -> COMMAND_DONE
        exchange TICK after=4_999                                                                   -> nothing
        exchange TICK after=1                                                                       -> PROPOSAL_CHANGED stream=operator proposal_id=8 proposal_state=expired login=0 ref=0
        operator APPROVE proposal_id=8 command_hash=1                                               -> !UNKNOWN_PROPOSAL
        exchange TICK after=60_000                                                                  -> PROPOSAL_CHANGED proposal_id=7 proposal_state=expired; PROPOSAL_CHANGED proposal_id=9
    """,
    "what runs may be refused like any command, under the approver's name": """
        exchange PROPOSE proposal_id=1 command_hash=$contract command_kind=contract_expire expires_ns=+10_000 -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$contract_0 fragment_index=0 fragment_count=2 fragment_proposal_id=1 -> nothing
        exchange COMMAND_FRAGMENT fragment=$contract_1 fragment_index=1 fragment_count=2 fragment_proposal_id=1 -> PROPOSAL_CHANGED
        operator APPROVE proposal_id=1 command_hash=$contract ref=9                                 -> PROPOSAL_CHANGED proposal_state=approved; !UNKNOWN_CONTRACT stream=operator login=operator ref=9 contract=6 command_kind=contract_expire highest_reference=9
    """,
    "a long command runs to its end": """
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
        exchange PROPOSE proposal_id=1 command_hash=$ended command_kind=set_phase expires_ns=+10_000 -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$ended_0 fragment_index=0 fragment_count=2 fragment_proposal_id=1 -> nothing
        exchange COMMAND_FRAGMENT fragment=$ended_1 fragment_index=1 fragment_count=2 fragment_proposal_id=1 -> PROPOSAL_CHANGED
        operator APPROVE proposal_id=1 command_hash=$ended                                          -> PROPOSAL_CHANGED; PHASE_CHANGED contract=1 phase=ended next_change_ns=77; DONE; DONE; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED contract=2; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED contract=3; PHASE_CHANGED; PHASE_CHANGED; COMMAND_DONE command_kind=set_phase login=operator
    """,
    "commands of the registry and the mass cancel of staff": """
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED order=$l
        exchange PROPOSE proposal_id=1 command_hash=$mass command_kind=mass_cancel expires_ns=+10_000 -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$mass_0 fragment_index=0 fragment_count=2 fragment_proposal_id=1 -> nothing
        exchange COMMAND_FRAGMENT fragment=$mass_1 fragment_index=1 fragment_count=2 fragment_proposal_id=1 -> PROPOSAL_CHANGED
        operator APPROVE proposal_id=1 command_hash=$mass                                           -> PROPOSAL_CHANGED; DONE order=$l done=mass_cancelled; MASS_CANCELLED stream=operator record_count=1
        exchange PROPOSE proposal_id=2 command_hash=$restrict command_kind=restrict expires_ns=+10_000 -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$restrict_0 fragment_index=0 fragment_count=2 fragment_proposal_id=2 -> nothing
        exchange COMMAND_FRAGMENT fragment=$restrict_1 fragment_index=1 fragment_count=2 fragment_proposal_id=2 -> PROPOSAL_CHANGED
        operator APPROVE proposal_id=2 command_hash=$restrict                                       -> PROPOSAL_CHANGED; ACCOUNT_RESTRICTED stream=ann eligibility=1; COMMAND_DONE
        exchange PROPOSE proposal_id=3 command_hash=$metered command_kind=parameter_set expires_ns=+10_000 -> COMMAND_DONE
        exchange COMMAND_FRAGMENT fragment=$metered_0 fragment_index=0 fragment_count=2 fragment_proposal_id=3 -> nothing
        exchange COMMAND_FRAGMENT fragment=$metered_1 fragment_index=1 fragment_count=2 fragment_proposal_id=3 -> PROPOSAL_CHANGED
        operator APPROVE proposal_id=3 command_hash=$metered                                        -> PROPOSAL_CHANGED; COMMAND_DONE parameter_value=7
        ann CANCEL order=1                                                                          -> !UNKNOWN_ORDER remaining_credit=6
    """,
}
#: kinds that nobody may propose: routine, the proposing itself, what the registry counts, members' commands
NOT_PROPOSABLE = (
    *("tick", "open_day", "login_up", "login_down", "restart", "propose", "command_fragment", "approve"),
    *(
        "proposal_withdraw",
        "parameter_set_switch",
        "opening_begin",
        "opening_totals",
        "deposit",
        "transfer_in",
    ),
    *("hold_request", "hold_commit", "hold_abort", "result_begin", "result_totals", "delivered", "stage"),
    *("objection", "listing", "take", "cancel", "block_offer", "member_limit", "query", "accepted", "0"),
)
PROPOSABLE = (
    *("define_contract", "define_account", "define_login", "parameter_set", "set_phase", "halt", "resume"),
    *("kill", "restore", "close_day", "seal_day", "band_change", "notice", "auction_notice", "auction_end"),
    *("contract_expire", "bust", "correction", "restrict", "freeze", "release", "mass_cancel"),
)
PROPOSALS_MAX = 64
STAMPS_BYTES = 22  # user reference, sequence, time and login, from the fifth byte on


@pytest.mark.parametrize("name", TABLES)
def test_proposals(run: Run, name: str) -> None:
    run(TABLES[name], NAMES)


def test_kinds(run: Run) -> None:
    """Which kinds may be proposed."""
    rows = [
        f"exchange PROPOSE proposal_id={number} command_hash=1 command_kind={kind} expires_ns=+1 -> {outcome}"
        for kinds, outcome in ((NOT_PROPOSABLE, "!NOT_PROPOSABLE"), (PROPOSABLE, "COMMAND_DONE"))
        for number, kind in enumerate(kinds, 1)
    ]
    run("\n".join(rows))


def test_any_bytes(run: Run) -> None:
    """The kernel's SHA-256 is the one of the standard library, whatever the record holds."""
    rng = random.Random(20_261_121)
    names, rows = {}, []
    for number in range(1, 41):
        record = bytes(rng.choice((0, 255, rng.randrange(256))) for _ in range(RECORD_BYTES))
        record = record[:3] + bytes([Kind.KILL]) + bytes(STAMPS_BYTES) + record[4 + STAMPS_BYTES :]
        names |= names_of_record(f"r{number}", record)
        fragment = f"exchange COMMAND_FRAGMENT fragment_count=2 fragment_proposal_id={number} fragment"
        rows += [
            f"exchange PROPOSE proposal_id={number} command_hash=$r{number} command_kind=kill expires_ns=+9_000 -> ...",
            f"{fragment}=$r{number}_0 fragment_index=0 -> nothing",
            f"{fragment}=$r{number}_1 fragment_index=1 -> PROPOSAL_CHANGED proposal_state=open",
        ]
    run("\n".join(rows), names)


def test_as_many_as_there_is_room_for(run: Run) -> None:
    """A row that is free again is used again."""
    propose = "exchange PROPOSE proposal_id={} command_hash=1 command_kind=kill expires_ns=+9_000 -> {}"
    rows = [propose.format(number, "COMMAND_DONE") for number in range(1, PROPOSALS_MAX + 1)]
    run(
        "\n".join(
            (
                *rows,
                "exchange PROPOSE proposal_id=1 command_kind=tick expires_ns=0 -> !INVALID_FIELD",
                "exchange PROPOSE proposal_id=1 command_kind=tick expires_ns=+1 -> !DEFINITION_CAPACITY",
                "exchange PROPOSAL_WITHDRAW proposal_id=5 -> PROPOSAL_CHANGED",
                propose.format(PROPOSALS_MAX + 1, "COMMAND_DONE"),
                propose.format(PROPOSALS_MAX + 2, "!DEFINITION_CAPACITY"),
                "exchange TICK after=9_000 -> PROPOSAL_CHANGED proposal_id=1; PROPOSAL_CHANGED proposal_id=2; ...",
                propose.format(PROPOSALS_MAX + 2, "COMMAND_DONE"),
            )
        )
    )
