"""What must be known for a turn: asked for by `needs`, read in the turn's own transaction."""

from dataclasses import dataclass
from datetime import datetime

from handlers.content import Content
from handlers.effects import Role
from handlers.tickets import Card, Story


@dataclass(frozen=True, slots=True)
class Needs:
    """What a turn wants to know.

    *fresh*: an unused code and a receipt. *cards*: the contact's cases, newest first, filtered by
    *query* (folded words, all of them). *story*: the code of one case. *receipt*: what the person
    typed to prove they hold *story*. *invitation*: the token of a link made for staff.
    """

    fresh: bool = False
    cards: bool = False
    query: str = ""
    story: str = ""
    receipt: str = ""
    invitation: str = ""


NOTHING = Needs()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: *now* is aware and in the province's time zone.

    *code* is unused. *story* is None when none was asked for, when no case has that code, and when
    the contact neither holds it nor *proved* to hold its receipt: a stranger learns nothing.
    *invited* is what a valid, unused invitation makes this contact.
    """

    now: datetime
    content: Content
    code: str = ""
    receipt: str = ""
    cards: tuple[Card, ...] = ()
    story: Story | None = None
    proved: bool = False
    invited: Role | None = None
