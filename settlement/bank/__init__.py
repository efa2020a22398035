"""A settlement bank, simulated: a process and a store of its own, to which Wuhan talks over HTTP."""
