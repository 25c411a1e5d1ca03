"""The pages of units and of the routes to them: everybody at the desk reads, administrators change.

A card of a unit is also what an official reads out: address, telephone, hours.
"""

from handlers.content import Route, Unit
from handlers.desk.amendments import GONE, route_key
from handlers.desk.people import EVERYWHERE
from handlers.desk.permission import may
from handlers.desk.places import Doing, Office
from handlers.messages import Choice, choice
from handlers.rooms.desk.administering import (
    FIELDS,
    amend,
    change_unit,
    route_line,
)
from handlers.rooms.desk.answers import read, unit_label
from handlers.rooms.desk.task import Slot, denied
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

PAGE = 8
SEARCH = "?"  # how the subject of a page begins that shows what a search found


# -- units -----------------------------------------------------------------------------------------


def to_units(rest: str, view: View) -> Next:
    """The list of departments, or the units *rest* names."""
    if view.facts.official is None:
        return denied("units", "", view)
    words = cut(rest, 60)
    if not words:
        return Next(enter(view.session, Office(page="units"), staff=True))
    unit, unread = _named(words, view)
    if unit is not None:
        return Next(enter(view.session, Office(page="units", subject=unit), staff=True))
    room = Office(page="units", subject=f"{SEARCH}{words}" if unread else "")
    return Next(enter(view.session, room, staff=True), "" if unread else view.say("desk.no_unit"))


def _named(words: str, view: View) -> tuple[str | None, tuple[str, ...]]:
    """The unit meant, or those that may be."""
    value, unread = read(Slot("unit", "unit"), words, Doing(task="unit_edit"), view)
    return value, tuple(option.value for option in unread.options)


def show_units(room: Office, view: View) -> Prompt:
    """The departments a page at a time, what a search found, or one unit."""
    if view.facts.official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    unit = view.content.units.get(room.subject)
    if unit is not None:
        return _unit(unit, view)
    listed = _listed(room, view)
    shown = listed[room.after : room.after + PAGE]
    lines = (_unit_line(each, view) for each in shown)
    opens = (choice(f"unit:{u.id}", unit_label(u)) for u in _apart(shown))
    more = (view.choice("more"),) if len(listed) > room.after + PAGE else ()
    back = (view.choice("fewer"),) if room.after else ()
    new = (view.choice("new_unit"),) if may(view.facts.official, "units") else ()
    ways = (view.choice("routes"), view.choice("queue"), view.choice("menu"))
    title = view.say("unit.title")
    return Prompt("\n".join((title, *lines)), (*opens, *more, *back, *new, *ways), "text")


