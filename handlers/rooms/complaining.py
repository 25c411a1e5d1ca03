"""A complaint: what the law asks of it, until when, at which door. It is never taken in here.

A complaint needs a signed letter at the competent body (Law on Complaints 02/2011/QH13, art. 8); a
message in a chat is none. So the room explains, counts the days, names the door, and helps to write
the letter (`handlers.rooms.petitioning`). Whoever wants that sends the same matter as feedback.
"""

from dataclasses import replace
from datetime import date, timedelta

from handlers.answers import read_commune
from handlers.content import Unit
from handlers.events import SentMedia
from handlers.messages import Choice, choice
from handlers.pending import hold, joined
from handlers.reading.dates import read_date, show_date
from handlers.rooms import form, petitioning
from handlers.rooms.questions import proposals
from handlers.session import Complaining, Kinds, Languages, Menu, Reviewing
from handlers.unsent import Answer, Part, Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

LABEL = 35  # characters of a button
FIRST = date(1990, 1, 1)  # nobody complains of what they knew of before


def begin(view: View, *, drafted: bool = True) -> Next:
    """Explain, and ask since when; *drafted*: it is the unsent draft that is a complaint."""
    drafted = drafted and view.session.draft is not None
    days = view.figure("complaint_file_days")
    if (left_at := view.session.unmade) is not None and not drafted:
        on = view.session.draft is not None and left_at.drafted
        back = left_at.model_copy(update={"drafted": on})
        again = enter(view.session, back, unmade=None)
        return Next(again, view.say("complaining.resumed", days=days))
    asked = view.say("complaining.asked", days=days)
    told = view.say("complaining.found", days=days) if drafted else asked
    if view.session.room == Kinds(page="complaint"):
        told = ""  # it has just been said there
    return Next(enter(view.session, Complaining(drafted=drafted)), told)


def left(room: Complaining, view: View) -> Next:
    """Back to the menu; an unsent draft, and a petition that is not made, are still there."""
    stopped = "complaining.kept" if room.drafted else "complaining.left"
    return set_aside(Next(enter(view.session, Menu()), view.say(stopped)), view)


def set_aside(led: Next, view: View) -> Next:
    """Whatever led away from a petition half written, it is gone on with later."""
    room = view.session.room
    if not isinstance(room, Complaining) or isinstance(led.session.room, Complaining | Languages):
        return led
    if room.page == "made" or not any(room.given.values()):
        return led
    return replace(led, session=led.session.model_copy(update={"unmade": room}))


# -- showing it ------------------------------------------------------------------------------------


def show_complaining(room: Complaining, view: View) -> Prompt:
    """The question of the page the person is on."""
    stop = view.choice("stop_complaint")
    ways = (view.choice("back"), stop)
    match room.page:
        case "known":
            unknown = view.choice("date_unknown")
            return Prompt(view.say("complaining.known"), (unknown, stop), "date")
        case "body":
            return Prompt(view.say("complaining.body"), (*_bodies(view), *ways))
        case "commune":
            return _show_commune(room, view)
        case "department":
            return _show_departments(view)
        case "door":
            petition = view.choice("petition", tone="primary")
            feedback, end = view.choice("as_feedback"), view.choice("end_complaint")
            return Prompt(_door(room, view), (petition, feedback, view.choice("back"), end))
        case _:
            return petitioning.show(room, view)


def _bodies(view: View) -> tuple[Choice, ...]:
    bodies = ("commune", "department", "city", "other")
    return tuple(view.choice(f"body:{body}", f"complaint_body.{body}") for body in bodies)


def _show_departments(view: View) -> Prompt:
    """The departments to choose from; a name that a button has no room for is written out."""
    units = [view.content.units[name] for name in view.content.petition.departments]
    names = {unit.id: unit.name.in_(view.lang) for unit in units}
    long = [f"• {name}" for name in names.values() if cut(name, LABEL) != name]
    text = "\n".join((view.say("complaining.department"), *long))
    offered = tuple(choice(f"unit:{id_}", cut(name, LABEL)) for id_, name in names.items())
    other = view.choice("body:other", "complaint_body.other")
    return Prompt(text, (*offered, other, view.choice("back"), view.choice("stop_complaint")))


