"""Every reason for which the registry refuses an operation: number, Chinese and English text, and the remedy.

1xx who and how, 2xx when, 3xx accounts, 4xx units and cash, 5xx compliance, 6xx the other city and the banks.
A refusal is a value: the operation is kept as REFUSED with its code, nothing is booked.
"""

from enum import IntEnum
from typing import Final, NamedTuple


class RefusalCode(IntEnum):
    """Why an operation was refused."""

    NONE = 0
    NOT_ALLOWED = 101
    OUT_OF_SCOPE = 102
    KEY_REUSED = 103
    INVALID_FIELD = 104
    UNKNOWN_OPERATION = 110
    SAME_PERSON = 111
    COMMAND_HASH = 112
    NOT_WAITING = 113
    APPROVAL_EXPIRED = 114
    NOT_YOURS = 115
    TOO_LATE = 201
    DAY_HELD = 202
    STATEMENTS_LATE = 203
    DAY_RUNS = 204
    UNKNOWN_ACCOUNT = 301
    ACCOUNT_CLOSED = 302
    ACCOUNT_RESTRICTED = 303
    ACCOUNT_NOT_EMPTY = 304
    ACCOUNT_EXISTS = 305
    UNKNOWN_CONTRACT = 310
    UNKNOWN_PROVINCE = 311
    UNKNOWN_BANK = 312
    UNKNOWN_BREAK = 313
    UNKNOWN_OBJECTION = 314
    NO_STATEMENT = 315
    CASH_INSUFFICIENT = 401
    UNITS_INSUFFICIENT = 402
    BROKEN_ACCOUNT = 404
    FREEZE_INCOMPLETE = 405
    BREAK_CLOSED = 406
    OBJECTION_STATE = 407
    RESERVE_OWED = 408
    VINTAGE_NOT_USABLE = 501
    NO_OBLIGATION = 502
    MORE_THAN_DUE = 503
    CARRY_OVER_LIMIT = 504
    LATE_SURRENDERER = 505
    NOT_REVERSIBLE = 510
    SHANGHAI_REFUSED = 601
    BANK_REFUSED = 602


class RefusalText(NamedTuple):
    """What a person reads."""

    zh: str
    en: str
    remedy: str


