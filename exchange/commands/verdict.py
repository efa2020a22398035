"""The last word of a run: Shanghai's journals, replayed without Wuhan, against Wuhan's ledger."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from exchange.client.signing import SHANGHAI, WUHAN, checker
from exchange.engine.recovery import ReplayResult, replay
from exchange.errors import CorruptionError
from exchange.kernel import cash, holdings
from exchange.kernel.views import defined_accounts
from exchange.vocabulary.signed import confirmation_text, delivery_text

LEDGER_TIMEOUT_S = 120
CASH = 0  # the contract number that stands for cash
UNIT_BUCKETS = ("available", "locked", "bought_today", "frozen")
CASH_BUCKETS = ("available", "locked", "frozen")


#: (account, contract or CASH) -> lots or fen, all buckets together
Balances = dict[tuple[int, int], int]


class Break(msgspec.Struct, frozen=True):
    """One account and contract (0 = cash) in which the two cities differ."""

    account_id: int
    contract_id: int
    exchange: int
    registry: int


class Verdict(msgspec.Struct, frozen=True):
    """The figures of a run; the last line of `exchange up --once`."""

    days: int
    trades: int
    tonnes: int
    listed_tonnes: int
    block_tonnes: int
    amount_fen: int
    settled_trades: int
    due_tonnes: int
    surrendered_tonnes: int
    signed_days: int  # by both cities
    breaks: int  # between Shanghai's own state and the registry's ledger
    open_breaks: int  # that the registry lists: with Shanghai, and with the banks
    bank_waiting: int  # instructions that banks have not answered: closed, or away
    units_conserved: bool
    cash_conserved: bool
    found: tuple[Break, ...] = ()

    @property
    def good(self) -> bool:
        """Whether everything traded is settled, both cities agree and nothing was lost."""
        whole = self.units_conserved and self.cash_conserved and self.settled_trades == self.trades
        return whole and self.breaks == 0 and self.open_breaks == 0

    def json_line(self) -> str:
        """One JSON object without the list of breaks."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__ if name != "found"}
        return msgspec.json.encode(fields).decode()

    def tell(self, say: Callable[[str], None]) -> None:
        """The same in words; every break with its account."""
        for item in self.found:
            what = "cash" if item.contract_id == CASH else f"contract {item.contract_id}"
            say(
                f"break: account {item.account_id}, {what}: "
                f"exchange {item.exchange:,}, registry {item.registry:,}"
            )
        differing = max(self.breaks, self.open_breaks)
        agree = "both cities agree" if not differing else f"{differing} breaks"
        if not (self.units_conserved and self.cash_conserved):
            agree += "; WUHAN'S BOOKS DO NOT BALANCE (settlement check names the account)"
        say(
            f"{self.days} days, {self.trades:,} trades, {self.tonnes:,} t; "
            f"settled {self.settled_trades:,}; {agree}; {self.signed_days} days signed by both"
        )
        if self.open_breaks:
            say(f"OPEN BREAKS: {self.open_breaks} (settlement breaks lists them)")
        if self.bank_waiting:
            say(f"banks have not answered {self.bank_waiting} instruction(s): closed, away or without funds")
        if self.due_tonnes:
            say(f"obligations: {self.surrendered_tonnes:,} t surrendered of {self.due_tonnes:,} t due")


def reach_verdict(data: Path, dates: Sequence[str]) -> Verdict:
    """Replay every journal of the run and compare the last day's balances with the registry's ledger."""
    folders = [data / "shanghai" / "journal" / day for day in dates]
    replayed = [replay(folder) for folder in folders if folder.exists()]
    days = [day for day in replayed if day.totals is not None]  # sealed: one that never opened says nothing
    ledger = _ledger(data)
    at_the_end = _compare(_balances(days[-1]), _registry(ledger)) if days else ()
    found = (*_between_days(days, _booked_between(ledger)), *at_the_end)
    return Verdict(
        days=len(days),
        trades=sum(day.match_count for day in days),
        tonnes=sum(day.tonnes for day in days),
        listed_tonnes=sum(day.listed_lots for day in days),
        block_tonnes=sum(day.block_lots for day in days),
        amount_fen=sum(day.amount_fen for day in days),
        settled_trades=ledger["settled_trades"],
        due_tonnes=ledger["due_lots"],
        surrendered_tonnes=ledger["surrendered_lots"],
        signed_days=sum(_is_signed(data, day) for day in days),
        breaks=len(found),
        open_breaks=len(ledger["breaks"]),
        bank_waiting=ledger["bank_waiting"],
        units_conserved=ledger["units_conserved"],
        cash_conserved=ledger["cash_conserved"],
        found=found,
    )