def _show_commune(room: Complaining, view: View) -> Prompt:
    other = view.choice("body:other", "complaint_body.other")
    ways = (other, view.choice("back"), view.choice("stop_complaint"))
    if not room.typed:
        return Prompt(view.say("complaining.commune"), ways, "text")
    lines, options = proposals(room.options, view)
    asked = "commune.which" if options else "hearing.unknown"
    text = view.say(asked, typed=cut(room.typed, 60))
    return Prompt("\n".join((text, *lines)), (*options, *ways), "choice" if options else "text")


def _door(room: Complaining, view: View) -> str:
    """Where the letter goes, where to ask when it is not sure, and what comes after."""
    content = view.content
    unit = content.units.get(room.unit)
    here = content.units[content.petition.reception]
    office = here.name.in_(view.lang)
    told = [view.say("complaining.body_unknown", office=office)]
    if unit:
        named = view.say("complaining.counter", unit=unit.name.in_(view.lang))
        told = [named, *_found(unit, view), view.say("complaining.where_else", office=office)]
    told += _found(here, view)
    if not all(counter.address and counter.hours for counter in (unit or here, here)):
        told.append(view.say("complaining.ask_phone", phone=content.controller.phone))
    rules = ("complaint_accept_days", "complaint_second_file_days")
    more = ("complaint_second_file_remote_days",)
    laws = [f"• {law}" for rule in (*rules, *more) if (law := view.law(rule))]
    after = [view.say("complaining.after"), *laws] if laws else []
    return "\n".join((*told, "", *after, "", view.say("complaining.how")))


def _found(unit: Unit, view: View) -> list[str]:
    """How a counter is found, as far as the province wrote it down."""
    known = (
        unit.address and view.say("complaining.address", what=unit.address),
        unit.hours and view.say("complaining.hours", what=unit.hours),
        unit.phone and view.say("complaining.phone", what=unit.phone),
    )
    return [f"• {line}" for line in known if line]


# -- answering -------------------------------------------------------------------------------------


