"""Where one conversation stands: all of it, as one value that becomes JSON and back.

A *room* is what the person is doing. The *draft* is the one unsent case, *pending* what was sent
without saying for which case; both are kept whatever room the person walks into, so that no step
aside can lose them.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from handlers.content import Lang
from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue, Restricted
from handlers.limits import Barred, Pace
from handlers.messages import Choice
from handlers.model import Frozen
from handlers.unsent import Agreed, Draft, Option, Pending


class Welcome(Frozen):
    """Consent not yet given. *noticed*: the whole notice was shown and need not be repeated.

    *statistics* and *announcements* are ticked beside it, each a purpose of its own.
    *refused*: just declined or taken back, so not asked again in the same breath.
    """

    at: Literal["welcome"] = "welcome"
    statistics: bool = False
    announcements: bool = False
    noticed: bool = False
    refused: bool = False


class Menu(Frozen):
    """The main menu."""

    at: Literal["menu"] = "menu"


class Topics(Frozen):
    """Choosing what a new case is about; what is pending becomes its beginning.

    *behalf* is how somebody agreed whom an official is about to write it for.
    """

    at: Literal["topics"] = "topics"
    behalf: Agreed = ""


class Intake(Frozen):
    """An official, asked how the person agreed whom a case is written for."""

    at: Literal["intake"] = "intake"


class Filling(Frozen):
    """Answering the draft's current question.

    *options* are what "did you mean …?" offers for *typed*; *ref* is the message that could not be
    the answer yet, so that editing it answers. With *anew* the next answer replaces the one there.
    """

    at: Literal["filling"] = "filling"
    anew: bool = False
    options: tuple[Option, ...] = ()
    typed: str = ""
    ref: str = ""


class Reviewing(Frozen):
    """Reading the summary before sending."""

    at: Literal["reviewing"] = "reviewing"


class Kinds(Frozen):
    """Saying what the draft is: of all kinds, or because its words speak for one of these pages.

    ``split``: two matters are in it, and each may go its own way.
    """

    at: Literal["kinds"] = "kinds"
    page: Literal["choose", "complaint", "denunciation", "split"] = "choose"


class Dropping(Frozen):
    """Asked whether to throw the draft away."""

    at: Literal["dropping"] = "dropping"


class Resuming(Frozen):
    """Back at an unsent draft: go on with it, put it off or begin anew."""

    at: Literal["resuming"] = "resuming"


class Repeating(Frozen):
    """Asked whether what the open case *code* of the same person tells already may go there."""

    at: Literal["repeating"] = "repeating"
    code: str


class Cases(Frozen):
    """The list of the person's cases: *page* from 0, *query* the words they are filtered by."""

    at: Literal["cases"] = "cases"
    page: int = 0
    query: str = ""


class Case(Frozen):
    """Reading one case."""

    at: Literal["case"] = "case"
    code: str


class Proving(Frozen):
    """Asked for the receipt of a case this contact does not hold yet."""

    at: Literal["proving"] = "proving"
    code: str


class Adding(Frozen):
    """Adding what is pending to a case, until "done"."""

    at: Literal["adding"] = "adding"
    code: str


class Withdrawing(Frozen):
    """Asked whether to take a case back."""

    at: Literal["withdrawing"] = "withdrawing"
    code: str


class Sorting(Frozen):
    """Something pending came outside any form: which case is it for, or is it a new one."""

    at: Literal["sorting"] = "sorting"


class Rating(Frozen):
    """Saying how the last answer was: first *score*, then why."""

    at: Literal["rating"] = "rating"
    code: str
    score: str = ""


class Reopening(Frozen):
    """Saying why a case should be looked at again: what is pending, once it is sent."""

    at: Literal["reopening"] = "reopening"
    code: str


class Hearing(Frozen):
    """Choosing what to hear of: a *page* of all, the communes, the topics or the channels.

    *options* are what "did you mean …?" offers for the commune that was *typed*; *token* is the
    link by which another chat is about to be joined.
    """

    at: Literal["hearing"] = "hearing"
    page: Literal["all", "communes", "topics", "channels", "join"] = "all"
    typed: str = ""
    token: str = ""
    options: tuple[Option, ...] = ()


class Denouncing(Frozen):
    """Telling in confidence of somebody's breach of the law, under *code* from its first word on.

    What was told is nowhere in the session. ``status`` and ``more`` are for a message received.
    *options* are communes that may be meant. *reviewed*: what is asked again goes back to the
    review.
    """

    at: Literal["denouncing"] = "denouncing"
    page: Literal["law", "words", "unit", "name", "phone", "confirm", "status", "more"] = "law"
    code: str = ""
    options: tuple[Option, ...] = ()
    reviewed: bool = False


