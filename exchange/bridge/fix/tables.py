"""The FIX 4.4 subset as literal tables: fields, their values, messages. The dictionary, the page and the
checks are made from them, so what is not here is neither accepted nor sent.

Source: FIX Protocol 4.4, volumes 1 (fields), 2 (session) and 4 (orders).
"""

from enum import IntEnum
from typing import Final, NamedTuple

BEGIN_STRING: Final = "FIX.4.4"
OUR_COMP_ID: Final = "TWOCITY"


class Tag(IntEnum):
    """Every field of the subset; the member's name is the field's."""

    Account = 1
    AvgPx = 6
    BeginSeqNo = 7
    BeginString = 8
    BodyLength = 9
    CheckSum = 10
    ClOrdID = 11
    Commission = 12
    CommType = 13
    CumQty = 14
    Currency = 15
    EndSeqNo = 16
    ExecID = 17
    ExecInst = 18
    HandlInst = 21
    LastPx = 31
    LastQty = 32
    MsgSeqNum = 34
    MsgType = 35
    NewSeqNo = 36
    OrderID = 37
    OrderQty = 38
    OrdStatus = 39
    OrdType = 40
    OrigClOrdID = 41
    PossDupFlag = 43
    Price = 44
    RefSeqNum = 45
    SenderCompID = 49
    SenderSubID = 50
    SendingTime = 52
    Side = 54
    Symbol = 55
    TargetCompID = 56
    TargetSubID = 57
    Text = 58
    TimeInForce = 59
    TransactTime = 60
    TradeDate = 75
    PossResend = 97
    EncryptMethod = 98
    CxlRejReason = 102
    OrdRejReason = 103
    HeartBtInt = 108
    TestReqID = 112
    OrigSendingTime = 122
    GapFillFlag = 123
    ResetSeqNumFlag = 141
    NoRelatedSym = 146
    ExecType = 150
    LeavesQty = 151
    SecurityReqID = 320
    SecurityResponseID = 322
    RefTagID = 371
    RefMsgType = 372
    SessionRejectReason = 373
    ExecRestatementReason = 378
    BusinessRejectRefID = 379
    BusinessRejectReason = 380
    TotNoRelatedSym = 393
    CxlRejResponseTo = 434
    SecondaryExecID = 527
    MassCancelRequestType = 530
    MassCancelResponse = 531
    MassCancelRejectReason = 532
    TotalAffectedOrders = 533
    Username = 553
    Password = 554
    SecurityListRequestType = 559
    SecurityRequestResult = 560
    LastFragment = 893


class Type(IntEnum):
    """How a value is written."""

    STRING = 0
    CHAR = 1
    INT = 2
    SEQNUM = 3
    LENGTH = 4
    NUMINGROUP = 5
    BOOLEAN = 6
    PRICE = 7
    QTY = 8
    AMT = 9
    CURRENCY = 10
    UTCTIMESTAMP = 11
    LOCALMKTDATE = 12
    MULTIPLEVALUESTRING = 13


