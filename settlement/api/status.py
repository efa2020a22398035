"""The HTTP status, read-only: /status, /days, /breaks, each with the bearer token."""

import asyncio
import hmac
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from exchange.vocabulary.units import trading_day_date
from settlement.api.bank_line import BankLine
from settlement.api.door import Door
from settlement.api.line import Line
from settlement.api.problems import NO_ROUTE
from settlement.api.worker import Worker
from settlement.reports.balances import code_of_assets
from settlement.reports.day_file import break_record, day_record
from settlement.reports.happenings import happenings
from settlement.store.breaks import kept_breaks, read_reports
from settlement.store.database import Store

SCHEME = "Bearer "


def make_app(
    worker: Worker, line: Line, banks: Sequence[BankLine], store_path: Path, token: str, door: Door
) -> Starlette:
    """The application with the door; requests read a snapshot of the store by connections of their own."""

    async def status(request: Request) -> JSONResponse:
        return JSONResponse(_status(worker, line, banks))

    async def days(request: Request) -> JSONResponse:
        return JSONResponse(await asyncio.to_thread(_read, store_path, _days))

    async def breaks(request: Request) -> JSONResponse:
        return JSONResponse(await asyncio.to_thread(_read, store_path, _breaks))

    def guarded(answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def check(request: Request) -> JSONResponse:
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), (SCHEME + token).encode()):
                return JSONResponse(
                    {"error": "expected the bearer token of credentials/wuhan-api.token"},
                    status_code=401,
                    headers={"WWW-Authenticate": "Bearer"},
                )
            response: JSONResponse = await answer(request)
            return response

        return check

    return Starlette(
        routes=[
            Route("/status", guarded(status)),
            Route("/days", guarded(days)),
            Route("/breaks", guarded(breaks)),
            *door.routes(),
        ],
        exception_handlers=NO_ROUTE,
    )


def _status(worker: Worker, line: Line, banks: Sequence[BankLine]) -> dict[str, Any]:
    found = worker.status
    return {
        "day": trading_day_date(found.trading_day).isoformat() if found else None,
        "stage": found.stage.name if found else "WAITING",
        "run": found.run if found else 1,
        "line": "up" if line.is_up else "down",
        "queue": line.queue_size,
        "next_number": found.next_number if found else 1,
        "trades": found.trades if found else 0,
        "breaks": found.break_count if found else 0,
        "days_stated": line.days_stated,
        "is_held": line.is_held,
        "banks": [
            {"bank": bank.bank_id, "line": "up" if bank.is_up else "down", "number": bank.number}
            for bank in banks
        ],
    }


def _read(path: Path, question: Callable[[Store], Any]) -> Any:
    store = Store.read(path)
    try:
        return question(store)
    finally:
        store.close()


def _days(store: Store) -> list[dict[str, Any]]:
    codes = code_of_assets()
    reports = read_reports(store)
    newest = reports[-1].trading_day if reports else 0
    return [
        day_record(
            report,
            kept_breaks(store, only_open=True) if report.trading_day == newest else (),
            happenings(store, report.trading_day, codes),
            codes,
        )
        for report in reports
    ]


def _breaks(store: Store) -> list[dict[str, Any]]:
    codes = code_of_assets()
    return [break_record(found, codes) for found in kept_breaks(store, only_open=True)]
