"""Answering: composed by the contract, from a template or not, looked at as its citizen reads it.

A unit may ask for a second person to release its answers. An answer with a flag (`generic`) is
released by a second person in every unit, as long as there is somebody who may: advice alone is
too easily pressed away, and an answer that waits for ever is worse than a generic one. What was
sent back is proposed again part by part.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from handlers.desk import resting
from handlers.desk.contract import LONGEST_ANSWER, LONGEST_PRIVATE, same_but_private, size, told
from handlers.desk.dossier import DeskCard, Dossier, Line, Reply
from handlers.desk.filling import asked_of, offered, values
from handlers.desk.generic import Flag, flags, lacking
from handlers.desk.people import Official
from handlers.desk.permission import may
from handlers.desk.places import Doing
from handlers.desk.templates import Template
from handlers.effects import Effect, MoveTicket, Notify
from handlers.messages import Choice, choice
from handlers.rooms.desk.task import Slot, Task, dossier, resumed, to_case
from handlers.rooms.desk.together import Along, along, told_left_out
from handlers.unsent import Option
from handlers.view import Next, View, cut

PARTS = (
    Slot("finding"),
    Slot("basis", optional=True),
    Slot("action", optional=True),
    Slot("next", optional=True),
    Slot("until", "date", optional=True),
    Slot("files", "files", optional=True),
)
WRITTEN = tuple(slot.name for slot in PARTS if slot.kind != "files")
FIELD, PRIVATE = "field_", "private_"


def composed(room: Doing, code: str = "") -> Reply:
    """The answer as it was given, question by question, for the case *code* of many."""
    given = {name: room.given.get(name, "") for name in WRITTEN}
    private = room.given.get(f"{PRIVATE}{code or room.code}", "")
    return Reply(**given, private=private, files=tuple(media.key for media in room.media))


def _at(room: Doing, view: View) -> tuple[Dossier, Official]:
    found, official = dossier(room.code, view), view.facts.official
    if found is None or official is None:
        raise LookupError(room.code)
    return found, official


# -- questions -------------------------------------------------------------------------------------


def _slots(room: Doing, view: View) -> tuple[Slot, ...]:
    """Which template, what it leaves open, the parts; a private line only when it is asked for."""
    found = dossier(room.code, view)
    if found is None:
        return PARTS
    private = (name for name in (room.asking, *room.given) if name.startswith(PRIVATE))
    lines = tuple(_private_slot(name, view) for name in dict.fromkeys(private))
    return (*_template_slot(found, view), *_fields(found, room, view), *PARTS, *lines)


def _private_slot(name: str, view: View) -> Slot:
    code = name.removeprefix(PRIVATE)
    return Slot(name, optional=True, text=view.say("task.answer.private", code=code))


def _template_slot(found: Dossier, view: View) -> tuple[Slot, ...]:
    options = tuple(Option(value=t.id, text=label(t, view)) for t in offered(found, view))
    if not options:
        return ()
    return (Slot("template", "choice", optional=True, options=options, skip="no_template"),)


def label(template: Template, view: View) -> str:
    """A template on a button."""
    if not template.draft:
        return template.title
    return view.say("desk.draft_template", title=template.title)


def _template(room: Doing, view: View) -> Template | None:
    return view.content.templates.get(room.given.get("template", ""))


def _fields(found: Dossier, room: Doing, view: View) -> tuple[Slot, ...]:
    """The places of the template that the case leaves open, until the parts are proposed."""
    template = _template(room, view)
    if template is None or room.proposed:
        return ()
    topic = view.content.topics.get(found.card.topic)
    labels = {field.name: field.label.vi for field in topic.ask} if topic else {}
    return tuple(
        Slot(f"{FIELD}{name}", text=template.asks.get(name)
             or view.say("desk.field", title=template.title, field=labels.get(name, name)))
        for name in template.missing(values(found, view))
    )  # fmt: skip


def _filled_in(found: Dossier, room: Doing, view: View) -> Mapping[str, str]:
    """The values of all places that are known by now."""
    asked = {
        name.removeprefix(FIELD): value
        for name, value in room.given.items()
        if name.startswith(FIELD)
    }
    return values(found, view) | asked


def _prepared(room: Doing, view: View) -> Doing:
    """Propose what was sent back, or what the template says once nothing in it is open."""
    found = dossier(room.code, view)
    if found is None or room.proposed or "finding" in room.given:
        return room
    if "template" not in room.given and (back := _sent_back(found)) is not None:
        return _proposing_again(found, back, room)
    template = _template(room, view)
    known = _filled_in(found, room, view)
    if template is None or template.missing(known):
        return room
    proposed = {str(part): text for part, text in template.filled(known).items()}
    if template.days:
        proposed["until"] = (view.facts.now.date() + timedelta(days=template.days)).isoformat()
    return room.model_copy(update={"proposed": proposed})


def submitted(found: Dossier) -> Line | None:
    """The answer last submitted, unless one was given since then."""
    told_of = (line for line in reversed(found.story) if line.kind in {"submitted", "answered"})
    line = next(told_of, None)
    return line if line is not None and line.kind == "submitted" else None


def _sent_back(found: Dossier) -> Line | None:
    return None if found.card.status == "approving" else submitted(found)


def _proposing_again(found: Dossier, back: Line, room: Doing) -> Doing:
    reply = Reply.model_validate_json(back.words)
    proposed = {name: value for name in WRITTEN if (value := getattr(reply, name))}
    media = tuple(media for media in found.media if media.key in reply.files)
    given = {**room.given, "template": str(back.data.get("template", ""))}
    alike = {code: r for code, r in found.drafts.items() if same_but_private(r, reply)}
    if alike:
        given["together"] = "yes"
    for code, draft in {room.code: reply, **alike}.items():
        if draft.private:
            given[f"{PRIVATE}{code}"] = draft.private
    return room.model_copy(update={"given": given, "proposed": proposed, "media": media})


def _unfit(room: Doing, view: View) -> str:
    """Why it can't be sent as it is: too long for one message, or a day that is past."""
    found, template = dossier(room.code, view), _template(room, view)
    text = told(composed(room), view, found.card.lang if found else "vi")
    if found and template and "finding" not in room.given:
        known = dict.fromkeys(template.fields, "") | dict(_filled_in(found, room, view))
        text = "\n".join(template.filled(known).values())
    if (over := size(text) - LONGEST_ANSWER) > 0:
        return view.say("desk.answer_too_long", over=over, most=LONGEST_ANSWER)
    private = max((size(v) for k, v in room.given.items() if k.startswith(PRIVATE)), default=0)
    if private > LONGEST_PRIVATE:
        return view.say("text.too_long", length=private, most=LONGEST_PRIVATE)
    until = room.given.get("until", "")
    past = bool(until) and date.fromisoformat(until) < view.facts.now.date()
    return view.say("desk.until_past") if past else ""


