"""`exchange operator`: auctions, bands, undone and corrected trades, mass cancel, notices, last days."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from exchange.client.operating import Operator
from exchange.client.outcome import Outcome
from exchange.commands.operator_session import (
    DEFAULT_DATA,
    OPERATOR,
    ContractCode,
    Data,
    User,
    app,
    contract_id_of,
    day_number_of,
    perform,
    tell,
    ticks_of,
    time_ns_of,
    with_operator,
)
from exchange.vocabulary.enums import AuctionKind, AuctionPricing, Method, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.units import format_yuan

PPM_PER_PERCENT = 10_000
ANY = 255


class Pricing(StrEnum):
    """What the winners of an auction pay."""

    UNIFORM = "uniform"
    PAY_AS_BID = "pay-as-bid"


class Auction(StrEnum):
    """Whose units are sold."""

    ONE_WAY = "one-way"
    PRIMARY = "primary"


class BandMethod(StrEnum):
    """Which band of a contract."""

    BOOK = "book"
    BLOCK = "block"


class SideChoice(StrEnum):
    """One side, or both."""

    BUY = "buy"
    SELL = "sell"
    BOTH = "both"


@app.command(name="auction")
def announce_auction(
    number: Annotated[int, typer.Argument(help="Number of the auction, above the contract's last.")],
    contract: ContractCode,
    seller: Annotated[int, typer.Option(help="Trading account of the seller or issuer.")],
    tonnes: Annotated[int, typer.Option(min=1)],
    floor: Annotated[str, typer.Option(help="Lowest price, yuan a tonne.")],
    until: Annotated[str, typer.Option(help="End of the window, HH:MM market time.")],
    ceiling: Annotated[str, typer.Option(help="Highest price; left out: by rule.")] = "0",
    pricing: Annotated[Pricing, typer.Option()] = Pricing.UNIFORM,
    kind: Annotated[Auction, typer.Option()] = Auction.ONE_WAY,
    share_percent: Annotated[
        int, typer.Option(min=0, max=100, help="Most of the lot one bidder may get; 0 = all.")
    ] = 0,
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """Announce a one-way auction 单向竞买, or a primary one; the seller's units are locked."""

    async def act(operator: Operator) -> Outcome:
        return await operator.announce_auction(
            number,
            contract_id=await contract_id_of(operator, contract),
            seller_account_id=seller,
            quantity_lots=tonnes,
            floor_ticks=ticks_of(floor),
            ceiling_ticks=ticks_of(ceiling),
            end_ns=time_ns_of(operator, until),
            pricing=AuctionPricing[pricing.name],
            auction_kind=AuctionKind[kind.name],
            bidder_share_ppm=share_percent * PPM_PER_PERCENT,
        )

    perform(
        data,
        act,
        f"announced 已公告: {kind} auction {number}, {tonnes:,} t of {contract}, until {until}",
        user,
    )


