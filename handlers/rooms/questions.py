"""One question of a form after the other: where am I, back, skip, cancel, and every answer kept."""

from itertools import islice

from handlers.answers import (
    SHORTEST_STORY,
    UNKNOWN,
    Read,
    Refused,
    Unclear,
    position,
    read_contact,
    read_position,
    read_text,
    told,
)
from handlers.content import Field, Topic
from handlers.drafts import form_of
from handlers.effects import KeepFile
from handlers.events import Edited, SentMedia, SharedContact, SharedPlace
from handlers.messages import Choice, Expects, choice
from handlers.pending import gather, joined, replaced, take_files, unfit
from handlers.reading.courtesies import says_done, says_no
from handlers.session import Dropping, Filling, Reviewing, Topics
from handlers.text import clean, is_blank
from handlers.unsent import Answer, Draft, Option, Part, Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

EXPECTS: dict[str, Expects] = {
    "choice": "choice",
    "short_text": "text",
    "long_text": "text",
    "commune": "text",
    "date": "date",
    "number": "number",
    "phone": "phone",
    "place": "place",
    "media": "media",
}

ECHOED = 120  # characters of an answer said back
SEVERAL = {"long_text", "media"}  # kinds whose answer may come in several messages


# -- the draft -------------------------------------------------------------------------------------


def with_answer(draft: Draft, name: str, answer: Answer) -> Draft:
    """The draft with *answer* to the question *name*."""
    return draft.model_copy(update={"answers": {**draft.answers, name: answer}})


def long_answer(parts: tuple[Part, ...]) -> Answer:
    """A long answer of several messages."""
    text = joined(parts)
    return Answer(value=text, text=text, parts=parts)


def is_answered(field: Field, draft: Draft) -> bool:
    """Whether the question has a real answer, not a skip."""
    if field.kind == "media":
        return bool(draft.media)
    answer = draft.answers.get(field.name, Answer())
    return _tells(answer.parts) if field.kind == "long_text" else bool(answer.value)


def _current(view: View) -> tuple[Draft, Topic, Field]:
    draft = view.session.draft
    assert draft is not None, "filling without a draft"  # noqa: S101 - a room's own invariant
    topic = form_of(draft, view.content)
    return draft, topic, topic.ask[draft.index]


def _go_on(draft: Draft, topic: Topic, view: View, notice: str = "") -> Next:
    """To the next question without an answer, or to the summary when there is none."""
    ahead = range(draft.index + 1, len(topic.ask))
    index = next((i for i in ahead if topic.ask[i].name not in draft.answers), len(topic.ask))
    draft = draft.model_copy(update={"index": index})
    room = Reviewing() if index == len(topic.ask) else Filling()
    return Next(enter(view.session, room, draft=draft), notice)


# -- showing a question ----------------------------------------------------------------------------


def show_filling(room: Filling, view: View) -> Prompt:
    """Where I am, the question, what I said before, and the ways on."""
    draft, topic, field = _current(view)
    here = view.say(
        "intake.here" if draft.behalf else "form.here",
        topic=topic.button.in_(view.lang),
        number=draft.index + 1,
        all=len(topic.ask),
    )
    if room.typed:
        return _ask_back(room, here, view)
    if room.anew and is_answered(field, draft):
        return _ask_anew(field, here, view)
    before = _before(field, draft, view)
    asked = [field.text.in_(view.lang), field.hint.in_(view.lang) if field.hint else ""]
    if before and field.kind == "long_text":
        asked = []  # it was read before the first message; now only whether there is more
    text = "\n".join(line for line in (here, *asked, before) if line)
    options = tuple(
        choice(f"option:{option.id}", option.label.in_(view.lang)) for option in field.options
    )
    return Prompt(text, (*options, *_ways(field, draft, view)), EXPECTS[field.kind])


