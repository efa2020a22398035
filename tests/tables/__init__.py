"""Acceptance tables: one row a command, with the events or the reject it must give."""
