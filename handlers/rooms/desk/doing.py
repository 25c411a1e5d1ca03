"""Doing something at the desk: question by question, then a look at it, then done.

Whatever the task, the same four things hold. It is begun only by who may do it, to a case whose
status allows it; both are asked again at the last press, or at the last answer where there is
nothing to look at before it is done, for roles and cases change meanwhile. Who
finds the case changed by somebody else is told what happened and presses once more; what they wrote
stays. What was typed behind the command answers the first questions. `/huy` leaves all as it is.
"""

from dataclasses import replace
from datetime import date, datetime

from handlers.desk.permission import anywhere, may
from handlers.desk.places import Bulletin, Doing
from handlers.effects import KeepFile
from handlers.events import Media, SentMedia
from handlers.messages import Choice, Expects, choice
from handlers.pending import take_files
from handlers.reading.courtesies import says_done
from handlers.reading.dates import show_date
from handlers.reading.moments import show_moment
from handlers.rooms.desk.answers import offered, read
from handlers.rooms.desk.card import files, told_line
from handlers.rooms.desk.registry import TASKS
from handlers.rooms.desk.task import LONGEST, Slot, Task, denied, dossier, home, refused, to_case
from handlers.rooms.desk.unfinished import apart, shown_again, unsent
from handlers.text import clean
from handlers.tickets import move
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

WHOLE = frozenset({"text", "unit", "commune", "member"})  # answers of several words
LONGEST_CHOICE = 4  # words


def begin(name: str, code: str, rest: str, view: View) -> Next:
    """Begin a task; *rest*, typed behind its command, answers as many questions as it can."""
    task = TASKS[name]
    official = view.facts.official
    if task.action is None:
        if not anywhere(official, task.deed):
            return denied(task.deed, "", view)
        looked = view.facts.announcement or view.facts.request
        seen = looked.entries if code and looked is not None and looked.code == code else 0
        return _taken_up(task, Doing(task=name, code=code, seen=seen), rest, view)
    found = dossier(code, view)
    if official is None:
        return denied(task.deed, code, view)
    if found is None:
        unknown = Next(home(view), view.say("desk.unknown", code=code))
        return shown_again(unknown, None, view, rest)
    room = Doing(task=name, code=code, seen=found.card.entries)
    kept, others = apart(room, view.session)
    if not may(official, task.deed, found.card):
        return shown_again(refused(task.deed, code, view), kept, view, rest)
    if move(found.card.status, task.action) is None:
        cannot = Next(to_case(code, view), _cannot(found.card.status, view))
        return shown_again(cannot, kept, view, rest)
    held = View(to_case(code, view).model_copy(update={"aside": others}), view.facts)
    if kept is None or rest:
        return _begun(task, room, rest, held)
    again = kept.model_copy(update={"seen": found.card.entries})
    return Next(enter(held.session, again), view.say("desk.taken_up"))


def _taken_up(task: Task, room: Doing, rest: str, view: View) -> Next:
    """Begin what is about no case, or go on with what was set aside of it."""
    kept, others = apart(room, view.session)
    if kept is None:
        return _begun(task, room, rest, view)
    held = view.session.model_copy(update={"aside": others})
    if rest:
        return shown_again(_begun(task, room, rest, View(held, view.facts)), kept, view)
    return Next(enter(held, kept), view.say("desk.taken_up"))


def _begun(task: Task, room: Doing, rest: str, view: View) -> Next:
    room, why = _filled(task, room, rest, view)
    return Next(enter(view.session, room), why) if why else _advance(task, room, view)


def _cannot(status: str, view: View) -> str:
    return view.say("desk.cannot", status=view.say(f"desk_status.{status}"))


def _filled(task: Task, room: Doing, rest: str, view: View) -> tuple[Doing, str]:
    """The room with what *rest* answers, and why an answer can't stay."""
    for slot in task.slots(room, view):
        if not rest:
            break
        value, left_over = _begins(slot, rest, room, view)
        if value is None and not slot.optional:
            break
        filled = _given(room, slot, value or "")
        if why := task.unfit(filled, view):
            return task.prepare(room, view), why
        room, rest = filled, left_over
    return task.prepare(room, view), ""