def at_complaining(room: Complaining, did: Input, view: View) -> Next:
    """Take the answer of the page; words that are none are held, as any message is."""
    match did:
        case Picked("stop_complaint" | "end_complaint"):
            return left(room, view)
        case Picked("as_feedback"):
            return as_feedback(room, view)
        case Picked("petition"):
            return petitioning.begin(room, view)
        case _ if room.page in {"filling", "look", "id_number", "made"}:
            return petitioning.answered(room, did, view)
        case Picked("back"):
            return Next(enter(view.session, room.model_copy(update=_before(room))))
        case Picked("date_unknown"):
            return _since(None, room, view)
        case Picked(key):
            return _picked(key, room, view)
        case Wrote():
            return _wrote(did, room, view)
        case SentMedia():
            return hold(did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def _wrote(did: Wrote, room: Complaining, view: View) -> Next:
    """A date, even after it was asked for; a commune; an ID number that is not held; or words."""
    if petitioning.is_id(did.text):
        return Next(view.session, view.say("complaining.id_later"))
    match room.page:
        case "known":
            return _day(did, room, view)
        case "body" if read_date(did.text, view.facts.now.date()):
            return _day(did, room, view)
        case "body" | "commune":
            return _commune(did, room, view)
        case _:
            return hold(did, view)


def _before(room: Complaining) -> dict[str, object]:
    """The page before, with nothing proposed on it."""
    page = "known" if room.page == "body" else "body"
    return {"page": page, "typed": "", "options": ()}


def _day(did: Wrote, room: Complaining, view: View) -> Next:
    today = view.facts.now.date()
    day = read_date(did.text, today)
    if day is None or day < FIRST:
        return Next(view.session, view.say("date.unclear"))
    if day > today:
        return Next(view.session, view.say("date.future", day=show_date(day)))
    return _since(day, room, view)


def _since(day: date | None, room: Complaining, view: View) -> Next:
    """Say until when it may be filed; then whose decision it is."""
    known = day.isoformat() if day else ""
    there = room.model_copy(update={"page": "body", "known_on": known})
    return Next(enter(view.session, there), _deadline(day, view))


def _deadline(day: date | None, view: View) -> str:
    """The last of the days to file, or what is to be done when it is past.

    Calendar days; the day of receipt does not count (Civil Code 91/2015/QH13, art. 147(2)). Where
    the last is a day of rest, the next working day may still count (art. 148(5)): nobody is told
    that it is over before that, nor to wait until then.
    """
    rule, today = view.content.rule("complaint_file_days"), view.facts.now.date()
    law = view.law("complaint_file_days")
    if day is None:
        return "\n".join(line for line in (view.say("complaining.no_date"), law) if line)
    if rule.value is None or not law:
        return view.say("complaining.no_limit")
    last = day + timedelta(days=rule.value)
    known, until = show_date(day), show_date(last)
    over = (today - last).days
    rest = _rest_day(last, view)
    if rest and 0 < over <= (_next_working(last, view) - last).days:
        said = view.say("complaining.rest_day", known=known, last=until)
    elif over > 0:
        said, rest = view.say("complaining.past", known=known, last=until, over=over), ""
    elif over == 0:
        said = view.say("complaining.last_day", known=known, last=until)
    else:
        said = view.say("complaining.in_time", known=known, last=until, left=-over)
        rest = rest and view.say("complaining.rest_ahead", last=until)
    return "\n".join(filter(None, (said, rest, law)))


def _rest_day(last: date, view: View) -> str:
    """What the law says of a limit that ends on a day of rest; empty when *last* is none."""
    return "" if view.content.calendar.is_working_day(last) else view.law("complaint_rest_day")


def _next_working(day: date, view: View) -> date:
    return view.content.calendar.add_working_days(day, 1)


def _picked(key: str, room: Complaining, view: View) -> Next:
    kind, _, name = key.partition(":")
    match kind, name:
        case "value", _:
            return _at_commune(room.options[int(name)].value, room, view)
        case "unit", _:
            return _to_door(room, view, body="department", unit=name)
        case "body", "commune":
            if commune := petitioning.commune_of(room, view):
                return _at_commune(commune, room, view)
            asked = room.model_copy(update={"page": "commune", "typed": "", "options": ()})
            return Next(enter(view.session, asked))
        case "body", "department":
            return Next(enter(view.session, room.model_copy(update={"page": "department"})))
        case "body", "city":
            return _to_door(room, view, body="city", unit=view.content.petition.city)
        case _:
            return _to_door(room, view, body="other", unit="")


def _commune(did: Wrote, room: Complaining, view: View) -> Next:
    """A commune by any name it has or had; elsewhere than asked for it, only a clear one."""
    read = read_commune(did.part, view)
    if isinstance(read, Answer):
        return _at_commune(read.value, room, view)
    if room.page == "body":
        return hold(did, view)
    asked = room.model_copy(update={"typed": read.typed, "options": read.options})
    return Next(enter(view.session, asked))


def _at_commune(commune: str, room: Complaining, view: View) -> Next:
    return _to_door(room, view, body="commune", unit=commune)


def _to_door(room: Complaining, view: View, **whose: str) -> Next:
    there = room.model_copy(update={"page": "door", "typed": "", "options": (), **whose})
    return Next(enter(view.session, there))


def as_feedback(room: Complaining, view: View) -> Next:
    """Send the same matter as feedback, which is followed here; a complaint it does not become."""
    session = view.session
    told = view.say("complaining.as_feedback")
    if room.drafted and session.draft is not None:
        draft = session.draft.model_copy(update={"kind": "complaint"})
        return Next(enter(session, Reviewing(), draft=draft), told)
    words = room.given.get("content", "")
    held = session.pending
    if words:
        before = () if joined(held.parts) in words else held.parts
        held = Pending(parts=(*before, Part(text=words)), media=held.media)
    begun = form.new(View(session.model_copy(update={"pending": held}), view.facts))
    return Next(begun.session, told)
