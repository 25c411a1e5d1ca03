"""What the rooms share: what a person did, what they see, and where they go next."""

from dataclasses import dataclass
from datetime import datetime

from handlers.content import Content, Lang
from handlers.effects import Effect
from handlers.events import Edited, Media, SentMedia, SentUnreadable, SharedContact, SharedPlace
from handlers.facts import Facts, Needs
from handlers.messages import Choice, Expects, Say, Tone, choice
from handlers.reading.dates import show_date
from handlers.session import Room, Session
from handlers.unsent import Part


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice of the current prompt, by button, number or label."""

    key: str


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command without its slash, in its Vietnamese name; *rest* is what stood behind it."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """Free text, cleaned; *part* remembers the message it came from."""

    part: Part

    @property
    def text(self) -> str:
        """What was written."""
        return self.part.text


@dataclass(frozen=True, slots=True)
class Stale:
    """A press on a prompt that is no longer current, or a forged one."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing a person could read."""


@dataclass(frozen=True, slots=True)
class Polite:
    """A greeting or thanks and nothing else; *answer* is the key of the sentence to give back."""

    answer: str


Input = (
    Picked
    | Command
    | Wrote
    | Stale
    | Blank
    | Polite
    | SentMedia
    | SharedContact
    | SharedPlace
    | SentUnreadable
    | Edited
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a room shows: its words, and what can be chosen; *sealed* as in `Say`."""

    text: str
    choices: tuple[Choice, ...] = ()
    expects: Expects = "choice"
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A session together with what is known in this turn."""

    session: Session
    facts: Facts

    @property
    def lang(self) -> Lang:
        """The person's language."""
        return self.session.lang

    @property
    def content(self) -> Content:
        """What the province edits."""
        return self.facts.content

    def local(self, at: datetime) -> datetime:
        """An instant in the province's time zone."""
        return at.astimezone(self.facts.now.tzinfo)

    def day(self, at: datetime) -> str:
        """The day of an instant, as it is written here."""
        return show_date(self.local(at).date())

    def say(self, key: str, /, **params: object) -> str:
        """The sentence *key* in the person's language."""
        return self.facts.content.say(self.session.lang, key, **params)

    def figure(self, rule: str) -> str:
        """The figure of a rule of the law, as `Content.figure` says it today."""
        return self.content.figure(rule, self.facts.now.date(), self.lang)

    def law(self, rule: str) -> str:
        """A whole rule of the law, as `Content.law_says` says it today; "" when out of force."""
        return self.content.law_says(rule, self.facts.now.date(), self.lang)

    def choice(self, key: str, text: str = "", /, tone: Tone = "plain") -> Choice:
        """A choice labelled by the sentence *text* (by default ``choice.<key>``)."""
        return choice(key, self.say(text or f"choice.{key}"), tone)


@dataclass(frozen=True, slots=True)
class Next:
    """Where a room leads: the session with its new room, what to say before that room's prompt.

    *silent* says nothing at all, not even the prompt. *files* are sent along, and *qr*
    drawn. *instead*: what is said takes the place of the last message, whose prompt it shows anew.
    *about* is the code of the case it tells of, whose ledger shows whether it arrived. *sealed* and
    *forget* are as in `Say`.
    """

    session: Session
    notice: str = ""
    effects: tuple[Effect, ...] = ()
    silent: bool = False
    files: tuple[Media, ...] = ()
    qr: str = ""
    instead: bool = False
    about: str = ""
    sealed: str = ""
    forget: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event leads to. One message at the most: that is promise 3, as a type.

    *unsaid* is left where the room shows what the effects change: *wants* must be looked up once
    they are carried out, and `conversation.tell` then says it. *instead* and *about* as in `Next`.
    """

    session: Session
    say: Say | None = None
    effects: tuple[Effect, ...] = ()
    wants: Needs | None = None
    unsaid: Next | None = None
    instead: bool = False
    about: str = ""


def enter(session: Session, room: Room, **changes: object) -> Session:
    """The same conversation in another *room*."""
    return session.model_copy(update={"room": room, **changes})


def cut(text: str, length: int) -> str:
    """At most *length* characters of *text* on one line, with an ellipsis where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
