"""One answer for many: the cases of one matter that an official may answer along with a case."""

from typing import Literal, NamedTuple

from handlers.desk.contract import same_but_private
from handlers.desk.dossier import DeskCard, Dossier, Reply
from handlers.desk.people import Official
from handlers.desk.permission import may
from handlers.tickets import move
from handlers.view import View

MOST = 10  # cases answered along with one; the next ones go with the next answer
Why = Literal["status", "colleague", "scope", "again", "many"]


class Along(NamedTuple):
    """A case that can be answered along; one nobody has must be *taken* first."""

    card: DeskCard
    taken: bool


class LeftOut(NamedTuple):
    """A case of the matter that can't be, and *why*, as a key of the texts ``left_out.*``."""

    card: DeskCard
    why: Why


def along(found: Dossier, official: Official) -> tuple[tuple[Along, ...], tuple[LeftOut, ...]]:
    """The other cases of the matter: those that can be answered along, and those left out."""
    able: list[Along] = []
    out: list[LeftOut] = []
    for card in found.same:
        if why := _why_not(card, official):
            out.append(LeftOut(card, why))
        elif len(able) == MOST:
            out.append(LeftOut(card, "many"))
        else:
            able.append(Along(card, taken=card.assignee == 0))
    return tuple(able), tuple(out)


def _why_not(card: DeskCard, official: Official) -> Why | None:
    if not may(official, "see", card):
        return "scope"
    if card.assignee not in {0, official.id}:
        return "colleague"
    status = move(card.status, "take") if card.assignee == 0 else card.status
    if status is None or move(status, "answer") is None:
        return "status"
    if card.assignee:
        return None if may(official, "answer", card) else "scope"
    if card.not_for == official.id:
        return "again"
    mine = card.model_copy(update={"assignee": official.id})
    return None if may(official, "take", card) and may(official, "answer", mine) else "scope"


def bundle(found: Dossier, official: Official) -> tuple[tuple[DeskCard, Reply], ...]:
    """The other cases whose answers, alike but for the private lines, wait for the same release."""
    if found.draft is None:
        return ()
    alike = (
        (card, draft)
        for card in found.same
        if (draft := found.drafts.get(card.code)) is not None
        and card.status == "approving"
        and card.author == found.card.author
        and may(official, "approve", card)
        and same_but_private(draft, found.draft)
    )
    return tuple(alike)[:MOST]


def told_left_out(out: tuple[LeftOut, ...], view: View) -> str:
    """Each case left out, with why, a line each."""
    lines = [
        view.say("desk.left_out", code=left.card.code, why=view.say(f"left_out.{left.why}"))
        for left in out[:NAMED]
    ]
    rest = len(out) - len(lines)
    return "\n".join([*lines, *([view.say("desk.more_left_out", cases=rest)] if rest else [])])


NAMED = 5  # cases left out that are named
