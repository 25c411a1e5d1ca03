"""``python -m bot preview``: every screen of every room and form, on one page.

The screens are declared below, room by room; a test fails when a room has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from html import escape
from typing import get_args

from bot.preview_announcing import announcing_screens
from bot.preview_complaint import complaint_rooms
from bot.preview_confidential import confidential_screens
from bot.preview_data import data_screens, request_screens
from bot.preview_desk import desk_facts, desk_rooms
from bot.preview_kinds import kind_drafts, kind_rooms
from bot.turn import ZONE
from handlers.codes import CODE_NUMBERS, make_code
from handlers.content import Content, Lang, Topic
from handlers.desk.dossier import Reply
from handlers.events import Media
from handlers.facts import Facts, Linked
from handlers.facts import Hearing as Heard
from handlers.rooms import doors
from handlers.session import (
    Adding,
    Case,
    Cases,
    Dropping,
    Filling,
    Hearing,
    Intake,
    Languages,
    Menu,
    Pausing,
    Proving,
    Rating,
    Reopening,
    Repeating,
    Resuming,
    Reviewing,
    Room,
    Session,
    Sorting,
    Topics,
    Welcome,
    Withdrawing,
)
from handlers.tickets import DONE, AnswerLine, Card, Happening, Status, Story
from handlers.unsent import Answer, Draft, Option, Part, Pending
from handlers.view import Prompt, View

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
CODE = "PA-7K3Q-M2X"
RECEIPT = "H4TN-62XC-9FQK"
LINKS = {"web": "https://lang-nghe.example/?start={}", "telegram": "https://t.me/langnghe?start={}"}
PHOTO = Media(key="preview:1", kind="photo", name="a.jpg", size=1000)
STORY = "Đèn đường trước trường học hỏng hai tuần nay."
_PART = Part(text=STORY)
SENT = Pending(parts=(_PART,), media=(PHOTO,))


@dataclass(frozen=True, slots=True)
class Screen:
    """What somebody sees who stands as *session* says; *name* says which screen it is."""

    name: str
    session: Session
    facts: Facts
    prompt: Prompt


def screens(content: Content, lang: Lang) -> Iterator[Screen]:
    """Every room, and every question of every form, in *lang*."""
    facts = _facts(content)
    base = Session(lang=lang, consent=content.controller.privacy_version)
    for name, room in _rooms():
        yield _at(room, base, facts, name)
    held = base.model_copy(update={"pending": SENT})
    for room in (Menu(), Topics(), Sorting(), Adding(code=CODE)):
        yield _at(room, held, facts, f"{room.at}: pending")
    yield from _followed(base, facts)
    yield from _heard(base, facts)
    for name, complaining in complaint_rooms(content):
        yield _at(complaining, base, facts, name)
    for name, room in kind_rooms(CODE):
        yield _at(room, base, facts, name)
    for name, room, draft in kind_drafts(content, NOW):
        yield _at(room, base.model_copy(update={"draft": draft}), facts, name)
    official = base.model_copy(update={"staff": True, "hand": CODE})
    for name, room in desk_rooms(CODE):
        yield _at(room, official, desk_facts(facts), name)
    for name, room, known in announcing_screens(desk_facts(facts)):
        yield _at(room, official, known, name)
    for name, room, known in confidential_screens(facts):
        yield _at(room, base, known, name)
    for name, room, known in data_screens(facts):
        yield _at(room, base, known, name)
    for name, room, known in request_screens(desk_facts(facts)):
        yield _at(room, official, known, name)
    nothing = replace(facts, cards=())
    yield _at(Cases(), base, nothing, "cases: none")
    yield _at(Cases(query="den duong"), base, nothing, "cases: none found")
    for topic in content.in_order:
        yield from _form(topic, base, facts)


def _rooms() -> tuple[tuple[str, Room], ...]:
    """The rooms outside the forms."""
    return (
        ("welcome", Welcome()),
        ("welcome: again", Welcome(statistics=True, announcements=True, noticed=True)),
        ("welcome: refused", Welcome(noticed=True, refused=True)),
        ("menu", Menu()),
        ("languages", Languages()),
        ("topics", Topics()),
        ("cases", Cases()),
        ("cases: second page", Cases(page=1)),
        ("cases: found", Cases(query="den duong")),
        ("case", Case(code=CODE)),
        ("proving", Proving(code=CODE)),
        ("adding", Adding(code=CODE)),
        ("withdrawing", Withdrawing(code=CODE)),
        ("pausing", Pausing()),
        ("intake", Intake()),
        ("topics: for somebody else", Topics(behalf="in_person")),
    )


def _followed(base: Session, facts: Facts) -> Iterator[Screen]:
    """A case asked about, answered, refused, closed for now: what its citizen sees then."""
    asked = Happening(at=NOW, kind="asked", text=STORY, seq=3, data={"until": "2026-12-07"})
    reply = Reply(finding=STORY, basis=STORY, files=(PHOTO.key,)).model_dump_json()
    answered = Happening(at=NOW, kind="answered", text=reply, seq=3)
    refused = Happening(at=NOW, kind="refused", text=f"{STORY}\n{STORY}", seq=3)
    lapsed = Happening(at=NOW, kind="expired", seq=4)
    yield _at(Case(code=CODE), base, _stood(facts, "asking", asked), "case: asking")
    yield _at(Case(code=CODE), base, _stood(facts, "closed", asked, lapsed), "case: closed for now")
    yield _at(Case(code=CODE), base, _stood(facts, "refused", refused), "case: refused")
    there = _stood(facts, "answered", answered)
    late = replace(there, now=NOW + timedelta(days=90))
    yield _at(Case(code=CODE), base, there, "case: answered")
    yield _at(Case(code=CODE), base, late, "case: answered long ago")
    yield _at(Rating(code=CODE), base, there, "rating")
    yield _at(Rating(code=CODE, score="good"), base, there, "rating: good")
    yield _at(Rating(code=CODE, score="poor"), base, there, "rating: poor")
    yield _at(Reopening(code=CODE), base, there, "reopening")
    held = base.model_copy(update={"pending": SENT})
    yield _at(Reopening(code=CODE), held, there, "reopening: pending")


def _heard(base: Session, facts: Facts) -> Iterator[Screen]:
    """What somebody hears of: of some communes and topics, of none of them, of nothing."""
    communes = tuple(commune.id for commune in facts.content.territory.communes[:3])
    topics = tuple(topic.id for topic in facts.content.in_order[:2])
    some = Heard(communes=communes, topics=topics, channels=("telegram", "web"))
    there = replace(facts, hearing=some, receipt=RECEIPT, links=LINKS)
    for page in get_args(Hearing.model_fields["page"].annotation):
        yield _at(Hearing(page=page), base, there, f"hearing: {page}")
    theirs = replace(facts, linked=Linked(channel="telegram"))
    yield _at(Hearing(page="join", token="noi-"), base, theirs, "hearing: joining")  # noqa: S106
    unsure = (Option(value=communes[0], text="Xã Tam Dân (cũ)"),)
    asked = Hearing(page="communes", typed="tam dân", options=unsure)
    yield _at(asked, base, there, "hearing: unclear commune")
    yield _at(Hearing(page="communes", typed="abc"), base, there, "hearing: unknown commune")
    yield _at(Hearing(), base, replace(facts, hearing=Heard()), "hearing: nothing chosen")
    full = tuple(commune.id for commune in facts.content.territory.communes)
    every = replace(facts, hearing=Heard(communes=full))
    yield _at(Hearing(page="communes"), base, every, "hearing: every commune")
    off = replace(facts, hearing=Heard(hears=False, communes=communes))
    yield _at(Hearing(), base, off, "hearing: nothing at all")


def _stood(facts: Facts, status: Status, *more: Happening) -> Facts:
    """The facts with the case in another status, after what happened more."""
    story = facts.story
    if story is None:
        raise LookupError(CODE)
    done = NOW.date() if status in DONE else None
    card = story.card.model_copy(update={"status": status, "done_on": done})
    tale = (*story.happenings, *more)
    stood = story.model_copy(update={"card": card, "happenings": tale})
    return replace(facts, story=stood, cards=(card, *facts.cards[1:]))


def _form(topic: Topic, base: Session, facts: Facts) -> Iterator[Screen]:
    """Each question empty and answered, then everything around the form."""
    answers = {field.name: Answer(value="…", text=STORY, parts=(_PART,)) for field in topic.ask}
    empty = Draft(topic=topic.id, opened_at=NOW)
    for index, field in enumerate(topic.ask):
        name = f"{topic.id}: {field.name}"
        asked = empty.model_copy(update={"index": index})
        yield _at(Filling(), base.model_copy(update={"draft": asked}), facts, name)
        there = asked.model_copy(update={"answers": answers, "media": (PHOTO,)})
        answered = base.model_copy(update={"draft": there})
        yield _at(Filling(), answered, facts, f"{name}, answered")
        if field.kind in {"long_text", "media"}:
            yield _at(Filling(anew=True), answered, facts, f"{name}, anew")
        if field.kind == "commune":
            unsure = base.model_copy(update={"draft": asked})
            places = (Option(value="xa-tay-ho", text="Xã Tây Hồ"),)
            yield _at(Filling(typed="tay ho", options=places), unsure, facts, f"{name}, unclear")
            yield _at(Filling(typed="abc"), unsure, facts, f"{name}, unknown")
    done = empty.model_copy(
        update={"index": len(topic.ask), "answers": answers, "media": (PHOTO,), "notes": (_PART,)}
    )
    ready = base.model_copy(update={"draft": done})
    around: tuple[Room, ...] = (Reviewing(), Repeating(code=CODE), Dropping(), Resuming(), Menu())
    for room in around:
        yield _at(room, ready, facts, f"{topic.id}: {room.at}")
    theirs = base.model_copy(update={"draft": done.model_copy(update={"behalf": "signed"})})
    yield _at(Reviewing(), theirs, facts, f"{topic.id}: reviewing for somebody else")
    held = ready.model_copy(update={"pending": SENT})
    yield _at(Resuming(), held, facts, f"{topic.id}: resuming, pending")


def _at(room: Room, session: Session, facts: Facts, name: str) -> Screen:
    there = session.model_copy(update={"room": room})
    return Screen(name, there, facts, doors.show(View(there, facts)))


def _facts(content: Content) -> Facts:
    topic = content.in_order[0]
    unit = content.unit_for(topic.id, "")
    opened = NOW - timedelta(days=3)
    card = Card(
        code=CODE,
        topic=topic.id,
        status="recorded",
        unit=unit.id,
        commune="",
        opened_at=opened,
        due_on=date(2026, 12, 7),
    )
    lines = tuple(
        AnswerLine(name=field.name, label=field.label.vi, value="…", text="…")
        for field in topic.ask[:3]
    )
    told = (
        Happening(at=opened, kind="opened", files=2),
        Happening(at=NOW, kind="added", text="…", files=1),
    )
    story = Story(card=card, lines=lines, media=(PHOTO,), happenings=told)
    others = (make_code((n,) * CODE_NUMBERS) for n in range(7))
    cards = (card, *(card.model_copy(update={"code": c, "status": "withdrawn"}) for c in others))
    return Facts(now=NOW, content=content, cards=cards, story=story)


def page(content: Content) -> str:
    """All screens in both languages, side by side."""
    pairs = zip(screens(content, "vi"), screens(content, "en"), strict=True)
    body = "\n".join(
        f"<h2>{escape(vi.name)}</h2><div class=pair>{_drawn(vi.prompt)}{_drawn(en.prompt)}</div>"
        for vi, en in pairs
    )
    return PAGE.format(body=body)


def _drawn(prompt: Prompt) -> str:
    choices = "".join(f"<span class={c.tone}>{escape(c.label)}</span>" for c in prompt.choices)
    return f"<div class=chat><p>{escape(prompt.text)}</p><div>{choices}</div></div>"


PAGE = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><title>Lắng Nghe: preview</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 15px/1.4 system-ui, sans-serif; background: #e8edf2; margin: 2em; }}
h2 {{ font-size: 1em; color: #456; margin: 2em 0 .5em; }}
.pair {{ display: flex; gap: 1.5em; flex-wrap: wrap; }}
.chat {{ width: 360px; }}
p {{ background: #fff; border-radius: 14px; padding: 10px 14px; margin: 0 0 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; }}
span {{ display: inline-block; border: 1px solid #0a66c2; color: #0a66c2; background: #fff;
  border-radius: 18px; padding: 6px 14px; margin: 0 6px 6px 0; }}
.primary {{ background: #0a66c2; color: #fff; }}
.danger {{ border-color: #b3261e; color: #b3261e; }}
</style>
<body>
{body}
</body></html>
"""
