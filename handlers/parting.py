"""What the words of a draft speak for, and the two matters that may be in them."""

from dataclasses import dataclass
from typing import Literal

from handlers.content import Content, Topic
from handlers.drafts import form_of
from handlers.pending import joined
from handlers.tickets import Kind
from handlers.triage import Reading
from handlers.unsent import Answer, Draft, Part

# Kinds that go through one door: what is of one door is not split.
Door = Literal["confidence", "letter", "desk"]
_DOORS: dict[Kind, Door] = {"denunciation": "confidence", "complaint": "letter"}
PLAIN: frozenset[Kind] = frozenset({"question", "feedback", "suggestion"})


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of a draft: what it is, its words, and the draft of just these."""

    kind: Kind
    text: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Parted:
    """The two matters of a draft, the one that goes first before the other."""

    first: Matter
    second: Matter


def told_in(draft: Draft, topic: Topic) -> str:
    """What a draft tells, without names and numbers: its story, short answers and remarks."""
    telling = {"long_text", "short_text"}
    fields = (field for field in topic.ask if field.kind in telling and not field.personal)
    answers = (draft.answers.get(field.name, Answer()).text for field in fields)
    return "\n".join(filter(None, (*answers, joined(draft.notes))))


def read_draft(draft: Draft, content: Content) -> Reading:
    """What the words of a draft speak for."""
    return content.triage.read(told_in(draft, form_of(draft, content)))


def kind_of(draft: Draft, content: Content) -> Kind:
    """What a draft is: by its sender's choice, else by its words as far as these can tell.

    Danger is told apart before; what is about one's data, or only polite, goes as feedback.
    """
    if draft.kind:
        return draft.kind
    found = (spoken.kind for spoken in read_draft(draft, content).found if spoken.sure)
    return next((kind for kind in found if kind in PLAIN or kind in _DOORS), "feedback")


def seems(draft: Draft, content: Content) -> Kind | Literal[""]:
    """The graver kind its words speak for, where its sender chose another; else empty."""
    read = read_draft(draft, content)
    graver = (kind for kind in _DOORS if read.surely(kind) and draft.kind != kind)
    return next(graver, "") if draft.kind else ""


def parted(draft: Draft, content: Content) -> Parted | None:
    """The two matters of a draft; None when its words are of one matter, or not apart.

    A sentence that speaks for nothing goes with the one before it.
    """
    topic = form_of(draft, content)
    story = next((field for field in topic.ask if field.kind == "long_text"), None)
    if draft.kind or story is None:
        return None
    read = content.triage.read(draft.answers.get(story.name, Answer()).text)
    doors = _doors(read)
    if doors is None:
        return None
    first, second, belongs = doors
    texts: dict[Door, list[str]] = {first: [], second: []}
    here = belongs.get(min(belongs), first)
    for number, sentence in enumerate(read.sentences):
        here = belongs.get(number, here)
        texts[here].append(sentence)
    parts = [" ".join(texts[door]) for door in (first, second)]
    return Parted(
        Matter(_kind(first, read), parts[0], _with_story(draft, story.name, parts[0], first=True)),
        Matter(
            _kind(second, read), parts[1], _with_story(draft, story.name, parts[1], first=False)
        ),
    )


def _doors(read: Reading) -> tuple[Door, Door, dict[int, Door]] | None:
    """The two doors, and which sentence surely speaks for which; None: it is one matter."""
    belongs: dict[int, Door] = {}
    for spoken in read.found:
        if not spoken.sure or spoken.kind not in PLAIN | _DOORS.keys():
            continue
        door = _DOORS.get(spoken.kind, "desk")
        fresh = [number for number in spoken.sentences if number not in belongs]
        belongs.update(dict.fromkeys(fresh, door))
    ranked: tuple[Door, ...] = ("confidence", "letter", "desk")
    doors = [door for door in ranked if door in belongs.values()]
    # What a complaint asks for sounds like a suggestion: another matter is said to be one.
    if len(doors) < 2 or ("desk" in doors[:2] and not read.turns):  # noqa: PLR2004 - a pair
        return None
    kept = {number: door for number, door in belongs.items() if door in doors[:2]}
    return doors[0], doors[1], kept


def _kind(door: Door, read: Reading) -> Kind:
    """The kind that goes through *door*; of the desk's, the first that is sure."""
    named = (kind for kind, its in _DOORS.items() if its == door)
    plain = (s.kind for s in read.found if s.sure and s.kind in PLAIN and door == "desk")
    return next(named, next(plain, "feedback"))


def _with_story(draft: Draft, name: str, text: str, *, first: bool) -> Draft:
    """The draft with *text* as its story; files and remarks stay with the first one."""
    answer = Answer(value=text, text=text, parts=(Part(text=text),))
    changed: dict[str, object] = {"answers": {**draft.answers, name: answer}, "split": True}
    if not first:
        changed |= {"media": (), "notes": ()}
    return draft.model_copy(update=changed)
