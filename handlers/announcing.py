"""Announcements as values: what is said to whom, its states and the table of moves between them.

An announcement is released by a second person before anybody is told; so is a correction. What was
begun can be stopped at any moment by whoever sees to it.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Literal, cast

from pydantic import Field

from handlers.content import Content, Lang
from handlers.desk.people import EVERYWHERE, Role
from handlers.events import Media
from handlers.messages import Say
from handlers.model import Frozen

State = Literal[
    "waiting",  # for its release by a second person
    "returned",  # to its author, with a reason
    "released",  # begins as soon as its time has come
    "running",
    "paused",
    "correcting",  # a corrected text waits for its release; nobody is told meanwhile
    "done",
    "cancelled",  # whoever was not told yet never is
    "withdrawn",  # whoever was told is told that it does not hold
]
Action = Literal[
    "release", "return", "resubmit", "begin", "pause", "go_on", "cancel", "correct", "withdraw",
    "finish",
]  # fmt: skip
DeliveryState = Literal[
    "queued", "sending", "sent", "unreachable", "failed", "unknown", "cancelled"
]
FINAL: frozenset[DeliveryState] = frozenset(
    {"sent", "unreachable", "failed", "unknown", "cancelled"}
)
LIVE: frozenset[State] = frozenset({"released", "running", "withdrawn", "cancelled"})
"""States in which there may be something to send, or to settle."""

MOST_TEXT = 3500  # characters; one message of the roomiest channel, with the frame around it
MOST_FILES = 5

# The states an action is possible in, and the state after it. What is not in it cannot be done.
_MOVES = """
release   waiting correcting                                      > released
return    waiting                                                 > returned
return    correcting                                              > paused
resubmit  returned waiting                                        > waiting
begin     released                                                > running
pause     released running                                        > paused
# What has begun goes on where it stood; what has not, at its time.
go_on     paused                                                  > released
cancel    waiting returned released running paused correcting     > cancelled
correct   running paused done                                     > correcting
withdraw  running paused correcting done cancelled                > withdrawn
finish    running                                                 > done
"""


def _read(table: str) -> Mapping[tuple[State, Action], State]:
    rows = (line.split() for line in table.strip().splitlines() if not line.startswith("#"))
    moves = {(state, row[0]): row[-1] for row in rows for state in row[1 : row.index(">")]}
    return cast("Mapping[tuple[State, Action], State]", moves)  # held to them by tests/handlers


MOVES = _read(_MOVES)


def move(state: State, action: Action) -> State | None:
    """State after *action*, or None when the table does not allow it."""
    return MOVES.get((state, action))


class Audience(Frozen):
    """Whom an announcement concerns: everything given must hold, what is empty does not restrict.

    *whom*: ``people`` who hear announcements and follow one of *communes* and one of *topics*;
    ``cases``: whoever follows an open case of one of *topics*, in one of *communes*, of the same
    matter as the case *matter*, with the *words* in it (accents do not matter), in the charge of
    *unit*; ``staff``: members with a duty (one of *roles*) in *unit*. *lang* is the language they
    chose.
    """

    whom: Literal["people", "cases", "staff"] = "people"
    communes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    lang: Literal["", "vi", "en"] = ""
    matter: str = ""
    words: str = ""
    unit: str = EVERYWHERE
    roles: tuple[Role, ...] = ()


class Wording(Frozen):
    """What an announcement says: *text*, perhaps a *link* (https) and *media* already kept here."""

    text: str
    link: str = ""
    media: tuple[Media, ...] = ()


class Tally(Frozen):
    """How many people of an audience are in which state, on one channel."""

    channel: str
    counts: dict[DeliveryState, int] = {}

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


class Announcement(Frozen):
    """An announcement as officials see it whole.

    *author* wrote it, or wrote last what waits or waited for its release (a correction, say), and
    *releaser* released that: members, 0 when there is none yet; *reason* is what was said when it
    was returned, cancelled or withdrawn. *proposed* is a correction that waits for its release.
    *counted* is the dry run: how many would be told on each channel, None while they are counted.
    *tallies* are the ledger. *entries* grows with everything done to it. *page* is the address of
    its page on the web, empty while there is none; *report* a table of what came of it.
    """

    code: str
    unit: str
    author: int
    releaser: int = 0
    state: State
    urgent: bool = False
    wording: Wording
    proposed: Wording | None = None
    reason: str = ""
    audience: Audience = Audience()
    version: int = 1
    entries: int = 1
    begins_at: datetime | None = None
    created_at: datetime
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    prepared: bool = False
    counted: dict[str, int] | None = None
    tallies: tuple[Tally, ...] = ()
    page: str = ""
    report: Media | None = None

    @property
    def public(self) -> bool:
        """Whether anybody may read it who has its address; not what is for officials alone."""
        return self.audience.whom != "staff"

    def count(self, *states: DeliveryState) -> int:
        """How many people are in these states, over all channels."""
        return sum(tally.counts.get(state, 0) for tally in self.tallies for state in states)


class Limits(Frozen):
    """What one channel bears: *text* letters of a message, announcements *per_second*."""

    channel: str
    text: int
    per_second: Annotated[float, Field(gt=0)]


def said(  # noqa: PLR0913 - what is to be known of a message
    content: Content,
    lang: Lang,
    unit: str,
    wording: Wording,
    *,
    code: str,
    page: str = "",
    corrected: bool = False,
    urgent: bool = False,
    public: bool = True,
) -> Say:
    """The message of an announcement, as each channel is given it.

    It stands beside the conversation (step 0): no question is taken away by it. Its last line says
    how to hear no more, which officials can't choose.
    """
    head = "announcement.urgent" if urgent else "announcement.head"
    name = content.units[unit].name.in_(lang) if unit in content.units else ""
    parts = [
        content.say(lang, head, unit=name or content.controller.name.in_(lang)),
        content.say(lang, "announcement.corrected") if corrected else "",
        wording.text,
        wording.link,
        content.say(lang, "announcement.page", page=page) if page else "",
        content.say(lang, "announcement.foot" if public else "announcement.staff_foot", code=code),
    ]
    text = "\n\n".join(part for part in parts if part)
    return Say(text=text, files=wording.media, lang=lang)


def taken_back(content: Content, lang: Lang, *, code: str) -> Say:
    """What is said in place of an announcement that was withdrawn.

    One official withdraws it, at once; so none of their own words are in it.
    """
    return Say(text=content.say(lang, "announcement.withdrawn", code=code), lang=lang)


def may_begin(now: datetime, *, urgent: bool, quiet_from: time, quiet_to: time) -> datetime:
    """When sending may go on, from *now* (aware, the province's time): now, or after the quiet.

    The quiet hours may span midnight; equal times are none. What is urgent waits for nothing.
    """
    if urgent or quiet_from == quiet_to:
        return now
    at = now.timetz().replace(tzinfo=None)
    spans = quiet_from > quiet_to
    quiet = at >= quiet_from or at < quiet_to if spans else quiet_from <= at < quiet_to
    if not quiet:
        return now
    end = now.replace(
        hour=quiet_to.hour, minute=quiet_to.minute, second=quiet_to.second, microsecond=0
    )
    return end if end > now else end + timedelta(days=1)
