"""Around a form: which topic, going back to a draft, throwing it away, the summary, sending."""

from handlers.answers import UNKNOWN
from handlers.content import Content, Field, Topic
from handlers.effects import DropTimer, Effect, OpenTicket, SetTimer
from handlers.events import SentMedia
from handlers.messages import choice
from handlers.pending import gather, joined, summary
from handlers.reading.dates import show_date
from handlers.rooms import questions
from handlers.session import (
    Answer,
    Draft,
    Dropping,
    Filling,
    Menu,
    Pending,
    Resuming,
    Reviewing,
    Session,
    Topics,
)
from handlers.text import fold
from handlers.tickets import AnswerLine
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

DRAFT_TIMER = "draft"
REMIND_AFTER = 2 * 24 * 3600.0  # seconds; once, so that a forgotten draft is found again
SHOWN = 160  # characters of one answer in the summary; the case keeps all of it


# -- which topic -----------------------------------------------------------------------------------


def show_topics(_room: Topics, view: View) -> Prompt:
    """The topics in the province's order."""
    topics = tuple(
        choice(f"topic:{topic.id}", topic.button.in_(view.lang)) for topic in view.content.in_order
    )
    return Prompt(view.say("topics.ask"), (*topics, view.choice("menu")))


def at_topics(room: Topics, did: Input, view: View) -> Next:
    """Begin the form of the topic chosen; words and files sent meanwhile begin it too."""
    session = view.session
    match did:
        case Picked("menu"):
            return leave_topics(room, view)
        case Picked(key):
            return begin(key.removeprefix("topic:"), room.pending, view)
        case Wrote() | SentMedia():
            gathered = gather(room.pending, did, view)
            held = enter(session, Topics(pending=gathered.pending))
            return Next(held, gathered.notice or summary(gathered.pending, view), gathered.effects)
        case _:
            return Next(session, view.say("choose.again"))


def new(view: View) -> Next:
    """A new case, unless an unsent one is waiting: that one is offered first."""
    return Next(enter(view.session, Resuming() if view.session.draft else Topics()))


def leave_topics(room: Topics, view: View) -> Next:
    """Back to the menu; what was already sent is not thrown away without a word."""
    notice = view.say("topics.left") if room.pending != Pending() else ""
    return Next(enter(view.session, Menu()), notice)


def begin(topic_id: str, pending: Pending, view: View) -> Next:
    """Start or go on with a draft about *topic_id*, taking along what fits from the one before."""
    session, topic = view.session, view.content.topics[topic_id]
    draft = session.draft
    if draft is None:
        draft = Draft(topic=topic_id, opened_at=view.facts.now)
    elif draft.topic != topic_id:
        draft = _moved(draft, topic, view)
    draft = draft.model_copy(update={"index": 0})
    draft = take_in(draft, pending, view)
    started = enter(session, Filling(), draft=draft)
    return Next(started, "", (SetTimer(timer=DRAFT_TIMER, seconds=REMIND_AFTER),))


def _moved(draft: Draft, topic: Topic, view: View) -> Draft:
    """The same draft under another topic; answers stay where both forms ask the same."""
    before = {field.name: field.kind for field in view.content.topics[draft.topic].ask}
    kept = {
        field.name: draft.answers[field.name]
        for field in topic.ask
        if field.name in draft.answers
        and field.kind == before.get(field.name)
        and field.kind != "choice"
    }
    lost = tuple(
        part
        for name, answer in draft.answers.items()
        if name not in kept and before.get(name) == "long_text"
        for part in answer.parts
    )
    return draft.model_copy(
        update={"topic": topic.id, "answers": kept, "notes": (*draft.notes, *lost)}
    )


def take_in(draft: Draft, pending: Pending, view: View) -> Draft:
    """Put what was sent before the form into it: words into the story, files beside it."""
    known = {media.key for media in draft.media}
    files = tuple(media for media in pending.media if media.key not in known)
    draft = draft.model_copy(update={"media": (*draft.media, *files)})
    if not pending.parts:
        return draft
    story = next((f for f in topic_of(draft, view).ask if f.kind == "long_text"), None)
    if story is None or (answer := draft.answers.get(story.name, Answer())).value:
        return draft.model_copy(update={"notes": (*draft.notes, *pending.parts)})
    parts = (*answer.parts, *pending.parts)
    return questions.with_answer(draft, story.name, questions.long_answer(parts))


