-- Compliance: what each entity owes for a year, and the applications that surrender or carry units over. Whether an
-- application waits or is done is what its operation says: it is not kept twice.
CREATE TABLE obligation (
    entity_id INTEGER NOT NULL REFERENCES entity (entity_id),
    year INTEGER NOT NULL,
    verified_lots INTEGER NOT NULL CHECK (verified_lots >= 0),
    due_lots INTEGER NOT NULL CHECK (due_lots BETWEEN 0 AND verified_lots),
    PRIMARY KEY (entity_id, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE surrender (
    operation_id INTEGER PRIMARY KEY REFERENCES operation (operation_id),
    holder_entity_id INTEGER NOT NULL,  -- whose units
    obliged_entity_id INTEGER NOT NULL,
    year INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    lots INTEGER NOT NULL CHECK (lots > 0),
    asked_ns INTEGER NOT NULL,  -- decides whether it is late
    is_from_province INTEGER NOT NULL CHECK (is_from_province IN (0, 1)),
    FOREIGN KEY (obliged_entity_id, year) REFERENCES obligation (entity_id, year)
) STRICT;
CREATE INDEX surrender_of ON surrender (obliged_entity_id, year);
CREATE TRIGGER surrender_kept BEFORE DELETE ON surrender
BEGIN SELECT RAISE(ABORT, 'applications are kept'); END;
CREATE TRIGGER surrender_fixed BEFORE UPDATE ON surrender
BEGIN SELECT RAISE(ABORT, 'applications do not change'); END;

CREATE TABLE carry_over (
    operation_id INTEGER PRIMARY KEY REFERENCES operation (operation_id),
    entity_id INTEGER NOT NULL REFERENCES entity (entity_id),
    contract_id INTEGER NOT NULL,
    lots INTEGER NOT NULL CHECK (lots > 0)
) STRICT;
CREATE INDEX carry_over_of ON carry_over (entity_id);
CREATE TRIGGER carry_over_kept BEFORE DELETE ON carry_over
BEGIN SELECT RAISE(ABORT, 'applications are kept'); END;
CREATE TRIGGER carry_over_fixed BEFORE UPDATE ON carry_over
BEGIN SELECT RAISE(ABORT, 'applications do not change'); END;
