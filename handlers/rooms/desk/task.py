"""What a task of the desk is: the questions it takes, and what is done in the end.

A task is a value; `doing` asks its questions one by one, whatever task it is. A new task is a new
value in one of the lists that `registry` gathers, and its sentences ``task.<name>.*``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from handlers.desk.dossier import DeskCard, Dossier, unnamed
from handlers.desk.permission import Deed, anywhere, may
from handlers.desk.places import Desk, Doing, Queue
from handlers.effects import Effect, Witness
from handlers.events import MediaKind
from handlers.messages import Choice
from handlers.pending import MAX_FILES
from handlers.rooms import start
from handlers.session import Menu, Session, Welcome
from handlers.tickets import Action
from handlers.unsent import Option
from handlers.view import Next, View, enter

Kind = Literal[
    "text",
    "date",
    "unit",
    "member",
    "code",
    "topic",
    "commune",
    "choice",
    "number",
    "files",
    "scope",
    "moment",
]
LONGEST = 2000  # characters of one answer; several must fit one message


@dataclass(frozen=True, slots=True)
class Slot:
    """One question: ``task.<task>.<name>`` asks it, or the very words of *text*.

    A ``choice`` offers *keys* by the texts ``pick.<key>``, or *options* as they are. An *optional*
    one may be skipped by the choice *skip*; its answer is then empty. *most* is how many characters
    a text may have, or how many files there may be; *media* are the kinds of those (empty: all).
    """

    name: str
    kind: Kind = "text"
    optional: bool = False
    keys: tuple[str, ...] = ()
    text: str = ""
    options: tuple[Option, ...] = ()
    skip: str = "skip"
    most: int = 0
    media: frozenset[MediaKind] = frozenset()

    @property
    def longest(self) -> int:
        """How many characters may be typed to answer it."""
        return self.most or LONGEST

    @property
    def most_files(self) -> int:
        """How many files it takes."""
        return self.most or MAX_FILES


@dataclass(frozen=True, slots=True)
class Task:
    """One thing an official may do.

    *deed* is what `may` is asked, *action* the move of the case (None: it is about no case; whom an
    announcement takes is then for *finish* to ask).
    *slots* are the questions, given the room and what is known. *preview* is what is shown before
    the last press (None: done at once); *finish* does it.

    *prepare* puts in what follows from the answers so far (proposals, say), before each question.
    *unfit* says why an answer just given can't stay, or nothing. *more* are further choices at the
    last look: ``edit:<slot>`` asks that one again (or at last), ``set:<slot>:<value>`` answers it,
    ``task:<name>`` begins another task with the case, and ``files`` sends its files.
    """

    name: str
    deed: Deed
    finish: Callable[[Doing, View], Next]
    slots: Callable[[Doing, View], tuple[Slot, ...]] = lambda _room, _view: ()
    action: Action | None = None
    preview: Callable[[Doing, View], str] | None = None
    prepare: Callable[[Doing, View], Doing] = lambda room, _view: room
    unfit: Callable[[Doing, View], str] = lambda _room, _view: ""
    more: Callable[[Doing, View], tuple[Choice, ...]] | None = None


def asks(*slots: Slot) -> Callable[[Doing, View], tuple[Slot, ...]]:
    """The questions of a task that always asks the same."""
    return lambda _room, _view: slots


def dossier(code: str, view: View) -> Dossier | None:
    """The case *code*, when it is the one that was looked up.

    Numbers that say who somebody is are hidden in its words from whoever may not see who sent it.
    """
    found = view.facts.dossier
    if found is None or found.card.code != code:
        return None
    return found if may(view.facts.official, "identify", found.card) else unnamed(found)


def me(view: View) -> int:
    """The member whose turn this is; 0 is nobody's."""
    return view.facts.official.id if view.facts.official else 0


def denied(deed: str, code: str, view: View) -> Next:
    """Refuse, and write the refusal down: promise 4 is kept where people can see it."""
    official = view.facts.official
    seen = official is not None or view.session.staff
    by = me(view)
    effects: tuple[Effect, ...] = (Witness(kind="denied", by=by, deed=deed, code=code),)
    notice = view.say("desk.denied" if official else "desk.not_staff")
    return Next(home(view), notice, effects if seen else ())


def refused(deed: Deed, code: str, view: View) -> Next:
    """Refuse *deed* to the case *code*; of one out of sight not even that there is one is told."""
    said, found, official = denied(deed, code, view), dossier(code, view), view.facts.official
    if official is None:
        return said
    if found is not None and may(official, "see", found.card):
        return replace(said, session=to_case(code, view))
    return replace(said, notice=view.say("desk.unknown", code=code))


def with_words(words: str, refused: Next, view: View) -> Next:
    """What was written is shown again to whom it is *refused*, to be copied."""
    told = view.say("desk.unsent", text=words) if words else ""
    return replace(refused, notice="\n".join(filter(None, (refused.notice, told))))


def home(view: View) -> Session:
    """Where an official goes who has nothing in hand: the queue; anybody else where they belong.

    Whoever is still asked for consent stays with that question, and what they ticked beside it.
    """
    if view.facts.official is None:
        session = view.session.model_copy(update={"staff": False})
        return session if isinstance(session.room, Welcome) else start.home(session)
    deed_room = Queue() if anywhere(view.facts.official, "see") else Menu()
    return enter(view.session, deed_room, staff=True)


def resumed(card: DeskCard, view: View) -> date | None:
    """The due date of a case that no longer waits for its sender; None: it did not wait."""
    if card.asked_on is None:
        return None
    return view.content.calendar.put_off(card.due_on, card.asked_on, view.facts.now.date())


def to_case(code: str, view: View) -> Session:
    """At a case something was done or tried with, which is then the case in hand."""
    return enter(view.session, Desk(code=code, shows="brief"), hand=code, staff=True)