def mended(session: Session, content: Content) -> Session:
    """The session with a draft that fits the forms as they are now, which the province may edit.

    When the draft's topic is gone, what was written is held for another one.
    """
    draft = session.draft
    if draft is None:
        return session
    topic = content.topics.get(draft.topic)
    if topic is None:
        parts = tuple(part for answer in draft.answers.values() for part in answer.parts)
        held = Pending(parts=(*parts, *draft.notes), media=draft.media)
        return enter(session, Topics(pending=held), draft=None)
    if draft.index < len(topic.ask) or isinstance(session.room, Reviewing):
        return session
    draft = draft.model_copy(update={"index": len(topic.ask)})
    room = Reviewing() if isinstance(session.room, Filling) else session.room
    return enter(session, room, draft=draft)


def topic_of(draft: Draft, view: View) -> Topic:
    """The form a draft is filled by."""
    return view.content.topics[draft.topic]


# -- a draft left behind ---------------------------------------------------------------------------


def show_resuming(room: Resuming, view: View) -> Prompt:
    """The draft found again: what it is, how far it got."""
    draft = view.session.draft
    assert draft is not None, "resuming without a draft"  # noqa: S101 - a room's own invariant
    topic = topic_of(draft, view)
    text = view.say(
        "resuming.ask",
        topic=topic.title.in_(view.lang),
        day=view.day(draft.opened_at),
        done=min(draft.index, len(topic.ask)),
        all=len(topic.ask),
    )
    resume = view.choice("resume", tone="primary")
    use = (view.choice("use", "choice.resume_with"),) if room.pending != Pending() else ()
    return Prompt(text, (*use, resume, view.choice("anew", "choice.drop_draft_new")))


def at_resuming(room: Resuming, did: Input, view: View) -> Next:
    """Go on, go on with what was just sent, or begin anew."""
    match did:
        case Picked("resume"):
            return Next(resume(view.session, view))
        case Picked("use"):
            return into_draft(room.pending, view)
        case Picked("anew"):
            anew = enter(view.session, Topics(pending=room.pending), draft=None)
            return Next(anew, view.say("dropping.done"), (DropTimer(timer=DRAFT_TIMER),))
        case Wrote() | SentMedia():
            gathered = gather(room.pending, did, view)
            held = enter(view.session, Resuming(pending=gathered.pending))
            notice = gathered.notice or summary(gathered.pending, view)
            return Next(held, notice, gathered.effects)
        case _:
            return Next(view.session, view.say("choose.again"))


def resume(session: Session, view: View) -> Session:
    """Where the draft was left: its current question, or the summary."""
    draft = session.draft
    if draft is None:
        return enter(session, Menu())
    done = draft.index >= len(topic_of(draft, view).ask)
    return enter(session, Reviewing() if done else Filling())


def into_draft(pending: Pending, view: View) -> Next:
    """Add what was sent meanwhile to the draft, as the answer asked for where it can be one."""
    back = resume(view.session, view)
    draft = back.draft
    if draft is None:
        return Next(enter(view.session, Topics(pending=pending)))
    if len(pending.parts) == 1 and isinstance(back.room, Filling):
        with_files = take_in(draft, pending.model_copy(update={"parts": ()}), view)
        there = back.model_copy(update={"draft": with_files})
        return questions.at_filling(back.room, Wrote(pending.parts[0]), View(there, view.facts))
    taken = take_in(draft, pending, view)
    return Next(back.model_copy(update={"draft": taken}), view.say("draft.added"))


# -- throwing a draft away -------------------------------------------------------------------------


def show_dropping(_room: Dropping, view: View) -> Prompt:
    """Nothing entered is thrown away by one slip of a finger."""
    return Prompt(
        view.say("dropping.ask"),
        (
            view.choice("keep", "choice.keep_draft", tone="primary"),
            view.choice("later", "choice.later"),
            view.choice("drop", "choice.drop_draft", tone="danger"),
        ),
    )


