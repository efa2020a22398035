"""The first day of a season, from the scenario: accounts, obligations, how units and cash came into being."""

from settlement.instructions import Tell
from settlement.ledger.book import book
from settlement.registry.accounts import open_accounts
from settlement.registry.issuance import founding_blocks
from settlement.season import Season
from settlement.store.database import Store
from settlement.store.days import DayRow
from settlement.store.obligations import Obligation, save_obligation
from settlement.stream import date_of


def found_registry(store: Store, season: Season, day: DayRow) -> Tell:
    """Open accounts, enter what is due, book issue and deposits. Requires: an open transaction."""
    open_accounts(store, season.holders)
    obliged = [holder for holder in season.holders if holder.due_lots]
    for holder in obliged:
        # the scenario says what is due; of the verified emissions it says no more than that
        row = Obligation(holder.entity_id, season.obligation_year, holder.due_lots, holder.due_lots)
        save_obligation(store, row)
    contracts = dict(season.contracts_of_day(day.trading_day))
    blocks = founding_blocks(season.holders, contracts, season.reserve_fen)
    for entries in blocks:
        book(store, entries, day.trading_day, day.time_ns)
    due = f", {len(obliged):,} obligations for {season.obligation_year} entered" if obliged else ""
    return Tell(
        f"{date_of(day.trading_day)}: {len(season.holders):,} accounts opened{due}, units issued and cash "
        f"deposited in {len(blocks)} ledger blocks"
    )
