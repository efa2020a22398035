-- A break of a day that was stated is closed by a person's operation only; 0 = by the corrected run of the same day.
ALTER TABLE reconciliation_break ADD COLUMN closing_operation_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX reconciliation_break_open ON reconciliation_break (account_id) WHERE closed_day IS NULL;