_T = Type
#: every field that is not plain text
TYPES: Final[dict[Tag, Type]] = {
    Tag.Account: _T.STRING,
    Tag.AvgPx: _T.PRICE,
    Tag.BeginSeqNo: _T.SEQNUM,
    Tag.BodyLength: _T.LENGTH,
    Tag.Commission: _T.AMT,
    Tag.CommType: _T.CHAR,
    Tag.CumQty: _T.QTY,
    Tag.Currency: _T.CURRENCY,
    Tag.EndSeqNo: _T.SEQNUM,
    Tag.ExecInst: _T.MULTIPLEVALUESTRING,
    Tag.HandlInst: _T.CHAR,
    Tag.LastPx: _T.PRICE,
    Tag.LastQty: _T.QTY,
    Tag.MsgSeqNum: _T.SEQNUM,
    Tag.NewSeqNo: _T.SEQNUM,
    Tag.OrderQty: _T.QTY,
    Tag.OrdStatus: _T.CHAR,
    Tag.OrdType: _T.CHAR,
    Tag.PossDupFlag: _T.BOOLEAN,
    Tag.Price: _T.PRICE,
    Tag.RefSeqNum: _T.SEQNUM,
    Tag.SendingTime: _T.UTCTIMESTAMP,
    Tag.Side: _T.CHAR,
    Tag.TimeInForce: _T.CHAR,
    Tag.TransactTime: _T.UTCTIMESTAMP,
    Tag.TradeDate: _T.LOCALMKTDATE,
    Tag.PossResend: _T.BOOLEAN,
    Tag.EncryptMethod: _T.INT,
    Tag.CxlRejReason: _T.INT,
    Tag.OrdRejReason: _T.INT,
    Tag.HeartBtInt: _T.INT,
    Tag.OrigSendingTime: _T.UTCTIMESTAMP,
    Tag.GapFillFlag: _T.BOOLEAN,
    Tag.ResetSeqNumFlag: _T.BOOLEAN,
    Tag.NoRelatedSym: _T.NUMINGROUP,
    Tag.ExecType: _T.CHAR,
    Tag.LeavesQty: _T.QTY,
    Tag.RefTagID: _T.INT,
    Tag.SessionRejectReason: _T.INT,
    Tag.ExecRestatementReason: _T.INT,
    Tag.BusinessRejectReason: _T.INT,
    Tag.TotNoRelatedSym: _T.INT,
    Tag.CxlRejResponseTo: _T.CHAR,
    Tag.MassCancelRequestType: _T.CHAR,
    Tag.MassCancelResponse: _T.CHAR,
    Tag.MassCancelRejectReason: _T.INT,
    Tag.TotalAffectedOrders: _T.INT,
    Tag.SecurityListRequestType: _T.INT,
    Tag.SecurityRequestResult: _T.INT,
    Tag.LastFragment: _T.BOOLEAN,
}

#: the values a field may have, where they are few
VALUES: Final[dict[Tag, dict[str, str]]] = {
    Tag.CommType: {"3": "ABSOLUTE"},
    Tag.Currency: {"CNY": "YUAN"},
    Tag.ExecInst: {"6": "PARTICIPATE_DONT_INITIATE"},
    Tag.HandlInst: {"1": "AUTOMATED_EXECUTION_NO_INTERVENTION"},
    Tag.OrdStatus: {
        "0": "NEW",
        "1": "PARTIALLY_FILLED",
        "2": "FILLED",
        "4": "CANCELED",
        "8": "REJECTED",
        "A": "PENDING_NEW",
        "C": "EXPIRED",
    },
    Tag.OrdType: {"2": "LIMIT"},
    Tag.Side: {"1": "BUY", "2": "SELL"},
    Tag.TimeInForce: {"0": "DAY", "3": "IMMEDIATE_OR_CANCEL", "4": "FILL_OR_KILL"},
    Tag.EncryptMethod: {"0": "NONE_OTHER"},
    Tag.CxlRejReason: {
        "0": "TOO_LATE_TO_CANCEL",
        "1": "UNKNOWN_ORDER",
        "6": "DUPLICATE_CLORDID_RECEIVED",
        "99": "OTHER",
    },
    Tag.OrdRejReason: {"1": "UNKNOWN_SYMBOL", "6": "DUPLICATE_ORDER", "99": "OTHER"},
    Tag.ExecType: {
        "0": "NEW",
        "4": "CANCELED",
        "5": "REPLACED",
        "8": "REJECTED",
        "C": "EXPIRED",
        "D": "RESTATED",
        "F": "TRADE",
        "I": "ORDER_STATUS",
    },
    Tag.SessionRejectReason: {
        "0": "INVALID_TAG_NUMBER",
        "1": "REQUIRED_TAG_MISSING",
        "2": "TAG_NOT_DEFINED_FOR_THIS_MESSAGE_TYPE",
        "4": "TAG_SPECIFIED_WITHOUT_A_VALUE",
        "5": "VALUE_IS_INCORRECT",
        "6": "INCORRECT_DATA_FORMAT_FOR_VALUE",
        "9": "COMPID_PROBLEM",
        "10": "SENDINGTIME_ACCURACY_PROBLEM",
        "11": "INVALID_MSGTYPE",
        "13": "TAG_APPEARS_MORE_THAN_ONCE",
    },
    Tag.ExecRestatementReason: {"99": "OTHER"},
    Tag.BusinessRejectReason: {
        "0": "OTHER",
        "3": "UNSUPPORTED_MESSAGE_TYPE",
        "4": "APPLICATION_NOT_AVAILABLE",
    },
    Tag.CxlRejResponseTo: {"1": "ORDER_CANCEL_REQUEST", "2": "ORDER_CANCEL_REPLACE_REQUEST"},
    Tag.MassCancelRequestType: {"1": "CANCEL_ORDERS_FOR_A_SECURITY", "7": "CANCEL_ALL_ORDERS"},
    Tag.MassCancelResponse: {
        "0": "CANCEL_REQUEST_REJECTED",
        "1": "CANCEL_ORDERS_FOR_A_SECURITY",
        "7": "CANCEL_ALL_ORDERS",
    },
    Tag.MassCancelRejectReason: {"1": "INVALID_OR_UNKNOWN_SECURITY", "99": "OTHER"},
    Tag.SecurityListRequestType: {"4": "ALL_SECURITIES"},
    Tag.SecurityRequestResult: {"0": "VALID_REQUEST"},
}


