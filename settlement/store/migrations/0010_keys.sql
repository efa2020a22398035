-- Machine keys of the door: who somebody is, proven by a secret of which only the hash is kept.
CREATE TABLE machine_key (
    person_id TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    level TEXT NOT NULL,
    scope_id INTEGER NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    is_revoked INTEGER NOT NULL DEFAULT 0 CHECK (is_revoked IN (0, 1))
) STRICT, WITHOUT ROWID;
