"""Counts of cases: all a monitor may see."""

from handlers.model import Frozen


class Count(Frozen):
    """How many cases of a *unit* are open, overdue, due within three working days, and waiting.

    *waiting* are those whose citizen was asked something.
    """

    unit: str
    open: int
    overdue: int
    soon: int
    waiting: int