@app.command()
def end_auction(
    contract: ContractCode,
    number: Annotated[int, typer.Option(help="Number of the auction; 0 = the call auction.")] = 0,
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """End an auction now: it is allocated, a call auction uncrossed."""

    async def act(operator: Operator) -> Outcome:
        contract_id = await contract_id_of(operator, contract)
        method = Method.ONE_WAY if number else await _book_method(operator, contract_id)
        return await operator.end_auction(contract_id=contract_id, auction_id=number, method=method)

    perform(
        data, act, f"ended 已结束: {f'auction {number}' if number else 'call auction'} of {contract}", user
    )


@app.command()
def band(
    contract: ContractCode,
    lower: Annotated[str, typer.Option(help="Lowest price, yuan a tonne.")],
    upper: Annotated[str, typer.Option(help="Highest price.")],
    method: Annotated[BandMethod, typer.Option()] = BandMethod.BOOK,
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """Change a contract's band for today; orders outside it lapse."""

    async def act(operator: Operator) -> Outcome:
        contract_id = await contract_id_of(operator, contract)
        of_block = method is BandMethod.BLOCK
        return await operator.change_band(
            contract_id=contract_id,
            lower_ticks=ticks_of(lower),
            upper_ticks=ticks_of(upper),
            method=Method.BLOCK if of_block else await _book_method(operator, contract_id),
        )

    perform(data, act, f"band 涨跌幅: {contract} {method}, {lower} to {upper}", user)


@app.command()
def bust(
    trade: Annotated[int, typer.Argument(help="Number of the trade today.")],
    reason: Annotated[int, typer.Option(min=0, max=255, help="Reason code.")] = 0,
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """Undo a trade of today, to the tonne and the fen."""

    async def act(operator: Operator) -> Outcome:
        return await operator.bust(trade, trading_day=day_number_of(operator), bust_reason=reason)

    perform(data, act, f"trade {trade} undone 成交已撤销", user)


@app.command()
def correct(
    trade: Annotated[int, typer.Argument(help="Number of the trade today.")],
    price: Annotated[str, typer.Option(help="Corrected price, yuan a tonne.")],
    tonnes: Annotated[int, typer.Option(min=1, help="Corrected quantity, at most what it was.")],
    reason: Annotated[int, typer.Option(min=0, max=255, help="Reason code.")] = 0,
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """Correct price and quantity of a trade of today."""
    price_ticks = ticks_of(price)

    async def act(operator: Operator) -> Outcome:
        return await operator.correct(
            trade, price_ticks, tonnes, trading_day=day_number_of(operator), bust_reason=reason
        )

    perform(data, act, f"trade {trade} is now 成交已更正 {tonnes:,} t @ {format_yuan(price_ticks)}", user)


@app.command()
def expire(contract: ContractCode, data: Data = DEFAULT_DATA, user: User = OPERATOR) -> None:
    """Let a contract trade for the last time today; it is not listed tomorrow."""

    async def act(operator: Operator) -> Outcome:
        return await operator.expire(await contract_id_of(operator, contract))

    perform(data, act, f"{contract} trades for the last time today 今日为最后交易日", user)


@app.command()
def notice(
    text: Annotated[str, typer.Argument(help="What everybody shall read.")],
    number: Annotated[int, typer.Option(min=1, help="Number of the notice.")] = 1,
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """Tell everybody a text 公告."""

    async def act(operator: Operator) -> Outcome:
        return await operator.notice(number, text)

    perform(data, act, f"notice {number} told 公告已发布", user)


@app.command()
def mass_cancel(
    account: Annotated[int, typer.Option(min=0, help="Trading account; 0 = everybody's.")] = 0,
    contract: Annotated[str, typer.Option("--contract", help="Contract code; left out: every one.")] = "",
    side: Annotated[SideChoice, typer.Option()] = SideChoice.BOTH,
    low: Annotated[str, typer.Option(help="Lowest price.")] = "0",
    high: Annotated[str, typer.Option(help="Highest price.")] = "0",
    data: Data = DEFAULT_DATA,
    user: User = OPERATOR,
) -> None:
    """Cancel the orders of one account or of everybody; never stopped by a halt."""

    async def act(operator: Operator) -> Outcome:
        return await operator.command(
            Kind.MASS_CANCEL,
            account_id=account,
            contract_id=await contract_id_of(operator, contract) if contract else 0,
            side=ANY if side is SideChoice.BOTH else Side[side.name],
            price_low_ticks=ticks_of(low),
            price_high_ticks=ticks_of(high),
            method=ANY,
        )

    outcome = asyncio.run(with_operator(data, act, user))
    tell(outcome, outcome.text("en"))


async def _book_method(operator: Operator, contract_id: int) -> Method:
    """The matching rule that a contract's book answers to."""
    rules = {row.contract_id: row.matching_rule for row in await operator.contracts()}
    return Method(rules[contract_id])
