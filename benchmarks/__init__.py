"""Measurements and replays that run from a clone; nothing in here is part of the installed packages."""
