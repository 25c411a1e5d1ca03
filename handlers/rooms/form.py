"""Around a form: which topic, going back to a draft, throwing it away."""

from handlers.answers import told
from handlers.content import Content, Topic
from handlers.drafts import form_of
from handlers.effects import DropTimer, SetTimer
from handlers.events import SentMedia
from handlers.messages import choice
from handlers.pending import drop, hold, take_files, unfit
from handlers.reading.courtesies import says_no, says_yes
from handlers.rooms import questions
from handlers.session import Dropping, Filling, Menu, Resuming, Reviewing, Session, Topics
from handlers.unsent import Answer, Draft, Part, Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

DRAFT_TIMER = "draft"
NONE = Pending()
REMIND_AFTER = 2 * 24 * 3600.0  # seconds; once, so that a forgotten draft is found again


# -- which topic -----------------------------------------------------------------------------------


def show_topics(view: View) -> Prompt:
    """The topics in the province's order."""
    topics = tuple(
        choice(f"topic:{topic.id}", topic.button.in_(view.lang)) for topic in view.content.in_order
    )
    held = view.session.pending != NONE
    dropping = (view.choice("drop", "choice.drop_message"),) if held else ()
    return Prompt(view.say("topics.ask"), (*topics, *dropping, view.choice("menu")))


