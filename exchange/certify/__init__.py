"""Examines a member's program before it trades with others: a market, a line with faults, a scenario."""
