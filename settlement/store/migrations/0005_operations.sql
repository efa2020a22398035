-- Registry operations: what was asked, by whom, what became of it. The row is the newest state; operation_event
-- keeps every step, append-only and hash-chained: the audit trail of everything that changes the registry.
CREATE TABLE operation (
    operation_id INTEGER PRIMARY KEY,
    person_id TEXT NOT NULL,
    request_key TEXT NOT NULL,  -- idempotency: the same person's same key is the same command
    kind TEXT NOT NULL,
    institution TEXT NOT NULL,
    entity_id INTEGER NOT NULL,  -- whom it is about; 0 = nobody
    params TEXT NOT NULL,  -- canonical JSON
    command_hash BLOB NOT NULL,  -- SHA-256 of kind and params: what an approval binds
    state TEXT NOT NULL,
    refusal INTEGER NOT NULL,
    detail TEXT NOT NULL,
    asked_ns INTEGER NOT NULL,
    expires_ns INTEGER NOT NULL,  -- of the time for approval; 0 = none is needed
    approver_id TEXT NOT NULL,
    changed_ns INTEGER NOT NULL,
    trading_day INTEGER NOT NULL,
    UNIQUE (person_id, request_key)
) STRICT;
CREATE INDEX operation_by_state ON operation (state) WHERE state IN ('asked', 'running');
CREATE INDEX operation_by_entity ON operation (entity_id, operation_id);

CREATE TABLE operation_event (
    event_id INTEGER PRIMARY KEY,
    operation_id INTEGER NOT NULL REFERENCES operation (operation_id),
    state TEXT NOT NULL,
    person_id TEXT NOT NULL,
    time_ns INTEGER NOT NULL,
    text TEXT NOT NULL,  -- at first kind and params, later the code and detail
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE
) STRICT;
CREATE INDEX operation_event_of ON operation_event (operation_id);
CREATE TRIGGER operation_event_kept BEFORE DELETE ON operation_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER operation_event_fixed BEFORE UPDATE ON operation_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER operation_kept BEFORE DELETE ON operation
BEGIN SELECT RAISE(ABORT, 'operations are kept'); END;
CREATE TRIGGER operation_command_fixed BEFORE UPDATE ON operation
WHEN OLD.kind <> NEW.kind OR OLD.params <> NEW.params OR OLD.person_id <> NEW.person_id
    OR OLD.command_hash <> NEW.command_hash OR OLD.asked_ns <> NEW.asked_ns
BEGIN SELECT RAISE(ABORT, 'what was asked does not change'); END;

-- Which province an entity belongs to, and what its accounts may do.
ALTER TABLE entity ADD COLUMN province_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entity ADD COLUMN may_buy INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entity ADD COLUMN may_sell INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entity ADD COLUMN may_move INTEGER NOT NULL DEFAULT 1;

-- Trades undone or corrected by the exchange, as it told them: the trade's terms and fees from then on.
CREATE TABLE trade_change (
    change_id INTEGER PRIMARY KEY,
    trading_day INTEGER NOT NULL,
    after_match_id INTEGER NOT NULL,  -- newest trade told before: the control hash takes both as they came
    match_id INTEGER NOT NULL,
    price_ticks INTEGER NOT NULL,  -- 0 = undone
    quantity_lots INTEGER NOT NULL,
    buyer_trading_fee_fen INTEGER NOT NULL,
    buyer_settlement_fee_fen INTEGER NOT NULL,
    seller_trading_fee_fen INTEGER NOT NULL,
    seller_settlement_fee_fen INTEGER NOT NULL,
    bust_reason INTEGER NOT NULL
) STRICT;
CREATE INDEX trade_change_of_day ON trade_change (trading_day, change_id);

-- Units on their way between a registry bucket and a trading bucket. While Shanghai owns "available" it decides; the
-- row says what it was last asked and under which of the day's numbers.
CREATE TABLE city_transfer (
    operation_id INTEGER PRIMARY KEY REFERENCES operation (operation_id),
    direction TEXT NOT NULL CHECK (direction IN ('to-trading', 'to-registry')),
    account_id INTEGER NOT NULL,
    registry_account_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    lots INTEGER NOT NULL CHECK (lots > 0),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'asked', 'committing', 'held', 'ended')),
    trading_day INTEGER NOT NULL,  -- of the number below; 0 = not asked yet
    transfer_id INTEGER NOT NULL,  -- ascending within a day
    user_reference INTEGER NOT NULL  -- of the newest command about it
) STRICT;
CREATE INDEX city_transfer_running ON city_transfer (state) WHERE state <> 'ended';
CREATE UNIQUE INDEX city_transfer_number ON city_transfer (trading_day, transfer_id) WHERE transfer_id > 0;
