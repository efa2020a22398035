-- Double entry for units and cash. Entries, postings and blocks are append-only and every block is hash-chained
-- to the one before; the balance is a projection kept in the same transaction. asset_id 0 is cash.
CREATE TABLE ledger_account (
    ledger_account_id INTEGER PRIMARY KEY,
    asset_id INTEGER NOT NULL CHECK (asset_id >= 0),
    bucket TEXT NOT NULL,
    owner_id INTEGER NOT NULL,
    is_contra INTEGER NOT NULL CHECK (is_contra IN (0, 1)),
    UNIQUE (asset_id, bucket, owner_id)
) STRICT;

CREATE TABLE ledger_balance (
    ledger_account_id INTEGER PRIMARY KEY REFERENCES ledger_account (ledger_account_id),
    is_contra INTEGER NOT NULL CHECK (is_contra IN (0, 1)),
    balance INTEGER NOT NULL,
    CONSTRAINT no_negative_holding CHECK (
        (is_contra = 0 AND balance >= 0) OR (is_contra = 1 AND balance <= 0)
    )
) STRICT;

CREATE TABLE ledger_entry (
    entry_id INTEGER PRIMARY KEY,
    trading_day INTEGER NOT NULL,
    booked_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    memo TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_entry_by_day ON ledger_entry (trading_day);

CREATE TABLE ledger_posting (
    entry_id INTEGER NOT NULL REFERENCES ledger_entry (entry_id),
    line INTEGER NOT NULL,
    ledger_account_id INTEGER NOT NULL REFERENCES ledger_account (ledger_account_id),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_block (
    block_id INTEGER PRIMARY KEY,
    first_entry_id INTEGER NOT NULL UNIQUE,
    last_entry_id INTEGER NOT NULL UNIQUE,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    CHECK (first_entry_id <= last_entry_id)
) STRICT;

CREATE TRIGGER ledger_block_balances BEFORE INSERT ON ledger_block
WHEN EXISTS (
    SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id
    WHERE p.entry_id BETWEEN NEW.first_entry_id AND NEW.last_entry_id
    GROUP BY p.entry_id, a.asset_id HAVING SUM(p.amount) <> 0
)
BEGIN SELECT RAISE(ABORT, 'unbalanced entry'); END;

CREATE TRIGGER ledger_block_follows BEFORE INSERT ON ledger_block
WHEN NEW.first_entry_id <> 1 + COALESCE((SELECT MAX(last_entry_id) FROM ledger_block), 0)
BEGIN SELECT RAISE(ABORT, 'a block begins where the one before ended'); END;

CREATE TRIGGER ledger_posting_into_sealed BEFORE INSERT ON ledger_posting
WHEN NEW.entry_id <= COALESCE((SELECT MAX(last_entry_id) FROM ledger_block), 0)
BEGIN SELECT RAISE(ABORT, 'the entry is sealed in a block'); END;

CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER ledger_entry_fixed BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER ledger_posting_kept BEFORE DELETE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER ledger_posting_fixed BEFORE UPDATE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER ledger_block_kept BEFORE DELETE ON ledger_block
BEGIN SELECT RAISE(ABORT, 'blocks are append-only'); END;
CREATE TRIGGER ledger_block_fixed BEFORE UPDATE ON ledger_block
BEGIN SELECT RAISE(ABORT, 'blocks are append-only'); END;
