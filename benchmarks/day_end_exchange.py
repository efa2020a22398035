"""Shanghai's side of `benchmarks.day_end`, a process of its own: trades, the seal, a real recomputation.

It keeps the balances that it was opened with, moves them by its own trades, and confirms a result only when
every record of it equals its own change and closing balance, nothing is missing and the control totals agree;
otherwise it refuses. It speaks the records of the wire over a pipe. It is not the kernel: matching a million
orders first would measure something else.
"""

from datetime import date
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.control import FACTOR, MODULUS, trade_step
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION, RECORD_BYTES, STREAM_SETTLEMENT
from exchange.vocabulary.records import DTYPES, Records, new_records
from exchange.vocabulary.units import market_time_ns, trading_day_number

ACCOUNTS: Final = 4_000
CONTRACTS: Final = 7
FIRST_ACCOUNT: Final = 1_001
FIRST_DAY: Final = date(2021, 12, 16)
PRICE_TICKS: Final = 5_000
LOTS_MAX: Final = 100
KIND_OFFSET: Final = 3
SEED: Final = 20_211_216

Numbers = NDArray[np.int64]


class Trades(NamedTuple):
    """A day's trades by column; accounts and contracts count from 0."""

    buyers: Numbers
    sellers: Numbers
    contracts: Numbers
    prices: Numbers
    lots: Numbers

    @property
    def amounts(self) -> Numbers:
        """In fen."""
        return self.prices * self.lots


def random_trades(count: int, seed: int) -> Trades:
    """Pairs, contracts, prices and sizes drawn evenly; nobody trades with itself."""
    draw = np.random.default_rng(seed)
    buyers = draw.integers(0, ACCOUNTS, count)
    sellers = (buyers + draw.integers(1, ACCOUNTS, count)) % ACCOUNTS
    prices = PRICE_TICKS + draw.integers(-200, 201, count)
    return Trades(
        buyers, sellers, draw.integers(0, CONTRACTS, count), prices, draw.integers(1, LOTS_MAX + 1, count)
    )