def _before(field: Field, draft: Draft, view: View) -> str:
    """What the question already has, if anything."""
    if field.kind == "media":
        return view.say("media.have", files=len(draft.media)) if draft.media else ""
    answer = draft.answers.get(field.name)
    if answer is None or not answer.value:
        return ""
    if field.kind != "long_text":
        shown = cut(told(field, answer.value, answer.text, view), ECHOED)
        return view.say("form.before", answer=shown)
    said = view.say("form.before", answer=_ending(answer.text))
    return f"{said}\n{view.say('form.more' if is_answered(field, draft) else 'text.too_short')}"


def _ending(text: str) -> str:
    """The end of a long text on one line: what was written last is what its writer looks for."""
    line = " ".join(text.split())
    return line if len(line) <= ECHOED else "…" + line[-ECHOED + 1 :].lstrip()


def _ask_anew(field: Field, here: str, view: View) -> Prompt:
    """Before a long story or all files are replaced: the way back from a slip of the finger."""
    keep = view.choice("done", "choice.keep_answer", tone="primary")
    rest = (view.choice("back"), view.choice("cancel"))
    if field.kind == "media":
        files = len(_current(view)[0].media)
        clear = view.choice("clear", "choice.drop_files", tone="danger")
        text = f"{here}\n{view.say('media.drop', files=files)}"
        return Prompt(text, (keep, clear, *rest), "media")
    text = f"{here}\n{field.text.in_(view.lang)}\n{view.say('form.replaces')}"
    return Prompt(text, (keep, *rest), EXPECTS[field.kind])


def _ways(field: Field, draft: Draft, view: View) -> tuple[Choice, ...]:
    """Done or keep, skip, back, cancel: whichever make sense at this question."""
    ways: list[Choice] = []
    if is_answered(field, draft):
        label = "choice.done" if field.kind in SEVERAL else "choice.keep_answer"
        ways.append(view.choice("done", label, tone="primary"))
        if field.kind in SEVERAL:
            rewriting = "choice.rewrite" if field.kind == "long_text" else "choice.drop_files"
            ways.append(view.choice("anew", rewriting))
        elif field.optional:
            ways.append(view.choice("clear"))
    elif field.optional:
        ways.append(view.choice("skip"))
    return (*ways, view.choice("back"), view.choice("cancel"))


def _ask_back(room: Filling, here: str, view: View) -> Prompt:
    """Ask "did you mean …?", or say that the name is not known: the person decides."""
    key = "commune.which" if room.options else "commune.unknown"
    known_by, options = proposals(room.options, view)
    text = "\n".join((here, view.say(key, typed=cut(room.typed, 60)), *known_by))
    as_typed = view.choice("as_typed", "choice.let_official_find")
    choices = (*options, as_typed, view.choice("back"), view.choice("cancel"))
    return Prompt(text, choices, "choice" if options else "text")


def proposals(options: tuple[Option, ...], view: View) -> tuple[list[str], tuple[Choice, ...]]:
    """A line for each commune proposed by another name, and all as choices ``value:<n>``."""
    names = [_commune_of(option, view) for option in options]
    known_by = [
        f"• {option.text}"
        for option, name in zip(options, names, strict=True)
        if option.text != name
    ]
    return known_by, tuple(choice(f"value:{n}", cut(name, 35)) for n, name in enumerate(names))


def _commune_of(option: Option, view: View) -> str:
    """The name of today alone: with the former one it is too long for a button."""
    commune = view.content.territory.get(option.value)
    return commune.name if commune else option.text


# -- answering it ----------------------------------------------------------------------------------


def at_filling(room: Filling, did: Input, view: View) -> Next:
    """Take what was done as the answer to the current question, or as a way on."""
    field = _current(view)[2]
    match did:
        case Picked(key):
            return _picked(key, room, view)
        case Wrote(part=part) if way := _said_way(field, part, view):
            return _picked(way, room, view)
        case Wrote(part=part) if field.kind == "long_text":
            return _story(part, view)
        case Wrote(part=part):
            return _answered(read_text(field, part, view), view, part.ref)
        case SentMedia():
            return aside(did, view)
        case SharedContact() if field.kind == "phone":
            return _answered(read_contact(did, view), view)
        case SharedPlace() if field.kind == "place":
            return _answered(read_position(did), view)
        case SharedPlace() if field.kind == "long_text":
            return _story(position(did, view), view)
        case _:
            return Next(enter(view.session, Filling()), view.say("form.not_asked"))


