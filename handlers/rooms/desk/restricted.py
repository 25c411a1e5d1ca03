"""Messages told in confidence, at the desk of inspectors: the list, one of them, what is decided.

Opening one is a look: a reason is asked for, and who looked is written down, always. What was told
is shown once for each look, and only on channels of the province's own (`content/desk.toml`).
"""

from datetime import date

from handlers.answers import UNKNOWN, read_commune
from handlers.confiding import MoveConfided, Restrict
from handlers.denouncing import (
    Action,
    Denunciation,
    Line,
    confidential_code,
    count_shown,
    inspects,
)
from handlers.desk.permission import anywhere
from handlers.desk.places import Restricted
from handlers.effects import Effect
from handlers.events import SentMedia
from handlers.messages import Choice, choice
from handlers.reading.phones import show_phone
from handlers.rooms import hearing, questions
from handlers.rooms.desk.task import denied, me
from handlers.session import Menu, Room
from handlers.text import fold
from handlers.unsent import Answer
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

PAGE = 8  # messages on one page
LONGEST = 2000  # characters of a reason, a note, a message
REASONS = ("sort", "handle", "answer")
TASKS: tuple[Action, ...] = ("note", "reply", "forward", "guide", "close", "move")
SHOWN = 30  # latest entries of a message that are shown


def to_restricted(rest: str, view: View) -> Next:
    """The list, or one of them by its code."""
    if not anywhere(view.facts.official, "restricted"):
        return denied("restricted", "", view)
    room = Restricted()
    if code := confidential_code(rest):
        room = Restricted(page="reason", code=code)
    return Next(enter(view.session, room, staff=True))


def shown(room: Room) -> Room:
    """The room once its prompt was shown: what was told is shown once for each look."""
    if not isinstance(room, Restricted):
        return room
    return room.model_copy(update={"whole": False})


def may_look(view: View) -> bool:
    """Whether what was told may be shown on this channel."""
    channel = view.facts.channel
    return not channel or channel in view.content.desk.restricted_on


# -- showing it ------------------------------------------------------------------------------------


def show_restricted(room: Restricted, view: View) -> Prompt:
    """The list, the question why, one message, or what a task asks."""
    if not inspects(view.facts.official):
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    if room.page == "list":
        return _show_list(room, view)
    found = view.facts.confided
    if found is None:
        return Prompt(view.say("restricted.unknown"), _back(view), "text", "-")
    if not may_look(view):
        told = view.say("restricted.elsewhere", web=hearing.web_page(view))
        return Prompt(told, _back(view), "choice", "-")
    match room.page:
        case "reason":
            reasons = tuple(view.choice(f"why:{key}", f"restricted_why.{key}") for key in REASONS)
            text = view.say("restricted.why", code=found.code)
            return Prompt(text, (*reasons, *_back(view)), "text", found.code)
        case "task":
            return _show_task(room, found, view)
        case _:
            return _show_card(room, found, view)


def _back(view: View) -> tuple[Choice, ...]:
    return (view.choice("list", "choice.restricted"), view.choice("menu"))


def _show_list(room: Restricted, view: View) -> Prompt:
    shown_here = view.facts.restricted[room.after : room.after + PAGE]
    lines = [_line(each, view) for each in shown_here] or [view.say("restricted.none")]
    opens = tuple(choice(f"open:{each.code}", each.code) for each in shown_here)
    more = (view.choice("more"),) if len(view.facts.restricted) > room.after + PAGE else ()
    fewer = (view.choice("fewer"),) if room.after else ()
    text = "\n".join((view.say("restricted.list"), *lines))
    return Prompt(text, (*opens, *more, *fewer, view.choice("menu")), "text", "-")


def _line(found: Denunciation, view: View) -> str:
    """Code, day, deadline; nothing of what was told or of whom."""
    today = view.facts.now.date()
    due = found.due_on or today
    key = "restricted.line_late" if due < today else "restricted.line"
    day, by = view.day(found.opened_at), f"{due:%d/%m/%Y}"
    return view.say(key, code=found.code, day=day, due=by)