REFUSAL_TEXTS: Final[dict[RefusalCode, RefusalText]] = {
    RefusalCode.NONE: RefusalText("无", "nothing is refused", "nothing to do"),
    RefusalCode.NOT_ALLOWED: RefusalText(
        "无权办理", "this institution and level may not do this", "ask whom the matrix of roles names"
    ),
    RefusalCode.OUT_OF_SCOPE: RefusalText(
        "不属本机构或本主体", "this belongs to another province, bank or entity", "act for your own only"
    ),
    RefusalCode.KEY_REUSED: RefusalText(
        "幂等键已用于其他指令", "this key was used for another command", "use a new key for a new command"
    ),
    RefusalCode.INVALID_FIELD: RefusalText(
        "字段无效", "a field is missing, unknown or out of range", "correct the field that the detail names"
    ),
    RefusalCode.UNKNOWN_OPERATION: RefusalText(
        "无此业务", "there is no such operation", "look at your operations"
    ),
    RefusalCode.SAME_PERSON: RefusalText(
        "复核人不得为经办人", "whoever asked may not approve", "have another person approve"
    ),
    RefusalCode.COMMAND_HASH: RefusalText(
        "指令摘要不符", "the approval is for another command", "read the operation again and approve its hash"
    ),
    RefusalCode.NOT_WAITING: RefusalText(
        "该业务不在待复核状态", "the operation does not wait for approval", "look at its state"
    ),
    RefusalCode.APPROVAL_EXPIRED: RefusalText("复核已过期", "the time for approval is over", "ask again"),
    RefusalCode.NOT_YOURS: RefusalText(
        "非本人业务", "another person asked for this", "leave it to whoever asked"
    ),
    RefusalCode.TOO_LATE: RefusalText(
        "已过截止时间", "the deadline has passed", "see the deadline in the detail"
    ),
    RefusalCode.DAY_HELD: RefusalText(
        "当日结算暂停", "the settlement day is held", "wait until the corrected run is delivered"
    ),
    RefusalCode.STATEMENTS_LATE: RefusalText(
        "当日结算数据未发出，暂停出入金",
        "the statements of the settlement day are late: cash in and out is restricted",
        "wait until the day is stated",
    ),
    RefusalCode.DAY_RUNS: RefusalText(
        "交易日进行中", "not while a trading day runs", "ask again when the day is stated"
    ),
    RefusalCode.UNKNOWN_ACCOUNT: RefusalText(
        "无此账户", "there is no such account", "check the account number"
    ),
    RefusalCode.ACCOUNT_CLOSED: RefusalText(
        "账户已注销", "the account is closed", "nothing can be done with it"
    ),
    RefusalCode.ACCOUNT_RESTRICTED: RefusalText(
        "账户受限", "the account is restricted", "ask the registry why"
    ),
    RefusalCode.ACCOUNT_NOT_EMPTY: RefusalText(
        "账户仍有余额", "the account still holds units or cash", "clear its balances first"
    ),
    RefusalCode.ACCOUNT_EXISTS: RefusalText(
        "账户已存在", "the entity has an account already (one account per entity)", "use that one"
    ),
    RefusalCode.UNKNOWN_CONTRACT: RefusalText(
        "无此配额品种", "there is no such vintage in this registry", "name a listed contract"
    ),
    RefusalCode.UNKNOWN_PROVINCE: RefusalText(
        "无此省级主管部门", "there is no such province", "check its number"
    ),
    RefusalCode.UNKNOWN_BANK: RefusalText(
        "无此结算银行", "there is no such settlement bank", "check its number"
    ),
    RefusalCode.CASH_INSUFFICIENT: RefusalText(
        "可用资金不足", "not enough cash available", "ask for what is available, or pay in first"
    ),
    RefusalCode.UNITS_INSUFFICIENT: RefusalText(
        "可用配额不足",
        "not enough units in that bucket",
        "ask for what is available, or move units there first",
    ),
    RefusalCode.UNKNOWN_OBJECTION: RefusalText(
        "异议不存在", "there is no such objection", "list them: GET /v1/objections"
    ),
    RefusalCode.NO_STATEMENT: RefusalText(
        "无此结算单", "there is no such statement, or no such trade in it", "name a day that is stated"
    ),
    RefusalCode.OBJECTION_STATE: RefusalText(
        "异议状态不允许", "the objection is not in that state", "received, examined, then decided"
    ),
    RefusalCode.UNKNOWN_BREAK: RefusalText(
        "对账差异不存在", "there is no such reconciliation break", "list the breaks: settlement breaks"
    ),
    RefusalCode.BREAK_CLOSED: RefusalText(
        "对账差异已销记", "the reconciliation break is closed already", "nothing to do"
    ),
    RefusalCode.BROKEN_ACCOUNT: RefusalText(
        "账户对账不符，暂停办理",
        "the account has an open reconciliation break",
        "wait until the break is closed",
    ),
    RefusalCode.FREEZE_INCOMPLETE: RefusalText(
        "冻结尚未足额，暂停转出",
        "a freeze of this account is not whole yet: nothing may leave",
        "wait until it is whole or released",
    ),
    RefusalCode.RESERVE_OWED: RefusalText(
        "结算准备金垫付款未归还，暂停转出",
        "what the settlement reserve paid for the account is not paid back: nothing may leave",
        "pay in what the detail names; the registry then takes it back",
    ),
    RefusalCode.VINTAGE_NOT_USABLE: RefusalText(
        "该年度配额不可用于此次履约",
        "this vintage may not be used for that obligation",
        "use a vintage named in the detail",
    ),
    RefusalCode.NO_OBLIGATION: RefusalText(
        "该主体无此年度清缴义务", "the entity has no obligation for that year", "check entity and year"
    ),
    RefusalCode.MORE_THAN_DUE: RefusalText(
        "超过应清缴量", "more than is still due", "ask for at most what the detail names"
    ),
    RefusalCode.CARRY_OVER_LIMIT: RefusalText(
        "超过可结转量", "more than may be carried over", "ask for at most what the detail names"
    ),
    RefusalCode.LATE_SURRENDERER: RefusalText(
        "逾期履约主体不得结转", "whoever surrendered late may not carry over", "nothing can be done"
    ),
    RefusalCode.NOT_REVERSIBLE: RefusalText(
        "该笔记账不可撤销", "this operation cannot be reversed", "see the reason in the detail"
    ),
    RefusalCode.SHANGHAI_REFUSED: RefusalText(
        "上海交易系统拒绝", "Shanghai, which owns the balance today, refused", "see its reason in the detail"
    ),
    RefusalCode.BANK_REFUSED: RefusalText(
        "结算银行拒绝", "the settlement bank refused to pay out", "see its reason in the detail"
    ),
}


class Refusal(NamedTuple):
    """A refusal with what is special about this one."""

    code: RefusalCode
    detail: str = ""
