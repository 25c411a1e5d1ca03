"""Writing the petition of a complaint: what is lacking is asked, one thing at a time.

Whatever is skipped is left as a dotted line, to be written by hand. The ID number is asked last, so
that it goes straight into what is to be printed: no session, no message and no log ever holds it.
"""

import re
from datetime import date
from typing import Final

from handlers.answers import Refused, read_contact
from handlers.drafts import form_of
from handlers.events import SentMedia, SharedContact
from handlers.facts import Made
from handlers.messages import Choice, Expects, choice
from handlers.pending import MAX_TEXT, hold, joined
from handlers.petition import ForgetPetition, MakePetition, Petition
from handlers.reading.courtesies import says_done
from handlers.reading.phones import read_phone, show_phone
from handlers.session import Complaining
from handlers.unsent import Answer
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

# What is asked, in its order, and the most characters it may have.
SLOTS: Final = {
    "name": 100,
    "address": 300,
    "phone": 60,
    "against": 1000,
    "content": MAX_TEXT,
    "demand": 3000,
    "documents": 2000,
}
SHOWN = 120  # characters of one answer in the look at all of them


def begin(room: Complaining, view: View) -> Next:
    """Begin with what was told already; the first thing that is lacking is asked."""
    known = {slot: text for slot, text in _told(room, view).items() if text}
    return _advanced(room.model_copy(update={"given": {**known, **room.given}}), view)


def commune_of(room: Complaining, view: View) -> str:
    """The commune the draft is about; empty when it says none."""
    return next((value for kind, value in _answers(room, view) if kind == "commune"), "")


def _answers(room: Complaining, view: View) -> list[tuple[str, str]]:
    draft = view.session.draft if room.drafted else None
    if draft is None:
        return []
    known = view.content.territory
    return [
        (field.kind, answer.value)
        for field in form_of(draft, view.content).ask
        if (answer := draft.answers.get(field.name)) is not None
        and (field.kind != "commune" or known.get(answer.value))
    ]


def _told(room: Complaining, view: View) -> dict[str, str]:
    """What the draft says of the person and of the matter, or else what is held; all of it."""
    draft = view.session.draft if room.drafted else None
    if draft is None:
        return {"content": joined(view.session.pending.parts)[:MAX_TEXT]}
    own: dict[str, str] = {}
    story: list[str] = []
    for field in form_of(draft, view.content).ask:
        answer = draft.answers.get(field.name, Answer())
        if not answer.value or field.kind in {"commune", "media"}:
            continue
        if field.personal:
            own[field.personal] = answer.text
        elif field.kind == "long_text":
            story.insert(0, answer.text)
        else:
            story.append(f"{field.label.vi}: {answer.text}")
    content = "\n".join((*story, joined(draft.notes))).strip()
    return {**own, "content": content[:MAX_TEXT]}


# -- showing it ------------------------------------------------------------------------------------


def show(room: Complaining, view: View) -> Prompt:
    """A question of the petition, the look at all of it, or what is to be done with it."""
    stop = view.choice("stop_complaint")
    match room.page:
        case "filling":
            return _show_slot(room, view)
        case "look":
            make = view.choice("make_petition", tone="primary")
            ways = (make, *_changes(view), view.choice("back"), stop)
            return Prompt(_looked_at(room, view), ways)
        case "id_number":
            blank = view.choice("leave_blank")
            text = view.say("complaining.id_number", days=view.content.petition.keep_days)
            return Prompt(text, (blank, view.choice("back"), stop), "text")
        case _:
            again = view.choice("petition", "choice.petition_again")
            ways = (view.choice("as_feedback"), again, view.choice("end_complaint"))
            return Prompt(view.say("complaining.made"), ways)


