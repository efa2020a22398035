# ruff: noqa: E501  (a table reads better in long rows)
"""The complete message catalogue: every 64-byte record, one field table each. The one definition of every layout.

A row is `name offset type : meaning`. The first 32 bytes are common to every record unless a row says otherwise:
`length_high u1@0, length_low u1@1` (0x00 0x3E), `packet_type u1@2` ('U' in, 'S' or 'U' out), `kind u1@3`,
`user_reference u4@4, sequence u8@8, time_ns i8@16, login_id u2@24, contract_id u2@26, account_id u4@28`.
A member sets user_reference, contract_id and account_id; the exchange stamps sequence, time_ns and login_id.
Every message between the cities carries `version u1@53` and `trading_day u2@54`.
`step` is the release step in which the message works; the layout is fixed from the first.
"""

from typing import Final, NamedTuple

from exchange.vocabulary.kinds import Kind


class Group(NamedTuple):
    """A band of kinds that travels one way."""

    name: str
    first: int
    last: int
    doc: str


GROUPS: Final = (
    Group("member command", 0x01, 0x2F, "member -> exchange, journaled"),
    Group("query", 0x30, 0x3F, "member -> exchange, unsequenced, not journaled"),
    Group("exchange command", 0x40, 0x5F, "operator or scheduler -> kernel, journaled"),
    Group("registry command", 0x60, 0x7F, "registry (Wuhan) -> exchange (Shanghai), journaled"),
    Group("member event", 0x80, 0x8F, "exchange -> a member's stream, sequenced"),
    Group("operator event", 0x90, 0x97, "exchange -> operator stream, sequenced"),
    Group("depth event", 0x98, 0x9F, "exchange -> depth stream, sequenced, no account"),
    Group("public event", 0xA0, 0xAF, "exchange -> public stream, sequenced, no account"),
    Group("settlement event", 0xB0, 0xBF, "exchange (Shanghai) -> registry (Wuhan) stream, sequenced"),
    Group("reply", 0xC0, 0xDF, "exchange -> one login, unsequenced"),
)

# fmt: off
_LEVELS: Final = """
        level_1_price_ticks 24 u4 : best price
        level_1_quantity_lots 28 u4 : tonnes there
        level_2_price_ticks 32 u4 : second price
        level_2_quantity_lots 36 u4 : tonnes there
        level_3_price_ticks 40 u4 : third price
        level_3_quantity_lots 44 u4 : tonnes there
        level_4_price_ticks 48 u4 : fourth price
        level_4_quantity_lots 52 u4 : tonnes there
        level_5_price_ticks 56 u4 : fifth price
        level_5_quantity_lots 60 u4 : tonnes there
"""

