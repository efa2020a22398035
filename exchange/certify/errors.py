"""What can go wrong with an examination itself; what the program does wrong is a result, no exception."""

from exchange.errors import TwoCityError


class ExaminerFailed(TwoCityError):
    """The market around the program did not do what the examiner needs of it."""
