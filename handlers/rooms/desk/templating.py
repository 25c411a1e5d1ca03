"""Changing templates of answers by command, for those who may.

What is changed is an amendment from the next turn on, logged and taken back like any other. A text
that changed is a draft again until somebody approves it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date

from handlers.desk.amendments import faults_of
from handlers.desk.people import EVERYWHERE
from handlers.desk.permission import anywhere, may, units
from handlers.desk.places import Doing, Office
from handlers.desk.templates import PARTS, Template, named_by, places
from handlers.effects import Amend
from handlers.faults import Fault, fillable
from handlers.messages import Choice, choice
from handlers.reading.dates import show_date
from handlers.rooms.desk.task import Slot, Task, denied
from handlers.unsent import Option
from handlers.view import Next, View, enter

OFFERED = 20  # templates to choose from where none was named
ASK = "ask_"
EDITABLE = ("title", *PARTS, "days", "valid_from", "valid_to", "source")
WRITING = frozenset({"template_add", "template_edit"})  # who does so does not approve it
DATES = frozenset({"valid_from", "valid_to"})


# -- telling ---------------------------------------------------------------------------------------


def in_order(view: View) -> tuple[Template, ...]:
    """All templates, those still used first."""
    return tuple(
        sorted(view.content.templates.values(), key=lambda t: (t.retired, t.topic, t.title))
    )


def line(template: Template, view: View) -> str:
    """A template in a list, with what it is worth today."""
    return view.say(
        "template.line",
        title=template.title,
        topic=_topic(template, view),
        state=_state(template, view),
    )


def _topic(template: Template, view: View) -> str:
    topic = view.content.topics.get(template.topic)
    return topic.button.vi if topic else view.say("template.every_topic")


def _state(template: Template, view: View) -> str:
    validity = view.content.validity(template, view.facts.now.date())
    if validity == "valid" and template.draft:
        return view.say("validity.draft")
    return view.say(f"validity.{validity}")


def whole(template: Template, view: View) -> str:
    """All of a template."""
    last = show_date(template.valid_to) if template.valid_to else view.say("template.no_end")
    head = view.say("template.head", id=template.id, since=show_date(template.valid_from), to=last)
    parts = (
        f"{view.say(f'template_part.{part}')}: {words}"
        for part in PARTS
        if (words := template.part(part))
    )
    days = [view.say("template.days", days=template.days)] if template.days else []
    asks = [view.say("template.asks", name=n, question=q) for n, q in template.asks.items()]
    source = [view.say("template.source", source=template.source)] if template.source else []
    return "\n".join([line(template, view), head, *parts, *days, *asks, *source])


def may_change(view: View, template: Template | None = None) -> bool:
    """Whether the reader may change this template, or some at all."""
    official = view.facts.official
    if template is None:
        return anywhere(official, "templates")
    return may(official, "templates", template.unit)


# -- changing --------------------------------------------------------------------------------------


def which(view: View) -> Slot:
    """The question which template is meant."""
    able = (t for t in in_order(view) if may_change(view, t))
    options = tuple(Option(value=t.id, text=t.title) for t in able)[:OFFERED]
    return Slot("template", "choice", options=options, text=view.say("template.which"))


def asked(room: Doing, view: View) -> Template | None:
    """The template that was answered to it."""
    return view.content.templates.get(room.given.get("template", ""))


def _questions(room: Doing, view: View, template: Template | None) -> tuple[Slot, ...]:
    """A question for each place nothing fills in: it will be put to whoever answers."""
    said = " ".join(room.given.get(name, "") for name in (*PARTS, "value"))
    topic = view.content.topics.get(template.topic if template else room.given.get("topic", ""))
    known = fillable(topic) | (template.asks.keys() if template else frozenset())
    new = sorted((places(said) or frozenset()) - known)
    return tuple(Slot(f"{ASK}{name}", text=view.say("template.ask", name=name)) for name in new)


def _adding(room: Doing, view: View) -> tuple[Slot, ...]:
    topics = (Option(value=t.id, text=t.button.vi) for t in view.content.in_order)
    every = Option(value="*", text=view.say("template.every_topic"))
    slots = (
        Slot("title"),
        Slot("topic", "choice", options=(*topics, every)),
        Slot("finding"),
        Slot("basis"),
        Slot("action", optional=True),
        Slot("next", optional=True),
        Slot("days", "number", optional=True),
        Slot("valid_to", "date", optional=True),
        Slot("source"),
    )
    return (*slots, *(_questions(room, view, None) if "next" in room.given else ()))


def _editing(room: Doing, view: View) -> tuple[Slot, ...]:
    names = tuple(Option(value=p, text=view.say(f"template_part.{p}")) for p in EDITABLE)
    part = Slot("part", "choice", options=names)
    return (which(view), part, *_new_value(room), *_questions(room, view, asked(room, view)))


def _new_value(room: Doing) -> tuple[Slot, ...]:
    match room.given.get("part"):
        case None:
            return ()
        case name if name in DATES:
            return (Slot("value", "date", optional=name == "valid_to"),)
        case "days":
            return (Slot("value", "number", optional=True),)
        case name:
            return (Slot("value", optional=name in {"action", "next"}),)


def _old_value(room: Doing, view: View) -> Doing:
    """Propose what stands there now, to be copied and changed."""
    template, part = asked(room, view), room.given.get("part")
    if template is None or part is None or part == "days" or "value" in room.given:
        return room
    old = getattr(template, part)
    proposed = {"value": old.isoformat() if isinstance(old, date) else old} if old else {}
    return room.model_copy(update={"proposed": proposed})


def _changes(room: Doing, view: View) -> dict[str, object] | None:
    """The template as the answers make it, unchecked; None when there is none to change."""
    asks = {n.removeprefix(ASK): v for n, v in room.given.items() if n.startswith(ASK)}
    if room.task == "template_add":
        return _new(room, view) | {"asks": asks}
    template = asked(room, view)
    if template is None:
        return None
    values = template.model_dump(mode="json")
    part, value = room.given.get("part", ""), room.given.get("value", "")
    if part:
        values |= {part: _typed(part, value)}
    said = " ".join(str(values[name]) for name in PARTS)
    used = places(said) or frozenset()
    kept = {name: question for name, question in template.asks.items() if name in used}
    return {**values, "asks": kept | asks, **_flagged(room.task)}


def _flagged(task: str) -> Mapping[str, object]:
    return {
        "template_retire": {"retired": True},
        "template_restore": {"retired": False},
    }.get(task, {})


def _new(room: Doing, view: View) -> dict[str, object]:
    names = ("title", "topic", *PARTS, "source")
    values: dict[str, object] = {name: room.given.get(name, "") for name in names}
    for name in ("days", "valid_to"):
        values[name] = _typed(name, room.given.get(name, ""))
    return values | {
        "id": named_by(room.given.get("title", ""), view.content.templates),
        "unit": _own_unit(view),
        "valid_from": view.facts.now.date().isoformat(),
    }


def _own_unit(view: View) -> str:
    """A template of one's own unit, or of all where one acts for all."""
    held = units(view.facts.official, "templates") if view.facts.official else frozenset()
    return EVERYWHERE if EVERYWHERE in held else min(held, default=EVERYWHERE)


