"""Somebody may be in danger: the numbers first, then who is on duty, then the case.

No consent is asked for: to protect life in an emergency none is needed (Law 91/2025/QH15, art. 19).
The words go to the officers on duty as they were written, and into one case of the topic that takes
everything; whatever is written next goes there at once. Where the words may mean something else,
the numbers are shown all the same, and it is asked.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from handlers import danger
from handlers.codes import read_code
from handlers.effects import AddToTicket, Effect, MoveTicket, Notify, OpenTicket
from handlers.events import Edited, Media, SentMedia, SharedContact, SharedPlace
from handlers.pending import MAX_TEXT, take_files
from handlers.reading.courtesies import says_no, says_yes
from handlers.reading.phones import show_phone
from handlers.rooms import cases
from handlers.session import Alarm, Case, MyData, Place, Room, Session, Welcome, standing
from handlers.territory import Found
from handlers.tickets import AnswerLine, Card, move
from handlers.triage import EMERGENCY, Reading
from handlers.view import Command, Input, Next, Picked, Prompt, View, Wrote, enter

ONE_ALARM = timedelta(days=1)  # within which what the same person writes goes into the same case
CALM = timedelta(hours=1)  # in which words that may mean danger are not asked about again
FRESH = timedelta(hours=1)  # in which whoever left an alarm before consent is heard in it again
ASKED_ABOUT = 2000  # characters of what was written that are kept until the question is answered


def numbers(calls: Iterable[str], view: View) -> str:
    """The numbers to call, those that fit best first, as far as they are in force."""
    law, today = view.content.law, view.facts.now.date()
    first = [f"{EMERGENCY}{call}" for call in calls]
    named = dict.fromkeys((*first, *(name for name in law if name.startswith(EMERGENCY))))
    rules = [law[name] for name in named if name in law and law[name].in_force(today)]
    lines = "\n".join(f"☎ {rule.words(view.lang)}" for rule in rules)
    if any(rule.draft for rule in rules):
        lines = f"{lines}\n{view.say('law.draft', text='').strip()}"
    return view.say("alarm.call", numbers=lines)


def raised_by(did: Input, view: View) -> Next | None:
    """What is done at once because words surely tell of danger; None: they don't.

    In confidence words stay where they are told, and in the room of an alarm they go there anyway.
    """
    room, read = view.session.room, danger.heard(view.session, did, view.content)
    if read is None or not read.surely("emergency") or danger.in_confidence(view.session):
        return None
    if isinstance(room, Alarm) and room.code and _open(room.code, view):
        return None
    return raised(danger.words(did), did.media if isinstance(did, SentMedia) else (), read, view)


def with_question(did: Input, after: Next, view: View) -> Next:
    """What was done, with the numbers before it and the question behind, if danger is possible."""
    read = danger.heard(view.session, did, view.content)
    if read is None or after.silent or isinstance(after.session.room, Alarm):
        return after
    notice = "\n\n".join(filter(None, (numbers(read.calls, view), after.notice)))
    if danger.in_confidence(view.session):
        return replace(after, notice=notice)
    calm_at = view.session.calm_at
    if calm_at is not None and view.facts.now - calm_at < CALM:
        return after
    said, back = danger.words(did)[:ASKED_ABOUT], _behind(after.session.room)
    asking = Alarm(said=said, calls=read.calls, back=back)
    return replace(after, session=enter(after.session, asking), notice=notice)


def _behind(room: Room) -> Place:
    """Where the person goes on afterwards."""
    there = standing(room)
    return there.back if isinstance(there, Alarm) else there


# -- the case --------------------------------------------------------------------------------------


def _open(code: str, view: View) -> Card | None:
    """The case of an alarm, while it takes more."""
    card = next((card for card in view.facts.cards if card.code == code), None)
    return card if card is not None and move(card.status, "add") else None


def _standing(view: View) -> Card | None:
    """The case of an alarm the same person raised not long ago."""
    for card in view.facts.cards:
        recent = view.facts.now - card.opened_at < ONE_ALARM
        if card.kind == "emergency" and recent and move(card.status, "add"):
            return card
    return None


def raised(text: str, media: tuple[Media, ...], read: Reading, view: View) -> Next:
    """The numbers, the officers on duty, and the case: the one there is, or a new one."""
    session = view.session
    kept, refused = take_files((), media, view)
    if (standing := _standing(view)) is not None:
        told = View(
            enter(session, Alarm(code=standing.code, back=_behind(session.room))), view.facts
        )
        added = _added(standing.code, text, kept, told)
        notice = f"{numbers(read.calls, view)}\n\n{added.notice}"
        return replace(added, notice="\n".join(filter(None, (notice, refused))))
    opened = _case(text, kept, view)
    effects: tuple[Effect, ...] = (opened, Notify(code=opened.code, to="watch", what="emergency"))
    done = view.say("alarm.opened", code=opened.code, receipt=opened.receipt)
    notice = f"{numbers(read.calls, view)}\n\n{done}"
    room = Alarm(code=opened.code, calls=read.calls, back=_behind(session.room))
    notice = "\n".join(filter(None, (notice, refused)))
    return Next(enter(session, room), notice, effects, about=opened.code)


def _case(text: str, media: tuple[Media, ...], view: View) -> OpenTicket:
    """The case, with what the unsent draft tells of where and who; its due date is no promise."""
    content, facts = view.content, view.facts
    topic = content.topics.get("khac", content.in_order[-1])
    commune = _commune(text, view)
    story = next((field for field in topic.ask if field.kind == "long_text"), topic.ask[0])
    return OpenTicket(
        code=facts.code,
        receipt=facts.receipt,
        topic=topic.id,
        commune=commune,
        unit=content.unit_for(topic.id, commune).id,
        due_on=content.calendar.add_working_days(facts.now.date(), 1),
        calendar=content.calendar.version,
        lang=view.lang,
        lines=(AnswerLine(name=story.name, label=story.label.vi, value=text, text=text),),
        media=media,
        search=text,
        name=_personal("name", view),
        phone=_personal("phone", view),
        kind="emergency",
        priority=2,
    )


def _commune(text: str, view: View) -> str:
    """The commune the words name, else the one the unsent draft is about."""
    found = view.content.territory.find(text)
    if isinstance(found, Found):
        return found.commune.id
    draft = view.session.draft
    if draft is None or draft.topic not in view.content.topics:
        return ""
    asked = view.content.topics[draft.topic].ask
    given = (draft.answers.get(field.name) for field in asked if field.kind == "commune")
    known = next((answer.value for answer in given if answer), "")
    return known if view.content.territory.get(known) else ""


def _personal(which: str, view: View) -> str:
    """The name or telephone number given in the unsent draft of one's own."""
    draft = view.session.draft
    if draft is None or draft.behalf or draft.topic not in view.content.topics:
        return ""
    asked = view.content.topics[draft.topic].ask
    given = (draft.answers.get(field.name) for field in asked if field.personal == which)
    return next((answer.value for answer in given if answer), "")


