# ruff: noqa: E501  (a table reads better in long rows)
"""NOTICE, CONTRACT_EXPIRE: what the exchange tells everybody."""

import pytest

from tests.tables.conftest import Run

TEXT = "暂停交易至十四时 trading is paused".encode()
NAMES = {"first": TEXT[:32], "second": TEXT[32:]}

TABLES = {
    "a text goes out fragment by fragment, as it came": """
        operator NOTICE text=$first fragment_index=0 fragment_count=2 notice_id=70_000              -> NOTICE_TEXT stream=public text=$first fragment_index=0 fragment_count=2 notice_id=70_000 login=0 ref=0
        operator NOTICE text=$second fragment_index=1 fragment_count=2 notice_id=70_000 ref=9       -> NOTICE_TEXT text=$second fragment_index=1; COMMAND_DONE stream=operator login=operator ref=9 command_kind=notice subject_id=70_000 contract=0 account=0
        exchange NOTICE fragment_index=0 fragment_count=1 notice_id=0                               -> NOTICE_TEXT; COMMAND_DONE
        exchange NOTICE text=$first fragment_index=254 fragment_count=255 notice_id=4_294_967_295   -> NOTICE_TEXT; COMMAND_DONE subject_id=4_294_967_295
    """,
    "a fragment that cannot be": """
        exchange NOTICE text=$first fragment_index=0 fragment_count=0 notice_id=1                   -> !INVALID_FIELD stream=operator contract=0 account=0
        exchange NOTICE text=$first fragment_index=2 fragment_count=2 notice_id=1                   -> !INVALID_FIELD
    """,
    "the last day of a contract": """
        exchange CONTRACT_EXPIRE contract=0                                                         -> !UNKNOWN_CONTRACT
        exchange CONTRACT_EXPIRE contract=6                                                         -> !UNKNOWN_CONTRACT contract=6
        operator CONTRACT_EXPIRE contract=2 ref=9                                                   -> CONTRACT_EXPIRES stream=public contract=2 login=0 ref=0; COMMAND_DONE stream=operator contract=2 login=operator ref=9 command_kind=contract_expire
        operator CONTRACT_EXPIRE contract=2                                                         -> CONTRACT_EXPIRES; COMMAND_DONE       # again is legal
        ann LISTING contract=2 side=sell q=1 p=80.00                                                -> ACCEPTED                             # today it trades
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_notices(run: Run, name: str) -> None:
    run(TABLES[name], NAMES)
