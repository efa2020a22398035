-- What Shanghai did to trades and balances during the day that this release cannot book: such a day is held.
CREATE TABLE unbooked (
    unbooked_id INTEGER PRIMARY KEY,
    trading_day INTEGER NOT NULL,
    what TEXT NOT NULL,
    subject_id INTEGER NOT NULL,  -- the trade's match id or the transfer's number
    account_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    amount INTEGER NOT NULL
) STRICT;
