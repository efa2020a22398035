"""Double entry: append-only balanced entries, hash-chained in blocks, with balances as projections."""
