"""What a case fills into the places of a template, and what was asked in it."""

from handlers.answers import told
from handlers.desk.dossier import Dossier
from handlers.desk.templates import Template
from handlers.faults import fillable
from handlers.reading.dates import show_date
from handlers.tickets import AnswerLine
from handlers.view import View, cut

LONGEST = 200  # characters of an answer that is put into a sentence


def values(found: Dossier, view: View) -> dict[str, str]:
    """What the case has for the places of its topic's templates; nothing personal is in it."""
    card = found.card
    commune, unit = view.content.territory.get(card.commune), view.content.units.get(card.unit)
    topic = view.content.topics.get(card.topic)
    common = {
        "code": card.code,
        "commune": commune.name if commune else "",
        "unit": unit.name.vi if unit else "",
        "opened": view.day(card.opened_at),
        "due": show_date(card.due_on),
        "today": show_date(view.facts.now.date()),
    }
    can = fillable(topic)
    asked = {line.name: cut(_text(line, card.topic, view), LONGEST) for line in found.lines}
    own = {name: text for name, text in asked.items() if name in can}
    return figures(view) | own | common


def figures(view: View) -> dict[str, str]:
    """The figures of the rules in force today, each with its mark while it is a draft."""
    today = view.facts.now.date()
    rules = (rule for rule in view.content.law.values() if rule.in_force(today))
    return {rule.id: view.content.figure(rule.id, today) for rule in rules if rule.value}


def _text(line: AnswerLine, topic: str, view: View) -> str:
    field = view.content.field(topic, line.name)
    return told(field, line.value, line.text, view) if field else line.text


def offered(found: Dossier, view: View) -> tuple[Template, ...]:
    """The templates valid today for this case, those of its own topic first."""
    card, today = found.card, view.facts.now.date()
    fits = (
        template
        for template in view.content.templates.values()
        if view.content.validity(template, today) == "valid"
        and template.fits(card.topic, card.unit, card.status, today)
    )
    return tuple(sorted(fits, key=lambda t: (t.topic == "*", t.unit == "*", t.title)))


def asked_of(found: Dossier, view: View) -> str:
    """All its citizen wrote, and the topic it was sent under."""
    lines = [_text(line, found.card.topic, view) for line in found.lines]
    added = [line.words for line in found.story if line.kind == "added"]
    return "\n".join([*lines, *added])
