"""`exchange client`: trade from a terminal, or from a pipe, as one member."""

import asyncio
import sys
import threading
from pathlib import Path

from rich.console import Console
from rich.table import Table

from exchange.client.courier import Courier
from exchange.client.credentials import Credentials, address_of, credentials_of
from exchange.client.decode import OtherRecord
from exchange.client.describe import describe
from exchange.client.errors import ConnectionLost, CredentialsUnusable, LoginRefused, QueryRefused
from exchange.client.events import Event
from exchange.client.outcome import Outcome
from exchange.client.replies import Contract
from exchange.client.trader import Trader
from exchange.client.words import Lang, price_text
from exchange.commands import client_show as show
from exchange.commands.client_help import HELP, rules_text
from exchange.commands.client_known import Known
from exchange.commands.client_orders import VERBS_OF_ORDERS, Orders
from exchange.commands.client_parse import Line, NotUnderstood, parse_line
from exchange.protocol.sessions import PUBLIC
from exchange.vocabulary.enums import QueryKind
from exchange.vocabulary.kinds import Kind

QUIT = "quit"
ANSWER_S = 10.0
_OF_THE_PUBLIC = ("accept", "counter", "bid", "offers", "auctions")
_MAY_TRADE = (Kind.LIMIT_ORDER, Kind.REPLACE)  # of an order that rests the trades come as events
NO_ANSWER = (
    "10 秒内无应答:系统离线或下一交易日尚未开启;已发出的指令仍可能生效,请查看 orders",
    "no answer for 10 s: the exchange is away, or the next day is not open yet; "
    "a command already sent may still take effect, see orders",
)


def run_client(data: Path, user: str, lang: str, commands: tuple[str, ...]) -> int:
    """Run the commands given, or what is typed; exit code 1 when one was refused."""
    if lang not in ("zh", "en"):
        raise CredentialsUnusable(f"expected --lang zh or en, found {lang}", "use --lang zh")
    credentials = credentials_of(data, user or _first_member(data))
    try:
        return asyncio.run(_run(data, credentials, "zh" if lang == "zh" else "en", commands))
    except KeyboardInterrupt:
        return 0


def _first_member(data: Path) -> str:
    """The first short emitter: the login that the simulated members leave to a person."""
    users = sorted(path.stem for path in (data / "credentials").glob("E*.json"))
    if not users:
        raise CredentialsUnusable(
            f"{data} has no member's credentials", "run `two-city up` first, or name --data"
        )
    return users[0]


async def _run(data: Path, credentials: Credentials, lang: Lang, commands: tuple[str, ...]) -> int:
    early: list[Event | OtherRecord] = []  # the day's stream up to now: offers still open are among it
    try:
        trader = await Trader.open(credentials, lambda: address_of(data), listeners=(early.append,))
    except LoginRefused as error:
        raise CredentialsUnusable(str(error), "try again shortly: the day may not be open yet") from error
    except ConnectionLost as error:
        raise CredentialsUnusable(
            f"the exchange does not answer: {error}", "start it with `two-city up`"
        ) from error
    public: list[Event | OtherRecord] = []
    news = Courier(credentials, lambda: address_of(data), (public.append,), stream=PUBLIC)
    async with trader:
        trader.unlisten(early.append)
        try:
            return await _converse(trader, news, lang, early, public, commands)
        finally:
            await news.close()


async def _converse(
    trader: Trader,
    news: Courier,
    lang: Lang,
    early: list[Event | OtherRecord],
    public: list[Event | OtherRecord],
    commands: tuple[str, ...],
) -> int:
    """Follow the public stream too, where the login may, and do the lines."""
    try:
        await news.start(is_patient=False)
    except LoginRefused:
        pass  # a login without the right to it trades without news
    news.unlisten(public.append)
    terminal = Terminal(trader, lang, early, news)
    for event in public:
        terminal.hear_early_public(event)
    if commands:
        results = [await terminal.run_line(text) for text in commands]
        return 0 if all(results) else 1
    return await terminal.converse()


