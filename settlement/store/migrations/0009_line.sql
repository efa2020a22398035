-- Every time the line to Shanghai was opened while a day was under way: after a cut, or by a process started anew.
CREATE TABLE line_opening (
    line_opening_id INTEGER PRIMARY KEY,
    trading_day INTEGER NOT NULL REFERENCES settlement_day (trading_day),
    next_number INTEGER NOT NULL,  -- of the stream, that was asked for
    is_restart INTEGER NOT NULL CHECK (is_restart IN (0, 1))
) STRICT;
CREATE INDEX line_opening_of_day ON line_opening (trading_day);
