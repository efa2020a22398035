"""Every enumerated value that crosses a socket, a journal or the line between the cities.

Values are wire values: they never change meaning and are never reused. The terms are in VOCABULARY.md.
"""

from enum import IntEnum, IntFlag


class Product(IntEnum):
    """What is traded (rulebook §1.1, §3)."""

    CEA = 1  # national allowance
    CCER = 2  # certified voluntary reduction


class Side(IntEnum):
    """Direction of an order; also the index of a side's half of the book."""

    BUY = 0
    SELL = 1


class Method(IntEnum):
    """Trading method; also the index of a contract's phase and day figures of that method."""

    LISTED = 0  # listed agreement; official feed code 10
    BLOCK = 1  # block agreement; official feed code 20
    ONE_WAY = 2  # one-way bidding; official feed code 21
    CONTINUOUS = 3  # price-time auto-matching (what-if, benchmark)


class Phase(IntEnum):
    """What one method of one contract is doing; the legal changes are in vocabulary.phases."""

    CLOSED = 0  # day opened, opening positions not yet confirmed
    PRE_OPEN = 1  # positions confirmed, not yet trading
    TRADING = 2
    BREAK = 3  # lunch: listings stay
    CALL_AUCTION = 4
    PAUSED = 5  # after a restart or a breaker
    ENDED = 6  # after the close: live orders lapsed
    SEALED = 7  # totals and balances sent to the registry


class OrderKind(IntEnum):
    """What created an order id."""

    LISTING = 1
    TAKE = 2
    LIMIT = 3
    BLOCK_OFFER = 4
    BID = 5
    BLOCK_ACCEPT = 6


class Role(IntEnum):
    """Which part an execution played in its match."""

    MAKER = 0  # the listing or offer that rested
    TAKER = 1  # the take, acceptance or incoming order


class DoneReason(IntEnum):
    """Why an order will trade no more."""

    FILLED = 1
    CANCELLED = 2  # by its owner
    LAPSED = 3  # by the close
    REMAINDER = 4  # untraded rest of a take
    DECLINED = 5  # block offer refused by its counterparty
    MASS_CANCELLED = 6
    DISCONNECTED = 7  # cancel-on-disconnect or dead-man's timer
    PREVENTED = 8  # self-trade prevention


class Level(IntEnum):
    """At which level a halt or a kill switch acts."""

    MARKET = 1
    CONTRACT = 2
    MEMBER = 3
    LOGIN = 4


class HaltReason(IntEnum):
    """Why trading is halted; shown to everybody."""

    OPERATOR = 1
    RESTART = 2  # after recovery the market always comes back paused
    BREAKER = 3
    TECHNICAL = 4
    REGISTRY = 5  # the registry asked for it


class Right(IntFlag):
    """What a login may do; enforced by the session, in one place."""

    TRADE = 1
    VIEW = 2
    RISK = 4
    OPERATE = 8
    SETTLE = 16
    PUBLIC = 32  # follow the public stream


class DownReason(IntEnum):
    """Why a login's last connection ended."""

    LOGOUT = 1
    LOST = 2
    REPLACED = 3  # by another connection of the same login
    SILENT = 4  # nothing heard for the dead time
    BROKEN = 5  # it broke the protocol
    EXCHANGE = 6  # closed by the exchange


class TakeFlag(IntFlag):
    """Flags of a take."""

    PARTIAL = 1  # a named take may fill less than it asks


class Eligibility(IntFlag):
    """What an account may do; a cleared bit is a restriction."""

    BUY = 1
    SELL = 2
    CCER = 4


class QueryKind(IntEnum):
    """What an unsequenced query asks for."""

    ORDERS = 1
    HOLDINGS = 2
    CASH = 3
    CONTRACTS = 4
    PHASES = 5
    TRADES = 6
    BOARD = 7  # every listing inside the best five levels of both sides
    STATUS = 8  # rates, latencies, durability (operators, console)
    FIGURES = 9
    RULES = 10


class SettlementStage(IntEnum):
    """Where the registry's day stands; the legal order is in settlement's transition table."""

    WAITING = 0  # for the exchange to connect or to seal
    OPENING_SENT = 1
    OPEN = 2  # opening positions accepted
    SEALED = 3  # the exchange's closing totals received
    CLEARED = 4
    CONFIRMED = 5  # the exchange recomputed and agreed
    REFUSED = 6  # the exchange recomputed and differs: the day is held
    DELIVERED = 7  # finality
    STATED = 8  # statements written, reconciliation done


class ParameterId(IntEnum):
    """Rules the kernel reads; set per contract (0 = every contract) before the day opens."""

    LISTED_BAND_PPM = 1  # 0 = no band
    BLOCK_BAND_PPM = 2
    LISTED_QUANTITY_LOTS_MIN = 3
    LISTED_QUANTITY_LOTS_MAX = 4
    BLOCK_QUANTITY_LOTS_MIN = 5
    BLOCK_QUANTITY_LOTS_MAX = 6
    TRADING_FEE_PPM = 7
    SETTLEMENT_FEE_PPM = 8
    TAKE_DEPTH_LEVELS = 9  # best five
    STRICT_PRICE_PRIORITY = 10  # 1: a named listing must be at the best price not the taker's own
    RESALE_SAME_DAY = 11  # 0: allowances bought today cannot be sold today (T+1)
    PROCEEDS_REUSABLE = 12  # 1: sale cash buys at once
    CANCEL_IN_BREAK = 13
    HOLDING_LIMIT_LOTS = 14  # 0 = off
    OPEN_ORDERS_MAX = 15  # per account, 0 = off
    COMPOSITE_WEIGHT = 16
    PUBLIC_DEPTH_LEVELS = 17