def _typed(part: str, value: str) -> object:
    if part in DATES:
        return value or None
    return (int(value) if value else None) if part == "days" else value


def _made(room: Doing, view: View) -> tuple[Template | None, tuple[Fault, ...]]:
    """The template, or what is wrong with it."""
    values = _changes(room, view)
    if values is None:
        return None, ()
    values["approval"] = None  # which is an amendment by itself
    if room.task in WRITING and view.facts.official:
        values["by"] = view.facts.official.id
    value = json.dumps(values, ensure_ascii=False)
    faults = faults_of(view.content, ("template", str(values["id"]), value))
    return (None if faults else Template.model_validate_json(value)), faults


def _preview(room: Doing, view: View) -> str:
    template, faults = _made(room, view)
    if template is None:
        return _told(faults, view)
    return f"{view.say('template.preview')}\n{whole(template, view)}"


def _told(faults: tuple[Fault, ...], view: View) -> str:
    lines = [f"• {fault.message} — {fault.mend}" for fault in faults[:5]]
    return "\n".join([view.say("template.unfit"), *lines])


def _more(room: Doing, view: View) -> tuple[Choice, ...]:
    """Every answer may be changed by itself."""
    slots = _editing(room, view)[1:] if room.task == "template_edit" else ()
    slots = _adding(room, view) if room.task == "template_add" else slots
    labels = ((slot.name, view.say(f"template_part.{slot.name}")) for slot in slots
              if slot.name in {*EDITABLE, "topic", "value"})  # fmt: skip
    return tuple(choice(f"edit:{n}", view.say("template.change", part=part)) for n, part in labels)


def _finish(room: Doing, view: View) -> Next:
    template, faults = _made(room, view)
    official = view.facts.official
    if template is None:
        return Next(view.session, _told(faults, view))
    if official is None or not may_change(view, template):
        return denied("templates", "", view)
    value = template.model_dump_json()
    amend = Amend(by=official.id, kind="template", key=template.id, value=value)
    page = enter(view.session, Office(page="templates"))
    return Next(page, view.say("template.done", title=template.title), (amend,))


Slots = Callable[[Doing, View], tuple[Slot, ...]]


def _task(name: str, slots: Slots) -> Task:
    prepare = _old_value if name == "template_edit" else (lambda room, _view: room)
    return Task(name, "templates", _finish, slots, preview=_preview, prepare=prepare, more=_more)


TASKS = (
    _task("template_add", _adding),
    _task("template_edit", _editing),
    *(
        _task(name, lambda _room, view: (which(view),))
        for name in ("template_retire", "template_restore")
    ),
)
