"""Where an official may stand at the desk: the rooms that only members of staff enter."""

from typing import Literal

from handlers.desk.dossier import Filter
from handlers.events import Media
from handlers.model import Frozen
from handlers.unsent import Option


class Queue(Frozen):
    """The desk's list of open cases. *pages* are where the pages before this one began.

    While *choosing*, it asks by what to filter.
    """

    at: Literal["queue"] = "queue"
    filter: Filter = Filter()
    pages: tuple[Filter, ...] = ()
    words: str = ""
    choosing: bool = False


class Desk(Frozen):
    """A case on the desk: its card and what may be done.

    *shows* how much of it: after something was done, little has to be read again.
    """

    at: Literal["desk"] = "desk"
    code: str
    shows: Literal["brief", "card", "whole"] = "card"


class Doing(Frozen):
    """Filling in what a *task* takes, question by question (see `handlers.rooms.desk.task`).

    *given* are the answers so far by slot, *proposed* what a template proposes, *media* the files
    given. *seen* is the length of the case's history when it was last shown: whoever does something
    meanwhile is noticed. *options* are what the current question offers for what was *typed*.
    *asking* is the slot that is asked out of its turn, to change that answer alone.
    """

    at: Literal["doing"] = "doing"
    task: str
    code: str = ""
    seen: int = 0
    asking: str = ""
    given: dict[str, str] = {}
    proposed: dict[str, str] = {}
    media: tuple[Media, ...] = ()
    options: tuple[Option, ...] = ()


class Office(Frozen):
    """A page of administration: people, units, routes, templates, the log, figures."""

    at: Literal["office"] = "office"
    page: Literal["people", "units", "routes", "templates", "log", "undo", "figures", "guide",
                  "announcements", "abuse", "rules", "rule_cases", "requests"]  # fmt: skip
    subject: str = ""
    after: int = 0


class Bulletin(Frozen):
    """An announcement on the desk: its card, what may be done, and how far it has come.

    *shows* its card or what each channel will show, *channel* first; *seen* its `entries` when it
    was last shown.
    """

    at: Literal["bulletin"] = "bulletin"
    code: str
    shows: Literal["card", "preview"] = "card"
    channel: str = ""
    seen: int = 0


class Restricted(Frozen):
    """What an inspector has before them: the messages told in confidence, one of them, a task.

    *whole* while all of it is about to be shown, which is once for each look. *seen* as in `Doing`.
    """

    at: Literal["restricted"] = "restricted"
    page: Literal["list", "reason", "card", "identity", "task"] = "list"
    code: str = ""
    task: str = ""
    seen: int = 0
    whole: bool = False
    after: int = 0
    options: tuple[Option, ...] = ()
