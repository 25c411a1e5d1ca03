"""What must be known for a turn: asked for by `needs`, read in the turn's own transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handlers.announcing import Announcement, Limits
from handlers.content import Content
from handlers.denouncing import Denunciation
from handlers.desk.abuse import Blocked, Slowed
from handlers.desk.dossier import DeskCard, Dossier, Filter, Identity
from handlers.desk.figures import Count
from handlers.desk.people import Invitation, Official
from handlers.desk.record import Entry
from handlers.desk.resting import Outdated
from handlers.events import Media
from handlers.limits import Barred
from handlers.rights import DataRequest, Mine
from handlers.tickets import Card, Story


@dataclass(frozen=True, slots=True)
class Needs:
    """What a turn wants to know.

    *fresh*: an unused code and a receipt. *cards*: the contact's cases, newest first, filtered by
    *query* (folded words, all of them). *story*: the code of one case. *receipt*: what the person
    typed to prove they hold *story*. *invitation*: the token of a link made for staff.

    The desk's: *official*, who this contact is as a member of staff. *dossier*: the code of a case,
    *other* that of a second one, both for whoever may see them. *queue*: a page of open cases.
    *found*: the folded words to search all cases by. *near*: codes of which those that exist are
    wanted. *members*: colleagues, *loads*: how many open cases each has. *identity*: who sent
    *dossier*. *answers*: the latest answers of its unit. *log*: the log before the entry of this
    number (0: the newest). *figures*: counts of open cases. *announcement*: the code of one;
    *announcements*: a page of them, newest first, after so many.

    *outdated*: ``rule/`` and the id of one, for the cases answered by an older version of it, after
    so many.

    *hearing*: what this person wants to hear of. *mine*: what is kept of them, and what they asked
    of it; *request*: the code of such a request, *requests* a page of those that wait, after so
    many, both for whoever answers them. *link*: the token of a link between two chats.
    *petition*: the documents that were made for this contact.
    *repeats*: the marks of a text (see `handlers.repeats`) that this person may have sent before.
    *confided*: the code of a message told in confidence, for an inspector (with *official*) or for
    whoever told it; *restricted*: the list of them.
    *barred*: what officials keep this person from; *abuse*: all whom they do, and who sends much.
    """

    fresh: bool = False
    cards: bool = False
    query: str = ""
    story: str = ""
    receipt: str = ""
    invitation: str = ""
    official: bool = False
    dossier: str = ""
    other: str = ""
    queue: Filter | None = None
    found: str = ""
    near: tuple[str, ...] = ()
    members: bool = False
    loads: bool = False
    identity: bool = False
    answers: bool = False
    log: int | None = None
    figures: bool = False
    announcement: str = ""
    announcements: int | None = None
    hearing: bool = False
    link: str = ""
    outdated: str = ""
    outdated_after: int = 0
    petition: bool = False
    mine: bool = False
    request: str = ""
    requests: int | None = None
    repeats: tuple[int, ...] = ()
    barred: bool = False
    abuse: bool = False
    confided: str = ""
    restricted: bool = False


NOTHING = Needs()


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a person wants to hear of: nothing unless *hears*, else of these, by their ids.

    *channels* are where they can be written to, one for each chat.
    """

    hears: bool = True
    communes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """The chat that made a link: its *channel*, and whether it is the same person's already."""

    channel: str
    same: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The *files* of a petition that its contact was not told of yet; none: it can't be made."""

    files: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: *now* is aware and in the province's time zone.

    *channel* is where this contact is. *confided* and *restricted* are what they may know of
    messages told in confidence, *confidential* how many of these are open, for whoever sees all
    figures.

    *code* is unused. *story* is None when none was asked for, when no case has that code, and when
    the contact neither holds it nor *proved* to hold its receipt: a stranger learns nothing.
    *invited* is what a valid, unused invitation makes this contact.

    *dossier* and *other* are whole whoever asks: what of them is shown is for `may` to say.
    *queue*, *found* and *near* are cases the official may see; *queue* has one case more than a
    page when there is another page. *answers* are the folded
    texts of the latest answers. *links* are the addresses a chat is opened by, by channel, with
    ``{}`` for the payload. *announcement* is whole whoever asks, for `may` to say; *announcements*
    has one more than a page when there is another page. *limits* are those of the channels that are
    open. *linked* is the chat that made a link that is still valid. *outdated* are cases the
    official may see.
    *repeats* is the code of this person's open case that tells what was asked about, *alike* are
    the cases of other people that tell what *dossier* does, as far as the official may see them.
    """

    now: datetime
    content: Content
    channel: str = ""
    confided: Denunciation | None = None
    restricted: tuple[Denunciation, ...] = ()
    confidential: int | None = None
    code: str = ""
    receipt: str = ""
    cards: tuple[Card, ...] = ()
    story: Story | None = None
    proved: bool = False
    invited: Invitation | None = None
    official: Official | None = None
    dossier: Dossier | None = None
    other: Dossier | None = None
    queue: tuple[DeskCard, ...] = ()
    found: tuple[DeskCard, ...] = ()
    near: tuple[DeskCard, ...] = ()
    members: tuple[Official, ...] = ()
    loads: Mapping[int, int] = field(default_factory=dict)
    identity: Identity | None = None
    answers: tuple[str, ...] = ()
    log: tuple[Entry, ...] = ()
    figures: tuple[Count, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    announcement: Announcement | None = None
    announcements: tuple[Announcement, ...] = ()
    limits: tuple[Limits, ...] = ()
    hearing: Hearing | None = None
    linked: Linked | None = None
    outdated: Outdated | None = None
    petition: Made | None = None
    mine: Mine | None = None
    request: DataRequest | None = None
    requests: tuple[DataRequest, ...] = ()
    repeats: str = ""
    barred: Barred | None = None
    blocks: tuple[Blocked, ...] = ()
    slowed: tuple[Slowed, ...] = ()
    alike: tuple[DeskCard, ...] = ()