def at_dropping(_room: Dropping, did: Input, view: View) -> Next:
    """Keep filling, put it aside, or throw it away."""
    session = view.session
    match did:
        case Picked("drop"):
            gone = enter(session, Menu(), draft=None)
            return Next(gone, view.say("dropping.done"), (DropTimer(timer=DRAFT_TIMER),))
        case Picked("later"):
            return Next(enter(session, Menu()), view.say("dropping.kept"))
        case Picked("keep"):
            return Next(resume(session, view))
        case Wrote() | SentMedia():
            return questions.aside(did, View(resume(session, view), view.facts))
        case _:
            return Next(session, view.say("choose.again"))


# -- the summary -----------------------------------------------------------------------------------


def show_reviewing(_room: Reviewing, view: View) -> Prompt:
    """Every answer with a choice to change it, then send."""
    draft = _draft(view)
    topic = topic_of(draft, view)
    lines = [
        f"{number}. {field.label.in_(view.lang)}: {_shown(field, draft, view)}"
        for number, field in enumerate(topic.ask, 1)
    ]
    if draft.notes:
        lines.append(view.say("reviewing.notes", notes=cut(joined(draft.notes), SHOWN)))
    head = view.say("reviewing.ask", topic=topic.title.in_(view.lang))
    text = "\n".join((head, "", *lines, "", view.say("reviewing.law")))
    changes = tuple(
        choice(
            f"change:{field.name}",
            cut(view.say("choice.change", label=field.label.in_(view.lang)), 35),
        )
        for field in topic.ask
    )
    send = view.choice("send", tone="primary")
    return Prompt(text, (send, *changes, view.choice("back"), view.choice("cancel")))


def _shown(field: Field, draft: Draft, view: View) -> str:
    if field.kind == "media":
        count = len(draft.media)
        return view.say("media.count", files=count) if count else view.say("answer.none")
    answer = draft.answers.get(field.name, Answer())
    return cut(answer.text, SHOWN) if answer.value else view.say("answer.none")


def _draft(view: View) -> Draft:
    draft = view.session.draft
    assert draft is not None, "a form's room without a draft"  # noqa: S101 - a room's own invariant
    return draft


def at_reviewing(_room: Reviewing, did: Input, view: View) -> Next:
    """Send, change an answer, or add a remark."""
    session, draft = view.session, _draft(view)
    topic = topic_of(draft, view)
    match did:
        case Picked("send"):
            return _send(draft, topic, view)
        case Picked("back"):
            last = draft.model_copy(update={"index": len(topic.ask) - 1})
            return Next(enter(session, Filling(), draft=last))
        case Picked("cancel"):
            return Next(enter(session, Dropping()))
        case Picked(key):
            index = topic.index(key.removeprefix("change:"))
            changing = draft.model_copy(update={"index": index})
            return Next(enter(session, Filling(), draft=changing))
        case Wrote() | SentMedia():
            return questions.aside(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def _send(draft: Draft, topic: Topic, view: View) -> Next:
    """Record the case, or ask what is still missing."""
    for index, field in enumerate(topic.ask):
        if not field.optional and not questions.is_answered(field, draft):
            missing = draft.model_copy(update={"index": index})
            asked = enter(view.session, Filling(), draft=missing)
            return Next(asked, view.say("reviewing.missing", label=field.label.in_(view.lang)))
    opened = _case(draft, topic, view)
    unit = view.content.units.get(opened.unit) or view.content.unit_for(topic.id, opened.commune)
    notice = view.say(
        "sent.done",
        code=opened.code,
        unit=unit.name.in_(view.lang),
        due=show_date(opened.due_on),
        receipt=opened.receipt,
    )
    effects: tuple[Effect, ...] = (opened, DropTimer(timer=DRAFT_TIMER))
    return Next(enter(view.session, Menu(), draft=None), notice, effects)


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
        search=fold(" ".join((topic.title.vi, *(line.text for line in lines)))),
        name=_personal("name", answered),
        phone=_personal("phone", answered),
    )


def _officially(field: Field, answer: Answer, content: Content) -> str:
    """The answer as officials read it: in Vietnamese, whatever language it was chosen in."""
    match field.kind:
        case "choice":
            return next(o.label.vi for o in field.options if o.id == answer.value)
        case "commune" if commune := content.territory.get(answer.value):
            return commune.name
        case _:
            return answer.text


def _personal(which: str, answered: list[tuple[Field, Answer]]) -> str:
    return next((answer.value for field, answer in answered if field.personal == which), "")
