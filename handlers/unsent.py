"""What somebody has begun and not sent yet: the one draft, and what waits to be told its case."""

from datetime import datetime
from typing import Literal

from handlers.events import Media
from handlers.model import Frozen
from handlers.tickets import Kind

# How somebody agreed whom an official writes for; empty: it is one's own.
Agreed = Literal["", "in_person", "by_phone", "signed"]


class Part(Frozen):
    """One message of an answer; *ref* finds it again when the person edits that message."""

    text: str
    ref: str = ""


class Answer(Frozen):
    """One answer of a draft: *value* for machines, *text* for people, *parts* as they were sent."""

    value: str = ""
    text: str = ""
    parts: tuple[Part, ...] = ()


class Option(Frozen):
    """A value the bot proposes for the current question ("Did you mean …?")."""

    value: str
    text: str


class Draft(Frozen):
    """A case not yet sent, standing at question *index*; past the last one it is reviewed.

    An answer is kept from its first word on. One with an empty value was skipped by the person.
    *behalf* is how somebody agreed whom an official writes it for; empty when it is one's own.
    *kind* is what its sender says it is; empty: as its words speak. *split*: they were told of the
    several matters in it.
    """

    topic: str
    opened_at: datetime
    index: int = 0
    answers: dict[str, Answer] = {}
    media: tuple[Media, ...] = ()
    notes: tuple[Part, ...] = ()
    behalf: Agreed = ""
    kind: Kind | Literal[""] = ""
    split: bool = False


class Pending(Frozen):
    """Something sent before the bot knew what it was for; kept until the person says so."""

    parts: tuple[Part, ...] = ()
    media: tuple[Media, ...] = ()
