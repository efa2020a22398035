"""The errors of the rulebook: what was asked for does not exist, or its file is malformed."""

from exchange.errors import TwoCityError


class RulebookError(TwoCityError):
    """Names the file, key or date asked for, what was expected there and what was found."""


class CalendarError(RulebookError):
    """A date outside the years a calendar knows: the calendar never guesses."""
