# ruff: noqa: E501  (a table reads better in long rows)
"""Every reject code: number = precedence (lower is checked first), who refuses, what is wrong, what to do next.

1xx reference and form, 2xx phase and halts, 3xx the order itself, 4xx units and cash, 5xx limits,
6xx operator, 7xx between the cities (all sequenced `S` rejections); 9xx session answers (unsequenced `U`).
The numbers 709 and 901 were never given and stay unused.
"""

from enum import Enum, IntEnum
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
    ALREADY_CONFIRMED = 710
    OPENING_NOT_ACCEPTED = 711
    DAY_SEALED = 712
    TRANSFER_CAPACITY = 713
    UNKNOWN_TRANSFER = 714
    TRANSFER_RESOLVED = 715
    NUMBER_GAP = 716
    UNKNOWN_TRADE = 720
    TRADE_ALREADY_BUSTED = 721
    NOT_AUTHORISED = 902
    ACCOUNT_NOT_YOURS = 903
    BUSY = 904
    NOT_READY = 905
    UNKNOWN_QUERY = 906
    DISK_FULL = 907
    BOOK_TOO_LARGE = 908


class RejectLevel(Enum):
    """Whose rule or state refuses; the value is its name in Chinese and English."""

    SESSION = ("会话", "session")
    COMMAND = ("指令", "command")
    ORDER = ("委托", "order")
    ACCOUNT = ("账户", "account")
    LOGIN = ("登录", "login")
    MEMBER = ("会员", "member")
    CONTRACT = ("合约", "contract")
    MARKET = ("市场", "market")
    OPERATOR = ("运营", "operator")
    REGISTRY = ("登记机构", "registry")


class RejectAction(Enum):
    """What the sender does next; the value is its name in Chinese and English."""

    CORRECT = ("更正后重发", "correct and send again")
    WAIT = ("等待后重发", "wait, then send again")
    RESUME = ("以流为准", "go by the stream, do not send again")
    ASK = ("联系", "ask")
    NOTHING = ("无需处理", "nothing to do")


class RejectText(NamedTuple):
    """What a program and a person are told about one code."""

    level: RejectLevel
    action: RejectAction
    zh: str
    en: str
    remedy_zh: str
    remedy: str


