"""Saying what a draft is: the bot proposes by the words, its sender decides.

What is a complaint or a denunciation by its content and demand has doors of its own, which are
named before anything is sent (Circular 05/2021/TT-TTCP); whoever insists sends it as feedback all
the same. Several matters in one letter are split (Decree 154/2026/NĐ-CP, art. 14).
"""

from collections.abc import Iterator
from dataclasses import replace

from handlers.effects import SetTimer
from handlers.events import SentMedia
from handlers.parting import Parted, kind_of, parted
from handlers.rooms import complaining, denouncing, form, questions
from handlers.rooms.form import draft_of
from handlers.session import Kinds, Menu, Reviewing
from handlers.tickets import Kind
from handlers.unsent import Draft
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

# What somebody may say their own draft is; danger and one's data are told by other means.
CHOSEN: tuple[Kind, ...] = ("question", "feedback", "suggestion", "complaint", "denunciation")
SHOWN = 600  # characters of each part that are shown


def to_kinds(view: View) -> Next:
    """To the choice of all kinds."""
    return Next(enter(view.session, Kinds()))


def asked_first(view: View) -> Next | None:
    """What must be asked before the draft is sent; None: it is plain what it is."""
    draft = draft_of(view)
    if not draft.split and parted(draft, view.content):
        return Next(enter(view.session, Kinds(page="split")))
    if draft.kind:
        return None
    match kind_of(draft, view.content):
        case "complaint" | "denunciation" as kind:
            return Next(enter(view.session, Kinds(page=kind)))
        case _:
            return None


def show_kinds(room: Kinds, view: View) -> Prompt:
    """What there is to choose, and what each way means."""
    back = view.choice("review", "choice.to_review")
    match room.page:
        case "choose":
            kinds = tuple(view.choice(f"kind:{kind}", f"kind.{kind}") for kind in CHOSEN)
            return Prompt(view.say("kinds.choose"), (*kinds, back))
        case "split":
            text = "\n\n".join((view.say("kinds.split"), *_shown(view)))
            split = view.choice("split", tone="primary")
            return Prompt(text, (split, view.choice("together"), back))
        case "complaint":
            text = view.say("kinds.complaint", days=view.figure("complaint_file_days"))
            way = view.choice("complain", tone="primary")
            return Prompt(text, (way, view.choice("as_feedback"), back))
        case "denunciation":
            way = view.choice("denounce", tone="primary")
            return Prompt(view.say("kinds.denunciation"), (way, view.choice("as_feedback"), back))


def _shown(view: View) -> Iterator[str]:
    """Both parts as they would go."""
    both = parted(draft_of(view), view.content)
    for number, part in enumerate((both.first, both.second) if both else (), 1):
        text = cut(part.text, SHOWN)
        yield view.say("kinds.part", number=number, kind=view.say(f"kind.{part.kind}"), text=text)


def at_kinds(_room: Kinds, did: Input, view: View) -> Next:
    """Take what was chosen; the summary shows it once more, or the door is shown."""
    draft = draft_of(view)
    match did:
        case Picked("review"):
            return Next(enter(view.session, Reviewing()))
        case Picked("complain" | "kind:complaint"):
            return complaining.begin(view)
        case Picked("denounce" | "kind:denunciation"):
            return denouncing.begin(view)
        case Picked("as_feedback"):
            return _decided(draft.model_copy(update={"kind": "feedback"}), view)
        case Picked("together"):
            return _decided(draft.model_copy(update={"split": True}), view)
        case Picked("split") if both := parted(draft, view.content):
            return _split(both, view)
        case Picked(key) if key.removeprefix("kind:") in CHOSEN:
            kind = key.removeprefix("kind:")
            return _decided(draft.model_copy(update={"kind": kind, "split": True}), view)
        case Wrote() | SentMedia():
            reviewed = enter(view.session, Reviewing())
            return questions.aside(did, View(reviewed, view.facts))
        case _:
            return Next(view.session, view.say("choose.again"))


def _decided(draft: Draft, view: View) -> Next:
    return Next(enter(view.session, Reviewing(), draft=draft))


def _split(both: Parted, view: View) -> Next:
    """The first part goes on now, the second as soon as nothing of the first is left to do."""
    session = enter(view.session, Reviewing(), draft=both.first.draft, second=both.second.draft)
    first = View(session, view.facts)
    said = view.say("kinds.split_done")
    on = asked_first(first)
    return Next(on.session if on else session, said)


def with_second(after: Next, view: View) -> Next:
    """What was done; once the first part of a split draft is gone, the second is shown."""
    session = after.session
    if session.second is None or session.draft is not None or not isinstance(session.room, Menu):
        return after
    begun = form.mended(
        enter(session, Reviewing(), draft=session.second, second=None), view.content
    )
    notice = "\n\n".join(filter(None, (after.notice, view.say("kinds.second"))))
    remind = SetTimer(timer=form.DRAFT_TIMER, seconds=form.REMIND_AFTER)
    return replace(after, session=begun, notice=notice, effects=(*after.effects, remind))
