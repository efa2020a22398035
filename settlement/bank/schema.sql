-- A settlement bank's books. Version 1.

CREATE TABLE bank (
    row_id INTEGER PRIMARY KEY CHECK (row_id = 1),
    bank_id INTEGER NOT NULL CHECK (bank_id > 0),
    scenario TEXT NOT NULL,
    members INTEGER NOT NULL,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    opening_fen INTEGER NOT NULL CHECK (opening_fen >= 0),
    total_fen INTEGER NOT NULL CHECK (total_fen >= 0)  -- the special settlement account
) STRICT;

CREATE TABLE sub_ledger (
    account_id INTEGER PRIMARY KEY CHECK (account_id >= 0),
    opening_fen INTEGER NOT NULL CHECK (opening_fen >= 0),
    amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0)
) STRICT;

-- The stream: numbers from 1 without a gap, never changed. A word about a name is said once.
CREATE TABLE movement (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    word TEXT NOT NULL,
    instruction_id TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen <> 0),
    reason TEXT NOT NULL,
    UNIQUE (word, instruction_id)
) STRICT;

CREATE TRIGGER movement_has_no_gap BEFORE INSERT ON movement
WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM movement)
BEGIN SELECT RAISE(ABORT, 'movement: expected the next number'); END;

CREATE TRIGGER movement_stays BEFORE UPDATE ON movement
BEGIN SELECT RAISE(ABORT, 'movement: expected no change of the past'); END;

CREATE TRIGGER movement_is_kept BEFORE DELETE ON movement
BEGIN SELECT RAISE(ABORT, 'movement: expected no removal of the past'); END;

CREATE TABLE instruction (
    instruction_number INTEGER PRIMARY KEY,
    instruction_id TEXT NOT NULL UNIQUE,
    bank_order TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    target_bank_id INTEGER NOT NULL,
    outgoing_number INTEGER NOT NULL,  -- among PAY_OUT and SEND; 0 for SETTLE
    answer_number INTEGER REFERENCES movement (number)  -- NULL = it waits
) STRICT;

CREATE INDEX instruction_waiting ON instruction (instruction_number) WHERE answer_number IS NULL;

-- What has left for another bank, until that bank says that it has it.
CREATE TABLE delivery (
    number INTEGER PRIMARY KEY REFERENCES movement (number),
    instruction_id TEXT NOT NULL UNIQUE,
    target_bank_id INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    is_acknowledged INTEGER NOT NULL CHECK (is_acknowledged IN (0, 1))
) STRICT;

CREATE INDEX delivery_under_way ON delivery (target_bank_id, number) WHERE is_acknowledged = 0;
