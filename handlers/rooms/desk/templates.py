"""The page of templates: read by every official, with the ways to change them for those who may."""

from handlers.desk.places import Office
from handlers.desk.templates import Template
from handlers.messages import Choice, choice
from handlers.rooms.desk import doing
from handlers.rooms.desk.task import denied, home
from handlers.rooms.desk.templating import in_order, line, may_change, whole
from handlers.text import fold
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

PAGE = 8  # templates on a page


def to_templates(named: str, view: View) -> Next:
    """The list of templates, or the one that is *named* by its id or its title."""
    if view.facts.official is None:
        return denied("templates", "", view)
    wanted = fold(named)
    found = [t for t in in_order(view) if wanted and wanted in {fold(t.id), fold(t.title)}]
    subject = found[0].id if found else ""
    notice = view.say("template.unknown", typed=cut(named, 60)) if wanted and not found else ""
    return Next(enter(view.session, Office(page="templates", subject=subject)), notice)


def show_templates(room: Office, view: View) -> Prompt:
    """A page of titles with what they are worth today, or one template whole."""
    if view.facts.official is None:
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    if template := view.content.templates.get(room.subject):
        return Prompt(whole(template, view), (*_deeds(template, view), _back(view)))
    every = in_order(view)
    shown = every[room.after : room.after + PAGE]
    lines = "\n".join(line(template, view) for template in shown)
    text = f"{view.say('template.list')}\n{lines or view.say('template.none')}"
    opens = tuple(choice(f"open:{t.id}", t.title) for t in shown)
    more = (view.choice("more"),) if len(every) > room.after + PAGE else ()
    add = (view.choice("do:template_add", "template.add"),) if may_change(view) else ()
    return Prompt(text, (*_unlike(opens), *more, *add, view.choice("queue")))


def at_templates(room: Office, did: Input, view: View) -> Next:
    """Turn the page, open one, or begin to change it."""
    if view.facts.official is None:
        return denied("templates", "", view)
    match did:
        case Picked("queue"):
            return Next(home(view))
        case Picked("more"):
            return Next(enter(view.session, Office(page="templates", after=room.after + PAGE)))
        case Picked("list"):
            return Next(enter(view.session, Office(page="templates")))
        case Picked(key) if key.startswith("open:"):
            return to_templates(key.removeprefix("open:"), view)
        case Picked(key) if key.startswith("do:"):
            return doing.begin(key.removeprefix("do:"), "", room.subject, view)
        case Wrote(part=part):
            return to_templates(part.text, view)
        case _:
            return Next(view.session, view.say("desk.again"))


def _unlike(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Of two with one label only the first: they could not be told apart."""
    return tuple({fold(one.label): one for one in reversed(choices)}.values())[::-1]


def _deeds(template: Template, view: View) -> tuple[Choice, ...]:
    if not may_change(view, template):
        return ()
    approve = (view.choice("do:template_approve", "template.approve"),) if template.draft else ()
    edit = view.choice("do:template_edit", "template.edit")
    if template.retired:
        return (edit, view.choice("do:template_restore", "template.restore"))
    return (*approve, edit, view.choice("do:template_retire", "template.retire"))


def _back(view: View) -> Choice:
    return view.choice("list", "template.back")