def _begins(slot: Slot, rest: str, room: Doing, view: View) -> tuple[str | None, str]:
    """The answer *rest* begins with, and what is left of it.

    Words fill a text whole, a choice takes the most it may, anything else takes one.
    """
    if slot.kind == "choice" and slot.optional:
        return None, rest  # what may be skipped is not guessed from the beginning of a sentence
    words = [rest] if slot.kind in WHOLE else rest.split(" ")
    for count in range(min(len(words), LONGEST_CHOICE if slot.kind == "choice" else 1), 0, -1):
        value = read(slot, " ".join(words[:count]), room, view)[0]
        if value is not None:
            return value, " ".join(words[count:]).strip()
    return None, rest


def _given(room: Doing, slot: Slot, value: str) -> Doing:
    given = {**room.given, slot.name: value}
    return room.model_copy(update={"given": given, "options": (), "asking": ""})


def _open_slot(task: Task, room: Doing, view: View) -> Slot | None:
    """The question asked out of its turn, or else the first one without an answer."""
    slots = task.slots(room, view)
    if asked := next((s for s in slots if s.name == room.asking), None):
        return asked
    return next((s for s in slots if s.name not in room.given), None)


def _advance(task: Task, room: Doing, view: View) -> Next:
    """To the next question, the last look, or the end."""
    if _open_slot(task, room, view) or task.preview:
        return Next(enter(view.session, room))
    return _confirmed(task, room, view)


# -- showing ---------------------------------------------------------------------------------------


def show_doing(room: Doing, view: View) -> Prompt:
    """The current question, or what is about to be done."""
    if view.facts.official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    task = TASKS[room.task]
    slot = _open_slot(task, room, view)
    cancel = view.choice("cancel")
    if slot is None:
        look = task.preview(room, view) if task.preview else _look(task, room, view)
        key = f"task.{room.task}.confirm" if task.preview else f"deed.{task.deed}"
        send = view.choice("confirm", key, tone="primary")
        again = (view.choice("again", "choice.compose_again"),) if room.given else ()
        return Prompt(look, (send, *(task.more(room, view) if task.more else again), cancel))
    text = slot.text or view.say(f"task.{room.task}.{slot.name}")
    if slot.name in room.proposed:
        proposed = readable(slot, room.proposed[slot.name], view)
        text = f"{text}\n\n{view.say('desk.proposed', text=proposed)}"
    if slot.kind == "files" and room.media:
        text = f"{text}\n{view.say('media.have', files=len(room.media))}"
    expects: Expects = "choice" if slot.kind in {"choice", "member"} else "text"
    head = f"{room.code}\n" if room.code else ""
    return Prompt(f"{head}{text}", (*_choices(slot, room, view), cancel), expects)


def _look(task: Task, room: Doing, view: View) -> str:
    """What was given to a task that is done without a look, unless the case changed meanwhile."""
    given = ((slot, room.given.get(slot.name, "")) for slot in task.slots(room, view))
    lines = (readable(slot, value, view) for slot, value in given if value)
    return "\n".join((f"{room.code} · {view.say(f'deed.{task.deed}')}", *lines))


def _choices(slot: Slot, room: Doing, view: View) -> tuple[Choice, ...]:
    keep = _keeps(slot, room, view)
    done: tuple[Choice, ...] = ()
    if slot.kind == "files" and room.media:
        done = (view.choice("done", tone="primary"), view.choice("drop_files"))
    skip = (view.choice("skip", f"choice.{slot.skip}"),) if slot.optional and not done else ()
    shown = room.options or offered(slot, room, view)
    options = tuple(choice(f"opt:{option.value}", option.text) for option in shown)
    return (*keep, *done, *options, *skip)


def _keeps(slot: Slot, room: Doing, view: View) -> tuple[Choice, ...]:
    if slot.name not in room.proposed:
        return ()
    keep = view.choice("keep", "choice.keep_answer")
    every = not room.asking and _all_proposed(room, view)
    return (keep, view.choice("keep_all")) if every else (keep,)


def _left_open(room: Doing, view: View) -> tuple[Slot, ...]:
    slots = TASKS[room.task].slots(room, view)
    return tuple(slot for slot in slots if slot.name not in room.given)


