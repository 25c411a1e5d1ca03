"""The summary of a draft: every answer read once more, changed where it must be, then sent."""

from handlers.answers import UNKNOWN, told
from handlers.content import Content, Field, Topic
from handlers.effects import DropTimer, Effect, Notify, OpenTicket
from handlers.events import SentMedia
from handlers.messages import choice
from handlers.parting import kind_of, seems
from handlers.pending import joined
from handlers.reading.dates import show_date
from handlers.repeats import of_draft
from handlers.rooms import behalf, kinds, questions, repeating
from handlers.rooms.form import DRAFT_TIMER, draft_of, topic_of
from handlers.session import Dropping, Filling, Menu, Reviewing
from handlers.spending import spent, too_many
from handlers.tickets import AnswerLine
from handlers.unsent import Answer, Draft
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

SHOWN = 160  # characters of one answer in the summary; the case keeps all of it


def show_reviewing(_room: Reviewing, view: View) -> Prompt:
    """Every answer with a choice to change it, then send."""
    draft = draft_of(view)
    topic = topic_of(draft, view)
    lines = [
        # No numbers here: a typed number is one of the choices below.
        f"• {field.label.in_(view.lang)}: {_shown(field, draft, view)}"
        for field in topic.ask
    ]
    if draft.notes:
        lines.append(view.say("reviewing.notes", notes=cut(joined(draft.notes), SHOWN)))
    head = view.say("reviewing.ask", topic=topic.title.in_(view.lang))
    for_whom = (whose,) if (whose := behalf.head(draft, view)) else ()
    kind = view.say(f"kind.{kind_of(draft, view.content)}")
    lines.append(view.say("reviewing.kind", kind=kind))
    text = "\n".join((head, *for_whom, "", *lines, "", view.say("reviewing.law")))
    changes = tuple(
        choice(
            f"change:{field.name}",
            cut(view.say("choice.change", label=field.label.in_(view.lang)), 35),
        )
        for field in topic.ask
    )
    send = view.choice("send", tone="primary")
    ways = (view.choice("kind", "choice.change_kind"), view.choice("back"), view.choice("cancel"))
    return Prompt(text, (send, *changes, *ways))


def _shown(field: Field, draft: Draft, view: View) -> str:
    if field.kind == "media":
        count = len(draft.media)
        return view.say("media.count", files=count) if count else view.say("answer.none")
    answer = draft.answers.get(field.name, Answer())
    if not answer.value:
        return view.say("answer.none")
    return cut(told(field, answer.value, answer.text, view), SHOWN)


def at_reviewing(_room: Reviewing, did: Input, view: View) -> Next:
    """Send, change an answer, or add a remark."""
    session, draft = view.session, draft_of(view)
    topic = topic_of(draft, view)
    match did:
        case Picked("kind"):
            return kinds.to_kinds(view)
        case Picked("send") if asked := kinds.asked_first(view):
            return asked
        case Picked("send"):
            return repeating.before_sending(draft, view) or _send(draft, topic, view)
        case Picked("back"):
            last = draft.model_copy(update={"index": len(topic.ask) - 1})
            return Next(enter(session, Filling(), draft=last))
        case Picked("cancel"):
            return Next(enter(session, Dropping()))
        case Picked(key):
            return _change(key.removeprefix("change:"), view)
        case Wrote() | SentMedia():
            return questions.aside(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def _change(name: str, view: View) -> Next:
    """Ask one question of the form again."""
    draft = draft_of(view)
    names = [field.name for field in topic_of(draft, view).ask]
    if name not in names:
        return Next(view.session, view.say("choose.stale"))
    changing = draft.model_copy(update={"index": names.index(name)})
    return Next(enter(view.session, Filling(), draft=changing))


def send(view: View) -> Next:
    """Record the case, whatever it repeats."""
    draft = draft_of(view)
    return _send(draft, topic_of(draft, view), view)


def _send(draft: Draft, topic: Topic, view: View) -> Next:
    """Record the case, or ask what is still missing."""
    for index, field in enumerate(topic.ask):
        if not field.optional and not questions.is_answered(field, draft):
            missing = draft.model_copy(update={"index": index})
            asked = enter(view.session, Filling(), draft=missing)
            return Next(asked, view.say("reviewing.missing", label=field.label.in_(view.lang)))
    paced = spent(view, "cases")
    if paced is None:
        return Next(view.session, too_many(view, "cases"))
    view = View(paced, view.facts)
    opened = _case(draft, topic, view)
    unit = view.content.units.get(opened.unit) or view.content.unit_for(topic.id, opened.commune)
    if draft.behalf:
        filed = behalf.filed(opened, draft, unit.name.in_(view.lang), view)
        sent = filed.session.draft is None
        done = (DropTimer(timer=DRAFT_TIMER),) if sent else ()
        return Next(filed.session, filed.notice, (*filed.effects, *done))
    notice = view.say(
        "sent.done",
        code=opened.code,
        unit=unit.name.in_(view.lang),
        due=show_date(opened.due_on),
        receipt=opened.receipt,
    )
    doubt = (Notify(code=opened.code, to="dispatchers", what="doubtful"),) if opened.seems else ()
    effects: tuple[Effect, ...] = (opened, *doubt, DropTimer(timer=DRAFT_TIMER))
    return Next(enter(view.session, Menu(), draft=None), notice, effects, about=opened.code)


def _case(draft: Draft, topic: Topic, view: View) -> OpenTicket:
    facts, content = view.facts, view.content
    answered = [
        (field, draft.answers[field.name]) for field in topic.ask if field.name in draft.answers
    ]
    commune = next((a.value for f, a in answered if f.kind == "commune" and a.value != UNKNOWN), "")
    lines = tuple(
        AnswerLine(name=f.name, label=f.label.vi, value=a.value, text=_officially(f, a, content))
        for f, a in answered
        if a.value and not f.personal and f.kind != "media"
    )
    if draft.notes:
        notes = joined(draft.notes)
        label = content.say("vi", "answer.notes")
        lines += (AnswerLine(name="notes", label=label, value=notes, text=notes),)
    return OpenTicket(
        code=facts.code,
        receipt=facts.receipt,
        topic=topic.id,
        commune=commune,
        unit=content.unit_for(topic.id, commune).id,
        due_on=content.calendar.add_working_days(facts.now.date(), topic.due_days),
        calendar=content.calendar.version,
        lang=view.lang,
        lines=lines,
        media=draft.media,
        search="\n".join((topic.title.vi, *(line.text for line in lines))),
        marks=of_draft(draft),
        name=_personal("name", answered),
        phone=_personal("phone", answered),
        kind=kind_of(draft, content),
        seems=seems(draft, content),
    )


def _officially(field: Field, answer: Answer, content: Content) -> str:
    """The answer as officials read it: in Vietnamese, whatever language it was chosen in."""
    match field.kind:
        case "choice":
            return next((o.label.vi for o in field.options if o.id == answer.value), answer.text)
        case "commune" if commune := content.territory.get(answer.value):
            return commune.name
        case _:
            return answer.text


def _personal(which: str, answered: list[tuple[Field, Answer]]) -> str:
    return next((answer.value for field, answer in answered if field.personal == which), "")
