"""days/<date>.json: what a day came to, what happened, every open break; for `up` and the console."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exchange.vocabulary.units import trading_day_date
from settlement.files import write_atomically
from settlement.reports.assets import ALL_WORD, asset_word
from settlement.reports.happenings import Happening
from settlement.store.breaks import DayReport, KeptBreak
from settlement.tracing import owner_of
from settlement.vocabulary.chart import CASH


def break_record(kept: KeptBreak, codes: Mapping[int, str]) -> dict[str, Any]:
    """A break as JSON; account_id 0 = a total."""
    found = kept.found
    is_of_all_contracts = found.asset_id == CASH and found.what.value in ("units-total", "trades")
    return {
        "break_id": kept.break_id,
        "owner": owner_of(kept),
        "account_id": found.account_id,
        "contract": ALL_WORD if is_of_all_contracts else asset_word(found.asset_id, codes),
        "what": found.what.value,
        "exchange": found.exchange_amount,
        "registry": found.registry_amount,
        "age_days": found.age_days,
    }


def day_record(
    report: DayReport, breaks: Sequence[KeptBreak], happened: Sequence[Happening], codes: Mapping[int, str]
) -> dict[str, Any]:
    """A day as JSON."""
    return {
        "date": trading_day_date(report.trading_day).isoformat(),
        "settled_trades": report.settled_trades,
        "tonnes": report.tonnes_lots,
        "amount_fen": report.amount_fen,
        "breaks": [break_record(found, codes) for found in breaks],
        "stage": report.stage.name,
        "units_conserved": report.units_conserved,
        "cash_conserved": report.cash_conserved,
        "happenings": [one._asdict() for one in happened],
    }


def write_day_file(folder: Path, record: Mapping[str, Any]) -> Path:
    """Write atomically: readers see the old file or the new one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{record['date']}.json"
    write_atomically(target, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return target
