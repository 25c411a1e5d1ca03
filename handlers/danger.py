"""Whether words tell of a life in danger, before anything else is made of them."""

from handlers.content import Content
from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue, Restricted
from handlers.drafts import form_of
from handlers.events import Edited, SentMedia
from handlers.session import (
    Adding,
    Case,
    Cases,
    Denouncing,
    Filling,
    Intake,
    Menu,
    Reopening,
    Resuming,
    Reviewing,
    Session,
    Sorting,
    Topics,
    Welcome,
    standing,
)
from handlers.text import clean
from handlers.triage import Reading, Rules
from handlers.view import Command, Input, Wrote

# Here words are an official's: of a case, an answer, a search.
AT_THE_DESK = Queue | Desk | Doing | Office | Intake | Bulletin | Restricted
# Here somebody tells what happened; elsewhere words may be names and places ("Nguyễn Văn Cứu").
TELLING = (
    Welcome | Menu | Topics | Sorting | Resuming | Reviewing | Adding | Reopening | Case | Cases
)


def possible(session: Session, did: Input, rules: Rules) -> Reading | None:
    """What was read in words that may tell of danger; None: nothing of it."""
    if isinstance(standing(session.room), AT_THE_DESK):
        return None
    text = words(did)
    read = rules.alarm(text) if text else None
    return read if read is not None and read.of("emergency") else None


def heard(session: Session, did: Input, content: Content) -> Reading | None:
    """What was read in words that tell of danger, surely or where somebody tells what happened."""
    read = possible(session, did, content.triage)
    if read is None or read.surely("emergency"):
        return read
    return read if _telling(session, content) else None


def _telling(session: Session, content: Content) -> bool:
    room, draft = standing(session.room), session.draft
    if not isinstance(room, Filling) or draft is None:
        return isinstance(room, TELLING)
    asked = form_of(draft, content).ask[draft.index :][:1]
    return any(field.kind in {"long_text", "media"} for field in asked)


def words(did: Input) -> str:
    """The words of what was done, as far as they may tell something."""
    match did:
        case Wrote(part=part):
            return part.text
        case SentMedia(caption=caption) if caption:
            return clean(caption)
        case Edited(text=text):
            return clean(text)
        case Command("gui" | "?", rest):
            return rest
        case _:
            return ""


def in_confidence(session: Session) -> bool:
    """Whether words go nowhere but where they are told."""
    return isinstance(standing(session.room), Denouncing)