# -- the last look ---------------------------------------------------------------------------------


def advice(found: Flag, basis: str, view: View) -> str:
    """What a flag means, in a sentence."""
    if found != "vague_basis":
        return view.say(f"flag.{found}")
    lacks = ", ".join(view.say(f"lack.{lack}") for lack in lacking(basis))
    return view.say("flag.vague_basis", lacks=lacks)


def warned(raised: tuple[Flag, ...], basis: str, view: View) -> str:
    """All flags, a line each; empty without one."""
    lines = [f"• {advice(flag, basis, view)}" for flag in raised]
    return "\n".join([view.say("desk.flags"), *lines]) if lines else ""


def raised_by(
    reply: Reply, found: Dossier, template: Template | None, view: View
) -> tuple[Flag, ...]:
    """The flags of an answer to a case."""
    return flags(
        reply,
        asked_of(found, view),
        view.facts.answers,
        template.fixed if template else "",
        draft=template is not None and template.draft,
    )


def _release(card: DeskCard, raised: tuple[Flag, ...], view: View) -> str:
    """Who sends it, as a key of the texts ``release.*``: a second person, or this one."""
    official = view.facts.official
    waiting = card.model_copy(update={"author": official.id if official else 0})
    somebody = any(may(member, "approve", waiting) for member in view.facts.members)
    unit = view.content.units.get(card.unit)
    if unit is None or unit.approval:
        return "second" if somebody else "nobody_yet"
    if raised:
        return "flagged" if somebody else "alone"
    return "straight"


