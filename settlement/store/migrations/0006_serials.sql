-- Serial numbers. A block is an interval of a contract's serials at one ledger account, from one entry to another;
-- the live ones (to_entry_id NULL) tile 1..issued. What was cut has children that tile it, what was merged a successor.
CREATE TABLE serial_block (
    block_id INTEGER PRIMARY KEY,
    contract_id INTEGER NOT NULL,
    first_serial INTEGER NOT NULL CHECK (first_serial >= 1),
    last_serial INTEGER NOT NULL,
    ledger_account_id INTEGER NOT NULL REFERENCES ledger_account (ledger_account_id),
    acquired INTEGER NOT NULL,  -- place in the account's first in, first out; a remainder keeps it
    parent_id INTEGER NOT NULL,  -- block it was cut or moved from; 0 = minted or merged
    match_id INTEGER NOT NULL,  -- trade that brought it here; 0 = none
    from_entry_id INTEGER NOT NULL REFERENCES ledger_entry (entry_id),
    to_entry_id INTEGER,
    successor_id INTEGER,  -- block it was merged into
    CHECK (first_serial <= last_serial),
    CHECK (to_entry_id >= from_entry_id),
    CHECK (successor_id IS NULL OR to_entry_id IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX serial_block_live ON serial_block (contract_id, first_serial) WHERE to_entry_id IS NULL;
CREATE INDEX serial_block_held ON serial_block (ledger_account_id, acquired) WHERE to_entry_id IS NULL;
CREATE INDEX serial_block_of_entry ON serial_block (from_entry_id, match_id);
CREATE INDEX serial_block_merged ON serial_block (successor_id) WHERE successor_id IS NOT NULL;
CREATE TRIGGER serial_block_kept BEFORE DELETE ON serial_block
BEGIN SELECT RAISE(ABORT, 'serial blocks are kept'); END;
CREATE TRIGGER serial_block_fixed BEFORE UPDATE ON serial_block
WHEN OLD.to_entry_id IS NOT NULL OR NEW.to_entry_id IS NULL OR OLD.block_id <> NEW.block_id
    OR OLD.contract_id <> NEW.contract_id OR OLD.first_serial <> NEW.first_serial
    OR OLD.last_serial <> NEW.last_serial OR OLD.ledger_account_id <> NEW.ledger_account_id
    OR OLD.acquired <> NEW.acquired OR OLD.parent_id <> NEW.parent_id OR OLD.match_id <> NEW.match_id
    OR OLD.from_entry_id <> NEW.from_entry_id
BEGIN SELECT RAISE(ABORT, 'a serial block is only closed, once'); END;

-- Carry-over: units of an old vintage used up, as many of a new one minted.
CREATE TABLE serial_link (
    entry_id INTEGER NOT NULL REFERENCES ledger_entry (entry_id),
    contract_id INTEGER NOT NULL,
    first_serial INTEGER NOT NULL,
    last_serial INTEGER NOT NULL CHECK (first_serial <= last_serial),
    new_contract_id INTEGER NOT NULL,
    new_first_serial INTEGER NOT NULL,
    PRIMARY KEY (contract_id, first_serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX serial_link_new ON serial_link (new_contract_id, new_first_serial);
CREATE TRIGGER serial_link_kept BEFORE DELETE ON serial_link
BEGIN SELECT RAISE(ABORT, 'serial links are append-only'); END;
CREATE TRIGGER serial_link_fixed BEFORE UPDATE ON serial_link
BEGIN SELECT RAISE(ABORT, 'serial links are append-only'); END;