def _show_slot(room: Complaining, view: View) -> Prompt:
    slot = room.asking
    number = list(SLOTS).index(slot) + 1
    head = view.say("complaining.step", number=number, all=len(SLOTS))
    asked = view.say(f"petition_ask.{slot}")
    had = room.given.get(slot, "")
    if had and slot == "content":
        asked = view.say("complaining.more", text=cut(had, SHOWN))
        ways: tuple[Choice, ...] = (view.choice("done"), view.choice("rewrite"))
    else:
        ways = (view.choice("leave_blank"),)
    expects: Expects = "phone" if slot == "phone" else "text"
    ends = (view.choice("back"), view.choice("stop_complaint"))
    return Prompt(f"{head}\n{asked}", (*ways, *ends), expects)


def _looked_at(room: Complaining, view: View) -> str:
    """All that will be printed; numbers would be taken for choices, so there are none."""
    empty = view.say("complaining.blank")
    lines = [f"• {view.say('petition_label.to')}: {addressed_to(room, view) or empty}"]
    lines += [
        f"• {view.say(f'petition_label.{slot}')}: {cut(room.given.get(slot, ''), SHOWN) or empty}"
        for slot in SLOTS
    ]
    return "\n".join((view.say("complaining.look"), *lines))


def _changes(view: View) -> tuple[Choice, ...]:
    return tuple(
        choice(
            f"change:{slot}",
            cut(view.say("choice.change", label=view.say(f"petition_label.{slot}")), 35),
        )
        for slot in SLOTS
    )


# -- answering -------------------------------------------------------------------------------------