def _apart(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """Those whose buttons can be told apart; the rest is found by its words."""
    labels = [unit_label(unit) for unit in units]
    return tuple(unit for n, unit in enumerate(units) if unit_label(unit) not in labels[:n])


def _listed(room: Office, view: View) -> tuple[Unit, ...]:
    units = view.content.units
    if room.subject.startswith(SEARCH):
        return tuple(units[id_] for id_ in _named(room.subject.removeprefix(SEARCH), view)[1])
    communes = {commune.id for commune in view.content.territory.communes}
    return tuple(unit for unit in units.values() if unit.id not in communes)


def _unit_line(unit: Unit, view: View) -> str:
    where = " · ".join(part for part in (unit.address, unit.phone, unit.hours) if part)
    return f"• {unit.name.vi}: {cut(where, 120) if where else view.say('unit.unknown')}"


def _unit(unit: Unit, view: View) -> Prompt:
    unknown = view.say("unit.unknown")
    text = view.say(
        "unit.card",
        name=unit.name.vi,
        english=unit.name.en,
        address=unit.address or unknown,
        phone=unit.phone or unknown,
        hours=unit.hours or unknown,
        approval=view.say("unit.approval_on" if unit.approval else "unit.approval_off"),
    )
    choices: list[Choice] = []
    if may(view.facts.official, "units", unit.id):
        choices += [
            choice(f"edit:{name}", view.say("unit.edit", field=view.say(f"unit_field.{name}")))
            for name in FIELDS
        ]
        key = "unit.stop_approval" if unit.approval else "unit.want_approval"
        choices.append(view.choice("approval", key))
    return Prompt(text, (*choices, view.choice("units"), view.choice("queue")), "text")


def at_units(room: Office, did: Input, view: View) -> Next:
    """Open a unit, change one, look for another."""
    session = view.session
    unit = view.content.units.get(room.subject)
    match did:
        case Picked("more" | "fewer" as way):
            after = max(0, room.after + (PAGE if way == "more" else -PAGE))
            return Next(enter(session, room.model_copy(update={"after": after})))
        case Picked(key) if key.startswith("unit:"):
            return Next(enter(session, Office(page="units", subject=key.removeprefix("unit:"))))
        case Picked("approval") if unit:
            changed = unit.model_copy(update={"approval": not unit.approval})
            return change_unit(changed, view)
        case Picked(key) if unit and key.startswith("edit:"):
            if not may(view.facts.official, "units", unit.id):
                return denied("units", "", view)
            given = {"unit": unit.id, "field": key.removeprefix("edit:")}
            return Next(enter(session, Doing(task="unit_edit", given=given)))
        case Picked("new_unit"):
            return _ask("unit_add", {}, "units", view)
        case Wrote(part=part):
            return to_units(part.text[:60], view)
        case _:
            return Next(session, view.say("desk.again"))


def _ask(task: str, given: dict[str, str], page: str, view: View) -> Next:
    """Begin a task of who administers the whole province."""
    if not may(view.facts.official, "units" if page == "units" else "routes", EVERYWHERE):
        return denied(page, "", view)
    return Next(enter(view.session, Doing(task=task, given=given)))


# -- routes ----------------------------------------------------------------------------------------


def to_routes(view: View) -> Next:
    """The list of routes."""
    if view.facts.official is None:
        return denied("routes", "", view)
    return Next(enter(view.session, Office(page="routes"), staff=True))


def show_routes(room: Office, view: View) -> Prompt:
    """The routes in their order, or one to be changed."""
    official = view.facts.official
    if official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    changes = may(official, "routes", EVERYWHERE)
    route = _route(room, view)
    if route is not None and changes:
        text = view.say("route.one", line=route_line(route, view))
        kinds = (view.choice("change_route"), view.choice("delete_route", tone="danger"))
        return Prompt(text, (*kinds, view.choice("routes"), view.choice("queue")))
    routes = view.content.routes
    numbered = tuple(enumerate(routes, 1))[room.after : room.after + PAGE]
    lines = (f"{n}. {route_line(each, view)}" for n, each in numbered)
    labels = (cut(f"{n}. {route_line(each, view)}", 35) for n, each in numbered)
    opens = (choice(f"route:{n}", label) for (n, _), label in zip(numbered, labels, strict=True))
    more = (view.choice("more"),) if len(routes) > room.after + PAGE else ()
    back = (view.choice("fewer"),) if room.after else ()
    new = (view.choice("new_route"),) if changes else ()
    ways = (view.choice("units"), view.choice("queue"), view.choice("menu"))
    title = view.say("route.title")
    choices = (*(opens if changes else ()), *more, *back, *new, *ways)
    return Prompt("\n".join((title, *lines)), choices)


def _route(room: Office, view: View) -> Route | None:
    return next((r for r in view.content.routes if route_key(r) == room.subject), None)


def at_routes(room: Office, did: Input, view: View) -> Next:
    """Choose a route, change it, take it away, add one."""
    session = view.session
    route = _route(room, view)
    match did:
        case Picked("more" | "fewer" as way):
            after = max(0, room.after + (PAGE if way == "more" else -PAGE))
            return Next(enter(session, room.model_copy(update={"after": after})))
        case Picked(key) if key.startswith("route:"):
            number = int(key.removeprefix("route:"))
            chosen = view.content.routes[number - 1 : number]
            subject = route_key(chosen[0]) if chosen else ""
            return Next(enter(session, Office(page="routes", subject=subject)))
        case Picked("new_route"):
            return _ask("route", {}, "routes", view)
        case Picked("change_route") if route:
            given = {"topic": route.topic, "commune": route.commune, "old": route_key(route)}
            return _ask("route", given, "routes", view)
        case Picked("delete_route") if route:
            return _delete(route, view)
        case _:
            return Next(session, view.say("desk.again"))


def _delete(route: Route, view: View) -> Next:
    if not may(view.facts.official, "routes", EVERYWHERE):
        return denied("routes", "", view)
    gone = ("route", route_key(route), GONE)
    return amend(Office(page="routes"), view.say("office.done"), view, gone)