def at_topics(room: Topics, did: Input, view: View) -> Next:
    """Begin the form of the topic chosen; words and files sent meanwhile begin it too."""
    match did:
        case Picked("menu"):
            return Next(enter(view.session, Menu()))
        case Picked("drop"):
            return drop(view)
        case Picked(key):
            return _begin(key.removeprefix("topic:"), room, view)
        case Wrote() | SentMedia():
            return hold(did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def new(view: View) -> Next:
    """A new case, unless an unsent one is waiting: that one is offered first."""
    return Next(enter(view.session, Resuming() if view.session.draft else Topics()))


def _begin(topic_id: str, room: Topics, view: View) -> Next:
    """Start or go on with a draft about *topic_id*, taking along what fits from the one before."""
    topic = view.content.topics.get(topic_id)
    if topic is None:
        return Next(view.session, view.say("choose.stale"))
    draft = view.session.draft
    if draft is None:
        draft = Draft(topic=topic_id, opened_at=view.facts.now, behalf=room.behalf)
    elif draft.topic != topic_id:
        moved = _moved(draft, topic, view)
        if isinstance(moved, str):
            return Next(view.session, moved)
        draft = moved
    draft = draft.model_copy(update={"index": 0})
    begun = take_in(View(enter(view.session, Filling(), draft=draft), view.facts))
    remind = SetTimer(timer=DRAFT_TIMER, seconds=REMIND_AFTER)
    return Next(begun.session, begun.notice, (remind,))


def _moved(draft: Draft, topic: Topic, view: View) -> Draft | str:
    """The same draft under another topic, or why it has no room for what must become a remark.

    Answers stay where both forms ask the same; the others become remarks, but for a name or phone,
    which belong into no case and wait to be asked for again.
    """
    before = topic_of(draft, view).ask
    kinds = {field.name: field.kind for field in topic.ask if field.kind != "choice"}
    leaving = [f for f in before if kinds.get(f.name) != f.kind and not f.personal]
    remarks = tuple(
        Part(text=f"{field.label.in_(view.lang)}: {told(field, answer.value, answer.text, view)}")
        for field in leaving
        if (answer := draft.answers.get(field.name)) and answer.value
    )
    gone = {field.name for field in leaving}
    kept = {name: answer for name, answer in draft.answers.items() if name not in gone}
    notes = (*draft.notes, *remarks)
    changed = {"topic": topic.id, "answers": kept, "notes": notes}
    return unfit(notes, view) or draft.model_copy(update=changed)


def take_in(view: View) -> Next:
    """Put what is pending into the draft: words into the story, files beside it.

    What it has no room for stays pending, with a sentence that says so.
    """
    draft, pending = draft_of(view), view.session.pending
    media, refused = take_files(draft.media, pending.media, view)
    outside = tuple(item for item in pending.media if item not in media)
    fuller = _with_words(draft, pending.parts, view)
    if isinstance(fuller, Draft):
        draft, left, why = fuller, Pending(media=outside), ""
    else:
        left, why = Pending(parts=pending.parts, media=outside), fuller
    draft = draft.model_copy(update={"media": media})
    session = view.session.model_copy(update={"draft": draft, "pending": left})
    return Next(session, "\n".join(line for line in (refused, why) if line))


def _with_words(draft: Draft, parts: tuple[Part, ...], view: View) -> Draft | str:
    """The draft with *parts* in the story still to be told, else as a remark; or why not."""
    if not parts:
        return draft
    asked = topic_of(draft, view).ask
    story = next((field for field in asked if field.kind == "long_text"), None)
    if story is not None:
        begun = draft.answers.get(story.name, Answer())
        if not begun.value or story in asked[draft.index : draft.index + 1]:
            whole = (*begun.parts, *parts)
            answer = questions.long_answer(whole)
            return unfit(whole, view) or questions.with_answer(draft, story.name, answer)
    notes = (*draft.notes, *parts)
    return unfit(notes, view) or draft.model_copy(update={"notes": notes})


def mended(session: Session, content: Content) -> Session:
    """The session with a draft that fits the forms as they are now, which the province may edit.

    When the draft's topic is gone, what was written stays pending for another one.
    """
    draft = session.draft
    if draft is None:
        return session
    if draft.topic not in content.topics:
        said = tuple(part for answer in draft.answers.values() for part in answer.parts)
        held = session.pending
        parts, media = (*said, *draft.notes, *held.parts), (*draft.media, *held.media)
        pending = Pending(parts=parts, media=media)
        again = Topics(behalf=draft.behalf)
        return enter(session, again, draft=None, pending=pending, offered=())
    asked = len(form_of(draft, content).ask)
    if draft.index < asked or isinstance(session.room, Reviewing):
        return session
    draft = draft.model_copy(update={"index": asked})
    room = Reviewing() if isinstance(session.room, Filling) else session.room
    return enter(session, room, draft=draft)


def draft_of(view: View) -> Draft:
    """The draft that a room about one stands on."""
    draft = view.session.draft
    assert draft is not None, "a form's room without a draft"  # noqa: S101 - a room's own invariant
    return draft


def topic_of(draft: Draft, view: View) -> Topic:
    """The form a draft is filled by."""
    return form_of(draft, view.content)


# -- a draft left behind ---------------------------------------------------------------------------


def show_resuming(view: View) -> Prompt:
    """The draft found again: what it is, how far it got."""
    draft = draft_of(view)
    topic = topic_of(draft, view)
    text = view.say(
        "resuming.ask",
        topic=topic.title.in_(view.lang),
        day=view.day(draft.opened_at),
        done=sum(field.name in draft.answers for field in topic.ask),
        all=len(topic.ask),
    )
    resume = view.choice("resume", tone="primary")
    use = (view.choice("use", "choice.resume_with"),) if view.session.pending != NONE else ()
    anew = view.choice("anew", "choice.drop_draft_new")
    return Prompt(text, (*use, resume, view.choice("later"), anew))


def at_resuming(did: Input, view: View) -> Next:
    """Go on, go on with what was just sent, put it off, or begin anew."""
    match did:
        case Picked("resume"):
            return Next(resume(view.session, view))
        case Picked("use"):
            return _answer_with_pending(view)
        case Wrote(part=part) if says_yes(part.text) and view.session.pending == NONE:
            return Next(resume(view.session, view))
        case Picked("later"):
            return _put_off(view)
        case Wrote(part=part) if says_no(part.text):
            return _put_off(view)
        case Picked("anew"):
            anew = enter(view.session, Topics(), draft=None)
            return Next(anew, view.say("dropping.done"), (DropTimer(timer=DRAFT_TIMER),))
        case Wrote() | SentMedia():
            return hold(did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def _put_off(view: View) -> Next:
    return Next(enter(view.session, Menu()), view.say("dropping.kept"))


def resume(session: Session, view: View) -> Session:
    """Where the draft was left: its current question, or the summary."""
    draft = session.draft
    if draft is None:
        return enter(session, Menu())
    done = draft.index >= len(topic_of(draft, view).ask)
    return enter(session, Reviewing() if done else Filling())


def _answer_with_pending(view: View) -> Next:
    """Go on with the draft; one message that is pending may be the answer it was waiting for."""
    back = resume(view.session, view)
    parts = back.pending.parts
    if len(parts) != 1 or not isinstance(back.room, Filling):
        return add_to_draft(view)
    files = back.model_copy(update={"pending": Pending(media=back.pending.media)})
    there = take_in(View(files, view.facts))
    said = questions.at_filling(back.room, Wrote(parts[0]), View(there.session, view.facts))
    room = said.session.room
    asked_back = isinstance(room, Filling) and room.options
    if said.session.draft == there.session.draft and not asked_back:
        return add_to_draft(view)
    return Next(said.session, "\n".join(n for n in (there.notice, said.notice) if n), said.effects)


def add_to_draft(view: View) -> Next:
    """Put what is pending into the draft, and go on with it."""
    taken = take_in(View(resume(view.session, view), view.facts))
    return Next(taken.session, taken.notice or view.say("draft.added"))


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
            return _put_off(view)
        case Picked("keep"):
            return Next(resume(session, view))
        case Wrote(part=part) if says_no(part.text):
            return Next(resume(session, view))
        case Wrote(part=part) if says_yes(
            part.text
        ):  # of which button? No draft is lost by a guess
            return Next(session, view.say("choose.again"))
        case Wrote() | SentMedia():
            return questions.aside(did, View(resume(session, view), view.facts))
        case _:
            return Next(session, view.say("choose.again"))