class Terminal:
    """One person's conversation with the exchange."""

    def __init__(
        self, trader: Trader, lang: Lang, early: list[Event | OtherRecord], news: Courier | None = None
    ) -> None:
        self._trader = trader
        self._lang: Lang = lang
        self._console = Console(highlight=False)
        self._contracts: list[Contract] = []
        self._known = Known()
        self._orders = Orders(trader, self._known, self._contract)
        self._after_sequence = trader.settled_sequence  # older events are history, not news
        self._after_public = 0
        self._news = news
        for event in early:
            self._hear(event)
        trader.listen(self._hear)
        if news is not None:
            self._after_public = news.settled_sequence
            news.listen(self._hear_public)
            news.listen_to_day_end(self._begin_public_day)
        trader.listen_to_day_end(self._begin_day)

    async def converse(self) -> int:
        """Read lines until quit or the end of the input."""
        who = self._trader.credentials
        self._say(f"{who.user}  {who.name}  account {who.account_id}")
        await self.run_line("board")
        self._say(show.pick(self._lang, "输入 help 查看命令", "type help to see the commands"))
        lines = _typed_lines()
        refusals = 0
        while (text := await lines.get()) is not None and text.strip().lower() not in (QUIT, "exit", "退出"):
            refusals += not await self.run_line(text)
        return 1 if refusals and not sys.stdin.isatty() else 0

    async def run_line(self, text: str) -> bool:
        """Do one line and say what became of it; False when it was refused or not understood."""
        try:
            line = parse_line(text)
            async with asyncio.timeout(ANSWER_S):
                return line is None or await self._do(line)
        except ConnectionLost as error:
            self._say(f"[red]{_plain(str(error))}[/red]")
        except NotUnderstood as error:
            self._say(f"[yellow]{_plain(str(error))}[/yellow]")
        except TimeoutError:
            self._say(f"[red]{show.pick(self._lang, *NO_ANSWER)}[/red]")
        except (QueryRefused, ValueError) as error:
            self._say(f"[red]{_plain(str(error))}[/red]")
        return False

    async def _do(self, line: Line) -> bool:
        if self._news is not None and line.verb in _OF_THE_PUBLIC:
            await self._news.ask(QueryKind.PHASES)  # whatever is public by now comes before this answer
        match line.verb:
            case verb if verb in VERBS_OF_ORDERS:
                outcome = await self._orders.do(line)
                if outcome.accepted and outcome.kind in _MAY_TRADE:
                    await self._trader.orders()  # its trades, told as news, come before this answer
                return self._tell(outcome)
            case "lang":
                self._lang = "zh" if line.word == "zh" else "en"
            case "help":
                self._say(HELP[self._lang])
            case "quit":
                pass
            case _:
                await self._show(line)
        return True

    # ---- orders

    def _tell(self, outcome: Outcome) -> bool:
        """Say what became of a command."""
        colour = "green" if outcome.accepted else "red"
        self._say(f"[{colour}]{_plain(outcome.text(self._lang))}[/{colour}]")
        for execution in () if outcome.kind is Kind.LIMIT_ORDER else outcome.executions:
            self._say(
                f"  {execution.quantity_lots:,} t @ {price_text(execution.price_ticks)}"
                f"  {show.pick(self._lang, '手续费', 'fees')} "
                f"{(execution.trading_fee_fen + execution.settlement_fee_fen) / 100:,.2f}"
            )
        if remedy := outcome.remedy_text(self._lang):
            self._say(f"  → {_plain(remedy)}")
        return outcome.accepted

    # ---- views

    async def _show(self, line: Line) -> None:
        trader, lang = self._trader, self._lang
        codes = {row.contract_id: row.code for row in await self._known_contracts()}
        match line.verb:
            case "board":
                await self._show_board(line.word)
            case "orders":
                self._say(show.orders_table(await trader.orders(), codes, lang))
            case "offers":
                self._say(show.offers_table(self._known.offers.values(), codes, lang))
                self._say(show.block_board_table(self._known.board.values(), codes, lang))
            case "auctions":
                lines = [describe(auction, lang, codes) for auction in self._known.auctions.values()]
                self._say(
                    _plain("\n".join(lines) or show.pick(lang, "没有进行中的拍卖", "no auction is running"))
                )
            case "trades":
                self._say(show.trades_table(await trader.trades(), codes, lang))
            case "holdings":
                self._say(show.holdings_table(await trader.holdings(), codes, lang))
            case "cash":
                self._say(show.cash_line(await trader.cash(), lang))
            case "rules":
                contract = await self._contract(line.word)
                self._say(rules_text(lang))
                self._say(show.rules_table(await trader.rules(contract.contract_id), lang))

    async def _show_board(self, code: str) -> None:
        trader, lang = self._trader, self._lang
        self._contracts = await trader.contracts()  # the band is the day's
        contract = await self._contract(code)
        phases, figures = await trader.phases(), await trader.figures()
        self._say(f"[bold]{contract.code}[/bold]  {show.phase_line(contract, phases, lang)}")
        self._say(show.price_line(contract, figures, lang))
        self._say(show.board_table(await trader.board(contract.contract_id), lang))
        orders = await trader.orders()
        codes = {row.contract_id: row.code for row in self._contracts}
        if orders:
            self._say(show.orders_table(orders, codes, lang))
        self._say(show.holdings_table(await trader.holdings(), codes, lang))
        self._say(show.cash_line(await trader.cash(), lang))

    async def _known_contracts(self) -> list[Contract]:
        if not self._contracts:
            self._contracts = await self._trader.contracts()
        return self._contracts

    async def _contract(self, code: str) -> Contract:
        """The contract named, or the first one."""
        known = await self._known_contracts()
        for contract in known:
            if code in ("", contract.code):
                return contract
        names = ", ".join(row.code for row in known) or "none yet"
        raise NotUnderstood(f"expected a contract of today ({names}), found {code!r}")

    # ---- news

    def _hear(self, event: Event | OtherRecord) -> None:
        if isinstance(event, OtherRecord):
            return
        self._known.hear_own(event)
        if event.sequence > self._after_sequence:
            self._tell_news(show.notice(event, self._lang, self._codes()))

    def hear_early_public(self, event: Event | OtherRecord) -> None:
        """The public stream up to now: what may be answered is among it, but none of it is news."""
        self._known.hear_public(event)

    def _hear_public(self, event: Event | OtherRecord) -> None:
        self._known.hear_public(event)
        if isinstance(event, OtherRecord) or event.sequence <= self._after_public:
            return
        self._tell_news(describe(event, self._lang, self._codes()))

    def _tell_news(self, text: str) -> None:
        if text:
            self._say(f"[cyan]• {_plain(text)}[/cyan]")

    def _codes(self) -> dict[int, str]:
        return {row.contract_id: row.code for row in self._contracts}

    def _begin_public_day(self) -> None:
        self._after_public = 0
        self._known.begin_day()

    def _begin_day(self) -> None:
        """Yesterday's stream is over: its offers have lapsed, and sequences begin at 1 again."""
        self._known.begin_day()
        self._contracts = []
        self._after_sequence = 0
        self._say(
            show.pick(
                self._lang, "本交易日已结束,等待下一交易日", "the day is over; waiting for the next one"
            )
        )

    def _say(self, what: str | Table) -> None:
        self._console.print(what, soft_wrap=isinstance(what, str))


def _plain(text: str) -> str:
    """Text in which brackets are not markup."""
    return text.replace("[", "\\[")


def _typed_lines() -> "asyncio.Queue[str | None]":
    """Lines of the standard input, None at its end; read by a thread that never keeps the process alive."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        for text in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, text)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="typed lines", daemon=True).start()
    return lines