# -- telling more ----------------------------------------------------------------------------------


def show_alarm(room: Alarm, view: View) -> Prompt:
    """Whether anybody is in danger; or where, how many, whom to call."""
    if not room.code:
        yes = view.choice("alarm_yes", tone="danger")
        return Prompt(view.say("alarm.ask"), (yes, view.choice("alarm_no")))
    over = (view.choice("alarm_over"), view.choice("false_alarm"))
    return Prompt(view.say("alarm.tell"), over, "text")


def behind(did: Input, view: View) -> View:
    """What is seen by whoever did something that is not for the room of an alarm, but behind it."""
    room = view.session.room
    if not isinstance(room, Alarm) or _takes(room, did, view):
        return view
    return View(enter(view.session, room.back), view.facts)


def again(did: Input, view: View) -> View:
    """Before consent, what is told after an alarm was left is told in it, while it is fresh."""
    page = view.session.room.page if isinstance(view.session.room, MyData) else ""
    answers = page in {"name", "phone"}
    if answers or not isinstance(did, Wrote | SentMedia | SharedContact | SharedPlace | Edited):
        return view
    card = _before_consent(view)
    return view if card is None else View(_back_in(card, view), view.facts)


def sought(did: Input, view: View) -> Next | None:
    """Before consent: to one's fresh alarm, or to its case by the code; None: it is not asked for.

    What is left to tell there takes no consent either.
    """
    match did:
        case Command(name="tracuu", rest=rest) if not rest or read_code(rest):
            card = _before_consent(view)
        case Picked("add") if isinstance(view.session.room, Case):
            card, rest = _before_consent(view), view.session.room.code
        case _:
            return None
    if card is None or (rest and read_code(rest) != card.code):
        return None
    if rest and isinstance(did, Command):
        return cases.open_case(card.code, view)
    return Next(_back_in(card, view))


