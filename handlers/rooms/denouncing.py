"""Telling in confidence of somebody's breach of the law.

What is told goes, message by message, where inspectors alone read it, and never stays in the
conversation: nothing here repeats it, and every prompt is forgotten once it was answered.
"""

from collections.abc import Iterable

from handlers.answers import UNKNOWN, read_commune
from handlers.confiding import AddedConfided, Confide, DropConfided, Hush, SendConfided
from handlers.denouncing import Denunciation
from handlers.effects import DropTimer, Effect, KeepFile
from handlers.events import Media, SentMedia, SharedContact
from handlers.messages import Choice, choice
from handlers.pending import MAX_TEXT, joined, take_files
from handlers.reading.courtesies import says_done, says_no
from handlers.reading.dates import show_date
from handlers.reading.phones import read_phone
from handlers.rooms import hearing, questions
from handlers.rooms.desk import restricted
from handlers.rooms.form import DRAFT_TIMER
from handlers.rooms.start import home
from handlers.session import Denouncing, Menu
from handlers.spending import spent, too_many
from handlers.text import clean, fold, is_blank
from handlers.unsent import Answer, Draft, Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

RECEPTION = "ban-tiep-cong-dan"  # where a letter is handed in, and anybody is heard
MOST = 100  # messages of one telling
LONGEST_NAME = 100  # characters of a name, of a commune
OWN = frozenset({"web", "talk", ""})  # channels whose words no foreign server has
STEPS = ("words", "unit", "name", "phone", "confirm")


def begin(view: View) -> Next:
    """To the confidential channel; the draft and what is pending wait until it is entered.

    Whoever was there and has told nothing else since goes on at once.
    """
    session, code = view.session, view.session.confided
    told = session.draft or session.pending != Pending()
    room = Denouncing(code=code) if told or not code else Denouncing(page="words", code=code)
    return Next(enter(session, room))


def follow(code: str, view: View) -> Next:
    """To a message whose receipt was proved."""
    there = Denouncing(page="status", code=code)
    return Next(enter(view.session, there, misses=0, missed_at=None))


def _theirs(view: View) -> Denunciation | None:
    return view.facts.confided


# -- showing it ------------------------------------------------------------------------------------


def show_denouncing(room: Denouncing, view: View) -> Prompt:
    """The words of the law first; then question by question, with no word of what was told."""
    sealed = room.code or "-"
    match room.page:
        case "law":
            ways = (view.choice("go", "choice.tell", tone="primary"), view.choice("later"))
            return Prompt(_law(view), ways)
        case "words" | "more":
            return _show_words(room, view)
        case "unit":
            return _show_unit(room, view)
        case "name":
            anonymous = view.choice("none", "choice.no_name")
            return Prompt(view.say("denounce.name"), (anonymous, *_out(view)), "text", sealed)
        case "phone":
            skip = view.choice("none", "choice.skip")
            return Prompt(view.say("denounce.phone"), (skip, *_out(view)), "phone", sealed)
        case "confirm":
            send = view.choice("send", "choice.send_sealed", tone="primary")
            change = view.choice("unit", "choice.change_unit")
            offered = (send, change, view.choice("go", "choice.tell_more"), *_out(view))
            return Prompt(_summary(view), offered, "choice", sealed)
        case "status":
            return _show_status(room, view)


def _law(view: View) -> str:
    """What the law says of telling it here, where its door is, and what this channel means."""
    today, channel = view.facts.now.date(), view.facts.channel
    rules = ("denunciation_form", "denunciation_secrecy")
    law = (view.content.law_says(rule, today, view.lang) for rule in rules)
    if channel in OWN:
        where = view.say("denounce.own_channel")
    else:
        name, web = hearing.channel_name(channel, view), hearing.web_page(view)
        where = view.say("denounce.foreign_channel", channel=name, web=web)
    lines = (view.say("denounce.signs"), *law, _door(view), where, view.say("denounce.anonymous"))
    return "\n".join(line for line in lines if line)


