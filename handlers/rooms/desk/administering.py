"""What administrators do by command: invite, give duties, change units and routes.

Each takes effect at once, is an entry of the log, and can be taken back (`journal`). What would
break what the province edits is refused, in the words its files would be refused in.
"""

from handlers.content import Route, Unit, Words
from handlers.desk.amendments import GONE, Amendment, faults_of, route_key
from handlers.desk.people import EVERYWHERE, INVITATION, ROLES, Duty
from handlers.desk.permission import may
from handlers.desk.places import Doing, Office
from handlers.effects import Amend, ChangeDuty, Effect, Invite
from handlers.rooms.desk.task import Slot, Task, asks, denied, home, me
from handlers.text import fold
from handlers.view import Next, View, enter

INVITATION_HOURS = 72
ROLE = Slot("role", "choice", keys=ROLES)
SCOPE = Slot("unit", "scope")
LONGEST_NAME = 60
FIELDS = ("name", "address", "phone", "hours")  # of a unit, each changed by itself


def duty_of(room: Doing) -> Duty:
    """The duty that was chosen."""
    return Duty.model_validate({"role": room.given["role"], "unit": room.given["unit"]})


def unit_name(unit: str, view: View) -> str:
    """What a unit is called; ``*`` is all of them."""
    if unit == EVERYWHERE:
        return view.say("desk.everywhere")
    return view.content.unit_name(unit)


def duty_name(duty: Duty, view: View) -> str:
    """A duty in words: the role, and where."""
    return f"{view.say(f'role.{duty.role}')} · {unit_name(duty.unit, view)}"


# -- people ----------------------------------------------------------------------------------------


def _invite(room: Doing, view: View) -> Next:
    """A link, a short code and a picture of the link: whoever uses one first is who was meant."""
    duty, name = duty_of(room), room.given["name"].strip()
    if not may(view.facts.official, "invite", duty.unit):
        return denied("invite", "", view)
    if len(name) > LONGEST_NAME:
        anew = {key: value for key, value in room.given.items() if key != "name"}
        asked = enter(view.session, room.model_copy(update={"given": anew}))
        return Next(asked, view.say("text.too_long", length=len(name), most=LONGEST_NAME))
    token = f"{INVITATION}{view.facts.receipt}"
    links = tuple(link.replace("{}", token) for link in view.facts.links.values())
    told = view.say(
        "task.invite.done",
        name=name,
        duty=duty_name(duty, view),
        hours=INVITATION_HOURS,
        links="\n".join(f"• {link}" for link in links),
        code=view.facts.receipt,
    )
    made = Invite(
        by=me(view), invitation=token, duty=duty, name=name, hours=INVITATION_HOURS
    )  # fmt: skip
    return Next(home(view), told, (made,), qr=links[-1] if links else "")


def _at_member(member: str, notice: str, view: View, *effects: Effect) -> Next:
    return Next(enter(view.session, Office(page="people", subject=member)), notice, effects)


def _duty(room: Doing, view: View) -> Next:
    """One more duty for a member."""
    duty, member = duty_of(room), room.given["member"]
    if not may(view.facts.official, "people", duty.unit):
        return denied("people", "", view)
    given = ChangeDuty(by=me(view), member=int(member), duty=duty, given=True)
    return _at_member(member, view.say("task.duty.done", duty=duty_name(duty, view)), view, given)


def _move_duty(room: Doing, view: View) -> Next:
    """The same role in another unit, and no longer in the one before."""
    duty, member = duty_of(room), room.given["member"]
    old = Duty(role=duty.role, unit=room.given["from"])
    official = view.facts.official
    if not (may(official, "people", duty.unit) and may(official, "people", old.unit)):
        return denied("people", "", view)
    if is_last(int(member), old, view):
        return _at_member(member, view.say("people.last"), view)
    if duty == old:
        return _at_member(member, view.say("people.same"), view)
    told = view.say("task.move_duty.done", duty=duty_name(duty, view))
    changes = (
        ChangeDuty(by=me(view), member=int(member), duty=duty, given=True),
        ChangeDuty(by=me(view), member=int(member), duty=old, given=False),
    )
    return _at_member(member, told, view, *changes)


def is_last(member: int, duty: Duty, view: View) -> bool:
    """Whether nobody would administer the whole province without this duty."""
    if duty != Duty(role="administrator"):
        return False
    return not any(m.id != member and duty in m.duties for m in view.facts.members)


# -- units -----------------------------------------------------------------------------------------


