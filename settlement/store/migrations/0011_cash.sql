-- What crosses between the cities, of every sort: units and cash, in, out, frozen and released. The numbers of a day are
-- shared by all; a deposit has no operation.
CREATE TABLE crossing (
    crossing_id INTEGER PRIMARY KEY,
    cause TEXT NOT NULL UNIQUE,  -- what it comes from; its entries' references begin with it
    operation_id INTEGER NOT NULL,  -- 0 = none
    direction TEXT NOT NULL CHECK (
        direction IN ('to-trading', 'to-registry', 'deposit', 'withdrawal', 'freeze', 'release')
    ),
    account_id INTEGER NOT NULL,
    registry_account_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    state TEXT NOT NULL CHECK (
        state IN ('waiting', 'asked', 'paying', 'committing', 'aborting', 'held', 'later', 'ended')
    ),
    trading_day INTEGER NOT NULL,  -- of the number below; 0 = not asked yet
    transfer_id INTEGER NOT NULL,  -- ascending within a day
    user_reference INTEGER NOT NULL,  -- of the newest command about it; 0 = a command is to be sent
    held_day INTEGER NOT NULL  -- the day that was sealed with it on hold; 0 = none
) STRICT;
INSERT INTO crossing SELECT operation_id, 'op/' || operation_id, operation_id, direction, account_id,
    registry_account_id, contract_id, lots, state, trading_day, transfer_id, user_reference,
    CASE WHEN state = 'held' THEN trading_day ELSE 0 END FROM city_transfer ORDER BY operation_id;
DROP TABLE city_transfer;
CREATE INDEX crossing_running ON crossing (state) WHERE state <> 'ended';
CREATE INDEX crossing_held ON crossing (held_day) WHERE held_day > 0;
CREATE UNIQUE INDEX crossing_number ON crossing (trading_day, transfer_id) WHERE transfer_id > 0;

-- Freezes in trading and of cash: what was ordered, what releases have taken back, what is frozen. The rest attaches to
-- what comes in.
CREATE TABLE freeze_order (
    operation_id INTEGER PRIMARY KEY REFERENCES operation (operation_id),
    account_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    asked INTEGER NOT NULL CHECK (asked > 0),
    lowered INTEGER NOT NULL CHECK (lowered >= 0),
    frozen INTEGER NOT NULL CHECK (frozen >= 0),
    CHECK (lowered + frozen <= asked)
) STRICT;
CREATE INDEX freeze_order_of ON freeze_order (account_id, asset_id, operation_id);
CREATE INDEX freeze_order_short ON freeze_order (operation_id) WHERE lowered + frozen < asked;

-- What Shanghai was last told an account may do; it forgets at the end of its day.
CREATE TABLE restriction_told (
    account_id INTEGER PRIMARY KEY,
    trading_day INTEGER NOT NULL,
    eligibility INTEGER NOT NULL
) STRICT;

-- The settlement banks: what each was instructed, and every movement it told, numbered by the bank.
CREATE TABLE bank_instruction (
    instruction_number INTEGER PRIMARY KEY,
    instruction_id TEXT NOT NULL UNIQUE,
    bank_id INTEGER NOT NULL,
    bank_order TEXT NOT NULL CHECK (bank_order IN ('pay-out', 'send', 'settle')),
    account_id INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen <> 0),
    target_bank_id INTEGER NOT NULL,
    answer TEXT NOT NULL,  -- '' = none yet
    reason TEXT NOT NULL,  -- of a rejection
    has_arrived INTEGER NOT NULL CHECK (has_arrived IN (0, 1))  -- at the other bank
) STRICT;
CREATE INDEX bank_instruction_open ON bank_instruction (bank_id, instruction_number) WHERE answer = '';
CREATE INDEX bank_instruction_sent ON bank_instruction (target_bank_id) WHERE bank_order = 'send' AND has_arrived = 0;

CREATE TABLE bank_movement (
    bank_id INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    word TEXT NOT NULL,
    instruction_id TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    reason TEXT NOT NULL,
    trading_day INTEGER NOT NULL,  -- on whose books it was taken
    PRIMARY KEY (bank_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX bank_movement_once ON bank_movement (bank_id, word, instruction_id);
CREATE TRIGGER bank_movement_kept BEFORE DELETE ON bank_movement
BEGIN SELECT RAISE(ABORT, 'movements of a bank are kept'); END;
CREATE TRIGGER bank_movement_fixed BEFORE UPDATE ON bank_movement
BEGIN SELECT RAISE(ABORT, 'movements of a bank do not change'); END;

-- Breaks against a bank's books are found and closed apart from those against Shanghai's.
ALTER TABLE reconciliation_break ADD COLUMN bank_id INTEGER NOT NULL DEFAULT 0;
