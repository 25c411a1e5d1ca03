"""An entry of the log as those entitled read it."""

from datetime import datetime

from handlers.model import Frozen


class Entry(Frozen):
    """One entry: *by* is the member's name, empty for nobody; *subject* what it is about.

    *about* is the name of a member it is about.
    """

    seq: int
    at: datetime
    kind: str
    by: str = ""
    subject: str = ""
    about: str = ""
    data: dict[str, str | int] = {}
    words: str = ""
