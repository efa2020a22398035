-- Which blocks an entry made: their ids are consecutive. An index of every block by entry and trade took a third
-- of the time of a delivery of a million trades.
CREATE TABLE serial_batch (
    entry_id INTEGER PRIMARY KEY REFERENCES ledger_entry (entry_id),
    first_block_id INTEGER NOT NULL UNIQUE REFERENCES serial_block (block_id),
    last_block_id INTEGER NOT NULL UNIQUE REFERENCES serial_block (block_id),
    CHECK (first_block_id <= last_block_id)
) STRICT;
INSERT INTO serial_batch (entry_id, first_block_id, last_block_id)
SELECT from_entry_id, MIN(block_id), MAX(block_id) FROM serial_block GROUP BY from_entry_id;
DROP INDEX serial_block_of_entry;
CREATE TRIGGER serial_batch_kept BEFORE DELETE ON serial_batch
BEGIN SELECT RAISE(ABORT, 'serial batches are append-only'); END;
CREATE TRIGGER serial_batch_fixed BEFORE UPDATE ON serial_batch
BEGIN SELECT RAISE(ABORT, 'serial batches are append-only'); END;