def _show_card(room: Restricted, found: Denunciation, view: View) -> Prompt:
    today = view.facts.now.date()
    head = view.say(
        "restricted.head",
        code=found.code,
        state=view.say(f"restricted_state.{found.state}"),
        day=view.day(found.opened_at),
        due=f"{found.due_on:%d/%m/%Y}" if found.due_on else "",
        unit=_unit(found.unit, view),
        files=len(found.files),
    )
    parts = [head]
    if room.whole and room.page == "card":
        parts += [_entry(line, view) for line in found.lines[-SHOWN:] if line.words]
        forward = view.content.law_says("denunciation_forward_days", today)
        parts += [forward] if forward else []
    elif room.whole:
        name, phone = found.name or view.say("desk.no_name"), show_phone(found.phone)
        parts.append(view.say("desk.identity", name=name, phone=phone or view.say("desk.no_phone")))
    else:
        parts.append(view.say("restricted.shown"))
    tasks = tuple(view.choice(f"do:{task}", f"restricted_do.{task}") for task in TASKS)
    again = view.choice("again", "choice.look_again")
    known = found.named or found.callable
    who = (view.choice("identify", "deed.identify"),) if known else ()
    files = (view.choice("see_files"),) if found.files else ()
    text = "\n\n".join(parts)
    return Prompt(text, (*tasks, *files, *who, again, *_back(view)), "choice", found.code)


def _entry(line: Line, view: View) -> str:
    what = view.say(f"restricted_entry.{line.kind}")
    by = f" · {line.by}" if line.by else ""
    return f"{view.local(line.at):%d/%m/%Y %H:%M} · {what}{by}: {line.words}"


def _unit(unit: str, view: View) -> str:
    commune = view.content.territory.get(unit) if unit else None
    if commune is not None:
        return commune.name
    return view.content.unit_name(unit) if unit else view.say("restricted.no_unit")


def _show_task(room: Restricted, found: Denunciation, view: View) -> Prompt:
    stop = view.choice("stop", "choice.back")
    if room.options:
        lines, options = questions.proposals(room.options, view)
        text = "\n".join((view.say("denounce.which"), *lines))
        return Prompt(text, (*options, stop), "choice", found.code)
    unknown = (view.choice("unknown", "choice.unit_unknown"),) if room.task == "move" else ()
    return Prompt(view.say(f"restricted_ask.{room.task}"), (*unknown, stop), "text", found.code)


# -- doing it --------------------------------------------------------------------------------------


def at_restricted(room: Restricted, did: Input, view: View) -> Next:
    """Open one, look at it, do something with it."""
    session, found = view.session, view.facts.confided
    if not inspects(view.facts.official):
        return denied("restricted", "", view)
    match did:
        case Picked("menu"):
            return Next(enter(session, Menu()))
        case Picked("list"):
            return Next(enter(session, Restricted()))
        case _ if room.page == "list":
            return _at_list(room, did, view)
        case _ if found is None or not may_look(view):
            return Next(session)
        case Picked(key):
            return _picked(key, room, found, view)
        case Wrote(part=part) if len(part.text) > LONGEST:
            over = len(part.text) - LONGEST
            return Next(session, view.say("desk.answer_too_long", most=LONGEST, over=over))
        case Wrote():
            return _wrote(room, did, found, view)
        case SentMedia():
            return Next(session, view.say("desk.no_media"))
        case _:
            return Next(session, view.say("desk.again"))


def _at_list(room: Restricted, did: Input, view: View) -> Next:
    session = view.session
    match did:
        case Picked("more" | "fewer" as way):
            after = max(0, room.after + (PAGE if way == "more" else -PAGE))
            return Next(enter(session, Restricted(after=after)))
        case Picked(key) if key.startswith("open:"):
            return _open(key.removeprefix("open:"), view)
        case Wrote(part=part) if code := confidential_code(part.text):
            return _open(code, view)
        case _:
            return Next(session, view.say("restricted.unknown"))


def _open(code: str, view: View) -> Next:
    return Next(enter(view.session, Restricted(page="reason", code=code)))


def _picked(key: str, room: Restricted, found: Denunciation, view: View) -> Next:
    session, there = view.session, Restricted(page="card", code=found.code)
    match key.split(":"):
        case ["why", reason]:
            return _look("view", view.say(f"restricted_why.{reason}"), found, view)
        case ["again"]:
            return _open(found.code, view)
        case ["identify"]:
            return _look("identify", "", found, view)
        case ["see_files"]:
            return _files(found, view)
        case ["stop"]:
            return Next(enter(session, there))
        case ["do", task]:
            asked = Restricted(page="task", code=found.code, task=task, seen=found.entries)
            return Next(enter(session, asked))
        case ["value", number]:
            return _moved(room.options[int(number)].value, room, found, view)
        case ["unknown"]:
            return _moved("", room, found, view)
        case _:
            return Next(session, view.say("desk.again"))