def answered(room: Complaining, did: Input, view: View) -> Next:
    """Take an answer, and ask what is lacking next."""
    if room.page == "id_number":
        return _numbered(room, did, view)
    match did:
        case Wrote(part=part) if is_id(part.text) and room.page != "filling":
            return _made(room, read_id(part.text) or "", view)  # it came late, and is not kept
        case Picked("back"):
            return _back(room, view)
        case Picked("leave_blank"):
            return _advanced(_with(room, ""), view)
        case Picked("rewrite"):
            given = {slot: text for slot, text in room.given.items() if slot != room.asking}
            return Next(enter(view.session, room.model_copy(update={"given": given})))
        case Picked("done"):
            return _advanced(room, view)
        case Picked("make_petition"):
            return Next(enter(view.session, room.model_copy(update={"page": "id_number"})))
        case Picked(key):
            changing = {"page": "filling", "asking": key.removeprefix("change:")}
            return Next(enter(view.session, room.model_copy(update=changing)))
        case Wrote() if room.page == "filling":
            return _wrote(did, room, view)
        case SharedContact() if room.page == "filling" and room.asking == "phone":
            return _phoned(did, room, view)
        case Wrote() | SentMedia():
            return hold(did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def _with(room: Complaining, text: str) -> Complaining:
    return room.model_copy(update={"given": {**room.given, room.asking: text}})


def _advanced(room: Complaining, view: View) -> Next:
    """To the first thing nothing was said of yet; when there is none, to the look at all of it."""
    lacking = next((slot for slot in SLOTS if slot not in room.given), "")
    page = "filling" if lacking else "look"
    return Next(enter(view.session, room.model_copy(update={"page": page, "asking": lacking})))


def _back(room: Complaining, view: View) -> Next:
    """To the question before; before the first one, and behind the last, is the door."""
    if room.page == "look":
        return Next(enter(view.session, room.model_copy(update={"page": "door"})))
    before = list(SLOTS)[: list(SLOTS).index(room.asking)]
    if not before:
        return Next(enter(view.session, room.model_copy(update={"page": "door", "asking": ""})))
    return Next(enter(view.session, room.model_copy(update={"asking": before[-1]})))


def _wrote(did: Wrote, room: Complaining, view: View) -> Next:
    text, most = did.text, SLOTS[room.asking]
    if is_id(text):
        return Next(view.session, view.say("complaining.id_later"))
    had = room.given.get("content", "") if room.asking == "content" else ""
    if had and says_done(text):
        return _advanced(room, view)
    whole = f"{had}\n{text}" if had else text
    if len(whole) > most:
        return Next(view.session, view.say("text.too_long", length=len(whole), most=most))
    if room.asking == "phone":
        phone = read_phone(text)
        if phone is None:
            return Next(view.session, view.say("phone.unclear"))
        whole = show_phone(phone)
    if room.asking == "content":
        return Next(enter(view.session, _with(room, whole)))
    return _advanced(_with(room, whole), view)


def _phoned(shared: SharedContact, room: Complaining, view: View) -> Next:
    read = read_contact(shared, view)
    if isinstance(read, Answer):
        return _advanced(_with(room, read.text), view)
    return Next(view.session, read.why if isinstance(read, Refused) else "")


# -- the number, and what is printed ---------------------------------------------------------------


def _numbered(room: Complaining, did: Input, view: View) -> Next:
    """The last question: whatever is sent here is a number or refused, and never kept."""
    match did:
        case Picked("leave_blank"):
            return _made(room, "", view)
        case Picked("back"):
            return Next(enter(view.session, room.model_copy(update={"page": "look"})))
        case Wrote(part=part):
            number = read_id(part.text)
            if number is None:
                return Next(view.session, view.say("complaining.no_number"))
            return _made(room, number, view)
        case SentMedia():
            return Next(view.session, view.say("complaining.no_photo"))
        case _:
            return Next(view.session, view.say("choose.again"))


ID_DIGITS: Final = 12  # of a citizen's number (Law on Identification 26/2023/QH15)
_SPACES: Final = str.maketrans("", "", " .-\u2011\u2013")


def read_id(text: str) -> str | None:
    """The citizen's number somebody typed, of twelve digits; None when there is none or several."""
    runs = re.findall(r"\d+", text.translate(_SPACES), re.ASCII)
    return runs[0] if len(runs) == 1 and len(runs[0]) == ID_DIGITS else None


def is_id(text: str) -> bool:
    """Whether a text is a citizen's number and nothing else."""
    return re.fullmatch(rf"[0-9]{{{ID_DIGITS}}}", text.translate(_SPACES)) is not None


def _made(room: Complaining, number: str, view: View) -> Next:
    """Have it made; the reply shows the last three digits of the number and nothing more."""
    session = enter(view.session, room.model_copy(update={"page": "made", "asking": ""}))
    told = (
        view.say("complaining.making_with", last=number[-3:])
        if number
        else view.say("complaining.making")
    )
    return Next(session, told, (MakePetition(petition=_petition(room, number, view)),))


def _petition(room: Complaining, number: str, view: View) -> Petition:
    given = room.given
    return Petition(
        place=_place(room, view),
        to=addressed_to(room, view),
        name=given.get("name", ""),
        address=given.get("address", ""),
        id_number=number,
        phone=given.get("phone", ""),
        against=given.get("against", ""),
        known_on=date.fromisoformat(room.known_on) if room.known_on else None,
        content=given.get("content", ""),
        demand=given.get("demand", ""),
        documents=given.get("documents", ""),
    )


def addressed_to(room: Complaining, view: View) -> str:
    """Whom the letter goes to: the head of the body whose decision or act it is."""
    content, words = view.content, view.content.petition
    commune = content.territory.get(room.unit)
    match room.body:
        case "commune" if commune is not None:
            name = commune.name[:1].lower() + commune.name[1:]
            return words.to_commune.replace("{name}", name)
        case "department" if room.unit in content.units:
            return words.to_department.replace("{name}", content.units[room.unit].name.vi)
        case "city":
            return words.to_city
        case _:
            return ""


def _place(room: Complaining, view: View) -> str:
    """Where it is likely to be signed: in the commune the matter or the letter is about."""
    commune = view.content.territory.get(commune_of(room, view) or room.unit)
    return commune.name if commune else ""


# -- the documents ---------------------------------------------------------------------------------


def ready(view: View) -> Next:
    """The documents have come, or can't be made: either is told once."""
    made: Made | None = view.facts.petition
    if made is None:
        return Next(view.session, silent=True)
    done = (ForgetPetition(),)
    if not made.files:
        phone = view.content.controller.phone
        return Next(view.session, view.say("complaining.not_made", phone=phone), done)
    told = view.say("complaining.ready", days=view.content.petition.keep_days)
    return Next(view.session, told, done, files=made.files)
