-- The index of live blocks by account has all that loading them and summing them needs, in the order in which they leave.
DROP INDEX serial_block_held;
CREATE INDEX serial_block_held ON serial_block (ledger_account_id, acquired, first_serial DESC, last_serial)
WHERE to_entry_id IS NULL;
