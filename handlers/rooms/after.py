"""After an answer: how it was, why, and whether somebody else should look at the case again."""

from handlers.effects import Effect, MoveTicket, Notify
from handlers.events import SentMedia
from handlers.following import due_again, ratable, reopen_until, reopenable, the_story
from handlers.messages import Choice
from handlers.pending import hold, joined, summary
from handlers.reading.courtesies import says_done
from handlers.reading.dates import show_date
from handlers.rooms import form, loose
from handlers.session import Case, Rating, Reopening
from handlers.tickets import move
from handlers.understanding import asks_for_case
from handlers.unsent import Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

SCORES = ("good", "fair", "poor")
PAUSE = 600  # seconds in which the reason for a rating may still come

# -- how it was ------------------------------------------------------------------------------------


def show_rating(room: Rating, view: View) -> Prompt:
    """Ask how the answer was; then why, and whether to look again where it did not help."""
    again = _again(room, view)
    if room.score:
        return Prompt(view.say("rating.why"), (*again, view.choice("skip")), "text")
    scores = tuple(view.choice(f"score:{score}", f"rating.{score}") for score in SCORES)
    later = view.choice("skip", "choice.rate_later")
    return Prompt(view.say("rating.ask", code=room.code), (*scores, *again, later))


def _again(room: Rating, view: View) -> tuple[Choice, ...]:
    wanted = room.score != "good" and reopenable(the_story(room.code, view), view)
    return (view.choice("reopen"),) if wanted else ()


def at_rating(room: Rating, did: Input, view: View) -> Next:
    """One tap rates; what is written then says why. Other words are about the case itself."""
    session, story = view.session, the_story(room.code, view)
    case = enter(session, Case(code=room.code))
    match did:
        case Picked("skip"):
            return Next(case)
        case Picked("reopen"):
            return to_reopening(room.code, view)
        case Picked(key):
            score = key.removeprefix("score:")
            return _rated(room.model_copy(update={"score": score}), view)
        case Wrote(part=part) if room.score:
            return _said_why(room, part.text, view)
        case Wrote() | SentMedia() if not _about_another(did) and reopenable(story, view):
            asked = View(enter(session, Reopening(code=room.code)), view.facts)
            return hold(did, asked)
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def _about_another(did: Wrote | SentMedia) -> bool:
    return isinstance(did, Wrote) and asks_for_case(did)


def _rated(room: Rating, view: View) -> Next:
    if not ratable(the_story(room.code, view)):
        gone = enter(view.session, Case(code=room.code))
        return Next(gone, view.say("case.closed_meanwhile", code=room.code))
    asked = enter(view.session, room)
    return Next(asked, view.say("rating.thanks"), _rate(room, ""))


def _said_why(room: Rating, why: str, view: View) -> Next:
    case, story = enter(view.session, Case(code=room.code)), the_story(room.code, view)
    if story is None or not move(story.card.status, "rate"):
        return Next(case, view.say("case.closed_meanwhile", code=room.code))
    return Next(case, view.say("rating.thanks"), _rate(room, why))


def _rate(room: Rating, why: str) -> tuple[Effect, ...]:
    """The official hears of it once: with the reason, or when none seems to come."""
    wait = 0 if why else PAUSE
    return (
        MoveTicket(code=room.code, action="rate", data={"score": room.score}, words=why),
        Notify(code=room.code, to="assignee", what="rated", after=wait),
    )


# -- looking again ---------------------------------------------------------------------------------


def to_reopening(code: str, view: View) -> Next:
    """Ask why, while there is time for it."""
    if why_not := _why_not(code, view):
        return Next(enter(view.session, Case(code=code)), why_not)
    asked = enter(view.session, Reopening(code=code))
    return Next(asked, summary(view.session.pending, view))


def _why_not(code: str, view: View) -> str:
    """Why the case can't be looked at again, in a sentence; empty when it can."""
    story = the_story(code, view)
    if reopenable(story, view):
        return ""
    last = reopen_until(story.card, view) if story else None
    if last is None or last >= view.facts.now.date():
        return view.say("case.closed_meanwhile", code=code)
    return view.say("reopening.too_late", code=code, until=show_date(last))


def show_reopening(room: Reopening, view: View) -> Prompt:
    """Ask for the reason; with one, whether to send it."""
    pending = view.session.pending
    cancel = view.choice("cancel")
    if not pending.parts:
        return Prompt(view.say("reopening.ask", code=room.code), (cancel,), "text")
    send = view.choice("done", "choice.send_reopening", tone="primary")
    new = view.choice("new", "choice.new_case")
    return Prompt(view.say("reopening.more", code=room.code), (send, new, cancel), "text")


def at_reopening(room: Reopening, did: Input, view: View) -> Next:
    """Gather the reason, then send it: the case goes to somebody else."""
    session = view.session
    ready = bool(session.pending.parts)
    match did:
        case Picked("done"):
            return _reopened(room, view)
        case Picked("new"):
            return form.new(view)
        case Picked():
            return loose.stop(room.code, view)
        case Wrote(part=part) if ready and says_done(part.text):
            return _reopened(room, view)
        case Wrote() | SentMedia():
            return hold(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def _reopened(room: Reopening, view: View) -> Next:
    session, story = view.session, the_story(room.code, view)
    if story is None or (why_not := _why_not(room.code, view)):
        return Next(enter(session, Case(code=room.code)), why_not if story else "")
    due, pending = due_again(story.card, view), session.pending
    again = MoveTicket(
        code=room.code,
        action="reopen",
        words=joined(pending.parts),
        media=pending.media,
        assignee=0,
        due_on=due,
    )
    effects: tuple[Effect, ...] = (
        again,
        Notify(code=room.code, to="dispatchers", what="reopened"),
        Notify(code=room.code, to="approvers", what="reopened"),
        Notify(code=room.code, to="citizens"),
    )
    done = enter(session, Case(code=room.code), pending=Pending())
    said = view.say("reopening.done", code=room.code, due=show_date(due))
    return Next(done, said, effects, about=room.code)