def _door(view: View) -> str:
    """Where a letter is handed in and anybody is heard, with the hours."""
    controller, unit = view.content.controller, view.content.units.get(RECEPTION)
    name = unit.name.in_(view.lang) if unit else controller.name.in_(view.lang)
    address = (unit.address if unit else "") or controller.address
    open_at = unit.hours if unit else ""
    asked = view.say("denounce.ask_hours", phone=controller.phone)
    hours = view.say("denounce.hours", what=open_at) if open_at else asked
    return view.say("denounce.door", name=name, address=address, hours=hours)


def _out(view: View) -> tuple[Choice, ...]:
    return (view.choice("drop", "choice.drop_sealed", tone="danger"),)


def _show_words(room: Denouncing, view: View) -> Prompt:
    found = _theirs(view)
    has = found is not None and bool(found.told or found.files)
    done = (view.choice("done", tone="primary"),) if has else ()
    ways = (*done, view.choice("menu")) if room.page == "more" else (*done, *_out(view))
    text = view.say("denounce.words_more" if has else "denounce.words")
    return Prompt(text, ways, "text", room.code or "-")


def _show_unit(room: Denouncing, view: View) -> Prompt:
    """Whose unit or commune: it will not hear of this message."""
    sealed, unknown = room.code, view.choice("unknown", "choice.unit_unknown")
    if room.options:
        lines, options = questions.proposals(room.options, view)
        text = "\n".join((view.say("denounce.which"), *lines))
        return Prompt(text, (*options, unknown, *_out(view)), "choice", sealed)
    units = tuple(
        choice(f"unit:{unit.id}", unit.label(view.lang))
        for unit in view.content.units.values()
        if view.content.territory.get(unit.id) is None  # a commune is typed
    )
    once = {each.label: each for each in reversed(units)}  # a label names one choice
    shown = tuple(each for each in units if once[each.label] is each)
    return Prompt(view.say("denounce.unit"), (*shown, unknown, *_out(view)), "text", sealed)


def _summary(view: View) -> str:
    found = _theirs(view)
    if found is None:
        return view.say("denounce.gone")
    yes, no = view.say("denounce.yes"), view.say("denounce.no")
    named = view.content.unit_name(found.unit, view.lang)
    nobody = view.say("denounce.nobody_out")
    return view.say(
        "denounce.confirm",
        messages=found.told,
        files=len(found.files),
        unit=view.say("denounce.shut_out", unit=named) if named else nobody,
        name=yes if found.named else no,
        phone=yes if found.callable else no,
    )


def _show_status(room: Denouncing, view: View) -> Prompt:
    found = _theirs(view)
    if found is None:
        return Prompt(view.say("denounce.gone"), (view.choice("menu"),))
    lines = [view.say("denounce.status", code=found.code, day=view.day(found.opened_at))]
    if found.reply:
        lines.append(view.say("denounce.reply", text=found.reply))
    lines.append(view.say("denounce.door_again", door=_door(view)))
    ways = (view.choice("more", "choice.tell_more", tone="primary"), view.choice("menu"))
    return Prompt("\n".join(lines), ways, "choice", room.code)


# -- answering it ----------------------------------------------------------------------------------