def _before_consent(view: View) -> Card | None:
    """The alarm raised within the hour by somebody who has not agreed to anything yet."""
    session, card = view.session, _standing(view)
    there = standing(session.room)
    waits = isinstance(there, Welcome) or (not session.consent and isinstance(there, Case | MyData))
    if not waits or card is None or view.facts.now - card.opened_at >= FRESH:
        return None
    return card


def _back_in(card: Card, view: View) -> Session:
    """In the room of the alarm again; the consent is asked for behind it."""
    there = standing(view.session.room)
    back = there if isinstance(there, Welcome) else Welcome()
    return enter(view.session, Alarm(code=card.code, back=back))


def _takes(room: Alarm, did: Input, view: View) -> bool:
    match did:
        case Wrote(part=part) if not room.code:
            return says_yes(part.text) or says_no(part.text)
        case Wrote() | SentMedia() | SharedContact() | SharedPlace() | Edited():
            return _open(room.code, view) is not None
        case Command(name=name):
            return name == "huy" and room.code != ""
        case _:
            return True


def at_alarm(room: Alarm, did: Input, view: View) -> Next:
    """Into the case at once, whatever it is; or nobody is in danger."""
    session = view.session
    match did:
        case Picked("alarm_yes"):
            return _yes(room, view)
        case Picked("alarm_no"):
            return _calm(room, view)
        case Picked("false_alarm"):
            return _false(room, view)
        case Picked("alarm_over"):
            return left(room, view)
        case Wrote(part=part) if not room.code:
            return _yes(room, view) if says_yes(part.text) else _calm(room, view)
        case Wrote(part=part):
            return _added(room.code, part.text, (), view)
        case SentMedia(media=media):
            kept, refused = take_files((), media, view)
            added = _added(room.code, danger.words(did), kept, view)
            return replace(added, notice="\n".join(filter(None, (added.notice, refused))))
        case SharedContact(phone=phone):
            return _added(room.code, show_phone(phone), (), view)
        case Edited():
            return _added(room.code, danger.words(did), (), view)
        case _:
            return Next(session, view.say("choose.again"))


def left(room: Alarm, view: View) -> Next:
    """Back to what was being done; the case of the danger stays open, and that is said."""
    return Next(enter(view.session, room.back), view.say("alarm.left", code=room.code))


def _yes(room: Alarm, view: View) -> Next:
    """Somebody is: what was asked about is an alarm."""
    there = View(enter(view.session, room.back), view.facts)
    return raised(room.said, (), Reading(calls=room.calls), there)


def _calm(room: Alarm, view: View) -> Next:
    session = enter(view.session, room.back, calm_at=view.facts.now)
    return Next(session, view.say("alarm.calm"))


def _added(code: str, text: str, media: tuple[Media, ...], view: View) -> Next:
    """One more message for whoever is on their way; they are told at once."""
    if not text and not media:
        return Next(view.session)
    words = text[:MAX_TEXT]
    effects: tuple[Effect, ...] = (
        AddToTicket(code=code, text=words, media=media, search=words),
        Notify(code=code, to="watch", what="emergency_more"),
        Notify(code=code, to="assignee", what="added"),
    )
    return Next(view.session, view.say("alarm.added", code=code), effects, about=code)


def _false(room: Alarm, view: View) -> Next:
    """Nobody is in danger: the case stays, as what it then is, and who was called out is told."""
    session = enter(view.session, room.back, calm_at=view.facts.now)
    if _open(room.code, view) is None:
        return Next(session, view.say("case.closed_meanwhile", code=room.code))
    effects: tuple[Effect, ...] = (
        MoveTicket(
            code=room.code,
            action="classify",
            kind="feedback",
            priority=0,
            data={"was": "emergency"},
        ),
        Notify(code=room.code, to="watch", what="false_alarm"),
    )
    return Next(session, view.say("alarm.false", code=room.code), effects, about=room.code)
