"""The compiled kernel against the plain-Python reference: every event byte, every stream id, every digest."""