def _said_way(field: Field, part: Part, view: View) -> str:
    """The way on that plain words mean here: "that is all", "none"; else empty."""
    none = says_no(part.text)
    if is_answered(field, _current(view)[0]):
        if field.kind in SEVERAL:
            return "done" if none or says_done(part.text) else ""
        return "clear" if field.optional and none else ""
    return "skip" if field.optional and none else ""


def _picked(key: str, room: Filling, view: View) -> Next:
    draft, topic, field = _current(view)
    match key:
        case "back":
            return _back(room, view)
        case "cancel":
            return Next(enter(view.session, Dropping()))
        case "skip":
            return _go_on(with_answer(draft, field.name, Answer()), topic, view)
        case "anew":
            return Next(enter(view.session, Filling(anew=True)))
        case "clear" if field.kind == "media":
            without = draft.model_copy(update={"media": ()})
            return Next(enter(view.session, Filling(), draft=without))
        case "clear":
            return _go_on(with_answer(draft, field.name, Answer()), topic, view)
        case "done":
            kept = draft.answers.get(field.name, Answer(value=""))
            return _go_on(with_answer(draft, field.name, kept), topic, view)
        case "as_typed":
            answer = Answer(value=UNKNOWN, text=room.typed, parts=_asked_about(room))
            return _go_on(with_answer(draft, field.name, answer), topic, view)
        case _:
            return _proposed(key, room, view)


def _proposed(key: str, room: Filling, view: View) -> Next:
    """An option of the form, or one of the values asked back."""
    draft, topic, field = _current(view)
    kind, _, chosen = key.partition(":")
    if kind == "value":
        option = room.options[int(chosen)]
        answer = Answer(value=option.value, text=option.text, parts=_asked_about(room))
    else:
        label = next((o.label for o in field.options if o.id == chosen), None)
        if label is None:
            return Next(view.session, view.say("choose.stale"))
        answer = Answer(value=chosen, text=label.in_(view.lang))
    return _go_on(with_answer(draft, field.name, answer), topic, view)


def _asked_about(room: Filling) -> tuple[Part, ...]:
    """What was typed and asked back about, so that editing it still changes the answer."""
    return (Part(text=room.typed, ref=room.ref),)


def _back(room: Filling, view: View) -> Next:
    """One question back; from the first to the topics; out of a change to the summary."""
    draft, topic, _field = _current(view)
    if room.typed or room.anew:
        return Next(enter(view.session, Filling()))
    if all(field.name in draft.answers for field in topic.ask):
        done = draft.model_copy(update={"index": len(topic.ask)})
        return Next(enter(view.session, Reviewing(), draft=done))
    if draft.index == 0:
        return Next(enter(view.session, Topics(behalf=draft.behalf)))
    before = draft.model_copy(update={"index": draft.index - 1})
    return Next(enter(view.session, Filling(), draft=before))


def _answered(read: Read, view: View, ref: str = "") -> Next:
    draft, topic, field = _current(view)
    match read:
        case Refused(why=why):
            return Next(enter(view.session, Filling(ref=ref)), why)
        case Unclear(typed=typed, options=options):
            return Next(enter(view.session, Filling(options=options, typed=typed, ref=ref)))
        case Answer():
            echo = view.say("form.noted", answer=read.text) if field.kind == "commune" else ""
            return _go_on(with_answer(draft, field.name, read), topic, view, echo)