class MsgType:
    """Message types, named as FIX names the messages."""

    HEARTBEAT: Final = "0"
    TEST_REQUEST: Final = "1"
    RESEND_REQUEST: Final = "2"
    REJECT: Final = "3"
    SEQUENCE_RESET: Final = "4"
    LOGOUT: Final = "5"
    EXECUTION_REPORT: Final = "8"
    ORDER_CANCEL_REJECT: Final = "9"
    LOGON: Final = "A"
    NEW_ORDER_SINGLE: Final = "D"
    ORDER_CANCEL_REQUEST: Final = "F"
    ORDER_CANCEL_REPLACE_REQUEST: Final = "G"
    ORDER_STATUS_REQUEST: Final = "H"
    BUSINESS_MESSAGE_REJECT: Final = "j"
    ORDER_MASS_CANCEL_REQUEST: Final = "q"
    ORDER_MASS_CANCEL_REPORT: Final = "r"
    SECURITY_LIST_REQUEST: Final = "x"
    SECURITY_LIST: Final = "y"


class Layout(NamedTuple):
    """One message: what must be in it, what may be, and the group that it may repeat."""

    msg_type: str
    name: str
    way: str
    """Either "in", from the member's engine, "out" or "both"."""
    meaning: str
    required: tuple[Tag, ...]
    optional: tuple[Tag, ...] = ()
    group: tuple[Tag, tuple[Tag, ...]] | None = None
    """The counting field and the fields of each entry, all required."""

    @property
    def is_admin(self) -> bool:
        """Whether it belongs to the session and is never sent again."""
        return self.msg_type in ADMIN_TYPES


_G = Tag
HEADER_REQUIRED: Final = (
    _G.BeginString, _G.BodyLength, _G.MsgType, _G.SenderCompID, _G.TargetCompID, _G.MsgSeqNum, _G.SendingTime,
)  # fmt: skip
HEADER_OPTIONAL: Final = (
    _G.PossDupFlag, _G.PossResend, _G.OrigSendingTime, _G.SenderSubID, _G.TargetSubID,
)  # fmt: skip
HEADER: Final = frozenset({*HEADER_REQUIRED, *HEADER_OPTIONAL})
_ORDER_TERMS: Final = (_G.Symbol, _G.Side, _G.OrderQty, _G.OrdType, _G.Price, _G.TransactTime)
_ORDER_CHOICES: Final = (_G.Account, _G.HandlInst, _G.TimeInForce, _G.ExecInst, _G.Currency)

