# ruff: noqa: E501  (a table reads better in long rows)
"""REGISTRY_SIGNATURE, REGISTRY_CHAIN_HEAD: kept from Wuhan, sent to Wuhan from the exchange itself."""

import pytest

from tests.tables.conftest import Run
from tests.tables.test_closing import CONFIRMED, RIGHT, SEALED, totals

SIGNATURE = bytes(range(1, 65))
NAMES = {"first": SIGNATURE[:32], "second": SIGNATURE[32:]}
OF_TODAY = "fragment_version=1 fragment_trading_day=8020"

TABLES = {
    "before a result is confirmed there is nothing to sign": SEALED
    + f"""
        wuhan REGISTRY_CHAIN_HEAD fragment=$first fragment_count=1 {OF_TODAY}      -> !NOT_SEALED stream=wuhan contract=0 account=0
        exchange REGISTRY_SIGNATURE fragment=$first fragment_count=2 {OF_TODAY}    -> !NOT_SEALED stream=operator contract=0 account=0
    """,
    "of another version, day or place": SEALED
    + f"""
        wuhan REGISTRY_CHAIN_HEAD fragment=$first fragment_count=1 fragment_version=2 -> !WRONG_VERSION
        wuhan REGISTRY_CHAIN_HEAD fragment=$first fragment_count=1 fragment_version=1 -> !WRONG_TRADING_DAY
        wuhan REGISTRY_CHAIN_HEAD fragment=$first fragment_count=2 {OF_TODAY}      -> !INVALID_FIELD
        wuhan REGISTRY_CHAIN_HEAD fragment=$first fragment_index=1 fragment_count=1 {OF_TODAY} -> !INVALID_FIELD
        wuhan REGISTRY_SIGNATURE fragment=$first fragment_count=1 {OF_TODAY}       -> !INVALID_FIELD
        wuhan REGISTRY_SIGNATURE fragment=$first fragment_index=2 fragment_count=2 {OF_TODAY} -> !INVALID_FIELD
    """,
    "of a confirmed result: Wuhan's are kept, the exchange's own go out": SEALED
    + RIGHT
    + totals(CONFIRMED)
    + f"""
        wuhan REGISTRY_CHAIN_HEAD fragment=$first fragment_count=1 {OF_TODAY} fragment_run=7 -> COMMAND_DONE stream=operator login=wuhan command_kind=registry_chain_head subject_id=7 contract=0 account=0
        wuhan REGISTRY_SIGNATURE fragment=$first fragment_count=2 {OF_TODAY} fragment_run=1 -> COMMAND_DONE command_kind=registry_signature subject_id=1
        wuhan REGISTRY_SIGNATURE fragment=$second fragment_index=1 fragment_count=2 {OF_TODAY} -> COMMAND_DONE
        exchange REGISTRY_CHAIN_HEAD fragment=$first fragment_count=1 {OF_TODAY} fragment_run=1 -> EXCHANGE_CHAIN_HEAD stream=wuhan login=0 fragment=$first fragment_index=0 fragment_count=1 {OF_TODAY} fragment_run=1; COMMAND_DONE stream=operator login=0
        exchange REGISTRY_SIGNATURE fragment=$first fragment_count=2 {OF_TODAY} fragment_run=255 -> EXCHANGE_SIGNATURE fragment=$first fragment_index=0 fragment_count=2 fragment_run=255; COMMAND_DONE subject_id=255
        exchange REGISTRY_SIGNATURE fragment=$second fragment_index=1 fragment_count=2 {OF_TODAY} -> EXCHANGE_SIGNATURE fragment=$second fragment_index=1 fragment_count=2; COMMAND_DONE
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_signatures(run: Run, name: str) -> None:
    run(TABLES[name], NAMES)
