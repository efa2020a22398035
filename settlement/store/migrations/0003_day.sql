-- A trading day as Wuhan lives it: what came over the line, what was cleared, what was found.
-- trading_day counts days from 2000-01-01, as in the records. stage is vocabulary.enums.SettlementStage.
CREATE TABLE settlement_day (
    trading_day INTEGER PRIMARY KEY,
    stage INTEGER NOT NULL,
    run INTEGER NOT NULL CHECK (run >= 1),
    next_number INTEGER NOT NULL CHECK (next_number >= 1),
    next_reference INTEGER NOT NULL CHECK (next_reference >= 1),
    time_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE day_step (
    trading_day INTEGER NOT NULL REFERENCES settlement_day (trading_day),
    run INTEGER NOT NULL,
    step TEXT NOT NULL,
    time_ns INTEGER NOT NULL,
    PRIMARY KEY (trading_day, run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE planted_fault (
    trading_day INTEGER PRIMARY KEY,
    fault TEXT NOT NULL,
    description TEXT NOT NULL
) STRICT;

CREATE TABLE trade (
    trading_day INTEGER NOT NULL,
    match_id INTEGER NOT NULL,
    buyer_account_id INTEGER NOT NULL,
    seller_account_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    method INTEGER NOT NULL,
    taker_side INTEGER NOT NULL,
    price_ticks INTEGER NOT NULL CHECK (price_ticks > 0),
    quantity_lots INTEGER NOT NULL CHECK (quantity_lots > 0),
    buyer_trading_fee_fen INTEGER NOT NULL,
    buyer_settlement_fee_fen INTEGER NOT NULL,
    seller_trading_fee_fen INTEGER NOT NULL,
    seller_settlement_fee_fen INTEGER NOT NULL,
    time_ns INTEGER NOT NULL,
    PRIMARY KEY (trading_day, match_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE seal_holding (
    trading_day INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    available_lots INTEGER NOT NULL,
    bought_today_lots INTEGER NOT NULL,
    frozen_lots INTEGER NOT NULL,
    PRIMARY KEY (trading_day, account_id, contract_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE seal_cash (
    trading_day INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    available_fen INTEGER NOT NULL,
    proceeds_today_fen INTEGER NOT NULL,
    frozen_fen INTEGER NOT NULL,
    PRIMARY KEY (trading_day, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE seal_balances (
    trading_day INTEGER PRIMARY KEY,
    units_total_lots INTEGER NOT NULL,
    cash_total_fen INTEGER NOT NULL,
    record_count INTEGER NOT NULL,
    fees_fen INTEGER NOT NULL
) STRICT;

CREATE TABLE seal_totals (
    trading_day INTEGER PRIMARY KEY,
    tonnes_lots INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    match_count INTEGER NOT NULL,
    control_hash INTEGER NOT NULL
) STRICT;

-- One line per trade and run: what the clearing made of it.
CREATE TABLE clearing_line (
    trading_day INTEGER NOT NULL,
    run INTEGER NOT NULL,
    match_id INTEGER NOT NULL,
    buyer_account_id INTEGER NOT NULL,
    seller_account_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    method INTEGER NOT NULL,
    price_ticks INTEGER NOT NULL,
    quantity_lots INTEGER NOT NULL,
    buyer_trading_fee_fen INTEGER NOT NULL,
    buyer_settlement_fee_fen INTEGER NOT NULL,
    seller_trading_fee_fen INTEGER NOT NULL,
    seller_settlement_fee_fen INTEGER NOT NULL,
    PRIMARY KEY (trading_day, run, match_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cleared_units (
    trading_day INTEGER NOT NULL,
    run INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    bought_lots INTEGER NOT NULL,
    sold_lots INTEGER NOT NULL,
    PRIMARY KEY (trading_day, run, account_id, contract_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cleared_cash (
    trading_day INTEGER NOT NULL,
    run INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    purchases_fen INTEGER NOT NULL,
    sales_fen INTEGER NOT NULL,
    trading_fee_fen INTEGER NOT NULL,
    settlement_fee_fen INTEGER NOT NULL,
    PRIMARY KEY (trading_day, run, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusal (
    trading_day INTEGER NOT NULL,
    run INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    expected_amount INTEGER NOT NULL,
    found_amount INTEGER NOT NULL,
    difference_count INTEGER NOT NULL,
    PRIMARY KEY (trading_day, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE reconciliation_break (
    break_id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    what TEXT NOT NULL,
    exchange_amount INTEGER NOT NULL,
    registry_amount INTEGER NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    closed_day INTEGER,
    closing_reason TEXT,
    CHECK ((closed_day IS NULL) = (closing_reason IS NULL))
) STRICT;

CREATE TABLE day_report (
    trading_day INTEGER PRIMARY KEY,
    stage INTEGER NOT NULL,
    settled_trades INTEGER NOT NULL,
    tonnes_lots INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    units_conserved INTEGER NOT NULL CHECK (units_conserved IN (0, 1)),
    cash_conserved INTEGER NOT NULL CHECK (cash_conserved IN (0, 1)),
    break_count INTEGER NOT NULL
) STRICT;
