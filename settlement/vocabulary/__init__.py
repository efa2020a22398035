"""Wuhan's own words: the chart of accounts, the kinds of ledger entries, the kinds of breaks."""