def at_denouncing(room: Denouncing, did: Input, view: View) -> Next:
    """Take in what is told, or go on to the next question."""
    match did:
        case Picked("menu" | "later"):
            unsent = room.code and room.code == view.session.confided
            return Next(home(view.session), view.say("denounce.kept") if unsent else "")
        case Picked("drop"):
            return dropped(view)
        case Picked("go") if room.page == "law":
            return _enter(room, view)
        case Picked("go" | "more"):
            page = "words" if room.page == "confirm" else "more"
            return Next(enter(view.session, room.model_copy(update={"page": page})))
        case Picked("unit"):
            again = room.model_copy(update={"page": "unit", "reviewed": True})
            return Next(enter(view.session, again))
        case Picked("send"):
            return _send(room, view)
        case Picked(key):
            return _picked(key, room, view)
        case Wrote() | SentMedia() | SharedContact():
            return _told(room, did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def _told(room: Denouncing, did: Wrote | SentMedia | SharedContact, view: View) -> Next:
    """Words and files, as the current question takes them; nothing sent is lost."""
    match room.page, did:
        case "law", _:
            return _then(did, _enter(room, view), view)
        case "words" | "more" | "unit" | "name", Wrote(part=part) if says_done(part.text):
            return _picked("done" if room.page in {"words", "more"} else "none", room, view)
        case "unit", Wrote(part=part) if len(part.text) <= LONGEST_NAME:
            return _unit_typed(room, part.text, did, view)
        case "name", Wrote(part=part) if len(part.text) <= LONGEST_NAME:
            name = "" if says_no(part.text) else part.text
            return _put(room, view, Confide(code=room.code, name=name))
        case "phone", Wrote() | SharedContact():
            return _phone(room, did, view)
        case "status", Wrote() | SentMedia():
            more = room.model_copy(update={"page": "more"})
            return _took(more, did, view)
        case _, Wrote() | SentMedia():
            return _took(room, did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def _then(did: Wrote | SentMedia | SharedContact, entered: Next, view: View) -> Next:
    """What was told before the way in was pressed is told all the same."""
    room = entered.session.room
    if isinstance(did, SharedContact) or not isinstance(room, Denouncing):
        return entered
    words = room.model_copy(update={"page": "words"})
    took = _took(words, did, View(entered.session, view.facts))
    return Next(took.session, took.notice, (*entered.effects, *took.effects))


def _enter(room: Denouncing, view: View) -> Next:
    """Take in what was told until now, and forget it here."""
    session = view.session
    code = room.code or f"TT{view.facts.code[2:]}"
    draft, pending = session.draft, session.pending
    texts = tuple(_texts(draft, pending, view))
    media = (*(draft.media if draft else ()), *pending.media)
    confide = Confide(
        code=code,
        texts=texts,
        media=media,
        name=_personal("name", draft, view),
        phone=_personal("phone", draft, view),
    )
    began = draft.opened_at if draft else session.seen_at or view.facts.now
    effects: tuple[Effect, ...] = (confide, Hush(since=began), DropTimer(timer=DRAFT_TIMER))
    page = "unit" if texts and not room.code else "words"
    there = Denouncing.model_validate({"page": page, "code": code})
    nothing = {"draft": None, "pending": Pending(), "confided": code}
    return Next(enter(session, there, **nothing), view.say("denounce.entered"), effects)


def _texts(draft: Draft | None, pending: Pending, view: View) -> Iterable[str]:
    """What was told before, one text for each answer."""
    for name, answer in (draft.answers if draft else {}).items():
        field = view.content.field(draft.topic, name) if draft else None
        told = joined(answer.parts) or answer.text
        if told and not (field and field.personal):
            yield f"{field.label.vi}: {told}" if field else told
    if draft and draft.notes:
        yield joined(draft.notes)
    if pending.parts:
        yield joined(pending.parts)


def _personal(which: str, draft: Draft | None, view: View) -> str | None:
    """The name or the number that was given already; None when there is none."""
    for name, answer in (draft.answers if draft else {}).items():
        field = view.content.field(draft.topic, name) if draft else None
        if field and field.personal == which and answer.value:
            return answer.value
    return None


def _took(room: Denouncing, did: Wrote | SentMedia, view: View) -> Next:
    """More of what happened; a file is never called by its name here."""
    there = enter(view.session, room)
    if why := _too_much(did, view):
        return Next(there, why)
    if isinstance(did, Wrote):
        effects: tuple[Effect, ...] = (Confide(code=room.code, texts=(did.text,)),)
        return Next(there, view.say("denounce.taken"), (*effects, *_news(room)))
    had = _theirs(view)
    many = len(had.files) if had else 0
    before = tuple(Media(key=f"{n}", kind="document") for n in range(many))
    bare = tuple(media.model_copy(update={"name": ""}) for media in did.media)
    taken, notices = take_files(before, bare, view)
    keys = {media.key for media in taken}
    media = tuple(media for media in did.media if media.key in keys)
    caption = clean(did.caption)
    texts = () if is_blank(caption) else (caption,)
    kept = tuple(KeepFile(media=one.model_copy(update={"name": ""})) for one in media)
    confide = Confide(code=room.code, texts=texts, media=media)
    said = "\n".join(line for line in (view.say("denounce.taken"), notices) if line)
    return Next(there, said, (*kept, confide, *_news(room)))


def _too_much(did: Wrote | SentMedia, view: View) -> str:
    """Why this can't be taken any more; empty when it can."""
    found, text = _theirs(view), did.text if isinstance(did, Wrote) else did.caption
    if found is not None and found.told >= MOST:
        return view.say("denounce.too_much", phone=view.content.controller.phone)
    if len(text) > MAX_TEXT:
        return view.say("text.too_long", length=len(text), most=MAX_TEXT)
    return ""


def _news(room: Denouncing) -> tuple[Effect, ...]:
    return (AddedConfided(code=room.code),) if room.page == "more" else ()


def _picked(key: str, room: Denouncing, view: View) -> Next:
    kind, _, value = key.partition(":")
    match room.page, kind:
        case "words", "done":
            return _on(room, view)
        case "more", "done":
            status = room.model_copy(update={"page": "status"})
            return Next(enter(view.session, status))
        case "unit", "unit":
            return _put(room, view, Confide(code=room.code, unit=value))
        case "unit", "value":
            meant = room.options[int(value)].value
            return _put(room, view, Confide(code=room.code, unit=meant))
        case "unit", "unknown" | "none":
            return _put(room, view, Confide(code=room.code, unit=""))
        case "name", "none":
            return _put(room, view, Confide(code=room.code, name=""))
        case "phone", "none":
            return _put(room, view, Confide(code=room.code, phone=""))
        case _:
            return Next(view.session, view.say("choose.again"))


def _on(room: Denouncing, view: View) -> Next:
    """To the next question; to the review from what was asked again there."""
    last = len(STEPS) - 1
    page = STEPS[last if room.reviewed else min(STEPS.index(room.page) + 1, last)]
    return Next(enter(view.session, Denouncing.model_validate({"page": page, "code": room.code})))


def _put(room: Denouncing, view: View, confide: Confide) -> Next:
    on = _on(room, view)
    return Next(on.session, "", (confide,))


def _unit_typed(room: Denouncing, typed: str, did: Wrote, view: View) -> Next:
    """A unit by its name, or a commune; what is neither is told all the same."""
    wanted = fold(typed)
    for unit in view.content.units.values():
        if wanted in {fold(name) for name in unit.names}:
            return _put(room, view, Confide(code=room.code, unit=unit.id))
    read = read_commune(did.part, view)
    if isinstance(read, Answer) and read.value != UNKNOWN:
        return _put(room, view, Confide(code=room.code, unit=read.value))
    asked = room.model_copy(update={"options": getattr(read, "options", ())})
    told = Confide(code=room.code, texts=(typed,))
    notice = "" if asked.options else view.say("denounce.no_unit")
    return Next(enter(view.session, asked), notice, (told,))


def _phone(room: Denouncing, did: Wrote | SharedContact, view: View) -> Next:
    typed = did.text if isinstance(did, Wrote) else did.phone
    if says_no(typed) or says_done(typed):
        return _put(room, view, Confide(code=room.code, phone=""))
    phone = read_phone(typed)
    if phone is None:
        return Next(view.session, view.say("phone.unclear"))
    return _put(room, view, Confide(code=room.code, phone=phone))


def _send(room: Denouncing, view: View) -> Next:
    """Receive it: the code and the receipt are told once, and kept nowhere."""
    found, facts = _theirs(view), view.facts
    if found is None or not (found.told or found.files):
        words = room.model_copy(update={"page": "words"})
        return Next(enter(view.session, words), view.say("denounce.empty"))
    session = spent(view, "cases")
    if session is None:
        return Next(view.session, too_many(view, "cases"))
    receipt = facts.receipt
    due = restricted.due_on(view)
    sent = SendConfided(code=room.code, receipt=receipt, due_on=due, lang=view.lang)
    today = show_date(facts.now.date())
    notice = view.say("denounce.sent", code=room.code, receipt=receipt, day=today)
    rest = {"draft": session.second, "second": None}
    done = enter(session, Menu(), confided="", **rest)
    effects: tuple[Effect, ...] = (sent, Hush(since=found.opened_at))
    return Next(done, notice, effects, sealed=room.code, forget=True)


def dropped(view: View) -> Next:
    """Forget all of what was not sent."""
    code = view.session.confided
    effects: tuple[Effect, ...] = (DropConfided(code=code),) if code else ()
    gone = home(view.session).model_copy(update={"confided": ""})
    return Next(gone, view.say("denounce.dropped"), effects, sealed="-", forget=True)
