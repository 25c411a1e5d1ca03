"""What a turn must know, told before it: the shell reads just that, in the same transaction."""

from handlers.codes import read_code, read_receipt
from handlers.commands import INVITATION
from handlers.events import CameBack, Event, FileRefused, Left, TimedOut
from handlers.facts import NOTHING, Needs
from handlers.session import (
    Adding,
    Case,
    Cases,
    Dropping,
    Filling,
    Menu,
    MyData,
    Proving,
    Resuming,
    Reviewing,
    Session,
    Sorting,
    Topics,
    Welcome,
    Withdrawing,
)
from handlers.text import fold
from handlers.understanding import asked_code, understand
from handlers.view import Command, Picked, Wrote


def needs(session: Session, event: Event) -> Needs:  # noqa: C901, PLR0911, PLR0912 - a table
    """What `step` will want to know; the ordinary answer to a form needs nothing."""
    if isinstance(event, Left | CameBack):
        return NOTHING
    if isinstance(event, TimedOut | FileRefused):
        return _standing(session)
    did, room = understand(session, event), session.room
    match room, did:
        case _, Command("start", rest) if rest.startswith(INVITATION):
            return Needs(invitation=rest)
        case _, Command("tracuu" | "start", rest) if rest:
            return Needs(cards=True, story=read_code(rest) or "", query=_query(rest))
        case _, Command("tracuu"):
            return Needs(cards=True)
        case Reviewing(), Picked("send"):
            return Needs(fresh=True)
        case Proving(code=code), Wrote():
            return Needs(cards=True, story=code, receipt=read_receipt(did.text) or "")
        case _, Picked(key) if key.startswith("case:"):
            return Needs(cards=True, story=key.removeprefix("case:"))
        case Cases(), Wrote() if not read_code(did.text):
            return Needs(cards=True, query=_query(did.text))
        case Menu() | Cases(), Wrote():
            return Needs(cards=True, story=asked_code(did))
        case ((Filling() | Reviewing() | Topics() | Dropping() | Resuming()), _):
            return NOTHING
        case ((Menu() | Welcome() | MyData()), _):
            return Needs(cards=True)
        case _:
            return _standing(session)


def _standing(session: Session) -> Needs:
    """What showing the current room, or one beside it, takes."""
    match session.room:
        case Case(code=code) | Adding(code=code) | Withdrawing(code=code) | Proving(code=code):
            return Needs(cards=True, story=code)
        case Cases(query=query):
            return Needs(cards=True, query=query)
        case Sorting():
            return Needs(cards=True)
        case _:
            return NOTHING


def _query(text: str) -> str:
    return "" if read_code(text) else fold(text)[:100]
