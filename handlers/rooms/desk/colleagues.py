"""The page of colleagues: who has which duties, and how those come and go."""

from handlers.desk.people import EVERYWHERE, Duty, Official
from handlers.desk.permission import anywhere, may, units
from handlers.desk.places import Doing, Office
from handlers.effects import ChangeDuty
from handlers.messages import Choice, choice
from handlers.rooms import start
from handlers.rooms.desk.administering import duty_name, is_last, unit_name
from handlers.rooms.desk.task import denied
from handlers.text import fold
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

PAGE = 8


def to_people(rest: str, view: View) -> Next:
    """The list for who manages people, one's own entry for anybody else."""
    official = view.facts.official
    if official is None:
        return denied("people", "", view)
    if not anywhere(official, "people"):
        return _open(official.id, view)
    if rest.strip():
        return _search(rest, view)
    return Next(enter(view.session, Office(page="people"), staff=True))


def _open(member: int, view: View, notice: str = "") -> Next:
    room = Office(page="people", subject=str(member))
    return Next(enter(view.session, room, staff=True), notice)


def _search(typed: str, view: View) -> Next:
    words = f" {fold(typed)} "
    found = [m for m in _in_sight(view) if words in f" {fold(m.name)} "]
    if len(found) == 1:
        return _open(found[0].id, view)
    key = "people.several" if found else "people.none"
    return Next(enter(view.session, Office(page="people"), staff=True), view.say(key))


def _in_sight(view: View) -> tuple[Official, ...]:
    """Those with a duty in the units the reader manages, by unit, then by name."""
    official = view.facts.official
    seen = units(official, "people") if official else frozenset()
    found = (m for m in view.facts.members if EVERYWHERE in seen or m.units & seen)
    return tuple(sorted(found, key=lambda m: (_first_unit(m, view), fold(m.name), m.id)))


def _first_unit(member: Official, view: View) -> str:
    unit = member.duties[0].unit
    return "" if unit == EVERYWHERE else fold(unit_name(unit, view))


def called(member: Official, view: View) -> str:
    """What a member is called; who never said a name has a number."""
    return member.name or view.say("people.nameless", number=member.id)


# -- showing ---------------------------------------------------------------------------------------


def show_people(room: Office, view: View) -> Prompt:
    """The list, one member, or the question whether to end a duty."""
    official = view.facts.official
    if official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    if not room.subject:
        return _list(room, view)
    member, duty = _subject(room, view)
    own = member is not None and member.id == official.id
    if member is None or not (own or member in _in_sight(view)):
        return Prompt(view.say("people.gone"), (view.choice("people"), view.choice("queue")))
    if duty is not None:
        return _ending(member, duty, view)
    return _one(member, view)


def _list(room: Office, view: View) -> Prompt:
    everybody = _in_sight(view)
    shown = everybody[room.after : room.after + PAGE]
    lines, unit = list[str](), "-"
    for member in shown:
        if member.duties[0].unit != unit:
            unit = member.duties[0].unit
            lines.append(unit_name(unit, view))
        lines.append(_line(member, view))
    opens = (choice(f"member:{m.id}", cut(f"{m.id}. {called(m, view)}", 35)) for m in shown)
    more = (view.choice("more"),) if len(everybody) > room.after + PAGE else ()
    back = (view.choice("fewer"),) if room.after else ()
    ways = (view.choice("invite"), view.choice("queue"), view.choice("menu"))
    title = view.say("people.title", count=len(everybody))
    return Prompt("\n".join((title, *lines)), (*opens, *more, *back, *ways), "text")


def _line(member: Official, view: View) -> str:
    roles = ", ".join(view.say(f"role.{duty.role}") for duty in member.duties)
    cases = view.facts.loads.get(member.id, 0)
    line = view.say("people.line", name=called(member, view), roles=roles, cases=cases)
    return line if member.reachable else f"{line} · {view.say('people.unreachable')}"


