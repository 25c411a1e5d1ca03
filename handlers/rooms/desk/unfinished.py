"""What was written at the desk and not sent: set aside, taken up again, or shown to be copied."""

from dataclasses import replace

from handlers.desk.places import Doing
from handlers.rooms.desk.registry import TASKS
from handlers.rooms.desk.task import LONGEST, denied, with_words
from handlers.session import Session
from handlers.view import Next, View

ASIDE = 3  # tasks set aside that are kept
ANNOUNCING = "announce"  # about no case, yet as much is written for it as about one


def set_aside(after: Next, view: View) -> Next:
    """Keep what was being written where a command led elsewhere, and say so."""
    room, session = view.session.room, after.session
    if not isinstance(room, Doing) or not written(room) or session.room == room:
        return after
    now = session.room
    if isinstance(now, Doing) and (now.task, now.code) == (room.task, room.code):
        return after
    others = apart(room, session)[1]
    kept = session.model_copy(update={"aside": (*others, room)[-ASIDE:]})
    told = view.say("desk.set_aside", code=room.code)
    notice = told if room.code else view.say("announce.set_aside")
    return replace(after, session=kept, notice="\n".join(filter(None, (after.notice, notice))))


def written(room: Doing) -> bool:
    """Whether something was written that is worth keeping."""
    kept = bool(room.code) or (room.task == ANNOUNCING and bool(room.given.get("text")))
    return kept and (any(room.given.values()) or bool(room.media))


def apart(room: Doing, session: Session) -> tuple[Doing | None, tuple[Doing, ...]]:
    """What was written of the same task and case and not sent, and what is set aside besides."""
    others = [kept for kept in session.aside if (kept.task, kept.code) != (room.task, room.code)]
    now = (session.room,) if isinstance(session.room, Doing) else ()
    same = [
        kept
        for kept in (*session.aside, *now)
        if (kept.task, kept.code) == (room.task, room.code) and written(kept)
    ]
    return (same[-1] if same else None), tuple(others)


def shown_again(refused: Next, kept: Doing | None, view: View, typed: str = "") -> Next:
    """Not lost with the right or the chance to send it: shown, to be copied.

    So are words *typed* behind the command.
    """
    words = words_of(kept, view) if kept is not None and any(kept.given.values()) else ""
    return with_words(typed[:LONGEST], with_words(words, refused, view), view)


def words_of(room: Doing, view: View) -> str:
    """What was written, as far as it is words; of a case all that was given."""
    task, given = TASKS[room.task], room.given
    if task.action is None:
        words = [given.get(s.name, "") for s in task.slots(room, view) if s.kind == "text"]
        return "\n".join(filter(None, words))
    return "\n".join(filter(None, given.values()))[:LONGEST]


def unsent(deed: str, room: Doing, view: View) -> Next:
    """Refuse *deed*; the words written for it are shown, to be copied."""
    return with_words(words_of(room, view), denied(deed, "", view), view)
