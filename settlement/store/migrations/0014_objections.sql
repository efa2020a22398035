-- What holders object to in a day's statement, and what becomes of it. It moves nothing by itself.
CREATE TABLE objection (
    objection_id INTEGER PRIMARY KEY,  -- the operation that brought it
    entity_id INTEGER NOT NULL REFERENCES entity (entity_id),
    trading_day INTEGER NOT NULL REFERENCES settlement_day (trading_day),
    match_id INTEGER NOT NULL,  -- the trade; 0 = the statement as a whole
    grounds TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('received', 'examined', 'rejected', 'corrected')),
    reason TEXT NOT NULL,  -- of the decision
    correcting_operation_id INTEGER NOT NULL,  -- what has set it right; 0 = nothing
    CHECK ((state = 'corrected') = (correcting_operation_id <> 0))
) STRICT;
CREATE INDEX objection_of_entity ON objection (entity_id);