def _preview(room: Doing, view: View) -> str:
    found, official = _at(room, view)
    reply = composed(room)
    raised = raised_by(reply, found, _template(room, view), view)
    shown = view.say("desk.preview", text=told(reply, view, found.card.lang))
    way = view.say(f"release.{_release(found.card, raised, view)}")
    many = _together_with(room, view)
    out = told_left_out(along(found, official)[1], view) if many else ""
    codes = ", ".join(one.card.code for one in many)
    with_them = view.say("desk.together", codes=codes) if many else ""
    private = "\n".join(_private_lines(room, many, view))
    parts = (shown, warned(raised, reply.basis, view), with_them, private, out, way)
    return "\n".join(filter(None, parts))


def _together_with(room: Doing, view: View) -> tuple[Along, ...]:
    return along(*_at(room, view))[0] if room.given.get("together") else ()


def _private_lines(room: Doing, many: tuple[Along, ...], view: View) -> list[str]:
    said = ((one.card.code, room.given.get(f"{PRIVATE}{one.card.code}")) for one in many)
    return [view.say("desk.private", code=code, text=cut(text, 30)) for code, text in said if text]


def _more(room: Doing, view: View) -> tuple[Choice, ...]:
    """Change one part; send it to all cases of the matter, with a line for each alone."""
    edits = tuple(choice(f"edit:{s.name}", view.say(f"edit.{s.name}")) for s in PARTS)
    able = along(*_at(room, view))[0]
    if not able:
        return edits
    if not room.given.get("together"):
        label = view.say("desk.to_all", cases=len(able) + 1)
        return (choice("set:together:yes", label), *edits)
    codes = (room.code, *(one.card.code for one in able))
    private = tuple(
        choice(f"edit:{PRIVATE}{code}", view.say("desk.private_for", code=code)) for code in codes
    )
    return (choice("set:together:", view.say("desk.only_this")), *private, *edits)


# -- sending ---------------------------------------------------------------------------------------


def _answer(room: Doing, view: View) -> Next:
    """Straight to the citizens, or to whoever releases it."""
    found = _at(room, view)[0]
    raised = raised_by(composed(room), found, _template(room, view), view)
    effects: list[Effect] = []
    told_units: set[str] = set()
    way = _release(found.card, raised, view)
    for one in (Along(found.card, taken=False), *_together_with(room, view)):
        second = _release(one.card, raised, view) not in {"straight", "alone"}
        effects += _moves(one, room, view, raised, second=second)
        if not second:
            effects.append(Notify(code=one.card.code, to="citizens"))
        elif one.card.unit not in told_units:
            effects.append(Notify(code=one.card.code, to="approvers", what="submitted"))
            told_units.add(one.card.unit)
    return Next(to_case(room.code, view), _done(way, room, view), tuple(effects))


def _done(way: str, room: Doing, view: View) -> str:
    second = way not in {"straight", "alone"}
    done = view.say("task.answer.submitted" if second else "task.answer.done")
    if not room.given.get("together"):
        return done
    many, out = along(*_at(room, view))
    told_all = view.say("desk.sent_to_all", cases=len(many) + 1)
    return "\n".join(filter(None, (f"{done} {told_all}", told_left_out(out, view))))


def _moves(
    one: Along, room: Doing, view: View, raised: tuple[Flag, ...], *, second: bool
) -> tuple[MoveTicket, ...]:
    """Taken first where nobody has it; nothing is done to a case that changed since it was read."""
    card, me = one.card, _at(room, view)[1].id
    seen = card.entries
    take: tuple[MoveTicket, ...] = ()
    if one.taken:
        take = (MoveTicket(code=card.code, action="take", by=me, assignee=me, seen=seen),)
        seen += 1
    data: dict[str, str | int] = {"flags": ",".join(raised)} if raised else {}
    if template := room.given.get("template"):
        data["template"] = template
    used, basis = _template(room, view), room.given.get("basis", "")
    if rests := resting.told(used, basis, view.content, view.facts.now.date()):
        data["rests"] = rests
    answer = MoveTicket(
        code=card.code,
        action="submit" if second else "answer",
        by=me,
        words=composed(room, card.code).model_dump_json(),
        data=data,
        media=room.media,
        due_on=resumed(card, view) if second else None,
        seen=seen,
    )
    return (*take, answer)


TASKS = (
    Task(
        "answer",
        "answer",
        _answer,
        _slots,
        "submit",
        _preview,
        prepare=_prepared,
        unfit=_unfit,
        more=_more,
    ),
)
