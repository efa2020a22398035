"""Bridges: other ways into the market, each a client of the one protocol."""