def _ledger(data: Path) -> dict[str, Any]:
    """Wuhan's own account of itself, asked of its own program: the cities share no code and no store."""
    command = [sys.executable, "-P", "-m", "settlement", "balances", "--data", str(data), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LEDGER_TIMEOUT_S, check=False)
    if done.returncode:
        raise CorruptionError(
            "settlement balances", "exit code 0", f"{done.returncode}: {done.stderr.strip()}"
        )
    answer: dict[str, Any] = msgspec.json.decode(done.stdout.splitlines()[-1])
    return answer


def _balances(day: ReplayResult) -> Balances:
    """Units and cash of every account from the kernel's state alone: all buckets together."""
    balances: Balances = {}
    for account_id in defined_accounts(day.state):
        for row in holdings(day.state, account_id):
            units = sum(int(row[f"{bucket}_lots"]) for bucket in UNIT_BUCKETS)
            balances[account_id, int(row["contract_id"])] = units
        money = cash(day.state, account_id)[0]
        balances[account_id, CASH] = sum(int(money[f"{bucket}_fen"]) for bucket in CASH_BUCKETS)
    return balances


def _openings(day: ReplayResult) -> Balances:
    """What Wuhan gave every account to open the day with."""
    accounts, contracts = day.state.accounts, len(day.state.contracts)
    rows = day.state.holdings["opening"].reshape(len(accounts), contracts)
    balances = {(int(a), int(c)): int(rows[a, c]) for a, c in np.argwhere(rows)}
    for account_id in defined_accounts(day.state):
        balances[account_id, CASH] = int(accounts["opening"][account_id])
    return balances


def _is_signed(data: Path, day: ReplayResult) -> bool:
    """Whether the journal holds the words of both cities; a word that is not its city's is corruption."""
    totals = day.totals
    words = ((SHANGHAI, day.own_word, confirmation_text), (WUHAN, day.registry_word, delivery_text))
    for city, word, text_of in words:
        check = checker(data, city)
        if word is None or totals is None or check is None:
            return False
        if not check(text_of(totals, word.run, word.head), word.signature):
            raise CorruptionError(f"{city}'s signature of {day.day}", "a valid one", "another")
    return True


def _between_days(days: Sequence[ReplayResult], booked: Mapping[str, Balances]) -> tuple[Break, ...]:
    """A day must open with what Shanghai's own state closed with, and what Wuhan has booked since."""
    found: list[Break] = []
    for before, after in pairwise(days):
        expected = _balances(before)
        for key, change in booked.get(after.day.isoformat(), {}).items():
            expected[key] = expected.get(key, 0) + change
        found += _compare(expected, _openings(after))
    return tuple(found)


def _booked_between(ledger: dict[str, Any]) -> dict[str, Balances]:
    """Transfers, deposits and withdrawals between two days, by the day that opened with them."""
    booked: dict[str, Balances] = defaultdict(dict)
    for day, account, contract, change in ledger["between_days"]:
        booked[day][account, contract] = change
    return booked


def _registry(ledger: dict[str, Any]) -> Balances:
    """Wuhan's closing balances; a held clearing counts as it would have been delivered."""
    rows = ledger["cleared_not_delivered"] or ledger["balances"]
    return {(account, contract): amount for account, contract, amount in rows}


def _compare(exchange: Balances, registry: Balances) -> tuple[Break, ...]:
    """Every account and contract that differs."""
    keys = sorted(exchange.keys() | registry.keys())
    return tuple(
        Break(account, contract, exchange.get((account, contract), 0), registry.get((account, contract), 0))
        for account, contract in keys
        if exchange.get((account, contract), 0) != registry.get((account, contract), 0)
    )
