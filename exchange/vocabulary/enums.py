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
    """Trading method. A contract has a book (LISTED or CONTINUOUS), blocks and one-way bidding."""

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
    AUCTION_OFFER = 7  # the seller's lot of a one-way or primary auction


class Role(IntEnum):
    """Which part an execution played in its match."""

    MAKER = 0  # the listing or offer that rested
    TAKER = 1  # the take, acceptance or incoming order
    AUCTION = 2  # either party of a trade made by an auction


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
    COUNTERED = 9  # block offer answered by a counter-offer


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
    DEPTH = 64  # follow the depth stream where it is not public
    DROP_COPY = 128  # follow the drop copy that is the login's own


class DownReason(IntEnum):
    """Why a connection, or a login's last one, ended."""

    LOGOUT = 1
    LOST = 2
    REPLACED = 3  # by another connection of the same login to the same stream
    SILENT = 4  # nothing heard for the dead time
    BROKEN = 5  # it broke the protocol
    EXCHANGE = 6  # closed by the exchange
    SLOW = 7  # it took nothing of what it was sent for too long
    REVOKED = 8  # its key was revoked


class TakeFlag(IntFlag):
    """Flags of a take."""

    PARTIAL = 1  # a named take may fill less than it asks


class Eligibility(IntFlag):
    """What an account may do; a cleared bit is a restriction."""

    BUY = 1
    SELL = 2
    CCER = 4


class TimeInForce(IntEnum):
    """How long a limit order of continuous mode lives."""

    DAY = 0
    IOC = 1  # immediate or cancel
    FOK = 2  # fill wholly at once or not at all


class LimitFlag(IntFlag):
    """Flags of a limit order."""

    POST_ONLY = 1  # refused rather than traded at once


class BlockFlag(IntFlag):
    """Flags of a block offer."""

    PARTIAL = 1  # may be accepted in part


class SelfTradeRule(IntEnum):
    """What happens when both sides of a match would be one legal entity."""

    NONE = 0  # an order that says NONE takes the contract's rule
    CANCEL_TAKER = 1
    CANCEL_MAKER = 2
    CANCEL_BOTH = 3
    DECREMENT_BOTH = 4


class AuctionPricing(IntEnum):
    """What the winners of a one-way auction pay."""

    UNIFORM = 0  # all pay the lowest accepted bid
    PAY_AS_BID = 1


class AuctionKind(IntEnum):
    """Whose units a one-way auction sells."""

    ONE_WAY = 0  # a holder's: floor and ceiling follow the previous close
    PRIMARY = 1  # the issuer's: floor and ceiling are the notice's


class BreakerKind(IntEnum):
    """Which breaker acts."""

    DYNAMIC = 1  # the price of one contract moved too far
    MARKET = 2  # the composite moved too far


class BreakerState(IntEnum):
    """Where a contract's breaker stands."""

    NORMAL = 0
    LIMIT = 1  # nothing trades outside the frozen band
    PAUSE = 2
    AUCTION = 3  # reopening by call auction


class HoldKind(IntEnum):
    """What a registry's hold is for."""

    CASH_WITHDRAWAL = 1
    UNITS_TO_REGISTRY = 2


class HoldState(IntEnum):
    """The answer to a registry's transfer command."""

    GRANTED = 1
    REFUSED = 2
    COMMITTED = 3
    RELEASED = 4
    BOOKED = 5  # a deposit, transfer in, freeze or release took effect


class ChangeKind(IntEnum):
    """Why units or cash changed other than by a trade."""

    DEPOSIT = 1
    TRANSFER_IN = 2
    HOLD = 3
    HOLD_RETURNED = 4
    LEFT = 5  # a held amount has left
    FREEZE = 6
    RELEASE = 7
    BUST = 8
    CORRECTION = 9


class ProposalState(IntEnum):
    """Where a two-person proposal stands."""

    OPEN = 1  # complete, waiting for another person
    APPROVED = 2
    WITHDRAWN = 3
    EXPIRED = 4


class MemberLimit(IntEnum):
    """Risk limits a member sets for its own account or login; 0 = off."""

    ORDER_QUANTITY_LOTS = 1
    ORDER_AMOUNT_FEN = 2
    OPEN_ORDERS = 3


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
    DEPTH = 11  # every resting order, and the number in the depth stream as of which
    LEVELS = 12  # the best five levels, and the number in the public stream as of which
    DIGEST = 13  # of the books, and the number in the depth stream as of which


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
    SELF_TRADE_RULE = 18  # SelfTradeRule of orders that choose none
    BREAKER_PPM = 19  # dynamic breaker, 0 = off
    BREAKER_WINDOW_S = 20  # 0: reference is the last trade; else the mean of so many seconds
    BREAKER_LIMIT_STATE_MS = 21
    BREAKER_PAUSE_MS = 22
    BREAKER_AUCTION_MS = 23
    BREAKER_EXTENSION_MS_MAX = 24  # all extensions of one reopening auction together
    MARKET_BREAKER_PPM = 25  # on the composite, 0 = off; market only
    MARKET_BREAKER_PAUSE_MS = 26  # market only
    AUCTION_QUANTITY_LOTS_MIN = 27
    AUCTION_FLOOR_BAND_PPM = 28
    AUCTION_CEILING_BAND_PPM = 29
    AUCTION_BID_LOTS_MIN = 30
    AUCTION_BID_CANCEL = 31  # 1: a bid may be cancelled while the window runs
    MESSAGES_PER_SECOND = 32  # per member, 0 = off; market only
    CANCELS_PER_SECOND = 33  # per member, a bucket of its own; market only
    BUST_CHANGES_FIGURES = 34  # 1: a bust changes the day's figures and so the close; market only
    BUST_SPENT_PROCEEDS = 35  # 0: refused; 1: the settlement reserve covers; market only
    PRICE_STEP_TICKS = 36
    MATCHING_RULE = 37  # LISTED or CONTINUOUS; changes only with no live order
