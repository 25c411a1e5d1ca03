"""After an answer: how it was, why, and whether the case should be looked at again."""

from handlers.effects import MoveTicket, Notify
from handlers.events import SentMedia
from handlers.rooms import loose
from handlers.session import Case, Rating, Reopening
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

SCORES = ("good", "fair", "poor")


def show_rating(room: Rating, view: View) -> Prompt:
    """Ask how the answer was; then why."""
    skip = view.choice("skip")
    if room.score:
        again = (view.choice("reopen", "choice.reopen"),)
        return Prompt(view.say("rating.why"), (*again, skip), "text")
    scores = tuple(view.choice(f"score:{score}", f"rating.{score}") for score in SCORES)
    return Prompt(view.say("rating.ask", code=room.code), (*scores, skip))


def at_rating(room: Rating, did: Input, view: View) -> Next:
    """One tap rates; what is written then says why."""
    session = view.session
    back = enter(session, Case(code=room.code))
    match did:
        case Picked("skip"):
            return Next(back)
        case Picked("reopen"):
            return Next(enter(session, Reopening(code=room.code)))
        case Picked(key):
            score = key.removeprefix("score:")
            rated = MoveTicket(code=room.code, action="rate", data={"score": score})
            return Next(
                enter(session, room.model_copy(update={"score": score})),
                view.say("rating.thanks"),
                (rated,),
            )
        case Wrote(part=part) if room.score:
            rated = MoveTicket(
                code=room.code, action="rate", data={"score": room.score}, words=part.text
            )
            return Next(back, view.say("rating.thanks"), (rated,))
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def show_reopening(room: Reopening, view: View) -> Prompt:
    """Ask why."""
    return Prompt(view.say("reopening.ask", code=room.code), (view.choice("cancel"),), "text")


def at_reopening(room: Reopening, did: Input, view: View) -> Next:
    """The case goes to somebody else, with the reason."""
    session = view.session
    match did:
        case Picked():
            return Next(enter(session, Case(code=room.code)))
        case Wrote(part=part):
            again = MoveTicket(code=room.code, action="reopen", words=part.text)
            news = Notify(code=room.code, to="dispatchers", what="reopened")
            done = enter(session, Case(code=room.code))
            return Next(done, view.say("reopening.done", code=room.code), (again, news))
        case _:
            return Next(session, view.say("choose.again"))
