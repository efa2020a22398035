"""What leaves Wuhan for people: statements per account and day, the day's file, balances."""