def _all_proposed(room: Doing, view: View) -> bool:
    """Whether all that is still to be asked is proposed or may be left out."""
    slots = _left_open(room, view)
    return len(slots) > 1 and all(s.optional or s.name in room.proposed for s in slots)


def readable(slot: Slot, value: str, view: View) -> str:
    """A value as people read it."""
    match slot.kind:
        case "date" if value:
            return show_date(date.fromisoformat(value))
        case "moment" if value:
            return show_moment(datetime.fromisoformat(value))
        case "member":
            return next((m.name for m in view.facts.members if str(m.id) == value), value)
        case "unit" if unit := view.content.units.get(value):
            return unit.name.vi
        case "choice" if value in slot.keys:
            return view.say(f"pick.{value}")
        case _:
            return value


# -- answering -------------------------------------------------------------------------------------


def at_doing(room: Doing, did: Input, view: View) -> Next:
    """Take an answer, or do what was looked at."""
    if view.facts.official is None:
        return denied(TASKS[room.task].deed, "", view)
    task = TASKS[room.task]
    slot = _open_slot(task, room, view)
    match did:
        case Picked("cancel") if room.asking:
            return Next(enter(view.session, room.model_copy(update={"asking": "", "options": ()})))
        case Picked("cancel"):
            return left(room, view)
        case Picked("files") if slot is None:
            return files(room.code, view)
        case Picked("confirm") if slot is None:
            return _confirmed(task, room, view)
        case Picked(key) if slot is None and key.startswith(("edit:", "set:", "task:")):
            return _changes(task, key, room, view)
        case Picked("again"):
            proposed = {name: value for name, value in room.given.items() if value}
            anew = room.model_copy(update={"given": {}, "proposed": proposed})
            return Next(enter(view.session, anew))
        case Picked(key) if slot is not None:
            return _picked(task, slot, key, room, view)
        case Wrote(part=part) if slot is not None:
            return _wrote(task, slot, part.text, room, view)
        case SentMedia():
            return _files(slot, did, room, view)
        case _:
            return Next(view.session, view.say("desk.again"))


def _changes(task: Task, key: str, room: Doing, view: View) -> Next:
    """From the last look: ask one question again, answer one by a press, or do another thing."""
    what, _, rest = key.partition(":")
    if what == "task":
        return begin(rest, room.code, "", view)
    if what == "edit":
        others = {name: value for name, value in room.proposed.items() if name != rest}
        old = {rest: value} if (value := room.given.get(rest)) else {}
        asking = room.model_copy(update={"asking": rest, "proposed": others | old})
        return Next(enter(view.session, asking))
    name, _, value = rest.partition(":")
    return _took(task, Slot(name), value, room, view)


def _picked(task: Task, slot: Slot, key: str, room: Doing, view: View) -> Next:
    match key:
        case "keep":
            return _took(task, slot, room.proposed[slot.name], room, view)
        case "keep_all":
            return _kept(task, room, view)
        case "skip":
            return _took(task, slot, "", room, view)
        case "done":
            return _took(task, slot, str(len(room.media)), room, view)
        case "drop_files":
            return Next(enter(view.session, room.model_copy(update={"media": ()})))
        case _:
            return _took(task, slot, key.removeprefix("opt:"), room, view)


def _kept(task: Task, room: Doing, view: View) -> Next:
    """Answer all that is left as it was proposed; proof is asked for as long as there is none."""
    for slot in _left_open(room, view):
        if slot.kind != "files":
            room = _given(room, slot, room.proposed.get(slot.name, ""))
        elif room.media:
            room = _given(room, slot, str(len(room.media)))
    why = task.unfit(room, view)
    return Next(enter(view.session, room), why) if why else _advance(task, room, view)


def _took(task: Task, slot: Slot, value: str, room: Doing, view: View) -> Next:
    """Take an answer, unless the whole can't stay so; what was given before stays anyway."""
    after = task.prepare(_given(room, slot, value), view)
    if why := task.unfit(after, view):
        return Next(enter(view.session, room), why)
    return _advance(task, after, view)