def _story(part: Part, view: View) -> Next:
    """One more message of a long answer; too short to be a story alone, it is asked for again."""
    draft, _topic, field = _current(view)
    room = view.session.room
    anew = isinstance(room, Filling) and room.anew
    before = () if anew else draft.answers.get(field.name, Answer()).parts
    parts = (*before, part)
    if why := unfit(parts, view):
        return Next(view.session, why)
    if not _tells(parts):
        again = Filling(anew=anew, ref=part.ref)
        return Next(enter(view.session, again), view.say("text.too_short"))
    longer = with_answer(draft, field.name, long_answer(parts))
    return Next(enter(view.session, Filling(), draft=longer))


def _tells(parts: tuple[Part, ...]) -> bool:
    """Whether there are letters enough to say what happened."""
    letters = filter(str.isalnum, joined(parts))
    return next(islice(letters, SHORTEST_STORY - 1, None), None) is not None


# -- what comes beside the question ----------------------------------------------------------------


def aside(sent: Wrote | SentMedia, view: View) -> Next:
    """Files at any step join the draft; words that answer nothing become a remark."""
    session = view.session
    draft = session.draft
    assert draft is not None, "aside without a draft"  # noqa: S101 - a room's own invariant
    if isinstance(sent, SentMedia):
        return _files(sent, draft, view)
    gathered = gather(Pending(parts=draft.notes), sent, view)
    noted = draft.model_copy(update={"notes": gathered.pending.parts})
    notice = gathered.notice or view.say("draft.noted")
    return Next(session.model_copy(update={"draft": noted}), notice)


def _files(sent: SentMedia, draft: Draft, view: View) -> Next:
    media, refused = take_files(draft.media, sent.media, view)
    kept = media[len(draft.media) :]
    with_files = draft.model_copy(update={"media": media})
    session = view.session.model_copy(update={"draft": with_files})
    there = View(session, view.facts)
    notices = [refused] if refused else []
    if kept:
        notices.append(view.say("media.taken", files=len(kept)))
    effects = tuple(KeepFile(media=item) for item in kept)
    caption = clean(sent.caption)
    if is_blank(caption):
        return Next(session, "\n".join(notices), effects)
    said = _caption(Part(text=caption, ref=sent.ref), there)
    lines = [line for line in (*notices, said.notice) if line]
    return Next(said.session, "\n".join(lines), effects)


def _caption(part: Part, view: View) -> Next:
    """A caption tells the story where one is asked for; else, or when too short, it is a remark."""
    if isinstance(view.session.room, Filling) and _current(view)[2].kind == "long_text":
        story = _story(part, view)
        if story.session.draft != view.session.draft:
            return story
    return aside(Wrote(part), view)


def edit(draft: Draft, edited: Edited, view: View) -> tuple[Draft, str] | None:
    """The draft with the edited message's answer changed, and the sentence to say.

    None when no answer of the draft came from that message. An edit that cannot be the answer
    leaves the old one and says why.
    """
    text = clean(edited.text)
    if notes := replaced(draft.notes, edited.ref, text):
        if why := unfit(notes, view):
            return draft, why
        return draft.model_copy(update={"notes": notes}), view.say("edit.done")
    for field in form_of(draft, view.content).ask:
        answer = draft.answers.get(field.name)
        parts = replaced(answer.parts, edited.ref, text) if answer else None
        if parts is not None:
            return _edit_answer(draft, field, parts, view)
    return None


def _edit_answer(
    draft: Draft, field: Field, parts: tuple[Part, ...], view: View
) -> tuple[Draft, str]:
    label = field.label.in_(view.lang)
    read: Read
    if field.kind == "long_text":
        why = unfit(parts, view) or ("" if _tells(parts) else view.say("text.too_short"))
        read = Refused(why) if why else long_answer(parts)
    else:
        read = read_text(field, parts[-1], view)
    match read:
        case Answer():
            changed = with_answer(draft, field.name, read)
            return changed, view.say("edit.changed", label=label, answer=cut(read.text, ECHOED))
        case Refused(why=why):
            return draft, f"{view.say('edit.kept', label=label)} {why}"
        case _:
            return draft, view.say("edit.kept", label=label)
