"""One case as its citizen reads it: where it stands, the last word on it whole, what happened."""

from datetime import date

from handlers.answers import told
from handlers.desk import contract
from handlers.desk.dossier import Reply
from handlers.events import Media
from handlers.following import (
    lapsed,
    question,
    ratable,
    reopen_until,
    reopenable,
    takes_more,
    the_story,
)
from handlers.messages import Choice
from handlers.reading.dates import show_date
from handlers.session import Case
from handlers.tickets import OPEN, AnswerLine, Happening, Story, move
from handlers.view import Prompt, View, cut

TELLS = 8  # latest entries of a story that are shown


def answer_text(entry: Happening, view: View) -> str:
    """The whole answer, part by part."""
    return contract.shown(Reply.model_validate_json(entry.text), view) if entry.text else ""


def answer_files(entry: Happening, story: Story) -> tuple[Media, ...]:
    """What was sent along with an answer to prove it."""
    keys = Reply.model_validate_json(entry.text).files if entry.text else ()
    return tuple(media for media in story.media if media.key in keys)


def until(asked: Happening) -> date:
    """The last day for answering a question."""
    return date.fromisoformat(str(asked.data.get("until") or asked.at.date().isoformat()))


# -- showing it ------------------------------------------------------------------------------------


def show_case(room: Case, view: View) -> Prompt:
    """The whole story of one case in plain words, and what can be done about it."""
    story = the_story(room.code, view)
    if story is None:
        return Prompt(view.say("case.not_found"), (view.choice("track"), view.choice("menu")))
    ways = (*_ways(story, view), view.choice("track"), view.choice("menu"))
    return Prompt(_told(story, view), ways)


def _ways(story: Story, view: View) -> tuple[Choice, ...]:
    ways: list[Choice] = []
    if takes_more(story):
        ways.append(view.choice("add", tone="primary"))
    if ratable(story):
        ways.append(view.choice("rate", tone="primary"))
    if reopenable(story, view):
        ways.append(view.choice("reopen"))
    if story.media:
        ways.append(view.choice("see_files", "choice.case_files"))
    if move(story.card.status, "withdraw"):
        ways.append(view.choice("withdraw"))
    return tuple(ways)


def _told(story: Story, view: View) -> str:
    card = story.card
    head = view.say(
        "case.head",
        code=card.code,
        topic=view.content.topic_title(card.topic, view.lang),
        status=view.say(f"status.{card.status}"),
        unit=view.content.unit_name(card.unit, view.lang),
        opened=view.day(card.opened_at),
    )
    if card.status in OPEN:
        head += f" · {view.say('case.due', due=show_date(card.due_on))}"
    head += f"\n{view.say('case.kind', kind=view.say(f'kind.{card.kind}'))}"
    whole = _last_word(story)
    said = _whole(whole, story, view) if whole else ""
    answers = "\n".join(_answer(line, card.topic, view) for line in story.lines)
    files = view.say("case.files", files=len(story.media)) if story.media else ""
    tale = "\n".join(_happening(entry, whole, view) for entry in story.happenings[-TELLS:])
    history = f"{view.say('case.history')}\n{tale}" if tale else ""
    parts = (head, said, _window(story, view), answers, files, history)
    return "\n\n".join(part for part in parts if part)


def _last_word(story: Story) -> Happening | None:
    """What is read whole: the question that waits, else the latest answer or refusal."""
    if story.card.status == "asking" or lapsed(story):
        return question(story)
    kinds = {"answered", "refused"}
    return next((entry for entry in reversed(story.happenings) if entry.kind in kinds), None)


def _whole(entry: Happening, story: Story, view: View) -> str:
    day = view.day(entry.at)
    match entry.kind:
        case "answered":
            return view.say("case.answered", day=day, text=answer_text(entry, view))
        case "refused":
            return view.say("case.refused", day=day, text=entry.text)
        case _ if lapsed(story):
            return view.say("case.lapsed", text=entry.text)
        case _:
            return view.say("case.asked", text=entry.text, until=show_date(until(entry)))


def _window(story: Story, view: View) -> str:
    """Until when a second look can be asked for, or could have been."""
    last = reopen_until(story.card, view)
    if last is None or lapsed(story):
        return ""
    key = "case.reopen_until" if reopenable(story, view) else "case.too_late"
    return view.say(key, until=show_date(last))


def _answer(line: AnswerLine, topic_id: str, view: View) -> str:
    """A label and what was answered, in the reader's language as far as the form still has it."""
    field = view.content.field(topic_id, line.name)
    if field is None:
        return f"• {line.label}: {cut(line.text, 160)}"
    answer = cut(told(field, line.value, line.text, view), 160)
    return f"• {field.label.in_(view.lang)}: {answer}"


def _happening(entry: Happening, whole: Happening | None, view: View) -> str:
    what = view.say(f"happening.{entry.kind}")
    told = "" if entry == whole else cut(words(entry, view), 120)
    files = view.say("happening.files", files=entry.files) if entry.files else ""
    said = f": {told}" if told else ""
    return f"{view.local(entry.at):%d/%m/%Y %H:%M} · {what}{said}{files}"


def words(entry: Happening, view: View) -> str:
    """What was written for an entry, as its citizen reads it."""
    match entry.kind:
        case "answered":
            return answer_text(entry, view)
        case "rated" if (score := entry.data.get("score")) in {"good", "fair", "poor"}:
            return entry.text or view.say(f"rating.{score}")
        case "referred":
            unit = view.content.unit_name(str(entry.data.get("unit", "")), view.lang)
            return ". ".join(filter(None, (unit, entry.text)))
        case "classified" if kind := str(entry.data.get("kind", "")):
            return view.say(f"kind.{kind}")
        case "merged":
            return str(entry.data.get("other") or entry.data.get("with") or "")
        case _:
            return entry.text