def _wrote(room: Restricted, did: Wrote, found: Denunciation, view: View) -> Next:
    match room.page:
        case "reason":
            return _look("view", did.text, found, view)
        case "task" if room.task == "move":
            return _unit_typed(room, did, found, view)
        case "task":
            action = next(task for task in TASKS if task == room.task)
            return _do(action, did.text, room, found, view)
        case _:
            return Next(view.session, view.say("desk.say_what_for"))


def _look(action: Action, why: str, found: Denunciation, view: View) -> Next:
    """Show it once, and write down who looked."""
    page = "identity" if action == "identify" else "card"
    room = Restricted.model_validate({"page": page, "code": found.code, "whole": True})
    return Next(
        enter(view.session, room), effects=(_move(action, why, found, found.entries, view),)
    )


def _move(
    action: Action, words: str, found: Denunciation, seen: int, view: View, unit: str = ""
) -> MoveConfided:
    return MoveConfided(
        code=found.code, by=me(view), action=action, words=words, unit=unit, seen=seen
    )


def _files(found: Denunciation, view: View) -> Next:
    """The files, by links that open them for some minutes: a look like any other."""
    place = f"tt:{found.id}:{found.entries + 1}"
    files = tuple(media.model_copy(update={"key": f"{place}:{media.key}"}) for media in found.files)
    there = enter(view.session, Restricted(page="card", code=found.code))
    looked: tuple[Effect, ...] = (_move("files", "", found, found.entries, view),)
    told = view.say("desk.files", files=len(files))
    return Next(there, told, looked, files=files, sealed=found.code)


def _do(
    action: Action, words: str, room: Restricted, found: Denunciation, view: View, unit: str = ""
) -> Next:
    """Do it, unless a colleague did something since it was shown."""
    there = enter(view.session, Restricted(page="card", code=found.code))
    if found.entries != room.seen:
        told = view.say("restricted.meanwhile", text=words)
        return Next(there, told, sealed=found.code)
    move = _move(action, words, found, room.seen, view, unit)
    return Next(there, view.say(f"restricted_done.{action}"), (move,))


def _unit_typed(room: Restricted, did: Wrote, found: Denunciation, view: View) -> Next:
    wanted = fold(did.text)
    for unit in view.content.units.values():
        if wanted in {fold(unit.name.vi), unit.id}:
            return _moved(unit.id, room, found, view)
    read = read_commune(did.part, view)
    if isinstance(read, Answer) and read.value != UNKNOWN:
        return _moved(read.value, room, found, view)
    options = getattr(read, "options", ())
    notice = "" if options else view.say("desk.no_unit")
    return Next(enter(view.session, room.model_copy(update={"options": options})), notice)


def _moved(unit: str, room: Restricted, found: Denunciation, view: View) -> Next:
    return _do("move", _unit(unit, view), room, found, view, unit)


def woken(what: str, view: View) -> Next:
    """What nobody typed: there is something to read, or nobody who may."""
    official = view.facts.official
    match what:
        case "new" if inspects(official):
            return Next(view.session, view.say("restricted.new"))
        case "waiting" if anywhere(official, "invite"):
            return Next(view.session, view.say("restricted.waiting"))
        case "reply":
            return Next(view.session, view.say("denounce.news"))
        case _:
            return Next(view.session, silent=True)


def due_on(view: View) -> date:
    """Until when what comes today is to be logged and classified (Denunciations, art. 24(1))."""
    days = view.content.rule("denunciation_log_days").value or 0
    return view.content.calendar.add_working_days(view.facts.now.date(), days)


def taken_out(code: str, view: View) -> Restrict:
    """What takes the case *code* out of everybody's sight; it needs a fresh code."""
    into = f"TT{view.facts.code[2:]}"
    return Restrict(code=code, by=me(view), into=into, due_on=due_on(view))


def counted(view: View) -> str:
    """How many are open, for whoever sees figures of everything; too few are no number."""
    count = view.facts.confidential
    if count is None:
        return ""
    return view.say("restricted.count", count=count_shown(count) or view.say("restricted.few"))