class Exchange:
    """One trading day after the other."""

    def __init__(self, trades_a_day: int) -> None:
        self._count = trades_a_day
        self._days = 0

    def open_day(self) -> bytes:
        """Begin a day; its stream's first record."""
        self.day = trading_calendar().trading_days(FIRST_DAY, date(2022, 12, 30))[self._days]
        self._days += 1
        self._units = np.zeros((ACCOUNTS, CONTRACTS), np.int64)
        self._cash = np.zeros(ACCOUNTS, np.int64)
        self._seen: list[Records] = []
        return self._record(Kind.STREAM_OPENED, stream_id=STREAM_SETTLEMENT)

    def trade(self) -> bytes:
        """Every trade of the day, as it is reported."""
        trades = self._trades = random_trades(self._count, SEED + self._days)
        self._bought = np.zeros((ACCOUNTS, CONTRACTS), np.int64)
        self._sold = np.zeros((ACCOUNTS, CONTRACTS), np.int64)
        np.add.at(self._bought, (trades.buyers, trades.contracts), trades.lots)
        np.add.at(self._sold, (trades.sellers, trades.contracts), trades.lots)
        self._paid = np.zeros(ACCOUNTS, np.int64)
        np.add.at(self._paid, trades.buyers, -trades.amounts)
        np.add.at(self._paid, trades.sellers, trades.amounts)
        reports = self._dated(Kind.TRADE_REPORT, self._count)
        reports["match_id"] = np.arange(1, self._count + 1)
        reports["account_id"] = FIRST_ACCOUNT + trades.buyers
        reports["seller_account_id"] = FIRST_ACCOUNT + trades.sellers
        reports["contract_id"] = 1 + trades.contracts
        reports["price_ticks"], reports["quantity_lots"] = trades.prices, trades.lots
        return reports.tobytes()

    def seal(self) -> tuple[bytes, bytes]:
        """Closing balances with their totals, and the last record, which makes the day sealed."""
        units, cash = self._units + self._bought - self._sold, self._cash + self._paid
        accounts, contracts = np.nonzero(units | self._bought | self._sold)
        holdings = self._dated(Kind.SEAL_HOLDING, len(accounts))
        holdings["account_id"], holdings["contract_id"] = FIRST_ACCOUNT + accounts, 1 + contracts
        bought = self._bought[accounts, contracts]
        holdings["available_lots"] = units[accounts, contracts] - bought
        holdings["bought_today_lots"] = bought
        money = self._dated(Kind.SEAL_CASH, ACCOUNTS)
        money["account_id"], money["available_fen"] = FIRST_ACCOUNT + np.arange(ACCOUNTS), cash
        balances = self._record(
            Kind.SEAL_BALANCES,
            units_total_lots=int(units.sum()),
            cash_total_fen=int(cash.sum()),
            record_count=len(holdings) + len(money),
        )
        trades = self._trades
        totals = self._record(
            Kind.SEAL_TOTALS,
            tonnes_lots=int(trades.lots.sum()),
            amount_fen=int(trades.amounts.sum()),
            match_count=self._count,
            control_hash=self._control(),
        )
        return holdings.tobytes() + money.tobytes() + balances, totals

    def hear(self, data: bytes) -> bytes:
        """Take Wuhan's records; the answer, if they ask for one."""
        answers = b""
        raw = np.frombuffer(data, np.uint8).reshape(-1, RECORD_BYTES)
        kinds = raw[:, KIND_OFFSET]
        cuts = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(kinds)]
        for first, end in zip(cuts, cuts[1:], strict=False):
            kind = Kind(int(kinds[first]))
            answers += self._take(kind, np.frombuffer(raw[first:end].tobytes(), DTYPES[kind]))
        return answers

    # ---- inside

    def _take(self, kind: Kind, part: Records) -> bytes:
        accounts = part["account_id"].astype(np.int64) - FIRST_ACCOUNT
        if kind is Kind.OPENING_HOLDING:
            self._units[accounts, part["contract_id"] - 1] = part["available_lots"] + part["frozen_lots"]
        elif kind is Kind.OPENING_CASH:
            self._cash[accounts] = part["available_fen"] + part["frozen_fen"]
        elif kind is Kind.OPENING_TOTALS:
            found = int(self._units.sum()), int(self._cash.sum())
            assert found == (part["units_total_lots"][0], part["cash_total_fen"][0]), "opening totals differ"
            return self._record(Kind.OPENING_ACCEPTED, units_total_lots=found[0], cash_total_fen=found[1])
        elif kind is Kind.RESULT_BEGIN:
            self._seen = []
        elif kind in (Kind.RESULT_HOLDING, Kind.RESULT_CASH):
            self._seen.append(part)
        elif kind is Kind.RESULT_TOTALS:
            return self._judge(part[0])
        return b""

    def _judge(self, totals: Records) -> bytes:
        """Compare every balance with this city's own."""
        run = int(totals["run"])
        holdings, money = self._seen
        change = self._bought - self._sold
        at = holdings["account_id"].astype(np.int64) - FIRST_ACCOUNT, holdings["contract_id"] - 1
        who = money["account_id"].astype(np.int64) - FIRST_ACCOUNT
        wrong = int(np.count_nonzero(holdings["change_lots"] != change[at]))
        wrong += int(np.count_nonzero(holdings["closing_lots"] != (self._units + change)[at]))
        wrong += int(np.count_nonzero(money["change_fen"] != self._paid[who]))
        wrong += int(np.count_nonzero(money["closing_fen"] != (self._cash + self._paid)[who]))
        touched = np.argwhere((self._bought | self._sold) > 0)
        traders = np.flatnonzero((self._bought + self._sold).sum(axis=1))
        own = _terms(FIRST_ACCOUNT + touched[:, 0], 1 + touched[:, 1], change[touched[:, 0], touched[:, 1]])
        own += _terms(FIRST_ACCOUNT + traders, np.zeros_like(traders), self._paid[traders])
        wrong += (len(holdings), len(money)) != (len(touched), len(traders))
        wrong += int(totals["control_hash"]) != own % MODULUS
        wrong += int(totals["record_count"]) != len(touched) + len(traders)
        kind = Kind.RESULT_REFUSED if wrong else Kind.RESULT_CONFIRMED
        count = {"difference_count": int(wrong)} if wrong else {"record_count": len(touched) + len(traders)}
        return self._record(kind, run=run, **count)

    def _control(self) -> int:
        control = 0
        trades = self._trades
        columns = zip(
            *(column.tolist() for column in (trades.buyers, trades.sellers, trades.contracts)),
            trades.amounts.tolist(),
            trades.lots.tolist(),
            strict=True,
        )
        for match, (buyer, seller, contract, amount, lots) in enumerate(columns, 1):
            control = trade_step(
                control, match, FIRST_ACCOUNT + buyer, FIRST_ACCOUNT + seller, 1 + contract, amount, lots
            )
        return control

    def _dated(self, kind: Kind, count: int) -> Records:
        records = new_records(kind, count)
        names = records.dtype.names or ()
        records["trading_day"] = trading_day_number(self.day)
        records["time_ns"] = market_time_ns(self.day, 34_200)
        records["report_version" if "report_version" in names else "version"] = PROTOCOL_VERSION
        return records

    def _record(self, kind: Kind, **values: int) -> bytes:
        record = self._dated(kind, 1)
        for name, value in values.items():
            record[name] = value
        return record.tobytes()


def _terms(accounts: Numbers, contracts: Numbers, amounts: Numbers) -> int:
    """Sum of vocabulary.control.balance_term over arrays."""
    keys = (accounts * 64 + contracts) % MODULUS
    terms = (keys * FACTOR % MODULUS * 31 + amounts % MODULUS) % MODULUS * (1 + keys % 8_191) % MODULUS
    return int(terms.sum())


def run_exchange(pipe: Connection, trades_a_day: int) -> None:
    """The process: one question, one answer, until there is nothing more to ask."""
    exchange = Exchange(trades_a_day)
    while (asked := pipe.recv()) is not None:
        word, data = asked
        match word:
            case "open":
                pipe.send(exchange.open_day())
            case "trade":
                pipe.send(exchange.trade())
            case "seal":
                pipe.send(exchange.seal())
            case "hear":
                pipe.send(exchange.hear(data))
