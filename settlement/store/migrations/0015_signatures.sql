-- What each city has signed of a day: the head of its own chain and an Ed25519 signature, in two halves as they come.
CREATE TABLE signed_part (
    trading_day INTEGER NOT NULL REFERENCES settlement_day (trading_day),
    run INTEGER NOT NULL,
    city TEXT NOT NULL CHECK (city IN ('shanghai', 'wuhan')),
    part TEXT NOT NULL CHECK (part IN ('head', 'first', 'second')),
    data BLOB NOT NULL CHECK (length(data) = 32),
    PRIMARY KEY (trading_day, run, city, part)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER signed_part_kept BEFORE DELETE ON signed_part
BEGIN SELECT RAISE(ABORT, 'signatures are kept'); END;
CREATE TRIGGER signed_part_fixed BEFORE UPDATE ON signed_part
BEGIN SELECT RAISE(ABORT, 'signatures are kept'); END;
