"""What the desk must know: before it decides, and again, after that is done, before it shows."""

from dataclasses import replace

from handlers.codes import near_codes, read_code
from handlers.desk.commands import ABOUT_A_CASE, ALIASES, TASK_OF, announcement_code, named
from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue, Restricted
from handlers.facts import Needs
from handlers.session import Room, Session
from handlers.view import Command, Input, Picked, Wrote

OFFICIAL = Needs(official=True)
TWO_CASES = frozenset({"merge", "link"})
WITH_COLLEAGUES = frozenset({"assign", "answer", "duty", "move_duty"})
WITH_ANSWERS = frozenset({"answer", "approve"})


def deciding(session: Session, did: Input) -> Needs | None:
    """What must be known to decide; None when it is not for the desk."""
    if isinstance(did, Command):
        return _by_command(did, session)
    if announcement := _announcement(session.room, did):
        return announced(announcement)
    return _by_room(session.room, did)


def _by_command(did: Command, session: Session) -> Needs | None:
    match did:
        case Command("tracuu"):
            return None  # an official's own cases, from wherever they stand
        case Command(name, rest) if name in ABOUT_A_CASE:
            return _about(TASK_OF.get(name, name), rest, session)
        case Command("tim", rest):
            return replace(OFFICIAL, dossier=read_code(rest) or "", near=near_codes(rest))
        case Command("nhatky", rest):
            return replace(OFFICIAL, dossier=named(rest, "").code)
        case Command("chan" | "bochan", rest):
            return replace(OFFICIAL, dossier=named(rest, "").code)
        case Command("thongbao", rest):
            return announced(announcement_code(rest))
        case Command("moi", _):
            return replace(OFFICIAL, fresh=True)
        case Command(name, _) if name in ALIASES:
            return replace(OFFICIAL, members=name == "canbo")
        case _:
            return _by_room(session.room, did)


def _by_room(room: Room, did: Input) -> Needs | None:
    match room, did:
        case Queue(), Picked("more"):
            return replace(OFFICIAL, queue=room.filter)
        case Queue() | Desk() | Office(page="rule_cases"), Picked(key) if key.startswith("open:"):
            return replace(OFFICIAL, dossier=key.removeprefix("open:"))
        case Queue(), Wrote() if len(did.text) <= LONGEST:
            return replace(OFFICIAL, dossier=read_code(did.text) or "", near=near_codes(did.text))
        case Desk(), Wrote() if code := read_code(did.text[:LONGEST]):
            return replace(OFFICIAL, dossier=code)
        case Desk(code=code), Picked(key) if key.startswith("same:"):
            return replace(OFFICIAL, dossier=code, other=key.removeprefix("same:"))
        case Desk(code=code), Picked(key):
            task = key.removeprefix("do:")
            return replace(_task(task, code), identity=key == "identity")
        case Desk(code=code), Wrote() if len(did.text) <= LONGEST:
            return replace(OFFICIAL, dossier=code, near=near_codes(did.text))
        case Desk(code=code), _:
            return replace(OFFICIAL, dossier=code)
        case Doing(), _:
            return _doing(room, did)
        case Queue(), _:
            return OFFICIAL
        case Office(), _:
            return replace(showing(room) or OFFICIAL, fresh=did == Picked("invite"), members=True)
        case _:
            return None


def _announcement(room: Room, did: Input) -> str:
    """The announcement that is opened at the desk, or that somebody stands before."""
    if isinstance(did, Picked) and did.key.startswith("open:TB"):
        return did.key.removeprefix("open:")
    return room.code if isinstance(room, Bulletin) else ""


def _about(task: str, rest: str, session: Session) -> Needs:
    found = named(rest, session.hand)
    needs = replace(_task(task, found.code), near=found.near, identity=task == "nguoigui")
    if task in TWO_CASES and (other := read_code(found.rest)):
        return replace(needs, other=other)
    return needs


def _doing(room: Doing, did: Input) -> Needs:
    """What a task takes; a code is only used up by what is recorded."""
    needs = _task(room.task, room.code, room.given)
    recorded = room.task == "announce" and did == Picked("confirm")
    return replace(needs, fresh=True) if recorded else needs


def announced(code: str) -> Needs:
    """What an announcement and those who see to it take."""
    return replace(OFFICIAL, announcement=code, members=True)


def restricted(room: Restricted) -> Needs:
    """What an inspector's room takes; who told a message, only while just that is shown."""
    if room.page == "list":
        return replace(OFFICIAL, restricted=True)
    return replace(OFFICIAL, confided=room.code, identity=room.page == "identity")


def _task(task: str, code: str, given: dict[str, str] | None = None) -> Needs:
    if task.startswith("announce"):
        return announced(code)
    if task.startswith("data_"):
        held = read_code((given or {}).get("case", "")) or ""
        return replace(OFFICIAL, request=code, dossier=held)
    if task in {"rule_edit", "rule_approve"}:
        return replace(OFFICIAL, members=True)
    other = (given or {}).get("other", "")
    return replace(
        OFFICIAL,
        dossier=code,
        other=other if task in TWO_CASES else "",
        members=task in WITH_COLLEAGUES,
        fresh=task in {"invite", "classify"},
        answers=task in WITH_ANSWERS,
    )


def showing(room: Room) -> Needs | None:
    """What must be known to show *room* as it is after everything was done; None: nothing new."""
    match room:
        case Queue(words=words) if words:
            return replace(OFFICIAL, found=words)
        case Queue(filter=wanted):
            return replace(OFFICIAL, queue=wanted)
        case Desk(code=code):
            return replace(OFFICIAL, dossier=code)
        case Doing():
            return _task(room.task, room.code, room.given)
        case Restricted():
            return restricted(room)
        case Bulletin(code=code):
            return announced(code)
        case Office(page=page):
            return replace(
                OFFICIAL,
                members=page in {"people", "undo", "rules"},
                loads=page == "people",
                log=_entries(room),
                dossier=room.subject if page == "log" else "",
                figures=page == "figures",
                outdated=room.subject if page in {"rules", "rule_cases"} else "",
                outdated_after=room.after if page == "rule_cases" else 0,
                announcements=room.after if page == "announcements" else None,
                request=room.subject if page == "requests" else "",
                requests=room.after if page == "requests" and not room.subject else None,
                abuse=page == "abuse",
            )
        case _:
            return None


def _entries(room: Office) -> int | None:
    """Before which entry the log is read: one page of it, or the one to be taken back."""
    match room.page:
        case "log" if not room.subject:
            return room.after
        case "undo":
            return int(room.subject) + 1
        case _:
            return None


LONGEST = 100  # characters; a code or a search is no longer