def _one(member: Official, view: View) -> Prompt:
    official = view.facts.official
    own = official is not None and member.id == official.id
    cases = view.facts.loads.get(member.id, 0)
    lines = [view.say("people.one", name=called(member, view), cases=cases)]
    lines += [f"• {duty_name(duty, view)}" for duty in member.duties]
    if not member.reachable:
        lines.append(view.say("people.unreachable"))
    choices: list[Choice] = []
    if anywhere(official, "people"):
        choices.append(view.choice("add_duty"))
    for number, duty in enumerate(member.duties):
        manages = may(official, "people", duty.unit)
        words = cut(f"{view.say(f'role.{duty.role}')}, {unit_name(duty.unit, view)}", 24)
        if manages:
            choices.append(choice(f"move:{number}", view.say("people.move", duty=words)))
        if manages or own:
            choices.append(choice(f"end:{number}", view.say("people.end", duty=words)))
    ways = ("people", "queue") if anywhere(official, "people") else ("queue",)
    return Prompt("\n".join(lines), (*_distinct(choices), *map(view.choice, ways)))


def _distinct(choices: list[Choice]) -> list[Choice]:
    """Buttons cut to the same words are told apart by a number."""
    labels = [c.label for c in choices]
    return [
        choice(c.key, cut(f"{n + 1}. {c.label}", 35)) if labels.count(c.label) > 1 else c
        for n, c in enumerate(choices)
    ]


def _ending(member: Official, duty: Duty, view: View) -> Prompt:
    asked = view.say(
        "people.ask_end",
        name=called(member, view),
        duty=duty_name(duty, view),
        cases=view.facts.loads.get(member.id, 0),
    )
    return Prompt(asked, (view.choice("end_duty", tone="danger"), view.choice("keep_duty")))


def _subject(room: Office, view: View) -> tuple[Official | None, Duty | None]:
    """The member of a page, and the duty that is perhaps to end."""
    number, _, rest = room.subject.partition(" ")
    member = next((m for m in view.facts.members if str(m.id) == number), None)
    role, _, unit = rest.partition(" ")
    duties = member.duties if member else ()
    return member, next((d for d in duties if rest and (d.role, d.unit) == (role, unit)), None)


# -- answering -------------------------------------------------------------------------------------


def at_people(room: Office, did: Input, view: View) -> Next:
    """Choose somebody, change a duty, leave."""
    session = view.session
    member, duty = _subject(room, view)
    match did:
        case Picked("more" | "fewer" as way):
            after = max(0, room.after + (PAGE if way == "more" else -PAGE))
            return Next(enter(session, room.model_copy(update={"after": after})))
        case Picked(key) if key.startswith("member:"):
            return _open(int(key.removeprefix("member:")), view)
        case Picked("end_duty") if member and duty:
            return _end(member, duty, view)
        case Picked("keep_duty") if member:
            return _open(member.id, view)
        case Picked("add_duty") if member:
            return _ask("duty", {"member": str(member.id)}, view)
        case Picked(key) if member and key.partition(":")[0] in {"end", "move"}:
            return _chosen(member, key, view)
        case Wrote(part=part) if anywhere(view.facts.official, "people"):
            return _search(part.text[:60], view)
        case _:
            return Next(session, view.say("desk.again"))


def _chosen(member: Official, key: str, view: View) -> Next:
    what, _, number = key.partition(":")
    if int(number) >= len(member.duties):
        return Next(view.session, view.say("desk.again"))
    duty = member.duties[int(number)]
    if what == "move":
        given = {"member": str(member.id), "role": duty.role, "from": duty.unit}
        return _ask("move_duty", given, view)
    if is_last(member.id, duty, view):
        return Next(view.session, view.say("people.last"))
    asked = Office(page="people", subject=f"{member.id} {duty.role} {duty.unit}")
    return Next(enter(view.session, asked))


def _ask(task: str, given: dict[str, str], view: View) -> Next:
    if not anywhere(view.facts.official, "people"):
        return denied("people", "", view)
    return Next(enter(view.session, Doing(task=task, given=given), staff=True))


def _end(member: Official, duty: Duty, view: View) -> Next:
    """End a duty; whoever has none left has left, and their open cases lie with their units."""
    official = view.facts.official
    own = official is not None and member.id == official.id
    if official is None or not (own or may(official, "people", duty.unit)):
        return denied("people", "", view)
    if is_last(member.id, duty, view):
        return _open(member.id, view, view.say("people.last"))
    ended = ChangeDuty(by=official.id, member=member.id, duty=duty, given=False)
    told = view.say("people.ended", name=called(member, view), duty=duty_name(duty, view))
    if own and len(member.duties) == 1:
        away = start.home(view.session).model_copy(update={"staff": False, "hand": ""})
        return Next(away, told, (ended,))
    if own or len(member.duties) > 1:
        return Next(_open(member.id, view).session, told, (ended,))
    return Next(enter(view.session, Office(page="people"), staff=True), told, (ended,))
