"""Approving what the law says here, and amending it, by command: it takes two people.

Whoever amended a rule or a template does not approve it; what is approved is the very version that
was looked at.
"""

import json

from handlers.approval import Approval
from handlers.desk.amendments import faults_of
from handlers.desk.people import Official
from handlers.desk.places import Doing, Office
from handlers.desk.templates import Template
from handlers.effects import Amend
from handlers.faults import Fault
from handlers.law import Rule
from handlers.messages import Choice, choice
from handlers.rooms.desk import templating
from handlers.rooms.desk.rule_words import at_rule, in_order, may_change, whole
from handlers.rooms.desk.task import Slot, Task, denied
from handlers.unsent import Option
from handlers.view import Next, View, cut, enter

EDITABLE = ("value", "text", "english", "source", "note", "valid_from", "valid_to")
DATES = frozenset({"valid_from", "valid_to"})
LONGEST = 500


def selves(official: Official) -> frozenset[int]:
    """One person, in all their chats."""
    return frozenset({official.id, *official.elsewhere})


def _asked(room: Doing, view: View) -> Rule | None:
    return view.content.law.get(room.given.get("rule", ""))


def _which(view: View) -> Slot:
    able = (rule for rule in in_order(view) if may_change(rule, view))
    options = tuple(Option(value=rule.id, text=cut(rule.words(), 35)) for rule in able)
    return Slot("rule", "choice", options=options, text=view.say("rule.which"))


# -- approving -------------------------------------------------------------------------------------


def _seen(room: Doing, view: View) -> Doing:
    """Remember which version is looked at: that one is approved, or none."""
    subject = _asked(room, view) or templating.asked(room, view)
    if subject is None or "version" in room.given:
        return room
    return room.model_copy(update={"given": {**room.given, "version": subject.version}})


def _approval(room: Doing, kind: str, subject: Rule | Template, view: View) -> Amend | str:
    """The approval, or why there is none."""
    official = view.facts.official
    if official is None:
        return view.say("desk.not_staff")
    if subject.version != room.given.get("version"):
        return view.say("rule.changed_meanwhile")
    if subject.written_by(selves(official)):
        return view.say("rule.other_person")
    signed = Approval(version=subject.version, by=official.id, on=view.facts.now.date())
    key = f"{kind}/{subject.id}"
    return Amend(by=official.id, kind="approval", key=key, value=signed.model_dump_json())


def _approve_rule(room: Doing, view: View) -> Next:
    rule = _asked(room, view)
    if rule is None or not may_change(rule, view):
        return denied("rules", "", view)
    page = at_rule(rule.id, view).session
    approval = _approval(room, "rule", rule, view)
    if isinstance(approval, str):
        return Next(page, approval)
    return Next(page, view.say("rule.approved_now"), (approval,))


def _approve_template(room: Doing, view: View) -> Next:
    template = templating.asked(room, view)
    if template is None or not templating.may_change(view, template):
        return denied("templates", "", view)
    page = enter(view.session, Office(page="templates", subject=template.id))
    approval = _approval(room, "template", template, view)
    if isinstance(approval, str):
        return Next(page, approval)
    return Next(page, view.say("template.done", title=template.title), (approval,))


def _show_rule(room: Doing, view: View) -> str:
    rule = _asked(room, view)
    return whole(rule, view) if rule else view.say("rule.which")


def _show_template(room: Doing, view: View) -> str:
    template = templating.asked(room, view)
    return templating.whole(template, view) if template else view.say("template.which")


# -- amending --------------------------------------------------------------------------------------


def _editing(room: Doing, view: View) -> tuple[Slot, ...]:
    names = tuple(Option(value=p, text=view.say(f"rule_part.{p}")) for p in EDITABLE)
    return (_which(view), Slot("part", "choice", options=names), *_new_value(room))


def _new_value(room: Doing) -> tuple[Slot, ...]:
    match room.given.get("part"):
        case None:
            return ()
        case name if name in DATES:
            return (Slot("value", "date", optional=name == "valid_to"),)
        case "value":
            return (Slot("value", "number"),)
        case name:
            return (Slot("value", optional=name == "note", most=LONGEST),)


def _old_value(room: Doing, view: View) -> Doing:
    """Propose what stands there now, to be copied and changed."""
    rule, part = _asked(room, view), room.given.get("part")
    if rule is None or part is None or "value" in room.given:
        return room
    old = {"text": rule.text.vi, "english": rule.text.en}.get(part) or getattr(rule, part, None)
    proposed = {"value": str(old)} if old is not None and old != "" else {}
    return room.model_copy(update={"proposed": proposed})


def _made(room: Doing, view: View) -> tuple[Rule | None, tuple[Fault, ...]]:
    """The rule as the answers make it, or what is wrong with it."""
    rule, official = _asked(room, view), view.facts.official
    part, value = room.given.get("part", ""), room.given.get("value", "")
    if rule is None or official is None:
        return None, ()
    values = rule.model_dump(mode="json") | {"by": official.id, "approval": None}
    match part:
        case "value":
            values["value"] = int(value) if value else None
        case "text":
            values["text"] = {**values["text"], "vi": value}
        case "english":
            values["text"] = {**values["text"], "en": value}
        case name:
            values[name] = (value or None) if name in DATES else value
    said = json.dumps(values if part != "note" else {**values, "by": rule.by}, ensure_ascii=False)
    faults = faults_of(view.content, ("rule", rule.id, said))
    return (None if faults else Rule.model_validate_json(said)), faults


def _preview(room: Doing, view: View) -> str:
    rule, faults = _made(room, view)
    if rule is None:
        return _told(faults, view)
    return f"{view.say('rule.preview')}\n{whole(rule, view)}"


def _told(faults: tuple[Fault, ...], view: View) -> str:
    lines = [f"• {fault.message} — {fault.mend}" for fault in faults[:5]]
    return "\n".join([view.say("rule.unfit"), *lines])


def _more(room: Doing, view: View) -> tuple[Choice, ...]:
    return tuple(
        choice(f"edit:{slot.name}", view.say(f"rule_edit.{slot.name}"))
        for slot in _editing(room, view)[1:]
    )


def _finish(room: Doing, view: View) -> Next:
    rule, faults = _made(room, view)
    official, before = view.facts.official, _asked(room, view)
    if rule is None or before is None:
        return Next(view.session, _told(faults, view))
    if official is None or not may_change(before, view):
        return denied("rules", "", view)
    amend = Amend(by=official.id, kind="rule", key=rule.id, value=rule.model_dump_json())
    return Next(at_rule(rule.id, view).session, view.say("rule.done"), (amend,))


def _nothing_more(_room: Doing, _view: View) -> tuple[Choice, ...]:
    return ()


TASKS = (
    Task("rule_edit", "rules", _finish, _editing, preview=_preview, prepare=_old_value, more=_more),
    Task(
        "rule_approve",
        "rules",
        _approve_rule,
        lambda _room, view: (_which(view),),
        preview=_show_rule,
        prepare=_seen,
        more=_nothing_more,
    ),
    Task(
        "template_approve",
        "templates",
        _approve_template,
        lambda _room, view: (templating.which(view),),
        preview=_show_template,
        prepare=_seen,
        more=_nothing_more,
    ),
)
