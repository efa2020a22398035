"""Wuhan: the city that keeps the registry and settles."""

# The marker by which two_city.py tells this package from a foreign one of the same name.
DISTRIBUTION = "two-city"