def amend(page: Office, told: str, view: View, *changes: Amendment) -> Next:
    """Put *changes* in force and say *told*; refused when the whole would not be sound any more."""
    if faults := faults_of(view.content, *changes):
        why = "\n".join(f"• {fault.message} — {fault.mend}" for fault in faults)
        return Next(enter(view.session, page), view.say("office.refused", faults=why))
    by = me(view)
    effects = (
        Amend.model_validate({"by": by, "kind": kind, "key": key, "value": value})
        for kind, key, value in changes
    )
    return Next(enter(view.session, page), told, tuple(effects))


def change_unit(unit: Unit, view: View) -> Next:
    """A unit as it is from now on."""
    if not may(view.facts.official, "units", unit.id):
        return denied("units", "", view)
    page = Office(page="units", subject=unit.id)
    return amend(page, view.say("office.done"), view, ("unit", unit.id, unit.model_dump_json()))


def _unit_edit(room: Doing, view: View) -> Next:
    unit, value = view.content.units.get(room.given["unit"]), room.given["value"]
    if unit is None:  # taken back meanwhile
        return Next(enter(view.session, Office(page="units")), view.say("desk.no_unit"))
    match room.given["field"]:
        case "name":
            english = room.given["english"] or unit.name.en
            name = Words.model_construct(vi=value, en=english)
            return change_unit(unit.model_copy(update={"name": name}), view)
        case field:
            return change_unit(unit.model_copy(update={field: value}), view)


def _editing(room: Doing, _view: View) -> tuple[Slot, ...]:
    if room.given.get("field") == "name":
        return (Slot("value"), Slot("english", optional=True))
    return (Slot("value", optional=True),)


def _unit_add(room: Doing, view: View) -> Next:
    if not may(view.facts.official, "units", EVERYWHERE):
        return denied("units", "", view)
    given = room.given
    name = Words.model_construct(vi=given["name"], en=given["english"] or given["name"])
    unit = Unit.model_construct(
        id=_unused(given["name"], view),
        name=name,
        address=given["address"],
        phone=given["phone"],
        hours=given["hours"],
        approval=False,
    )
    return change_unit(unit, view)


def _unused(name: str, view: View) -> str:
    """An id made of the unit's name that no other unit has."""
    base = "-".join("".join(c if c.isalnum() else " " for c in fold(name)).split())[:60] or "don-vi"
    number = 1
    while (made := base if number == 1 else f"{base}-{number}") in view.content.units:
        number += 1
    return made


# -- routes ----------------------------------------------------------------------------------------

OWN = "own_unit"


def _routing(room: Doing, _view: View) -> tuple[Slot, ...]:
    """A topic, a commune, and whose such cases are; for a route there is, only the last."""
    where = (Slot("topic", "topic", optional=True), Slot("commune", "commune", optional=True))
    whose = Slot("whose", "choice", keys=("one_unit", OWN))
    unit = (Slot("unit", "unit"),) if room.given.get("whose") == "one_unit" else ()
    return (*where, whose, *unit)


def _route_of(room: Doing) -> Route:
    given = room.given
    unit = "@commune" if given["whose"] == OWN else given["unit"]
    return Route(topic=given["topic"] or "*", commune=given["commune"] or "*", unit=unit)


def route_line(route: Route, view: View) -> str:
    """A route in words: which cases go where."""
    topic, commune = view.content.topics.get(route.topic), view.content.territory.get(route.commune)
    own = view.say("route.own")
    return view.say(
        "route.line",
        topic=topic.button.vi if topic else view.say("route.any_topic"),
        commune=commune.name if commune else view.say("route.any_commune"),
        unit=own if route.unit == "@commune" else unit_name(route.unit, view),
    )


def _preview_route(room: Doing, view: View) -> str:
    return view.say("route.preview", line=route_line(_route_of(room), view))


def _route(room: Doing, view: View) -> Next:
    if not may(view.facts.official, "routes", EVERYWHERE):
        return denied("routes", "", view)
    route, old = _route_of(room), room.given.get("old", "")
    key = route_key(route)
    changes: tuple[Amendment, ...] = (("route", key, route.model_dump_json()),)
    if old and old != key:
        changes = (("route", old, GONE), *changes)
    return amend(Office(page="routes"), view.say("office.done"), view, *changes)


TASKS = (
    Task("invite", "invite", _invite, asks(ROLE, SCOPE, Slot("name"))),
    Task("duty", "people", _duty, asks(ROLE, SCOPE)),
    Task("move_duty", "people", _move_duty, asks(SCOPE)),
    Task("unit_edit", "units", _unit_edit, _editing),
    Task("unit_add", "units", _unit_add,
         asks(Slot("name"), *(Slot(name, optional=True)
                              for name in ("english", "address", "phone", "hours")))),
    Task("route", "routes", _route, _routing, preview=_preview_route),
)  # fmt: skip
