"""What every operator command needs: the app, a login, numbers as the wire wants them, telling a result."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from exchange.client.credentials import address_of, credentials_of
from exchange.client.errors import ConnectionLost, LoginRefused
from exchange.client.operating import Operator
from exchange.client.outcome import Outcome
from exchange.client.trader import Trader
from exchange.errors import UsageError
from exchange.vocabulary.units import NS_PER_SECOND, SHANGHAI, market_time_ns, parse_yuan, trading_day_number

OPERATOR: Final = "OPER01"
REFUSED_EXIT: Final = 1
R = TypeVar("R")
Act = Callable[[Operator], Awaitable[R]]

app = typer.Typer(no_args_is_help=True, add_completion=False)
Data = Annotated[Path, typer.Option("--data", help="Data folder of the season.")]
User = Annotated[str, typer.Option("--user", help="Login: OPER01 or OPER02.")]
ContractCode = Annotated[str, typer.Option("--contract", help="Contract code.")]
DEFAULT_DATA: Final = Path("data")


def perform(data: Path, act: Act[Outcome], words: str, user: str = OPERATOR) -> None:
    """Do it; say what took effect, or why not, with exit code 1."""
    tell(asyncio.run(with_operator(data, act, user)), words)


def tell(outcome: Outcome, words: str) -> None:
    """Say what became of a command; a refusal ends the program with exit code 1."""
    if outcome.accepted:
        print(words.strip())
        return
    print(f"refused: {outcome.text('en')} {outcome.text('zh')}")
    if outcome.remedy:
        print(f"  to mend: {outcome.remedy}")
    raise typer.Exit(REFUSED_EXIT)


async def with_operator(data: Path, act: Act[R], user: str = OPERATOR) -> R:
    """Log in, act, log out."""
    credentials = credentials_of(data, user)
    try:
        operator = await Operator.open(credentials, lambda: address_of(data))
    except (LoginRefused, ConnectionLost) as error:
        raise UsageError(
            f"the exchange does not let {user} in: {error}", "is it running? try again"
        ) from error
    async with operator:
        return await act(operator)


async def contract_id_of(trader: Trader, code: str) -> int:
    """The id of a contract of today."""
    contracts = {row.code: row.contract_id for row in await trader.contracts()}
    if code.upper() not in contracts:
        raise UsageError(f"no contract {code} today", f"name one of {', '.join(contracts)}")
    return contracts[code.upper()]


def ticks_of(price: str) -> int:
    """Ticks of a price in yuan."""
    try:
        return parse_yuan(price)
    except ValueError as error:
        raise UsageError(f"price {price}: {error}", "write yuan a tonne, e.g. 43.50") from None


def trading_day_of(trader: Trader) -> date:
    """The trading day of the operators' stream."""
    return datetime.strptime(trader.session[:6], "%y%m%d").date()


def day_number_of(trader: Trader) -> int:
    """The same as the wire says it."""
    return trading_day_number(trading_day_of(trader))


def time_ns_of(trader: Trader, text: str) -> int:
    """HH:MM or HH:MM:SS, market time of the trading day."""
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            at = datetime.strptime(text, form)
        except ValueError:
            continue
        return market_time_ns(trading_day_of(trader), at.hour * 3600 + at.minute * 60 + at.second)
    raise UsageError(f"expected HH:MM, found {text}", "e.g. 14:30")


def clock_text(time_ns: int) -> str:
    """Market time of day."""
    return f"{datetime.fromtimestamp(time_ns / NS_PER_SECOND, SHANGHAI):%H:%M:%S}"
