"""Two real settlement banks beside both real cities: paid in and out, closed, killed, refusing; one truth."""

import asyncio
import os
import signal
import subprocess
from typing import Any

import pytest

from exchange.client.door import Door
from exchange.rulebook.scenarios import load_scenario, participants
from settlement.api.bank_client import BankClient
from settlement.banks.funding import owed
from settlement.cash_rules import load_cash_rules
from settlement.ledger.balances import balances_now
from settlement.store.banking import bank_of_account
from settlement.store.database import Store
from settlement.vocabulary.banking import BankBalance
from tests.system.cities import MEMBERS, PATIENCE_S, Cities

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)
MEMBER = participants(load_scenario("season-2021"), int(MEMBERS))[0]
HOME = load_cash_rules().bank_of(MEMBER.member_id)
BANKS = range(1, load_cash_rules().banks.count + 1)
Process = subprocess.Popen[str]


def start_bank(cities: Cities, bank: int, *options: str) -> Process:
    process = cities.start(
        *("settlement", "bank", "--bank", str(bank), "--scenario", "season-2021", "--members", MEMBERS),
        *options,
    )
    address = cities.data / "run" / f"bank-{bank}.json"
    cities.until(lambda: address.exists() and f'"pid": {process.pid}' in address.read_text(), f"bank {bank}")
    return process


def at_counter(cities: Cities, *arguments: str) -> None:
    done = cities.settlement(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def withdraw(door: Door, amount_fen: int, key: str) -> int:
    asked = door.ask("withdraw", key, entity_id=MEMBER.entity_id, amount_fen=amount_fen)
    assert asked["state"] == "running", asked
    return int(asked["operation_id"])


def until_ended(cities: Cities, door: Door, number: int) -> dict[str, Any]:
    cities.until(lambda: door.operation(number)["state"] != "running", f"operation {number} to end")
    return door.operation(number)


def free_cash(door: Door) -> int:
    return sum(row["fen"] for row in door.get("/v1/holdings")["cash"] if row["bucket"] == "member-cash")


async def books_of(cities: Cities, bank: int) -> BankBalance:
    async with BankClient.open(cities.data, bank) as client:
        return await client.balance()


def owed_by(cities: Cities, bank: int) -> dict[int, int]:
    """What the ledger says that a bank owes, by account."""
    store = Store.open(cities.data / "wuhan" / "wuhan.sqlite")
    try:
        found = owed(balances_now(store), bank_of_account(store))
    finally:
        store.close()
    return {account: fen for (of_bank, account), fen in found.items() if of_bank == bank and fen}


def test_banks_pay_close_die_and_refuse_and_the_books_agree(cities: Cities) -> None:
    cities.start_exchange(day_seconds="10")
    banks = {bank: start_bank(cities, bank) for bank in BANKS}
    wuhan = cities.start_wuhan()
    cities.until(lambda: cities.stage()[1] == "OPEN", "the day to open")
    with Door.open(cities.data, f"holder-{MEMBER.entity_id}") as door:
        opening = free_cash(door)
        assert until_ended(cities, door, withdraw(door, 500, "out-1"))["state"] == "done"
        assert free_cash(door) == opening - 500

        at_counter(cities, "bank-hours", "--bank", str(HOME), "--closed")
        late = withdraw(door, 300, "out-2")
        os.kill(banks[HOME].pid, signal.SIGKILL)
        banks[HOME].wait()
        assert door.operation(late)["state"] == "running"  # a silent bank holds nothing up, and loses nothing
        banks[HOME] = start_bank(cities, HOME, "--reject-account", str(MEMBER.account_id))
        assert door.operation(late)["state"] == "running"  # still closed
        at_counter(cities, "bank-hours", "--bank", str(HOME), "--open")
        ended = until_ended(cities, door, late)
        assert (ended["state"], ended["refusal"]["name"]) == ("refused", "BANK_REFUSED")

        slip = ("--account", str(MEMBER.account_id), "--yuan", "7.01", "--reference", "slip-1")
        for _ in range(2):  # the same slip twice is one payment
            at_counter(cities, "bank-deposit", "--bank", str(HOME), *slip)
        cities.until(lambda: free_cash(door) == opening - 500 + 701, "the deposit to be available")
    cities.start_members()  # what they trade crosses the banks

    assert cities.wait(wuhan) == 0, cities.text()
    assert cities.settlement("check").returncode == 0
    assert [cities.day(name)["breaks"] for name in ("2021-12-16", "2021-12-17")] == [[], []]
    for bank in BANKS:
        books = asyncio.run(books_of(cities, bank))
        assert {account: fen for account, fen in books.sub_ledger_fen.items() if fen} == owed_by(cities, bank)
        assert books.total_fen == sum(books.sub_ledger_fen.values())
        banks[bank].terminate()
        assert banks[bank].wait(30) == 0, cities.text()
