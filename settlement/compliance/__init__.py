"""Compliance: what entities owe, how they surrender it, what they may carry over."""
