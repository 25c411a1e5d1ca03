"""Where one conversation stands: all of it, as one value that becomes JSON and back.

A *room* is what the person is doing; the *draft* is the one unsent case, kept whatever room they
walk into, so that no step aside can lose it.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from handlers.content import Lang
from handlers.events import Media
from handlers.messages import Choice
from handlers.model import Frozen


class Part(Frozen):
    """One message of an answer; *ref* finds it again when the person edits that message."""

    text: str
    ref: str = ""


class Answer(Frozen):
    """One answer of a draft: *value* for machines, *text* for people, *parts* as they were sent."""

    value: str = ""
    text: str = ""
    parts: tuple[Part, ...] = ()


class Draft(Frozen):
    """A case not yet sent, standing at question *index*; past the last one it is reviewed.

    An answer is kept from its first word on. One with an empty value was skipped by the person.
    """

    topic: str
    opened_at: datetime
    index: int = 0
    answers: dict[str, Answer] = {}
    media: tuple[Media, ...] = ()
    notes: tuple[Part, ...] = ()


class Pending(Frozen):
    """Something sent before the bot knew what it was for; kept until the person says so."""

    parts: tuple[Part, ...] = ()
    media: tuple[Media, ...] = ()


class Welcome(Frozen):
    """Consent not yet given. *noticed*: the whole notice was shown and need not be repeated."""

    at: Literal["welcome"] = "welcome"
    pending: Pending = Pending()
    statistics: bool = False
    noticed: bool = False


class Menu(Frozen):
    """The main menu."""

    at: Literal["menu"] = "menu"


class Topics(Frozen):
    """Choosing what a new case is about; *pending* becomes its beginning."""

    at: Literal["topics"] = "topics"
    pending: Pending = Pending()


class Option(Frozen):
    """A value the bot proposes for the current question ("Did you mean …?")."""

    value: str
    text: str


class Filling(Frozen):
    """Answering the draft's current question.

    *options* are what "did you mean …?" offers for *typed*; *ref* is the message that could not be
    the answer yet, so that editing it answers.
    """

    at: Literal["filling"] = "filling"
    options: tuple[Option, ...] = ()
    typed: str = ""
    ref: str = ""


class Reviewing(Frozen):
    """Reading the summary before sending."""

    at: Literal["reviewing"] = "reviewing"


class Dropping(Frozen):
    """Asked whether to throw the draft away."""

    at: Literal["dropping"] = "dropping"


class Resuming(Frozen):
    """Back at an unsent draft: go on with it or begin anew; *pending* is what was just sent."""

    at: Literal["resuming"] = "resuming"
    pending: Pending = Pending()


class Languages(Frozen):
    """Choosing a language; *back* is where the choice leads."""

    at: Literal["languages"] = "languages"
    back: Welcome | Menu | Filling | Reviewing = Menu()


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
    """Adding texts and files to a case until "done"."""

    at: Literal["adding"] = "adding"
    code: str
    pending: Pending = Pending()


class Withdrawing(Frozen):
    """Asked whether to take a case back."""

    at: Literal["withdrawing"] = "withdrawing"
    code: str


class Sorting(Frozen):
    """A message outside any form: which open case is it for, or is it a new one."""

    at: Literal["sorting"] = "sorting"
    pending: Pending


class MyData(Frozen):
    """What was agreed to, and changing it."""

    at: Literal["my_data"] = "my_data"


Room = Annotated[
    Welcome
    | Menu
    | Topics
    | Filling
    | Reviewing
    | Dropping
    | Resuming
    | Languages
    | Cases
    | Case
    | Proving
    | Adding
    | Withdrawing
    | Sorting
    | MyData,
    Field(discriminator="at"),
]


# The rooms that hold something not yet in a draft or a case.
HOLDING = Welcome | Topics | Resuming | Sorting | Adding


class Session(Frozen):
    """One conversation of one contact. A new shape gets a new *version* and a way up to it.

    *step* numbers the prompts; *offered* is what the last one let choose, so that a press or a
    typed label is understood at once, and a typed number too where it was *numbered*.
    *consent* is the version of the privacy text agreed to, empty when none. *album* is the album
    whose receipt is still to be said. *misses* counts wrong receipts since *missed_at*.
    """

    version: Literal[1] = 1
    lang: Lang = "vi"
    consent: str = ""
    statistics: bool = False
    room: Room = Welcome()
    step: int = 0
    offered: tuple[Choice, ...] = ()
    numbered: bool = True
    draft: Draft | None = None
    album: str = ""
    seen_at: datetime | None = None
    misses: int = 0
    missed_at: datetime | None = None


NEW = Session()
