"""Serial numbers: which tonne lies where, and the way it came there."""
