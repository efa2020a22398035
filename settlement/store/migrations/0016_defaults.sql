-- What of a confirmed result was not delivered, and what the settlement reserve paid for whom.
CREATE TABLE failed_trade (
    trading_day INTEGER NOT NULL,
    match_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,  -- who could not deliver
    missing TEXT NOT NULL CHECK (missing IN ('units', 'cash')),
    PRIMARY KEY (trading_day, match_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER failed_trade_kept BEFORE DELETE ON failed_trade
BEGIN SELECT RAISE(ABORT, 'failed trades are kept'); END;
CREATE TRIGGER failed_trade_fixed BEFORE UPDATE ON failed_trade
BEGIN SELECT RAISE(ABORT, 'failed trades are kept'); END;

CREATE TABLE reserve_cover (
    trading_day INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    recovered_fen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (trading_day, account_id),
    CHECK (recovered_fen BETWEEN 0 AND amount_fen)
) STRICT, WITHOUT ROWID;
CREATE INDEX reserve_cover_owed ON reserve_cover (account_id) WHERE recovered_fen < amount_fen;
