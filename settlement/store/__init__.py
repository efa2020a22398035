"""Wuhan's store: SQLite with strict tables; every SQL statement but the ledger's lies in this folder."""