# fmt: off
REJECT_TEXTS: Final[dict[RejectReason, RejectText]] = {
    RejectReason.DUPLICATE_REFERENCE: RejectText(RejectLevel.SESSION, RejectAction.RESUME, "报单引用重复", "user reference not above the highest seen", "首次结果已在流中;请使用高于 highest_reference 的引用", "the stream holds the first outcome; continue above highest_reference"),
    RejectReason.REFERENCE_GAP: RejectText(RejectLevel.SESSION, RejectAction.CORRECT, "报单引用跳跃过大", "user reference too far above the highest seen", "引用须在 highest_reference 之上 1,048,576 以内;该引用未被占用", "use a reference within 1,048,576 of highest_reference; it was not consumed"),
    RejectReason.UNKNOWN_KIND: RejectText(RejectLevel.COMMAND, RejectAction.CORRECT, "未知指令", "unknown or not yet supported command kind", "见 PROTOCOL.md 报文目录", "see the catalogue in PROTOCOL.md"),
    RejectReason.UNKNOWN_CONTRACT: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "未知合约", "unknown contract", "查询 CONTRACTS", "query CONTRACTS"),
    RejectReason.WRONG_ACCOUNT: RejectText(RejectLevel.ACCOUNT, RejectAction.CORRECT, "账户不属于该会员", "account is not one of the login's member", "填 0 即用默认账户", "use 0 for the default account"),
    RejectReason.INVALID_FIELD: RejectText(RejectLevel.COMMAND, RejectAction.CORRECT, "字段取值无效", "a field has a value outside its enumeration", "见 PROTOCOL.md 字段表", "see the field table in PROTOCOL.md"),
    RejectReason.DAY_NOT_OPEN: RejectText(RejectLevel.MARKET, RejectAction.WAIT, "交易日未开启", "no trading day is open", "等待交易日开启", "wait for the day to open"),
    RejectReason.WRONG_PHASE: RejectText(RejectLevel.CONTRACT, RejectAction.WAIT, "当前阶段不接受该指令", "the method is not in a phase that takes this command", "查询 PHASES 得知下次阶段变更", "query PHASES for the next change"),
    RejectReason.MARKET_HALTED: RejectText(RejectLevel.MARKET, RejectAction.WAIT, "市场暂停交易", "the market is halted", "仍可撤单;等待恢复公告", "cancels still pass; wait for the resume notice"),
    RejectReason.CONTRACT_HALTED: RejectText(RejectLevel.CONTRACT, RejectAction.WAIT, "合约暂停交易", "the contract is halted", "仍可撤单;等待恢复公告", "cancels still pass; wait for the resume notice"),
    RejectReason.MARKET_KILLED: RejectText(RejectLevel.MARKET, RejectAction.ASK, "市场停止接受新申报", "new orders are stopped for the market", "仍可撤单;联系运营", "cancels still pass; ask the operator"),
    RejectReason.CONTRACT_KILLED: RejectText(RejectLevel.CONTRACT, RejectAction.ASK, "合约停止接受新申报", "new orders are stopped for the contract", "仍可撤单;联系运营", "cancels still pass; ask the operator"),
    RejectReason.MEMBER_KILLED: RejectText(RejectLevel.MEMBER, RejectAction.ASK, "会员停止接受新申报", "new orders are stopped for the member", "仍可撤单;联系运营", "cancels still pass; ask the operator"),
    RejectReason.LOGIN_KILLED: RejectText(RejectLevel.LOGIN, RejectAction.ASK, "登录停止接受新申报", "new orders are stopped for the login", "仍可撤单;联系运营", "cancels still pass; ask the operator"),
    RejectReason.NOT_ELIGIBLE: RejectText(RejectLevel.ACCOUNT, RejectAction.ASK, "账户受限", "the account is restricted from this", "联系登记机构", "ask the registry"),
    RejectReason.QUANTITY_BELOW_MINIMUM: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "数量低于下限", "quantity below the method's minimum", "挂牌:1 吨起;大宗:10 万吨起", "listed: 1 t; block: 100,000 t"),
    RejectReason.QUANTITY_ABOVE_MAXIMUM: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "数量高于上限", "quantity above the method's maximum", "挂牌:不足 10 万吨;以上请用大宗", "listed: under 100,000 t; use a block above"),
    RejectReason.PRICE_OFF_TICK: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "价格不是最小变动价位的整数倍", "price is not a multiple of the price step", "按合约的最小变动价位取整", "round to the contract's price step"),
    RejectReason.PRICE_OUTSIDE_BAND: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "价格超出涨跌幅", "price outside the day's band", "查询 CONTRACTS 得知涨跌幅", "query CONTRACTS for the band"),
    RejectReason.AMOUNT_ABOVE_LIMIT: RejectText(RejectLevel.MARKET, RejectAction.CORRECT, "金额超过系统上限", "price x quantity above 4 billion CNY", "拆分申报", "split the order"),
    RejectReason.QUANTITY_NOT_LOWER: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "数量未减少", "the new quantity is not below what remains", "增加数量请用 REPLACE", "use REPLACE to raise a quantity"),
    RejectReason.UNKNOWN_ORDER: RejectText(RejectLevel.ORDER, RejectAction.RESUME, "委托不存在或已结束", "no live order of that id or reference", "已成交、已结束或从未存在;见本方流", "it has traded, lapsed or never existed; see your stream"),
    RejectReason.NOT_YOUR_ORDER: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "非本会员委托", "the order belongs to another member", "核对委托号", "check the order id"),
    RejectReason.REFERENCE_TOO_OLD: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "引用过旧", "the reference is older than the exchange keeps", "按委托号撤单", "cancel by order id"),
    RejectReason.NOT_A_LISTING: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "不是挂牌", "the named order is not a listing", "查询 BOARD", "query BOARD"),
    RejectReason.NOT_A_BLOCK_OFFER: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "不是大宗要约", "the named order is not a block offer", "见本方流的 BLOCK_OFFERED", "see BLOCK_OFFERED in your stream"),
    RejectReason.NOT_IN_BOOK: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "不是挂牌或限价申报", "the order is neither a listing nor a limit order", "撤单后另行申报", "cancel it and enter a new one"),
    RejectReason.BID_BINDING: RejectText(RejectLevel.ORDER, RejectAction.WAIT, "竞买申报不可撤销", "a bid or lot of an auction cannot be cancelled", "随竞价结束而结束", "it ends with the auction"),
    RejectReason.UNKNOWN_AUCTION: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "竞价不存在或已结束", "no such auction is running", "见公开流的 AUCTION_ANNOUNCED", "see AUCTION_ANNOUNCED in the public stream"),
    RejectReason.AUCTION_RUNNING: RejectText(RejectLevel.OPERATOR, RejectAction.WAIT, "该合约已有竞价", "the contract has an auction running, or the number is not above its last", "先结束进行中的竞价;竞价编号须递增", "end the running auction first; count auction ids upwards"),
    RejectReason.SAME_SIDE: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "方向相同", "the named listing is on the same side", "摘牌须指明对方的挂牌", "a take names the other side's listing"),
    RejectReason.OWN_LISTING: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "不能摘自己的挂牌", "the named listing is of your own legal entity", "请改为撤单", "cancel it instead"),
    RejectReason.PRICE_WORSE_THAN_LIMIT: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "挂牌价格劣于限价", "the named listing's price is worse than the worst price given", "放宽限价", "raise the worst price"),
    RejectReason.OUTSIDE_BEST_FIVE: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "不在最优五档内", "the named listing is outside the best five levels", "先摘更优挂牌", "take a better listing first"),
    RejectReason.BETTER_PRICE_FIRST: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "须先摘更优价格", "a better-priced listing must be taken first", "先摘最优价", "take the best price first"),
    RejectReason.LISTING_TOO_SMALL: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "挂牌余量不足", "the named listing has less left than asked", "减少数量,或设 PARTIAL 标志", "ask less or set the PARTIAL flag"),
    RejectReason.NOTHING_TO_TAKE: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "无可摘挂牌", "no listing of others within the worst price and best five", "自行挂牌,或放宽限价", "post a listing or give a worse price"),
    RejectReason.WOULD_CROSS: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "只挂单申报将立即成交", "a post-only order would trade at once", "给出不会立即成交的价格", "give a less aggressive price"),
    RejectReason.NOT_FILLABLE: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "无法全部立即成交", "the whole quantity cannot be filled now", "减少数量,或用 IOC", "ask less, or use IOC"),
    RejectReason.UNKNOWN_COUNTERPARTY: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "对手方不存在", "no such counterparty account", "核对 counterparty_account_id", "check counterparty_account_id"),
    RejectReason.OWN_COUNTERPARTY: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "对手方为本法人", "the counterparty is your own legal entity", "指定其他法人", "name another entity"),
    RejectReason.NOT_ADDRESSED_TO_YOU: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "要约未指定本账户", "the offer is addressed to another account", "用要约指定的账户确认", "accept with the addressed account"),
    RejectReason.TERMS_DIFFER: RejectText(RejectLevel.ORDER, RejectAction.CORRECT, "成交条件不一致", "price or quantity differs from the offer", "按要约的价格与数量确认", "confirm exactly the offered price and quantity"),
    RejectReason.BOUGHT_TODAY: RejectText(RejectLevel.ACCOUNT, RejectAction.WAIT, "当日买入不得卖出", "allowances bought today cannot be sold today", "次日可卖", "sell tomorrow"),
    RejectReason.UNITS_INSUFFICIENT: RejectText(RejectLevel.ACCOUNT, RejectAction.CORRECT, "可用配额不足", "not enough available allowances", "查询 HOLDINGS", "query HOLDINGS"),
    RejectReason.CASH_INSUFFICIENT: RejectText(RejectLevel.ACCOUNT, RejectAction.CORRECT, "可用资金不足", "not enough available cash for amount and fees", "查询 CASH", "query CASH"),
    RejectReason.HOLDING_LIMIT: RejectText(RejectLevel.ACCOUNT, RejectAction.CORRECT, "超过最大持仓", "the holding limit would be passed", "减少数量", "ask less"),
    RejectReason.OWN_LIMIT: RejectText(RejectLevel.MEMBER, RejectAction.CORRECT, "超过会员自设限额", "a risk limit that the member set for itself", "减少数量,或用 MEMBER_LIMIT 更改", "ask less, or change it with MEMBER_LIMIT"),
    RejectReason.OPEN_ORDERS_LIMIT: RejectText(RejectLevel.ACCOUNT, RejectAction.CORRECT, "未了结申报过多", "too many open orders of the account", "先撤销一些", "cancel some first"),
    RejectReason.MESSAGE_LIMIT: RejectText(RejectLevel.MEMBER, RejectAction.WAIT, "超过报文速率", "message limit passed", "等待 retry_after_ms", "wait retry_after_ms"),
    RejectReason.ORDER_CAPACITY: RejectText(RejectLevel.MARKET, RejectAction.WAIT, "系统委托容量已满", "the exchange's order capacity is full", "稍后再试;撤单会释放容量", "try later; cancels free capacity"),
    RejectReason.LEVEL_CAPACITY: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "价位容量已满", "the price level's quantity is at its limit", "另选价格", "choose another price"),
    RejectReason.ILLEGAL_PHASE_CHANGE: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "非法阶段转换", "the phase table has no such change", "见 vocabulary/phases.py", "see vocabulary/phases.py"),
    RejectReason.UNKNOWN_LEVEL: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "未知层级", "unknown level or subject", "层级为 MARKET、CONTRACT、MEMBER 或 LOGIN", "level is MARKET, CONTRACT, MEMBER or LOGIN"),
    RejectReason.UNKNOWN_PARAMETER: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "未知参数", "unknown parameter", "见 ParameterId", "see ParameterId"),
    RejectReason.PARAMETER_VALUE: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "参数取值无效", "parameter value outside its range", "见限额", "see limits"),
    RejectReason.DEFINITION_CAPACITY: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "定义超出容量", "id outside the capacity chosen at start", "以更大容量启动", "start with a larger capacity"),
    RejectReason.DEFINITION_CONFLICT: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "重复定义", "already defined, or defined too late", "定义须早于期初持仓", "definitions come before the opening positions"),
    RejectReason.DAY_ALREADY_OPEN: RejectText(RejectLevel.OPERATOR, RejectAction.WAIT, "交易日已开启", "a trading day is already open", "先封存已开启的交易日", "seal the open day first"),
    RejectReason.ORDERS_STILL_LIVE: RejectText(RejectLevel.OPERATOR, RejectAction.WAIT, "仍有未了结申报", "live orders remain", "先结束所有交易方式", "end every method first"),
    RejectReason.COMMAND_HASH: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "指令摘要不符", "the hash is not that of the proposed command", "对指令的 64 字节(时间与编号清零)取摘要", "hash the command's 64 bytes with its stamps zeroed"),
    RejectReason.SAME_PERSON: RejectText(RejectLevel.OPERATOR, RejectAction.ASK, "须由另一人批准", "the proposer cannot approve", "须由另一登录批准", "another login has to approve"),
    RejectReason.UNKNOWN_PROPOSAL: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "提案不存在", "no such proposal is open", "见运营流的 PROPOSAL_CHANGED", "see PROPOSAL_CHANGED in the operators' stream"),
    RejectReason.PROPOSAL_EXPIRED: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "提案已过期", "the proposal has expired", "重新提案", "propose again"),
    RejectReason.PROPOSAL_INCOMPLETE: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "提案不完整", "the proposed command has not arrived in full", "先发送两个片段", "send both fragments first"),
    RejectReason.NOT_PROPOSABLE: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "该指令不可提案", "that kind of command cannot be proposed", "直接发送", "send it directly"),
    RejectReason.WRONG_TRADING_DAY: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "交易日期不符", "the message is of another trading day", "核对 trading_day", "check trading_day"),
    RejectReason.WRONG_VERSION: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "版本不符", "the message is of another version", "核对 version", "check version"),
    RejectReason.UNKNOWN_ACCOUNT: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "账户不存在", "no such trading account", "先定义账户", "define the account first"),
    RejectReason.NEGATIVE_BALANCE: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "余额为负", "a balance is negative or above the limit", "核对期初文件", "check the opening file"),
    RejectReason.DUPLICATE_RECORD: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "重复记录", "the account, or a record's number, was already given", "每个账户与合约只发一次;编号只增不减,已了结的也算", "send each account and contract once; numbers go up, also after those that are gone"),
    RejectReason.CONTROL_TOTAL: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "控制总数不符", "control totals differ from the records received", "自 OPENING_BEGIN 起重发持仓", "send the positions again after OPENING_BEGIN"),
    RejectReason.OPENING_CLOSED: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "期初已确认", "opening positions are already confirmed", "改用入金或划转", "use a deposit or transfer"),
    RejectReason.NOT_SEALED: RejectText(RejectLevel.REGISTRY, RejectAction.WAIT, "交易日未封存", "the day is not sealed", "等待 SEAL_TOTALS", "wait for SEAL_TOTALS"),
    RejectReason.ALREADY_CONFIRMED: RejectText(RejectLevel.REGISTRY, RejectAction.NOTHING, "结果已确认", "the day's result is already confirmed", "无需处理", "nothing to do"),
    RejectReason.OPENING_NOT_ACCEPTED: RejectText(RejectLevel.REGISTRY, RejectAction.WAIT, "期初未确认", "opening positions are not confirmed yet", "等待 OPENING_ACCEPTED", "wait for OPENING_ACCEPTED"),
    RejectReason.DAY_SEALED: RejectText(RejectLevel.REGISTRY, RejectAction.WAIT, "交易日已封存", "the day is sealed", "等待次日期初持仓", "wait for the next day's opening positions"),
    RejectReason.TRANSFER_CAPACITY: RejectText(RejectLevel.REGISTRY, RejectAction.ASK, "划转容量已满", "the day's transfers have filled their table", "以更大容量启动", "start with a larger capacity"),
    RejectReason.UNKNOWN_TRANSFER: RejectText(RejectLevel.REGISTRY, RejectAction.CORRECT, "划转不存在", "no hold of that transfer number", "核对 transfer_id", "check transfer_id"),
    RejectReason.TRANSFER_RESOLVED: RejectText(RejectLevel.REGISTRY, RejectAction.NOTHING, "划转已了结", "the hold is already resolved or was refused", "无需处理", "nothing to do"),
    RejectReason.NUMBER_GAP: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "编号跳跃过大", "a proposal's or an auction's number is too far above the last one", "编号最多比上一个大 1,048,576:下一个总是可用", "use a number at most 1,048,576 above the last one: the next is always free"),
    RejectReason.UNKNOWN_TRADE: RejectText(RejectLevel.OPERATOR, RejectAction.CORRECT, "成交不存在", "no such trade today, or it is no longer kept", "核对 match_id", "check match_id"),
    RejectReason.TRADE_ALREADY_BUSTED: RejectText(RejectLevel.OPERATOR, RejectAction.NOTHING, "成交已撤销", "the trade is already undone", "无需处理", "nothing to do"),
    RejectReason.NOT_AUTHORISED: RejectText(RejectLevel.LOGIN, RejectAction.ASK, "无此权限", "this login may not send that", "见该登录的权限", "see the rights of the login"),
    RejectReason.ACCOUNT_NOT_YOURS: RejectText(RejectLevel.ACCOUNT, RejectAction.CORRECT, "账户不属于该会员", "account is not one of the login's member", "填 0 即用默认账户", "use 0 for the default account"),
    RejectReason.BUSY: RejectText(RejectLevel.SESSION, RejectAction.WAIT, "系统繁忙", "intake is full", "等待 retry_after_ms 后重发;引用未被占用", "wait retry_after_ms and send again; the reference was not consumed"),
    RejectReason.NOT_READY: RejectText(RejectLevel.SESSION, RejectAction.WAIT, "该流的交易日已结束", "the trading day of this stream is over", "登录次日的流", "the stream's day is over; log in to the next day's"),
    RejectReason.UNKNOWN_QUERY: RejectText(RejectLevel.COMMAND, RejectAction.CORRECT, "未知查询", "unknown query", "见 QueryKind", "see QueryKind"),
    RejectReason.DISK_FULL: RejectText(RejectLevel.MARKET, RejectAction.ASK, "磁盘已满", "the journal cannot grow; new orders are refused", "仍可撤单;联系运营", "cancels still pass; ask the operator"),
    RejectReason.BOOK_TOO_LARGE: RejectText(RejectLevel.CONTRACT, RejectAction.CORRECT, "盘口过大", "more orders rest than one answer holds", "只问一个合约,或自第 1 条起跟随深度流", "ask for one contract, or follow the depth stream from record 1"),
}
# fmt: on
#: codes whose number and meaning are fixed while nothing gives them yet -> what happens instead
RESERVED: Final[dict[RejectReason, str]] = {
    RejectReason.BUSY: "the exchange reads a busy connection more slowly",
    RejectReason.DISK_FULL: "the exchange stops, and goes on from its journal once there is room",
}
