"""Shanghai: the city that trades. One folder per stage, in the order in which commands flow through them."""

# The marker by which two_city.py tells this package from a foreign one of the same name.
DISTRIBUTION = "two-city"
