"""Every reject code: number = precedence (lower is checked first), Chinese and English text, and the remedy.

1xx reference and form, 2xx phase and halts, 3xx the order itself, 4xx units and cash, 5xx limits,
6xx operator, 7xx between the cities (all sequenced `S` rejections); 9xx session answers (unsequenced `U`).
"""

from enum import IntEnum
from typing import Final, NamedTuple


class RejectReason(IntEnum):
    """Why a command was refused."""

    NONE = 0
    DUPLICATE_REFERENCE = 101
    REFERENCE_GAP = 102
    UNKNOWN_KIND = 110
    UNKNOWN_CONTRACT = 111
    WRONG_ACCOUNT = 112
    INVALID_FIELD = 113
    DAY_NOT_OPEN = 200
    WRONG_PHASE = 201
    MARKET_HALTED = 202
    CONTRACT_HALTED = 203
    MARKET_KILLED = 204
    CONTRACT_KILLED = 205
    MEMBER_KILLED = 206
    LOGIN_KILLED = 207
    NOT_ELIGIBLE = 210
    QUANTITY_BELOW_MINIMUM = 301
    QUANTITY_ABOVE_MAXIMUM = 302
    PRICE_OFF_TICK = 303
    PRICE_OUTSIDE_BAND = 304
    AMOUNT_ABOVE_LIMIT = 305
    QUANTITY_NOT_LOWER = 306
    UNKNOWN_ORDER = 320
    NOT_YOUR_ORDER = 321
    REFERENCE_TOO_OLD = 322
    NOT_A_LISTING = 323
    NOT_A_BLOCK_OFFER = 324
    NOT_IN_BOOK = 325
    BID_BINDING = 326
    UNKNOWN_AUCTION = 327
    AUCTION_RUNNING = 328
    SAME_SIDE = 330
    OWN_LISTING = 331
    PRICE_WORSE_THAN_LIMIT = 332
    OUTSIDE_BEST_FIVE = 333
    BETTER_PRICE_FIRST = 334
    LISTING_TOO_SMALL = 335
    NOTHING_TO_TAKE = 336
    WOULD_CROSS = 337
    NOT_FILLABLE = 338
    UNKNOWN_COUNTERPARTY = 340
    OWN_COUNTERPARTY = 341
    NOT_ADDRESSED_TO_YOU = 342
    TERMS_DIFFER = 343
    BOUGHT_TODAY = 401
    UNITS_INSUFFICIENT = 402
    CASH_INSUFFICIENT = 403
    HOLDING_LIMIT = 404
    OWN_LIMIT = 500
    OPEN_ORDERS_LIMIT = 501
    MESSAGE_LIMIT = 502
    ORDER_CAPACITY = 503
    LEVEL_CAPACITY = 504
    ILLEGAL_PHASE_CHANGE = 601
    UNKNOWN_LEVEL = 602
    UNKNOWN_PARAMETER = 603
    PARAMETER_VALUE = 604
    DEFINITION_CAPACITY = 605
    DEFINITION_CONFLICT = 606
    DAY_ALREADY_OPEN = 607
    ORDERS_STILL_LIVE = 608
    COMMAND_HASH = 609
    SAME_PERSON = 610
    UNKNOWN_PROPOSAL = 611
    PROPOSAL_EXPIRED = 612
    PROPOSAL_INCOMPLETE = 613
    NOT_PROPOSABLE = 614
    WRONG_TRADING_DAY = 701
    WRONG_VERSION = 702
    UNKNOWN_ACCOUNT = 703
    NEGATIVE_BALANCE = 704
    DUPLICATE_RECORD = 705
    CONTROL_TOTAL = 706
    OPENING_CLOSED = 707
    NOT_SEALED = 708
    RESULT_DIFFERS = 709
    ALREADY_CONFIRMED = 710
    OPENING_NOT_ACCEPTED = 711
    DAY_SEALED = 712
    TRANSFER_CAPACITY = 713
    UNKNOWN_TRANSFER = 714
    TRANSFER_RESOLVED = 715
    NUMBER_GAP = 716
    UNKNOWN_TRADE = 720
    TRADE_ALREADY_BUSTED = 721
    MALFORMED = 901
    NOT_AUTHORISED = 902
    ACCOUNT_NOT_YOURS = 903
    BUSY = 904
    NOT_READY = 905
    UNKNOWN_QUERY = 906
    DISK_FULL = 907
    BOOK_TOO_LARGE = 908


class RejectText(NamedTuple):
    """What a person reads."""

    zh: str
    en: str
    remedy: str