MESSAGES: Final = (
    Layout("0", "Heartbeat", "both", "the other side is alive", (), (_G.TestReqID,)),
    Layout("1", "TestRequest", "both", "asks for a heartbeat", (_G.TestReqID,)),
    Layout("2", "ResendRequest", "both", "asks for messages again", (_G.BeginSeqNo, _G.EndSeqNo)),
    Layout(
        "3", "Reject", "both", "a message that FIX does not allow",
        (_G.RefSeqNum,), (_G.RefTagID, _G.RefMsgType, _G.SessionRejectReason, _G.Text),
    ),
    Layout("4", "SequenceReset", "both", "numbers are left out or set", (_G.NewSeqNo,), (_G.GapFillFlag,)),
    Layout("5", "Logout", "both", "the end of the session, or the agreement to it", (), (_G.Text,)),
    Layout(
        "A", "Logon", "both", "begins; user and password are those of the member's Two-City login",
        (_G.EncryptMethod, _G.HeartBtInt), (_G.ResetSeqNumFlag, _G.Username, _G.Password),
    ),
    Layout(
        "D", "NewOrderSingle", "in", "a listing, a take or a limit order",
        (_G.ClOrdID, *_ORDER_TERMS), _ORDER_CHOICES,
    ),
    Layout(
        "F", "OrderCancelRequest", "in", "cancels an order",
        (_G.OrigClOrdID, _G.ClOrdID, _G.Symbol, _G.Side, _G.TransactTime),
        (_G.Account, _G.OrderID, _G.OrderQty),
    ),
    Layout(
        "G", "OrderCancelReplaceRequest", "in", "another price or quantity for an order",
        (_G.OrigClOrdID, _G.ClOrdID, *_ORDER_TERMS), (_G.OrderID, *_ORDER_CHOICES),
    ),
    Layout(
        "H", "OrderStatusRequest", "in", "asks what stands of an order",
        (_G.ClOrdID, _G.Symbol, _G.Side), (_G.Account, _G.OrderID),
    ),
    Layout(
        "q", "OrderMassCancelRequest", "in", "cancels every order that this login entered",
        (_G.ClOrdID, _G.MassCancelRequestType, _G.TransactTime), (_G.Symbol, _G.Side),
    ),
    Layout(
        "x", "SecurityListRequest", "in", "asks for today's contracts",
        (_G.SecurityReqID, _G.SecurityListRequestType),
    ),
    Layout(
        "8", "ExecutionReport", "out", "what has become of an order",
        (
            _G.OrderID, _G.ClOrdID, _G.ExecID, _G.ExecType, _G.OrdStatus, _G.Symbol, _G.Side, _G.LeavesQty,
            _G.CumQty, _G.AvgPx,
        ),
        (
            _G.OrigClOrdID, _G.Account, _G.OrderQty, _G.OrdType, _G.Price, _G.Currency, _G.TimeInForce,
            _G.ExecInst, _G.LastQty, _G.LastPx, _G.TradeDate, _G.TransactTime, _G.Commission, _G.CommType,
            _G.SecondaryExecID, _G.OrdRejReason, _G.ExecRestatementReason, _G.Text,
        ),
    ),
    Layout(
        "9", "OrderCancelReject", "out", "a cancel or replacement was refused",
        (_G.OrderID, _G.ClOrdID, _G.OrigClOrdID, _G.OrdStatus, _G.CxlRejResponseTo),
        (_G.TransactTime, _G.CxlRejReason, _G.Text),
    ),
    Layout(
        "r", "OrderMassCancelReport", "out", "what has become of a mass cancel",
        (_G.ClOrdID, _G.OrderID, _G.MassCancelRequestType, _G.MassCancelResponse),
        (_G.MassCancelRejectReason, _G.TotalAffectedOrders, _G.Symbol, _G.Side, _G.TransactTime, _G.Text),
    ),
    Layout(
        "y", "SecurityList", "out", "today's contracts",
        (_G.SecurityReqID, _G.SecurityResponseID, _G.SecurityRequestResult),
        (_G.TotNoRelatedSym, _G.LastFragment), (_G.NoRelatedSym, (_G.Symbol, _G.Currency)),
    ),
    Layout(
        "j", "BusinessMessageReject", "out", "a message that is whole but cannot be served",
        (_G.RefMsgType, _G.BusinessRejectReason), (_G.RefSeqNum, _G.BusinessRejectRefID, _G.Text),
    ),
)  # fmt: skip
LAYOUTS: Final = {layout.msg_type: layout for layout in MESSAGES}
ADMIN_TYPES: Final = frozenset("012345A")
TAGS: Final = {int(tag): tag for tag in Tag}
USER_TAG_FIRST: Final = 5000
"""Tags from here on are a member's own: they are passed over."""


class SessionReject(IntEnum):
    """SessionRejectReason (373): why a message is not FIX."""

    INVALID_TAG_NUMBER = 0
    REQUIRED_TAG_MISSING = 1
    TAG_NOT_DEFINED = 2
    TAG_WITHOUT_VALUE = 4
    VALUE_INCORRECT = 5
    INCORRECT_FORMAT = 6
    COMPID_PROBLEM = 9
    SENDING_TIME_ACCURACY = 10
    INVALID_MSG_TYPE = 11
    TAG_TWICE = 13


class BusinessReject(IntEnum):
    """BusinessRejectReason (380): why a message that is FIX cannot be served."""

    OTHER = 0
    UNSUPPORTED_MESSAGE_TYPE = 3
    APPLICATION_NOT_AVAILABLE = 4
