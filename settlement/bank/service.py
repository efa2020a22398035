"""Builds a bank: books and teller, its HTTP, and the carriers to the other banks."""

import asyncio
import logging
import signal
from pathlib import Path
from typing import Final

import msgspec

from exchange.rulebook.scenarios import load_scenario, participants
from settlement.api.bank_client import BankClient, address_path
from settlement.api.serving import HttpServer, listening, require_loopback
from settlement.api.token import load_or_make_token
from settlement.bank.app import Counter, make_app
from settlement.bank.books import INSTITUTIONS, Rules
from settlement.bank.delivery import deliver
from settlement.bank.store import BankStore, Identity
from settlement.bank.teller import Teller
from settlement.cash_rules import load_cash_rules
from settlement.errors import ConfigurationError
from settlement.files import only_one
from settlement.vocabulary.banking import SETTLEMENT_BANK

LOG: Final = logging.getLogger("bank")


class BankSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `settlement bank` runs with."""

    data: Path
    bank_id: int
    scenario: str
    members: int
    reject_every: int = 0
    rejected_accounts: frozenset[int] = frozenset()
    http_host: str = "127.0.0.1"
    http_port: int = 0  # 0 = any free one, written to run/bank-N.json

    @property
    def folder(self) -> Path:
        """The bank's own folder."""
        return self.data / f"bank-{self.bank_id}"


def run_bank(settings: BankSettings) -> None:
    """Run one bank until it is told to stop."""
    require_loopback(settings.http_host)
    rules = load_cash_rules()
    if not rules.is_bank(settings.bank_id):
        raise ConfigurationError(
            f"--bank: expected 1 to {rules.banks.count} (data/cash.toml), found {settings.bank_id}"
        )
    with only_one(settings.folder, f"bank {settings.bank_id}"):
        asyncio.run(_serve(settings))


def opening_balances(settings: BankSettings) -> dict[int, int]:
    """The season's opening cash of whom this bank serves: its books before movement 1.

    Bank 1 keeps the institutions' money as well: the settlement reserve, to begin with.
    """
    rules = load_cash_rules()
    opening = {
        one.account_id: one.opening_cash_fen
        for one in participants(load_scenario(settings.scenario), settings.members)
        if rules.bank_of(one.member_id) == settings.bank_id
    }
    if settings.bank_id == SETTLEMENT_BANK:
        opening[INSTITUTIONS] = rules.reserve.opening_fen
    return opening


async def _serve(settings: BankSettings) -> None:
    others = frozenset(range(1, load_cash_rules().banks.count + 1)) - {settings.bank_id}

    def make() -> tuple[BankStore, Teller]:
        identity = Identity(settings.bank_id, settings.scenario, settings.members)
        store = BankStore.open(settings.folder / "bank.sqlite", identity, opening_balances(settings))
        return store, Teller(store, Rules(others, settings.reject_every, settings.rejected_accounts))

    token_path = settings.data / "credentials" / f"bank-{settings.bank_id}.token"
    token = load_or_make_token(token_path)
    counter = Counter()
    try:
        await counter.open(make)
        server = HttpServer(make_app(counter, token))
        token_file = str(token_path.relative_to(settings.data))
        address = address_path(settings.data, settings.bank_id)
        with listening(settings.http_host, settings.http_port, address, token_file) as listener:
            LOG.info("bank %d on http://%s:%d", settings.bank_id, *listener.getsockname()[:2])
            http = asyncio.create_task(server.serve(sockets=[listener]))
            await _run_until_told(settings, counter, others, server, http)
    finally:
        await counter.close()


async def _run_until_told(
    settings: BankSettings,
    counter: Counter,
    others: frozenset[int],
    server: HttpServer,
    http: asyncio.Task[None],
) -> None:
    """HTTP and carriers side by side; a signal or an error ends all."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def carrier(bank_id: int) -> asyncio.Task[None]:
        return asyncio.create_task(deliver(counter, bank_id, lambda: BankClient.open(settings.data, bank_id)))

    carriers = [carrier(bank_id) for bank_id in sorted(others)]
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait({http, stopping, *carriers}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (stopping, *carriers):
            task.cancel()
        server.should_exit = True
        await asyncio.gather(http, stopping, *carriers, return_exceptions=True)
