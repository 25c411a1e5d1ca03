"""What may be done to an announcement: the deed it takes, the state it takes, what is told of it.

Rights and state are asked in the very turn that does it. Whoever looked before somebody else did
something is shown that first; pausing and going on can be undone, so they are done at once.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.announcing import Action, Announcement, move
from handlers.desk.people import Official
from handlers.desk.permission import anywhere, may
from handlers.desk.places import Bulletin, Doing
from handlers.desk.progress import to_do
from handlers.effects import Effect, MoveAnnouncement, SetTimer
from handlers.messages import Choice
from handlers.rooms.desk.bulletin_words import counted, people, progress, when, whom
from handlers.rooms.desk.task import Slot, Task, asks, denied, home, me, with_words
from handlers.view import Next, View, enter

# In the order they are offered.
OFFERED: tuple[Action, ...] = (
    "release", "return", "go_on", "pause", "resubmit", "correct", "withdraw", "cancel",
)  # fmt: skip
AT_ONCE: frozenset[Action] = frozenset({"pause", "go_on"})
BY_RELEASERS: frozenset[Action] = frozenset({"release", "return"})
LIVE = 4.0  # seconds between two looks at how far it has come
SOON = timedelta(minutes=1)  # before its time, within which it is looked at again and again


def announcement(code: str, view: View) -> Announcement | None:
    """The announcement *code*, for whoever may see it."""
    found, official = view.facts.announcement, view.facts.official
    if found is None or found.code != code or not sees(official, found):
        return None
    return found


def sees(official: Official | None, found: Announcement) -> bool:
    """Whether an announcement is shown to *official*."""
    return may(official, "announce", found) or may(official, "release", found)


def permitted(official: Official | None, action: Action, found: Announcement) -> bool:
    """Whether *official* may do *action*, whatever state it is in."""
    if action in BY_RELEASERS:
        return may(official, "release", found)
    return sees(official, found)


def offered(found: Announcement, view: View) -> tuple[Choice, ...]:
    """What its reader may do to it as it stands."""
    official = view.facts.official
    able = (
        action
        for action in OFFERED
        if move(found.state, action) is not None and permitted(official, action, found)
    )
    return tuple(view.choice(f"do:{action}", f"announce_do.{action}") for action in able)


def at(found: Announcement, view: View, notice: str = "", *effects: Effect) -> Next:
    """At the card of an announcement, with what was just said of it."""
    room = Bulletin(code=found.code, seen=found.entries)
    session = enter(view.session, room, staff=True)
    if session.news == found.code:
        session = session.model_copy(update={"news": ""})
    return Next(session, notice, (*effects, *looks_again(found, view.facts.now)))


def look_again(code: str) -> SetTimer:
    """The next look at an announcement."""
    return SetTimer(timer=f"live:{code}", seconds=LIVE)


def looks_again(found: Announcement, now: datetime) -> tuple[SetTimer, ...]:
    """The next look at an announcement, as long as it changes by itself."""
    again = (look_again(found.code),)
    match found.state:
        case _ if found.counted is None:
            return again
        case "running":
            return again
        case "released":
            return again if found.begins_at is None or found.begins_at - now < SOON else ()
        case "withdrawn" | "cancelled":
            return again if to_do(found) else ()
        case _:
            return ()


def unknown(code: str, view: View) -> Next:
    """There is none of that code, or none to be seen."""
    if not anywhere(view.facts.official, "announce"):
        return denied("announce", "", view)
    return Next(home(view), view.say("announce.unknown", code=code))


def act(action: Action, code: str, view: View, change: MoveAnnouncement | None = None) -> Next:
    """Do *action*, by *change* when more than the state does; refused in a sentence if it can't be.

    With the `seen` of *change* nothing is done to what was changed since it was looked at.
    """
    found, official = announcement(code, view), view.facts.official
    if found is None:
        return unknown(code, view)
    if not permitted(official, action, found):
        refused = denied("release" if action in BY_RELEASERS else "announce", "", view)
        return replace(refused, session=at(found, view).session)
    after = move(found.state, action)
    if after is None:
        state = view.say(f"announcement_state.{found.state}")
        return at(found, view, view.say("announce.cannot", state=state))
    if change is not None and change.seen != found.entries:
        return at(found, view, view.say("announce.meanwhile"))
    done = change or MoveAnnouncement(by=me(view), code=code, action=action)
    counted = None if action == "resubmit" else found.counted  # another audience, counted anew
    update = {"state": after, "entries": found.entries + 1, "counted": counted}
    now = found.model_copy(update=update)
    # Who was told is queued to be told otherwise only after this.
    again = (look_again(code),) if action == "withdraw" else ()
    return at(now, view, view.say(f"announce_done.{action}"), done, *again)


# -- what takes a reason or a second look ----------------------------------------------------------


def _reasoned(room: Doing, view: View) -> Next:
    action = _ACTIONS[room.task]
    change = MoveAnnouncement(
        by=me(view), code=room.code, action=action, reason=room.given["reason"], seen=room.seen
    )
    done = act(action, room.code, view, change)
    return done if change in done.effects else with_words(room.given["reason"], done, view)


def _release(room: Doing, view: View) -> Next:
    """Let it go out: somebody else's, whose author still may announce, to somebody at least."""
    found = announcement(room.code, view)
    mine = found is not None and permitted(view.facts.official, "release", found)
    if found is not None and mine and (why := _not_yet(found, view)):
        return at(found, view, why)
    change = MoveAnnouncement(by=me(view), code=room.code, action="release", seen=room.seen)
    return act("release", room.code, view, change)


def _not_yet(found: Announcement, view: View) -> str:
    """Why it can't be released, apart from rights and state."""
    author = next((m for m in view.facts.members if m.id == found.author), None)
    if not may(author, "announce", found):
        return view.say("announce.author_gone")
    if found.state == "correcting":
        return ""
    told = people(found)
    if told == 0:
        return view.say("announce.nobody")
    return view.say("announce.still_counting") if told is None and not found.urgent else ""


def _look(room: Doing, view: View) -> str:
    """Once more what can't be undone: to whom, how many, when."""
    found = announcement(room.code, view)
    if found is None:
        return view.say("announce.unknown", code=room.code)
    lines = [
        view.say(f"task.{room.task}.look"),
        view.say("announce.to", whom=whom(found.audience, view)),
        counted(found, view) if found.begun_at is None else progress(found, view),
    ]
    if found.proposed is not None and room.task == "announce_release":
        lines.append(view.say("announce.proposed", text=found.proposed.text))
    elif room.task == "announce_release":
        lines.append(when(found.begins_at, view, urgent=found.urgent))
    if reason := room.given.get("reason"):
        lines.append(view.say("announce.reason", reason=reason))
    return "\n".join(lines)


def _more(_room: Doing, _view: View) -> tuple[Choice, ...]:
    return ()


def _reworded(_room: Doing, view: View) -> tuple[Choice, ...]:
    return (view.choice("edit:reason", "choice.other_reason"),)


REASON = Slot("reason", most=500)
_ACTIONS: dict[str, Action] = {
    "announce_return": "return",
    "announce_cancel": "cancel",
    "announce_withdraw": "withdraw",
}
TASKS = (
    Task("announce_release", "release", _release, preview=_look, more=_more),
    Task("announce_return", "release", _reasoned, asks(REASON)),
    Task("announce_cancel", "announce", _reasoned, asks(REASON), preview=_look, more=_reworded),
    Task("announce_withdraw", "announce", _reasoned, asks(REASON), preview=_look, more=_reworded),
)
