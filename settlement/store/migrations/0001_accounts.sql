-- Who takes part. One registry account per entity (rulebook §2.1); ids are the exchange's where it has one.
CREATE TABLE season (
    season_id INTEGER PRIMARY KEY CHECK (season_id = 1),
    scenario TEXT NOT NULL,
    members INTEGER NOT NULL CHECK (members > 0)
) STRICT;

CREATE TABLE entity (
    entity_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT;

CREATE TABLE registry_account (
    registry_account_id INTEGER PRIMARY KEY,
    entity_id INTEGER NOT NULL UNIQUE REFERENCES entity (entity_id)
) STRICT;

CREATE TABLE trading_account (
    account_id INTEGER PRIMARY KEY,
    entity_id INTEGER NOT NULL REFERENCES entity (entity_id),
    registry_account_id INTEGER NOT NULL REFERENCES registry_account (registry_account_id),
    member_id INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'restricted', 'closed'))
) STRICT;

CREATE TABLE cash_account (
    cash_account_id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL UNIQUE REFERENCES trading_account (account_id),
    bank_id INTEGER NOT NULL
) STRICT;