def _wrote(task: Task, slot: Slot, text: str, room: Doing, view: View) -> Next:
    if slot.kind == "files" and says_done(text):
        return _took(task, slot, str(len(room.media)), room, view)
    if len(text) > slot.longest:
        most = slot.longest
        return Next(view.session, view.say("text.too_long", length=len(text), most=most))
    value, answer = read(slot, text, room, view)
    if value is not None:
        return _took(task, slot, value, room, view)
    asked = room.model_copy(update={"options": answer.options})
    return Next(enter(view.session, asked), answer.notice)


def _files(slot: Slot | None, sent: SentMedia, room: Doing, view: View) -> Next:
    """Files are kept where the task takes some, at whatever question they come."""
    task = TASKS[room.task]
    takes = next((s for s in task.slots(room, view) if s.kind == "files"), None)
    if takes is None:
        return Next(view.session, view.say("desk.no_files"))
    media, notice = _fitting(takes, room, sent, view)
    kept = media[len(room.media) :]
    room = room.model_copy(update={"media": media})
    effects = tuple(KeepFile(media=item) for item in kept)
    held = enter(view.session, room)
    said = notice or view.say("media.taken", files=len(kept))
    caption = clean(sent.caption)
    if slot is not None and slot.kind == "text" and caption:
        after = _wrote(task, slot, caption, room, View(held, view.facts))
        return Next(after.session, "\n".join(filter(None, (said, after.notice))), effects)
    return Next(held, said, effects)


def _fitting(
    takes: Slot, room: Doing, sent: SentMedia, view: View
) -> tuple[tuple[Media, ...], str]:
    """The files there are now, of those *sent* what is taken here, and why others are not."""
    fit = tuple(item for item in sent.media if not takes.media or item.kind in takes.media)
    media, notice = take_files(room.media, fit, view)
    taken = media[: max(len(room.media), takes.most_files)]
    if len(taken) == len(media) and len(fit) == len(sent.media):
        return media, notice
    left_out = view.say("announce.files_left_out", most=takes.most_files)
    return taken, "\n".join(filter(None, (notice, left_out)))


def _confirmed(task: Task, room: Doing, view: View) -> Next:
    """Do it, unless somebody did something to the case meanwhile: then show that first."""
    official = view.facts.official
    if task.action is None:
        allowed = anywhere(official, task.deed)
        return task.finish(room, view) if allowed else unsent(task.deed, room, view)
    found = dossier(room.code, view)
    if found is None or not may(official, task.deed, found.card):
        return _kept_back(denied(task.deed, room.code, view), room, view)
    if move(found.card.status, task.action) is None:
        refused = Next(to_case(room.code, view), _cannot(found.card.status, view))
        return _kept_back(refused, room, view)
    if found.card.entries != room.seen:
        return _changed(room, view)
    return task.finish(room, view)


def _kept_back(refused: Next, room: Doing, view: View) -> Next:
    """What was written stays on the screen of whoever may no longer send it."""
    official, found = view.facts.official, dossier(room.code, view)
    if not any(room.given.values()):
        return refused
    if found is None or not may(official, "see", found.card):
        text = "\n".join(filter(None, room.given.values()))[:LONGEST]
        return replace(refused, notice=f"{refused.notice}\n{view.say('desk.unsent', text=text)}")
    notice = f"{refused.notice} {view.say('desk.text_kept')}"
    return Next(enter(view.session, room), notice, refused.effects)


def _changed(room: Doing, view: View) -> Next:
    found = dossier(room.code, view)
    if found is None:
        return Next(home(view))
    news = [line for line in found.story if line.seq > room.seen]
    told = "\n".join(told_line(line, view) for line in news)
    again = room.model_copy(update={"seen": found.card.entries})
    return Next(enter(view.session, again), view.say("desk.meanwhile", news=told))


def left(room: Doing, view: View) -> Next:
    """Back to the case, the announcement or the queue; nothing was done.

    An announcement is long: what was written for one is shown, to be copied.
    """
    notice, found = view.say("desk.left"), view.facts.announcement
    if room.task.startswith("announce"):
        session = enter(view.session, Bulletin(code=room.code)) if room.code else home(view)
        same = room.code and found and room.given.get("text") == found.wording.text
        return shown_again(Next(session, notice), None if same else room, view)
    return Next(to_case(room.code, view) if room.code else home(view), notice)