_T = RejectText
REJECT_TEXTS: Final[dict[RejectReason, RejectText]] = {
    RejectReason.DUPLICATE_REFERENCE: _T(
        "报单引用重复",
        "user reference not above the highest seen",
        "the stream holds the first outcome; continue above highest_reference",
    ),
    RejectReason.REFERENCE_GAP: _T(
        "报单引用跳跃过大",
        "user reference too far above the highest seen",
        "use a reference within 1,048,576 of highest_reference; it was not consumed",
    ),
    RejectReason.UNKNOWN_KIND: _T(
        "未知指令", "unknown or not yet supported command kind", "see the catalogue in PROTOCOL.md"
    ),
    RejectReason.UNKNOWN_CONTRACT: _T("未知合约", "unknown contract", "query CONTRACTS"),
    RejectReason.WRONG_ACCOUNT: _T(
        "账户不属于该会员", "account is not one of the login's member", "use 0 for the default account"
    ),
    RejectReason.INVALID_FIELD: _T(
        "字段取值无效", "a field has a value outside its enumeration", "see the field table in PROTOCOL.md"
    ),
    RejectReason.DAY_NOT_OPEN: _T("交易日未开启", "no trading day is open", "wait for the day to open"),
    RejectReason.WRONG_PHASE: _T(
        "当前阶段不接受该指令",
        "the method is not in a phase that takes this command",
        "query PHASES for the next change",
    ),
    RejectReason.MARKET_HALTED: _T(
        "市场暂停交易", "the market is halted", "cancels still pass; wait for the resume notice"
    ),
    RejectReason.CONTRACT_HALTED: _T(
        "合约暂停交易", "the contract is halted", "cancels still pass; wait for the resume notice"
    ),
    RejectReason.MARKET_KILLED: _T(
        "市场停止接受新申报", "new orders are stopped for the market", "cancels still pass; ask the operator"
    ),
    RejectReason.CONTRACT_KILLED: _T(
        "合约停止接受新申报",
        "new orders are stopped for the contract",
        "cancels still pass; ask the operator",
    ),
    RejectReason.MEMBER_KILLED: _T(
        "会员停止接受新申报", "new orders are stopped for the member", "cancels still pass; ask the operator"
    ),
    RejectReason.LOGIN_KILLED: _T(
        "登录停止接受新申报", "new orders are stopped for the login", "cancels still pass; ask the operator"
    ),
    RejectReason.NOT_ELIGIBLE: _T("账户受限", "the account is restricted from this", "ask the registry"),
    RejectReason.QUANTITY_BELOW_MINIMUM: _T(
        "数量低于下限", "quantity below the method's minimum", "listed: 1 t; block: 100,000 t"
    ),
    RejectReason.QUANTITY_ABOVE_MAXIMUM: _T(
        "数量高于上限", "quantity above the method's maximum", "listed: under 100,000 t; use a block above"
    ),
    RejectReason.PRICE_OUTSIDE_BAND: _T(
        "价格超出涨跌幅", "price outside the day's band", "query CONTRACTS for the band"
    ),
    RejectReason.AMOUNT_ABOVE_LIMIT: _T(
        "金额超过系统上限", "price x quantity above 4 billion CNY", "split the order"
    ),
    RejectReason.UNKNOWN_ORDER: _T(
        "委托不存在或已结束",
        "no live order of that id or reference",
        "it has traded, lapsed or never existed; see your stream",
    ),
    RejectReason.NOT_YOUR_ORDER: _T(
        "非本会员委托", "the order belongs to another member", "check the order id"
    ),
    RejectReason.REFERENCE_TOO_OLD: _T(
        "引用过旧", "the reference is older than the exchange keeps", "cancel by order id"
    ),
    RejectReason.NOT_A_LISTING: _T("不是挂牌", "the named order is not a listing", "query BOARD"),
    RejectReason.NOT_A_BLOCK_OFFER: _T(
        "不是大宗要约", "the named order is not a block offer", "see BLOCK_OFFERED in your stream"
    ),
    RejectReason.SAME_SIDE: _T(
        "方向相同", "the named listing is on the same side", "a take names the other side's listing"
    ),
    RejectReason.OWN_LISTING: _T(
        "不能摘自己的挂牌", "the named listing is of your own legal entity", "cancel it instead"
    ),
    RejectReason.PRICE_WORSE_THAN_LIMIT: _T(
        "挂牌价格劣于限价",
        "the named listing's price is worse than the worst price given",
        "raise the worst price",
    ),
    RejectReason.OUTSIDE_BEST_FIVE: _T(
        "不在最优五档内", "the named listing is outside the best five levels", "take a better listing first"
    ),
    RejectReason.BETTER_PRICE_FIRST: _T(
        "须先摘更优价格", "a better-priced listing must be taken first", "take the best price first"
    ),
    RejectReason.LISTING_TOO_SMALL: _T(
        "挂牌余量不足", "the named listing has less left than asked", "ask less or set the PARTIAL flag"
    ),
    RejectReason.NOTHING_TO_TAKE: _T(
        "无可摘挂牌",
        "no listing of others within the worst price and best five",
        "post a listing or give a worse price",
    ),
    RejectReason.UNKNOWN_COUNTERPARTY: _T(
        "对手方不存在", "no such counterparty account", "check counterparty_account_id"
    ),
    RejectReason.OWN_COUNTERPARTY: _T(
        "对手方为本法人", "the counterparty is your own legal entity", "name another entity"
    ),
    RejectReason.NOT_ADDRESSED_TO_YOU: _T(
        "要约未指定本账户", "the offer is addressed to another account", "accept with the addressed account"
    ),
    RejectReason.TERMS_DIFFER: _T(
        "成交条件不一致",
        "price or quantity differs from the offer",
        "confirm exactly the offered price and quantity",
    ),
    RejectReason.BOUGHT_TODAY: _T(
        "当日买入不得卖出", "allowances bought today cannot be sold today", "sell tomorrow"
    ),
    RejectReason.UNITS_INSUFFICIENT: _T("可用配额不足", "not enough available allowances", "query HOLDINGS"),
    RejectReason.CASH_INSUFFICIENT: _T(
        "可用资金不足", "not enough available cash for amount and fees", "query CASH"
    ),
    RejectReason.HOLDING_LIMIT: _T("超过最大持仓", "the holding limit would be passed", "ask less"),
    RejectReason.OPEN_ORDERS_LIMIT: _T(
        "未了结申报过多", "too many open orders of the account", "cancel some first"
    ),
    RejectReason.MESSAGE_LIMIT: _T("超过报文速率", "message limit passed", "wait retry_after_ms"),
    RejectReason.ORDER_CAPACITY: _T(
        "系统委托容量已满", "the exchange's order capacity is full", "try later; cancels free capacity"
    ),
    RejectReason.LEVEL_CAPACITY: _T(
        "价位容量已满", "the price level's quantity is at its limit", "choose another price"
    ),
    RejectReason.ILLEGAL_PHASE_CHANGE: _T(
        "非法阶段转换", "the phase table has no such change", "see vocabulary/phases.py"
    ),
    RejectReason.UNKNOWN_LEVEL: _T(
        "未知层级", "unknown level or subject", "level is MARKET, CONTRACT, MEMBER or LOGIN"
    ),
    RejectReason.UNKNOWN_PARAMETER: _T("未知参数", "unknown parameter", "see ParameterId"),
    RejectReason.PARAMETER_VALUE: _T("参数取值无效", "parameter value outside its range", "see limits"),
    RejectReason.DEFINITION_CAPACITY: _T(
        "定义超出容量", "id outside the capacity chosen at start", "start with a larger capacity"
    ),
    RejectReason.DEFINITION_CONFLICT: _T(
        "重复定义", "already defined, or defined too late", "definitions come before the opening positions"
    ),
    RejectReason.DAY_ALREADY_OPEN: _T(
        "交易日已开启", "a trading day is already open", "seal the open day first"
    ),
    RejectReason.ORDERS_STILL_LIVE: _T("仍有未了结申报", "live orders remain", "end every method first"),
    RejectReason.WRONG_TRADING_DAY: _T(
        "交易日期不符", "the message is of another trading day", "check trading_day"
    ),
    RejectReason.WRONG_VERSION: _T("版本不符", "the message is of another version", "check version"),
    RejectReason.UNKNOWN_ACCOUNT: _T("账户不存在", "no such trading account", "define the account first"),
    RejectReason.NEGATIVE_BALANCE: _T(
        "余额为负", "a balance is negative or above the limit", "check the opening file"
    ),
    RejectReason.NUMBER_GAP: _T(
        "编号跳跃过大",
        "a proposal's or an auction's number is too far above the last one",
        "use a number at most 1,048,576 above the last one: the next is always free",
    ),
    RejectReason.DUPLICATE_RECORD: _T(
        "重复记录",
        "the account, or a record's number, was already given",
        "send each account and contract once; numbers go up, also after those that are gone",
    ),
    RejectReason.CONTROL_TOTAL: _T(
        "控制总数不符",
        "control totals differ from the records received",
        "send the positions again after OPENING_BEGIN",
    ),
    RejectReason.OPENING_CLOSED: _T(
        "期初已确认", "opening positions are already confirmed", "use a deposit or transfer"
    ),
    RejectReason.NOT_SEALED: _T("交易日未封存", "the day is not sealed", "wait for SEAL_TOTALS"),
    RejectReason.RESULT_DIFFERS: _T(
        "清算结果不一致", "the clearing result differs from the exchange's own", "correct and send run n+1"
    ),
    RejectReason.ALREADY_CONFIRMED: _T(
        "结果已确认", "the day's result is already confirmed", "nothing to do"
    ),
    RejectReason.MALFORMED: _T(
        "报文格式错误", "malformed packet", "see PROTOCOL.md; the connection is closed"
    ),
    RejectReason.NOT_AUTHORISED: _T(
        "无此权限", "this login may not send that", "see the rights of the login"
    ),
    RejectReason.ACCOUNT_NOT_YOURS: _T(
        "账户不属于该会员", "account is not one of the login's member", "use 0 for the default account"
    ),
    RejectReason.BUSY: _T(
        "系统繁忙", "intake is full", "wait retry_after_ms and send again; the reference was not consumed"
    ),
    RejectReason.NOT_READY: _T("系统未就绪", "the exchange is not ready", "try again shortly"),
    RejectReason.UNKNOWN_QUERY: _T("未知查询", "unknown query", "see QueryKind"),
    RejectReason.DISK_FULL: _T(
        "磁盘已满", "the journal cannot grow; new orders are refused", "cancels still pass; ask the operator"
    ),
    RejectReason.BOOK_TOO_LARGE: _T(
        "盘口过大",
        "more orders rest than one answer holds",
        "ask for one contract, or follow the depth stream from record 1",
    ),
    RejectReason.PRICE_OFF_TICK: _T(
        "价格不是最小变动价位的整数倍",
        "price is not a multiple of the price step",
        "round to the contract's price step",
    ),
    RejectReason.QUANTITY_NOT_LOWER: _T(
        "数量未减少", "the new quantity is not below what remains", "use REPLACE to raise a quantity"
    ),
    RejectReason.NOT_IN_BOOK: _T(
        "不是挂牌或限价申报",
        "the order is neither a listing nor a limit order",
        "cancel it and enter a new one",
    ),
    RejectReason.BID_BINDING: _T(
        "竞买申报不可撤销", "a bid or lot of an auction cannot be cancelled", "it ends with the auction"
    ),
    RejectReason.UNKNOWN_AUCTION: _T(
        "竞价不存在或已结束", "no such auction is running", "see AUCTION_ANNOUNCED in the public stream"
    ),
    RejectReason.AUCTION_RUNNING: _T(
        "该合约已有竞价",
        "the contract has an auction running, or the number is not above its last",
        "end the running auction first; count auction ids upwards",
    ),
    RejectReason.WOULD_CROSS: _T(
        "只挂单申报将立即成交", "a post-only order would trade at once", "give a less aggressive price"
    ),
    RejectReason.NOT_FILLABLE: _T(
        "无法全部立即成交", "the whole quantity cannot be filled now", "ask less, or use IOC"
    ),
    RejectReason.OWN_LIMIT: _T(
        "超过会员自设限额",
        "a risk limit that the member set for itself",
        "ask less, or change it with MEMBER_LIMIT",
    ),
    RejectReason.COMMAND_HASH: _T(
        "指令摘要不符",
        "the hash is not that of the proposed command",
        "hash the command's 64 bytes with its stamps zeroed",
    ),
    RejectReason.SAME_PERSON: _T(
        "须由另一人批准", "the proposer cannot approve", "another login has to approve"
    ),
    RejectReason.UNKNOWN_PROPOSAL: _T(
        "提案不存在", "no such proposal is open", "see PROPOSAL_CHANGED in the operators' stream"
    ),
    RejectReason.PROPOSAL_EXPIRED: _T("提案已过期", "the proposal has expired", "propose again"),
    RejectReason.PROPOSAL_INCOMPLETE: _T(
        "提案不完整", "the proposed command has not arrived in full", "send both fragments first"
    ),
    RejectReason.NOT_PROPOSABLE: _T(
        "该指令不可提案", "that kind of command cannot be proposed", "send it directly"
    ),
    RejectReason.OPENING_NOT_ACCEPTED: _T(
        "期初未确认", "opening positions are not confirmed yet", "wait for OPENING_ACCEPTED"
    ),
    RejectReason.DAY_SEALED: _T(
        "交易日已封存", "the day is sealed", "wait for the next day's opening positions"
    ),
    RejectReason.TRANSFER_CAPACITY: _T(
        "划转容量已满", "the day's transfers have filled their table", "start with a larger capacity"
    ),
    RejectReason.UNKNOWN_TRANSFER: _T("划转不存在", "no hold of that transfer number", "check transfer_id"),
    RejectReason.TRANSFER_RESOLVED: _T(
        "划转已了结", "the hold is already resolved or was refused", "nothing to do"
    ),
    RejectReason.UNKNOWN_TRADE: _T(
        "成交不存在", "no such trade today, or it is no longer kept", "check match_id"
    ),
    RejectReason.TRADE_ALREADY_BUSTED: _T("成交已撤销", "the trade is already undone", "nothing to do"),
}
