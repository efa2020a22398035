"""The operator console: a read-only page in a process of its own, a client of both cities like any other."""