#: kind, step, one line, body rows
MESSAGES: Final[tuple[tuple[Kind, int, str, str], ...]] = (
    # ---------------- member command: member -> exchange, journaled
    (Kind.LISTING, 1, "Post a listing 挂牌; it rests and does not match by itself", """
        price_ticks 40 u4 : listing price
        quantity_lots 44 u4 : tonnes
        side 52 u1 : Side
        order_flags 53 u1 : reserved, 0
    """),
    (Kind.TAKE, 1, "Take 摘牌 listings of the other side inside its best five levels", """
        order_id 32 u8 : the one listing to take; 0 = sweep by price
        price_ticks 40 u4 : worst price
        quantity_lots 44 u4 : tonnes wanted
        side 52 u1 : Side of the taker
        order_flags 53 u1 : TakeFlag
    """),
    (Kind.LIMIT_ORDER, 2, "Continuous mode: limit order", """
        price_ticks 40 u4 : limit price
        quantity_lots 44 u4 : tonnes
        side 52 u1 : Side
        order_flags 53 u1 : LimitFlag
        time_in_force 54 u1 : TimeInForce
        self_trade_rule 55 u1 : SelfTradeRule
    """),
    (Kind.CANCEL, 1, "Cancel 撤单 an open order of one's own member", """
        order_id 32 u8 : the order; 0 = by reference
        target_reference 48 u4 : user reference of the order under this login
    """),
    (Kind.REDUCE, 2, "Reduce an order's quantity, keeping priority", """
        order_id 32 u8 : the order; 0 = by reference
        quantity_lots 44 u4 : new remaining quantity
        target_reference 48 u4 : user reference of the order under this login
    """),
    (Kind.REPLACE, 2, "Replace price and quantity", """
        order_id 32 u8 : the order; 0 = by reference
        price_ticks 40 u4 : new price
        quantity_lots 44 u4 : new remaining quantity
        target_reference 48 u4 : user reference of the order under this login
    """),
    (Kind.MASS_CANCEL, 2, "Cancel many: by account, contract (0 = all), side, price range, login; staff: account 0 = everybody", """
        price_low_ticks 40 u4 : lowest price, 0 = none
        price_high_ticks 44 u4 : highest price, 0 = none
        subject_id 48 u4 : login id, 0 = every login of the member
        side 52 u1 : Side, 255 = both
        method 54 u1 : Method, 255 = all
    """),
    (Kind.BLOCK_OFFER, 1, "Offer a block 大宗 to a named counterparty (0 = on the board)", """
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        counterparty_account_id 48 u4 : trading account addressed
        side 52 u1 : Side of the offeror
        order_flags 53 u1 : BlockFlag
    """),
    (Kind.BLOCK_COUNTER, 2, "Counter-offer to a block offer: a new offer of the other side, addressed to its owner", """
        order_id 32 u8 : the offer countered
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        order_flags 53 u1 : BlockFlag
    """),
    (Kind.BLOCK_ACCEPT, 1, "Accept a block offer, confirming price and quantity", """
        order_id 32 u8 : the offer
        price_ticks 40 u4 : price confirmed
        quantity_lots 44 u4 : tonnes confirmed
    """),
    (Kind.BLOCK_DECLINE, 1, "Decline a block offer addressed to oneself", """
        order_id 32 u8 : the offer
    """),
    (Kind.AUCTION_BID, 2, "Bid in a one-way or primary auction", """
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        auction_id 48 u4 : the notice
    """),
    (Kind.SESSION_SETTING, 2, "Cancel-on-disconnect and dead-man's timer of this login", """
        grace_ms 40 u4 : wait before cancelling after a disconnect
        dead_man_ms 44 u4 : dead-man's timer, 0 = off
        cancel_on_disconnect 52 u1 : 0 or 1
    """),
    (Kind.MEMBER_LIMIT, 2, "Risk limit a member sets for its own login or account", """
        parameter_value 32 i8 : value
        subject_id 48 u4 : login, 0 = account
        parameter_id 52 u2 : MemberLimit
    """),
    # ---------------- query: member -> exchange, unsequenced, not journaled
    (Kind.QUERY, 1, "Ask for a snapshot; answered by REPLY_* and REPLY_END", """
        query 52 u1 : QueryKind
    """),
    # ---------------- exchange command: operator or scheduler -> kernel, journaled
    (Kind.TICK, 1, "Time passes: conflated images, expiries and timers fire", ""),
    (Kind.OPEN_DAY, 1, "Begin a trading day on an empty state", """
        rules_hash 32 u8 : first 8 bytes of the rules' SHA-256
        kernel_hash 40 u8 : first 8 bytes of the kernel sources' SHA-256
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.DEFINE_CONTRACT, 1, "List a contract for the day", """
        contract_code 32 S8 : e.g. CEA21
        base_price_ticks 40 u4 : previous close, base of the bands
        vintage 44 u2 : 0 = first cycle
        product 46 u1 : Product
        matching_rule 47 u1 : Method LISTED or CONTINUOUS
        venue 48 u1 : 1 Shanghai, 2 Beijing
        registry 49 u1 : 1 Wuhan, 2 NCSC
    """),
    (Kind.DEFINE_ACCOUNT, 1, "Trading account of a member", """
        member_id 32 u4 : member = stream
        entity_id 36 u4 : legal entity: self-trade is judged by it
        group_id 40 u4 : corporate group, surveillance only
        eligibility 52 u1 : Eligibility
    """),
    (Kind.DEFINE_LOGIN, 1, "Login of a member", """
        member_id 32 u4 : member
        subject_id 48 u4 : login id
        rights 52 u1 : Right
    """),
    (Kind.PARAMETER_SET, 1, "Set a rule for one contract (0 = every contract)", """
        parameter_value 32 i8 : value
        parameter_id 52 u2 : ParameterId
    """),
    (Kind.SET_PHASE, 1, "Change the phase of a method of a contract (0 = every contract)", """
        phase 53 u1 : Phase
        method 54 u1 : Method, 255 = every method of the contract
        next_change_ns 56 i8 : when the schedule changes it next, 0 = unknown
    """),
    (Kind.HALT, 1, "Halt trading; cancels pass", """
        subject_id 48 u4 : contract id; 0 for the market
        level 52 u1 : Level MARKET or CONTRACT
        halt_reason 53 u1 : HaltReason
        expected_ns 56 i8 : expected resumption, 0 = unknown
    """),
    (Kind.RESUME, 1, "Undo a halt", """
        subject_id 48 u4 : contract id; 0 for the market
        level 52 u1 : Level MARKET or CONTRACT
    """),
    (Kind.KILL, 1, "Refuse new orders at a level; cancels pass", """
        subject_id 48 u4 : contract, member or login id; 0 for the market
        level 52 u1 : Level
    """),
    (Kind.RESTORE, 1, "Undo a kill", """
        subject_id 48 u4 : contract, member or login id; 0 for the market
        level 52 u1 : Level
    """),
    (Kind.LOGIN_UP, 1, "A login has connected", """
        subject_id 48 u4 : login id
    """),
    (Kind.LOGIN_DOWN, 1, "A login has disconnected", """
        subject_id 48 u4 : login id
        down_reason 52 u1 : logout, lost, replaced, silent
    """),
    (Kind.RESTART, 1, "The exchange recovered: the market is halted until resumed", """
        recovered_sequence 32 u8 : last sequence recovered from the journal
    """),
    (Kind.CLOSE_DAY, 1, "Compute and publish the day's figures; every method has ended", ""),
    (Kind.SEAL_DAY, 1, "Send closing balances and totals to the registry", ""),
    (Kind.BAND_CHANGE, 2, "Change a contract's band during the day", """
        lower_ticks 40 u4 : lower limit
        upper_ticks 44 u4 : upper limit
        method 54 u1 : Method
    """),
    (Kind.PROPOSE, 2, "Propose a dangerous command; its record follows in COMMAND_FRAGMENT", """
        command_hash 32 u8 : first 8 bytes of the command's SHA-256
        expires_ns 56 i8 : when the proposal lapses
        proposal_id 48 u4 : number of the proposal
        command_kind 52 u1 : kind proposed
    """),
    (Kind.COMMAND_FRAGMENT, 2, "Half of a proposed command's 64 bytes", """
        fragment 32 S32 : bytes 0-31 or 32-63
        fragment_index 26 u1 : 0 or 1
        fragment_count 27 u1 : 2
        fragment_proposal_id 28 u4 : number of the proposal
    """),
    (Kind.APPROVE, 2, "Approve exactly that command; another person", """
        command_hash 32 u8 : first 8 bytes of the command's SHA-256
        proposal_id 48 u4 : number of the proposal
    """),
    (Kind.PROPOSAL_WITHDRAW, 2, "Withdraw or refuse a proposal", """
        proposal_id 48 u4 : number of the proposal
    """),
    (Kind.NOTICE, 2, "Text to everybody, in fragments", """
        text 32 S32 : UTF-8
        fragment_index 26 u1 : from 0
        fragment_count 27 u1 : number of fragments
        notice_id 28 u4 : number of the notice
    """),
    (Kind.AUCTION_NOTICE, 2, "Announce a one-way or primary auction; the seller's units are locked", """
        quantity_lots 44 u4 : tonnes offered
        floor_ticks 32 u4 : floor
        ceiling_ticks 36 u4 : ceiling
        bidder_share_ppm 40 u4 : most one bidder may get, 0 = all
        auction_id 48 u4 : number of the auction
        pricing 52 u1 : AuctionPricing
        auction_kind 53 u1 : AuctionKind
        end_ns 56 i8 : end of the window
    """),
    (Kind.AUCTION_END, 2, "End a call, one-way or primary auction", """
        auction_id 48 u4 : number, 0 = the contract's call auction
        method 54 u1 : Method
    """),
    (Kind.CONTRACT_EXPIRE, 2, "A contract trades for the last time today", ""),
    (Kind.PARAMETER_SET_SWITCH, 5, "Switch to a phase of the surge plan", """
        plan_phase 52 u1 : normal, pre-deadline, last week, last day
    """),
    # ---------------- registry command: registry (Wuhan) -> exchange (Shanghai), journaled
    (Kind.OPENING_BEGIN, 1, "Opening positions follow; discards an unconfirmed earlier set", """
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.OPENING_HOLDING, 1, "Opening units of an account and contract", """
        available_lots 32 i8 : may be sold today
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        frozen_lots 56 i8 : judicially frozen in trading
    """),
    (Kind.OPENING_CASH, 1, "Opening cash of an account", """
        available_fen 32 i8 : may be spent today
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        frozen_fen 56 i8 : frozen
    """),
    (Kind.OPENING_TOTALS, 1, "Control totals of the opening positions", """
        units_total_lots 32 i8 : sum of all units given
        cash_total_fen 40 i8 : sum of all cash given
        record_count 48 u4 : OPENING_HOLDING plus OPENING_CASH records
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        control_hash 56 u8 : see vocabulary.control
    """),
    (Kind.DEPOSIT, 2, "Cash paid in during the day", """
        amount 32 i8 : fen
        transfer_id 48 u4 : the registry's number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.HOLD_REQUEST, 2, "Ask to hold units (contract set) or cash (contract 0) for transfer out or withdrawal", """
        amount 32 i8 : lots or fen
        transfer_id 48 u4 : the registry's number
        hold_kind 52 u1 : HoldKind
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.HOLD_COMMIT, 2, "The held amount has left", """
        transfer_id 48 u4 : the registry's number; account and contract are not read
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.HOLD_ABORT, 2, "Ask to release a hold", """
        transfer_id 48 u4 : the registry's number; account and contract are not read
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.TRANSFER_IN, 2, "Units moved from registry to trading", """
        amount 32 i8 : lots
        transfer_id 48 u4 : the registry's number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.FREEZE, 2, "Freeze units (contract set) or cash (contract 0)", """
        amount 32 i8 : lots or fen
        transfer_id 48 u4 : the registry's number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.RELEASE, 2, "Release frozen units or cash", """
        amount 32 i8 : lots or fen
        transfer_id 48 u4 : the registry's number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.RESTRICT, 2, "Change what an account may do", """
        eligibility 52 u1 : Eligibility
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.RESULT_BEGIN, 1, "Clearing result of a run follows", """
        run 52 u1 : run number, from 1
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.RESULT_HOLDING, 1, "Cleared change of an account's units", """
        change_lots 32 i8 : bought minus sold, of trades that stand
        closing_lots 40 i8 : all units at the close, held ones too
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.RESULT_CASH, 1, "Cleared change of an account's cash", """
        change_fen 32 i8 : sold minus bought minus fees
        closing_fen 40 i8 : all cash at the close, held too
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        fees_fen 56 i8 : trading plus settlement fees
    """),
    (Kind.RESULT_TOTALS, 1, "Control totals of the clearing result", """
        tonnes_lots 32 i8 : sum of traded tonnes
        amount_fen 40 i8 : sum of traded amounts
        record_count 48 u4 : RESULT_HOLDING plus RESULT_CASH records
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        control_hash 56 u8 : see vocabulary.control
    """),
    (Kind.DELIVERED, 1, "Units and cash are delivered: finality", """
        tonnes_lots 32 i8 : delivered tonnes
        amount_fen 40 i8 : delivered amount
        record_count 48 u4 : trades delivered
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.STAGE, 1, "Where the registry's day stands; echoed to the public stream", """
        break_count 48 u4 : reconciliation breaks open
        stage 52 u1 : SettlementStage
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.BUST, 2, "Undo a trade", """
        match_id 48 u4 : the trade
        bust_reason 52 u1 : reason code
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.CORRECTION, 2, "Correct a trade's price or quantity", """
        price_ticks 40 u4 : corrected price
        quantity_lots 44 u4 : corrected tonnes
        match_id 48 u4 : the trade
        bust_reason 52 u1 : reason code
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.OBJECTION, 3, "A participant objects to a settlement line", """
        match_id 48 u4 : the trade, 0 = the statement
        objection_state 52 u1 : received, examined, rejected, corrected
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.REGISTRY_SIGNATURE, 3, "Half of an Ed25519 signature by Wuhan", """
        fragment 32 S32 : bytes 0-31 or 32-63 of the signature
        fragment_index 26 u1 : 0 or 1
        fragment_count 27 u1 : 2
        fragment_trading_day 28 u2 : days since 2000-01-01
        fragment_version 30 u1 : protocol version
        fragment_run 31 u1 : run number
    """),
    (Kind.REGISTRY_CHAIN_HEAD, 3, "Wuhan's daily ledger chain head", """
        fragment 32 S32 : SHA-256
        fragment_index 26 u1 : 0
        fragment_count 27 u1 : 1
        fragment_trading_day 28 u2 : days since 2000-01-01
        fragment_version 30 u1 : protocol version
        fragment_run 31 u1 : run number
    """),
    # ---------------- member event: exchange -> a member's stream, sequenced
    (Kind.ACCEPTED, 1, "A listing, limit order, block offer, auction lot or bid is accepted", """
        order_id 32 u8 : its id
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        counterparty_account_id 48 u4 : block: whom it addresses, else 0
        side 52 u1 : Side
        order_flags 53 u1 : flags as accepted
        order_kind 55 u1 : OrderKind
        method 54 u1 : Method
    """),
    (Kind.REJECTED, 1, "A journaled command was refused and changed nothing but its reference", """
        order_id 32 u8 : as the command named it
        price_ticks 40 u4 : as in the command
        quantity_lots 44 u4 : as in the command
        highest_reference 48 u4 : highest user reference consumed by this login
        command_kind 52 u1 : kind refused
        remaining_credit 53 u1 : message credit left, 255 = plenty
        reason 54 u2 : RejectReason
        retry_after_ms 56 u4 : 0 = does not apply
        expected_value 60 u4 : what the rule allows, where one number says it (e.g. the limit price)
    """),
    (Kind.EXECUTED, 1, "One side of a match", """
        order_id 32 u8 : the order that traded
        price_ticks 40 u4 : trade price
        quantity_lots 44 u4 : tonnes
        match_id 48 u4 : number of the trade, from 1 each day
        side 52 u1 : Side of this order
        role 53 u1 : Role
        method 54 u1 : Method
        order_kind 55 u1 : OrderKind
        trading_fee_fen 56 u4 : charged now
        settlement_fee_fen 60 u4 : charged now
    """),
    (Kind.DONE, 1, "An order will trade no more", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : its price (worst price of a take)
        quantity_lots 44 u4 : tonnes that did not trade
        filled_lots 48 u4 : tonnes that traded
        side 52 u1 : Side
        done_reason 53 u1 : DoneReason
        method 54 u1 : Method
        order_kind 55 u1 : OrderKind
    """),
    (Kind.BLOCK_OFFERED, 1, "A block offer is addressed to you", """
        order_id 32 u8 : the offer
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        counterparty_account_id 48 u4 : the offeror's account
        side 52 u1 : Side of the offeror
        order_flags 53 u1 : BlockFlag
        countered_order_id 56 u8 : your offer that it answers, 0 = none
        order_kind 55 u1 : OrderKind
        method 54 u1 : Method
    """),
    (Kind.BLOCK_CLOSED, 1, "A block offer addressed to you is gone", """
        order_id 32 u8 : the offer
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        counterparty_account_id 48 u4 : the offeror's account
        side 52 u1 : Side of the offeror
        done_reason 53 u1 : DoneReason
        method 54 u1 : Method
    """),
    (Kind.LOGIN_CHANGED, 1, "A login of your member connected or disconnected", """
        subject_id 48 u4 : login id
        down_reason 52 u1 : why it went down
        is_up 53 u1 : 1 connected, 0 not
    """),
    (Kind.STREAM_OPENED, 1, "First record of every stream: version, day and limits", """
        quantity_lots_max 32 u4 : largest order
        reference_gap_max 36 u4 : largest jump of a user reference
        price_ticks_max 40 u4 : largest price
        heartbeat_ms 44 u4 : silence before a heartbeat
        stream_id 48 u4 : this stream
        dead_ms 56 u4 : silence before the peer is dead
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.KILL_CHANGED, 1, "New orders of your member or login are stopped or allowed again", """
        subject_id 48 u4 : member or login id
        level 52 u1 : Level
        is_killed 53 u1 : 1 stopped, 0 allowed
    """),
    (Kind.REDUCED, 2, "An order was reduced or replaced", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : price now
        quantity_lots 44 u4 : remaining now
        target_reference 48 u4 : the order's reference
        side 52 u1 : Side
        keeps_priority 53 u1 : 1 or 0
        method 54 u1 : Method
    """),
    (Kind.MASS_CANCELLED, 2, "A mass cancel is complete", """
        cancelled_lots 32 i8 : tonnes cancelled
        record_count 48 u4 : orders cancelled
    """),
    (Kind.BALANCE_CHANGED, 2, "Units or cash changed other than by a trade", """
        amount 32 i8 : change, lots or fen
        available 40 i8 : available now
        transfer_id 48 u4 : the registry's number; of a bust or correction the trade's match_id
        change_kind 52 u1 : ChangeKind
    """),
    (Kind.ACCOUNT_RESTRICTED, 2, "What an account of yours may do has changed", """
        eligibility 52 u1 : Eligibility now
    """),
    (Kind.SETTING_CHANGED, 2, "Cancel-on-disconnect and dead-man's timer of a login of yours", """
        grace_ms 40 u4 : wait before cancelling after a disconnect
        dead_man_ms 44 u4 : dead-man's timer, 0 = off
        cancel_on_disconnect 52 u1 : 0 or 1
    """),
    (Kind.LIMIT_CHANGED, 2, "A risk limit that your member set", """
        parameter_value 32 i8 : value, 0 = off
        subject_id 48 u4 : login, 0 = account
        parameter_id 52 u2 : MemberLimit
    """),
    # ---------------- operator event: exchange -> operator stream, sequenced
    (Kind.COMMAND_DONE, 1, "Audit: an exchange command took effect", """
        parameter_value 32 i8 : value set, where one is
        subject_id 48 u4 : contract, member, login or count concerned
        command_kind 52 u1 : kind
        subject_level 53 u1 : Level, where one is
    """),
    (Kind.PROPOSAL_CHANGED, 2, "Audit: proposed, approved, refused, lapsed", """
        command_hash 32 u8 : first 8 bytes of the command's SHA-256
        proposal_id 48 u4 : number of the proposal
        command_kind 52 u1 : kind proposed
        proposal_state 53 u1 : ProposalState
    """),
    # ---------------- depth event: exchange -> depth stream, sequenced, no account
    (Kind.DEPTH_ADDED, 6, "An order came to the back of its price in the book; an incoming one comes before it trades", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : its price
        quantity_lots 44 u4 : its tonnes
        side 52 u1 : Side
        method 54 u1 : Method
        is_last 55 u1 : 1 = the last depth record of its command: the book is whole again
    """),
    (Kind.DEPTH_EXECUTED, 6, "An order traded: it holds so much less, and is gone when nothing is left", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : trade price, which in an auction need not be the order's
        quantity_lots 44 u4 : tonnes traded
        match_id 48 u4 : number of the trade
        side 52 u1 : Side of the order
        role 53 u1 : Role
        method 54 u1 : Method
        is_last 55 u1 : 1 = the last depth record of its command
    """),
    (Kind.DEPTH_CHANGED, 6, "An order was reduced or replaced", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : price now
        quantity_lots 44 u4 : tonnes now
        side 52 u1 : Side
        keeps_priority 53 u1 : 1 = at its place, 0 = at the back of its price
        method 54 u1 : Method
        is_last 55 u1 : 1 = the last depth record of its command
    """),
    (Kind.DEPTH_REMOVED, 6, "An order left the book untraded: cancelled, lapsed or prevented", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : its price
        quantity_lots 44 u4 : tonnes that were left
        side 52 u1 : Side
        method 54 u1 : Method
        is_last 55 u1 : 1 = the last depth record of its command
    """),
    # ---------------- public event: exchange -> public stream, sequenced, no account
    (Kind.TRADE, 1, "A trade, without accounts", """
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        match_id 48 u4 : number of the trade
        side 52 u1 : Side of the taker
        method 54 u1 : Method
    """),
    (Kind.PHASE_CHANGED, 1, "A method of a contract changed phase", """
        previous_phase 52 u1 : Phase before
        phase 53 u1 : Phase now
        method 54 u1 : Method
        next_change_ns 56 i8 : when the schedule changes it next, 0 = unknown
    """),
    (Kind.FIVE_LEVELS, 1, "Best five levels of one side, as of the last tick", """
        board_contract_id 4 u2 : contract
        board_side 6 u1 : Side
        level_count 7 u1 : levels given, 0 to 5
""" + _LEVELS),
    (Kind.DAY_FIGURES, 1, "The day's figures of one method of a contract", """
        trade_count 4 u4 : trades
        figure_method 28 u1 : Method
        open_ticks 32 u4 : first listed trade, else base; 0 for other methods without trade
        high_ticks 36 u4 : highest, 0 = no trade
        low_ticks 40 u4 : lowest, 0 = no trade
        close_ticks 44 u4 : listed: volume-weighted mean half up, else base; other methods: mean
        volume_lots 48 i8 : tonnes
        turnover_fen 56 i8 : amount
    """),
    (Kind.HALT_CHANGED, 1, "Trading halted or resumed at a level", """
        subject_id 48 u4 : contract id; 0 for the market
        level 52 u1 : Level
        halt_reason 53 u1 : HaltReason
        is_halted 54 u1 : 1 halted, 0 resumed
        expected_ns 56 i8 : expected resumption, 0 = unknown
    """),
    (Kind.BAND, 1, "The day's price limits of a contract", """
        base_price_ticks 32 u4 : previous close
        lower_ticks 40 u4 : listed lower limit
        upper_ticks 44 u4 : listed upper limit
        block_lower_ticks 48 u4 : block lower limit
        block_upper_ticks 52 u4 : block upper limit
    """),
    (Kind.COMPOSITE, 1, "Composite price of the market at the close", """
        open_ticks 32 u4 : composite open
        high_ticks 36 u4 : composite high
        low_ticks 40 u4 : composite low
        close_ticks 44 u4 : composite close
        volume_lots 48 i8 : tonnes, all methods
        turnover_fen 56 i8 : amount, all methods
    """),
    (Kind.SETTLEMENT_STAGE, 1, "Where the registry's day stands", """
        break_count 48 u4 : reconciliation breaks open
        stage 52 u1 : SettlementStage
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.NOTICE_TEXT, 2, "Text to everybody, in fragments", """
        text 32 S32 : UTF-8
        fragment_index 26 u1 : from 0
        fragment_count 27 u1 : number of fragments
        notice_id 28 u4 : number of the notice
    """),
    (Kind.INDICATIVE, 2, "Indicative result of a running auction", """
        imbalance_lots 32 i8 : unmatched tonnes at that price
        price_ticks 40 u4 : indicative price, 0 = none
        indicative_auction_id 44 u4 : 0 = call auction
        volume_lots 48 i8 : tonnes that would trade
        imbalance_side 56 u1 : Side of the imbalance
        auction_method 57 u1 : Method
    """),
    (Kind.AUCTION_ANNOUNCED, 2, "A one-way or primary auction", """
        quantity_lots 44 u4 : tonnes offered
        floor_ticks 32 u4 : floor
        ceiling_ticks 36 u4 : ceiling
        bidder_share_ppm 40 u4 : most one bidder may get
        auction_id 48 u4 : number of the auction
        pricing 52 u1 : AuctionPricing
        auction_kind 53 u1 : AuctionKind
        end_ns 56 i8 : end of the window
    """),
    (Kind.TRADE_BUSTED, 2, "A trade was undone or corrected", """
        price_ticks 40 u4 : corrected price, 0 = undone
        quantity_lots 44 u4 : corrected tonnes
        match_id 48 u4 : the trade
    """),
    (Kind.BREAKER_STATE, 2, "A contract's breaker moved", """
        reference_ticks 32 u4 : reference price of the frozen band
        trigger_ticks 36 u4 : price that would have traded, 0 = none
        lower_ticks 40 u4 : frozen band
        upper_ticks 44 u4 : frozen band
        breaker_state 52 u1 : BreakerState
        breaker_kind 53 u1 : BreakerKind
        method 54 u1 : Method
        next_change_ns 56 i8 : end of this state, 0 = none
    """),
    (Kind.BLOCK_BOARD, 2, "A block offer on the board: new, smaller, or gone", """
        order_id 32 u8 : the offer
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes left, 0 = gone
        side 52 u1 : Side of the offeror
        order_flags 53 u1 : BlockFlag
        method 54 u1 : Method
    """),
    (Kind.AUCTION_RESULT, 2, "What an auction traded", """
        tonnes_lots 32 i8 : tonnes traded
        price_ticks 40 u4 : price of all, lowest accepted if pay-as-bid; 0 = no trade
        auction_trade_count 44 u4 : trades
        auction_id 48 u4 : number, 0 = call auction
        pricing 52 u1 : AuctionPricing
        auction_kind 53 u1 : AuctionKind
        method 54 u1 : Method
        turnover_fen 56 i8 : amount
    """),
    (Kind.CONTRACT_EXPIRES, 2, "A contract trades for the last time today", ""),
    # ---------------- settlement event: exchange (Shanghai) -> registry (Wuhan) stream, sequenced
    (Kind.OPENING_ACCEPTED, 1, "Opening positions agree with their control totals", """
        units_total_lots 32 i8 : sum of all units
        cash_total_fen 40 i8 : sum of all cash
        record_count 48 u4 : records
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.TRADE_REPORT, 1, "A trade with both accounts and all four fees, as it happens", """
        seller_settlement_fee_fen 4 u4 : in place of user_reference
        report_version 24 u1 : in place of login_id
        report_method 25 u1 : Method
        account_id 28 u4 : the buyer's trading account
        seller_account_id 32 u4 : the seller's trading account
        seller_trading_fee_fen 36 u4 : fee
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        match_id 48 u4 : number of the trade, from 1 each day
        side 52 u1 : Side of the taker
        trading_day 54 u2 : days since 2000-01-01
        buyer_trading_fee_fen 56 u4 : fee
        buyer_settlement_fee_fen 60 u4 : fee
    """),
    (Kind.SEAL_HOLDING, 1, "Closing units of an account and contract", """
        available_lots 32 i8 : opening not sold
        bought_today_lots 40 i8 : bought today
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        frozen_lots 56 i8 : frozen
    """),
    (Kind.SEAL_CASH, 1, "Closing cash of an account", """
        available_fen 32 i8 : all that may be spent, sale proceeds included
        proceeds_today_fen 40 i8 : net sale proceeds of the day
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        frozen_fen 56 i8 : frozen
    """),
    (Kind.SEAL_HOLD, 2, "A hold not yet resolved at the seal", """
        amount 32 i8 : lots or fen
        transfer_id 48 u4 : the registry's number
        hold_kind 52 u1 : HoldKind
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.SEAL_TOTALS, 1, "Control totals of the day; the seal is complete", """
        tonnes_lots 32 i8 : traded tonnes, net of busts and corrections
        amount_fen 40 i8 : traded amount, net of busts and corrections
        match_count 48 u4 : trades
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        control_hash 56 u8 : over every TRADE_REPORT and BUST_REPORT in order, see vocabulary.control
    """),
    (Kind.SEAL_BALANCES, 1, "Control totals of the closing balances; comes before SEAL_TOTALS", """
        units_total_lots 32 i8 : sum of all closing units, held included
        cash_total_fen 40 i8 : sum of all closing cash, held included
        record_count 48 u4 : SEAL_HOLDING plus SEAL_CASH records
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        fees_fen 56 i8 : all fees charged today
    """),
    (Kind.RESULT_CONFIRMED, 1, "The clearing result equals the exchange's own", """
        record_count 48 u4 : records compared
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.RESULT_REFUSED, 1, "The clearing result differs: account_id (and contract_id, 0 = cash) name the first difference", """
        expected_amount 32 i8 : the exchange's own change, lots or fen
        found_amount 40 i8 : the change sent
        difference_count 48 u4 : accounts and contracts that differ
        run 52 u1 : run number
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.HOLD_CHANGED, 2, "Answer to a hold, commit, abort, transfer, freeze or release", """
        amount 32 i8 : lots or fen
        transfer_id 48 u4 : the registry's number
        hold_state 52 u1 : HoldState
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
        hold_reason 56 u2 : RejectReason
    """),
    (Kind.BUST_REPORT, 2, "A trade undone or corrected by the exchange; account_id is the buyer", """
        seller_settlement_fee_fen 4 u4 : fee now, in place of user_reference
        account_id 28 u4 : the buyer's trading account
        seller_account_id 32 u4 : the seller's trading account
        seller_trading_fee_fen 36 u4 : fee now
        price_ticks 40 u4 : corrected price, 0 = undone
        quantity_lots 44 u4 : corrected tonnes
        buyer_trading_fee_fen 56 u4 : fee now
        buyer_settlement_fee_fen 60 u4 : fee now
        match_id 48 u4 : the trade
        bust_reason 52 u1 : reason code
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    (Kind.EXCHANGE_SIGNATURE, 3, "Half of an Ed25519 signature by Shanghai", """
        fragment 32 S32 : bytes 0-31 or 32-63 of the signature
        fragment_index 26 u1 : 0 or 1
        fragment_count 27 u1 : 2
        fragment_trading_day 28 u2 : days since 2000-01-01
        fragment_version 30 u1 : protocol version
        fragment_run 31 u1 : run number
    """),
    (Kind.EXCHANGE_CHAIN_HEAD, 3, "Shanghai's daily journal chain head", """
        fragment 32 S32 : SHA-256
        fragment_index 26 u1 : 0
        fragment_count 27 u1 : 1
        fragment_trading_day 28 u2 : days since 2000-01-01
        fragment_version 30 u1 : protocol version
        fragment_run 31 u1 : run number
    """),
    (Kind.OBJECTION_NOTED, 3, "An objection reached the exchange", """
        match_id 48 u4 : the trade, 0 = the statement
        objection_state 52 u1 : received, examined, rejected, corrected
        version 53 u1 : protocol version
        trading_day 54 u2 : days since 2000-01-01
    """),
    # ---------------- reply: exchange -> one login, unsequenced
    (Kind.REFUSED, 1, "A packet was refused before the sequencer; its reference is not consumed", """
        highest_reference 48 u4 : 0 = does not apply
        command_kind 52 u1 : kind refused
        reason 54 u2 : RejectReason 9xx
        retry_after_ms 56 u4 : BUSY: when to send again
    """),
    (Kind.REPLY_ORDER, 1, "An open order of one's own", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes ordered
        remaining_lots 48 u4 : tonnes open
        side 52 u1 : Side
        order_kind 55 u1 : OrderKind
        method 54 u1 : Method
        counterparty_account_id 56 u4 : block: whom it addresses
    """),
    (Kind.REPLY_HOLDING, 1, "Units of an account and contract", """
        available_lots 32 i8 : may be sold
        locked_lots 40 i8 : in open orders
        bought_today_lots 48 i8 : sellable tomorrow
        frozen_lots 56 i8 : frozen
    """),
    (Kind.REPLY_CASH, 1, "Cash of an account", """
        available_fen 32 i8 : may be spent
        locked_fen 40 i8 : in open orders, fees included
        proceeds_today_fen 48 i8 : spendable today, not withdrawable
        frozen_fen 56 i8 : frozen
    """),
    (Kind.REPLY_CONTRACT, 1, "A contract and its band", """
        contract_code 32 S8 : code
        base_price_ticks 40 u4 : previous close
        lower_ticks 44 u4 : listed lower limit
        upper_ticks 48 u4 : listed upper limit
        block_lower_ticks 52 u4 : block lower limit
        block_upper_ticks 56 u4 : block upper limit
        vintage 60 u2 : 0 = first cycle
        product 62 u1 : Product
        matching_rule 63 u1 : Method LISTED or CONTINUOUS
    """),
    (Kind.REPLY_PHASE, 1, "Phase of a method of a contract", """
        is_halted 52 u1 : 1 = market or contract halted
        phase 53 u1 : Phase
        method 54 u1 : Method
        is_killed 55 u1 : 1 = new orders stopped for market or contract
        next_change_ns 56 i8 : next scheduled change
    """),
    (Kind.REPLY_TRADE, 1, "An execution of one's own today", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes
        match_id 48 u4 : number of the trade
        side 52 u1 : Side
        role 53 u1 : Role
        method 54 u1 : Method
        order_kind 55 u1 : OrderKind
        trading_fee_fen 56 u4 : fee
        settlement_fee_fen 60 u4 : fee
    """),
    (Kind.REPLY_LISTING, 1, "A listing inside the best five levels", """
        order_id 32 u8 : to be named in a take
        price_ticks 40 u4 : price
        quantity_lots 44 u4 : tonnes open
        side 52 u1 : Side
        is_own 53 u1 : 1 = of your legal entity
    """),
    (Kind.REPLY_FIGURES, 1, "Figures of a method of a contract so far", """
        figure_trade_count 8 u4 : trades, in place of sequence
        figure_method 28 u1 : Method
        open_ticks 32 u4 : first listed trade, else base
        high_ticks 36 u4 : highest
        low_ticks 40 u4 : lowest
        close_ticks 44 u4 : mean so far, else base
        volume_lots 48 i8 : tonnes
        turnover_fen 56 i8 : amount
    """),
    (Kind.REPLY_STATUS, 1, "Health of the exchange", """
        last_sequence 8 u8 : last command sequenced
        durable_sequence 32 u8 : last command on disk
        commands_per_second 24 u4 : last second
        sessions 28 u4 : logins connected
        latency_p50_us 40 u4 : receive to send, last seconds
        latency_p99_us 44 u4 : receive to send, last seconds
        latency_p999_us 48 u4 : receive to send, last seconds
        is_halted 52 u1 : 1 = market halted
        durability 53 u1 : 0 = none, 1 = synced before the answer
        trading_day 54 u2 : days since 2000-01-01
        live_orders 56 u4 : open orders
        caught_at_close 60 u4 : orders queued at the close and refused
    """),
    (Kind.REPLY_RULE, 1, "A rule in force", """
        parameter_value 32 i8 : value
        parameter_id 52 u2 : ParameterId
    """),
    (Kind.REPLY_END, 1, "End of a query's answer", """
        stream_number 32 u8 : the answer holds so many records of the depth stream (LEVELS: of the public one)
        record_count 48 u4 : records given
        query 52 u1 : QueryKind
    """),
    (Kind.SLOW_READER, 4, "Your connection is read too slowly and will be closed", """
        queued_bytes 32 i8 : waiting for you
        retry_after_ms 56 u4 : it is closed then, if you take nothing meanwhile
    """),
    (Kind.REPLY_DEPTH, 6, "A resting order of the book; buys then sells, best price first, first come first", """
        order_id 32 u8 : the order
        price_ticks 40 u4 : its price
        quantity_lots 44 u4 : tonnes left
        side 52 u1 : Side
        method 54 u1 : Method
    """),
    (Kind.REPLY_LEVELS, 6, "Best five levels of one side now; replaces every earlier FIVE_LEVELS of that side", """
        levels_contract_id 8 u2 : contract, in place of sequence
        levels_side 10 u1 : Side
        level_count 11 u1 : levels given, 0 to 5
""" + _LEVELS),
    (Kind.REPLY_DIGEST, 6, "Digest of the books asked for, contract_id 0 = of all, as vocabulary.book_digest lays it out", """
        digest 32 S32 : SHA-256
    """),
    (Kind.CONNECTION_CLOSED, 4, "The exchange closes this connection, and why", """
        down_reason 52 u1 : DownReason: after REPLACED or REVOKED do not log in again by yourself
    """),
)
# fmt: on