class Complaining(Frozen):
    """Told what a complaint takes, and having its petition made; it is never handed in here.

    *page* is where: asked since when the decision is known, whose it is, shown the door, then the
    petition *filling*, looked at, and made. *drafted*: it is the unsent draft that is complained
    of. *known_on* is an ISO day, *unit* the body. *given* is what was answered so far by slot (an
    empty one is left to be written by hand), *asking* the slot being asked; an ID number is never
    among them. *options* are what "did you mean …?" offers for the commune that was *typed*.
    """

    at: Literal["complaining"] = "complaining"
    page: Literal[
        "known", "body", "commune", "department", "door", "filling", "look", "id_number", "made"
    ] = "known"
    drafted: bool = False
    known_on: str = ""
    body: Literal["", "commune", "department", "city", "other"] = ""
    unit: str = ""
    asking: str = ""
    given: dict[str, str] = {}
    typed: str = ""
    options: tuple[Option, ...] = ()


class MyData(Frozen):
    """What is kept of a person, and what they may ask of it.

    *typed* is the name or the telephone number they are about to replace theirs by.
    """

    at: Literal["my_data"] = "my_data"
    page: Literal["all", "copy", "correct", "name", "phone", "erase", "limit", "consents",
                  "done"] = "all"  # fmt: skip
    typed: str = ""


Place = (
    Welcome
    | Menu
    | Topics
    | Intake
    | Filling
    | Reviewing
    | Kinds
    | Dropping
    | Resuming
    | Repeating
    | Cases
    | Case
    | Proving
    | Adding
    | Withdrawing
    | Sorting
    | Rating
    | Reopening
    | Queue
    | Desk
    | Doing
    | Office
    | Bulletin
    | Hearing
    | Complaining
    | Denouncing
    | Restricted
    | MyData
)


class Alarm(Frozen):
    """Somebody may be in danger: asked whether, or, once the case *code* is open, telling more.

    *said* are the words that were asked about, *calls* the numbers to call first; *back* is where
    the person was.
    """

    at: Literal["alarm"] = "alarm"
    code: str = ""
    said: str = ""
    calls: tuple[str, ...] = ()
    back: Annotated[Place, Field(discriminator="at")] = Menu()


class Languages(Frozen):
    """Choosing a language; *back* is where the choice leads."""

    at: Literal["languages"] = "languages"
    back: Annotated[Place | Alarm, Field(discriminator="at")] = Menu()


class Pausing(Frozen):
    """Asked whether so many messages are no mistake; *back* is where "no" leads."""

    at: Literal["pausing"] = "pausing"
    back: Annotated[Place | Alarm, Field(discriminator="at")] = Menu()


Room = Annotated[Place | Alarm | Languages | Pausing, Field(discriminator="at")]


def standing(room: Room) -> Place | Alarm:
    """Where words are taken: behind a question about the language or the pace."""
    return standing(room.back) if isinstance(room, Languages | Pausing) else room


class Session(Frozen):
    """One conversation of one contact. A new shape gets a new *version* and a way up to it.

    *step* numbers the prompts; *offered* is what the last one let choose, so that a press or a
    typed label is understood at once, and a typed number too where it was *numbered*. *pending*
    waits to be told its case, whatever room its sender walks into.
    *consent* is the version of the privacy text agreed to, empty when none; *statistics* and
    *announcements* whether this chat agreed to those purposes. *album* is the album
    whose receipt is still to be said. *staff* shows the way to the desk (who may enter is asked
    each time); *hand* is the case an official last looked at, *news* the one they last heard of.
    *aside* is what an official was writing when a command led elsewhere, the latest last.
    *misses* counts wrong receipts since *missed_at*, *pace* everything else that is limited;
    *barred* is told of a block by officials. *confided* is the code of a message in confidence that
    is not sent yet; *hush*: what was said last is in confidence. *second* is what a draft was split
    into, begun when the first is done with. *calm_at*: when they said that nobody is in danger.
    *unmade*: a petition that was left half written.
    """

    version: Literal[1] = 1
    lang: Lang = "vi"
    consent: str = ""
    statistics: bool = False
    announcements: bool = False
    room: Room = Welcome()
    step: int = 0
    offered: tuple[Choice, ...] = ()
    numbered: bool = True
    draft: Draft | None = None
    pending: Pending = Pending()
    album: str = ""
    seen_at: datetime | None = None
    staff: bool = False
    hand: str = ""
    news: str = ""
    aside: tuple[Doing, ...] = ()
    misses: int = 0
    missed_at: datetime | None = None
    pace: Pace = Pace()
    barred: Barred | None = None
    confided: str = ""
    hush: bool = False
    second: Draft | None = None
    unmade: Complaining | None = None
    calm_at: datetime | None = None


NEW = Session()
