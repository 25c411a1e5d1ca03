"""Following a case: my cases, what can be done about one, adding to it, taking it back."""

from datetime import datetime

from handlers.codes import near_codes, read_code
from handlers.denouncing import confidential_code
from handlers.desk.commands import announcement_code
from handlers.effects import Effect, HoldTicket, MarkTold, MoveTicket, Notify
from handlers.events import SentMedia
from handlers.following import ratable, reopenable, takes_more, the_story
from handlers.messages import choice
from handlers.pending import MAX_FILES, hold, summary
from handlers.reading.courtesies import says_done, says_no, says_yes
from handlers.rooms import denouncing, form, loose
from handlers.session import (
    Adding,
    Case,
    Cases,
    Menu,
    Proving,
    Rating,
    Reopening,
    Session,
    Withdrawing,
)
from handlers.spending import spent, too_many
from handlers.text import fold
from handlers.tickets import Card, Story, move
from handlers.understanding import asks_for_case, tells, tries_receipt
from handlers.unsent import Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

PAGE = 5  # cases on one page
MISSES = 5  # wrong receipts in MISS_SECONDS before a pause
MISS_SECONDS = 3600


# -- my cases --------------------------------------------------------------------------------------


def show_cases(room: Cases, view: View) -> Prompt:
    """The newest first, a page at a time."""
    cards = view.facts.cards
    if not cards:
        key = "cases.none_found" if room.query else "cases.none"
        ways = ("track", "new", "menu") if room.query else ("new", "menu")
        return Prompt(view.say(key), tuple(map(view.choice, ways)), "text")
    shown = cards[room.page * PAGE : (room.page + 1) * PAGE]
    lines = "\n".join(_line(card, view) for card in shown)
    choices = [choice(f"case:{c.code}", _label(c, view)) for c in shown]
    if len(cards) > (room.page + 1) * PAGE:
        choices.append(view.choice("more"))
    if room.page:
        choices.append(view.choice("fewer"))
    if room.query:
        choices.append(view.choice("track"))
    choices.append(view.choice("menu"))
    key = "cases.found" if room.query else "cases.ask"
    return Prompt(f"{view.say(key)}\n{lines}", tuple(choices))


def _line(card: Card, view: View) -> str:
    commune = view.content.territory.get(card.commune)
    topic = view.content.topic_title(card.topic, view.lang)
    return view.say(
        "cases.line",
        code=card.code,
        topic=f"{topic}, {commune.name}" if commune else topic,
        status=view.say(f"status.{card.status}"),
        day=view.day(card.opened_at),
    )


def _label(card: Card, view: View) -> str:
    return cut(f"{card.code} · {view.content.topic_button(card.topic, view.lang)}", 35)


def at_cases(room: Cases, did: Input, view: View) -> Next:
    """Open a case, turn the page, or look for a code or for a few words; a story is held."""
    session = view.session
    match did:
        case Picked("more"):
            return Next(enter(session, room.model_copy(update={"page": room.page + 1})))
        case Picked("fewer"):
            return Next(enter(session, room.model_copy(update={"page": max(0, room.page - 1)})))
        case Picked("menu"):
            return Next(enter(session, Menu()))
        case Picked("track"):
            return Next(enter(session, Cases()))
        case Picked("new"):
            return form.new(view)
        case Picked(key):
            return open_case(key.removeprefix("case:"), view)
        case Wrote() if not tells(did):
            return look_up(did.text, view)
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def look_up(typed: str, view: View) -> Next:
    """A code opens its case or asks for the receipt; other words search one's own cases.

    Whoever types the code of an announcement, which looks like one, is told what it is.
    """
    if announcement_code(typed):
        return Next(enter(view.session, Menu()), view.say("announcement.no_case"))
    if code := confidential_code(typed) or read_code(typed):
        return open_case(code, view)
    if near_codes(typed):
        return Next(enter(view.session, Cases()), view.say("code.mistyped"))
    return Next(enter(view.session, Cases(query=fold(typed)[:100])))


def open_case(code: str, view: View) -> Next:
    """To the case when this contact holds it; else ask for the receipt, though none may exist."""
    story = view.facts.story
    if story is not None and story.card.code == code:
        shown = enter(view.session, Case(code=code))
        return Next(shown, effects=_told(story, story.told), about=code)
    paced = spent(view, "codes")
    if paced is None:
        return Next(enter(view.session, Cases()), too_many(view, "codes"))
    return Next(enter(paced, Proving(code=code)))


def _told(story: Story, since: int) -> tuple[Effect, ...]:
    """Whoever reads a case was told of it: of what waited to be told, above all."""
    last = story.happenings[-1].seq
    return (MarkTold(code=story.card.code, seq=last, since=since),) if last > since else ()


# -- proving one holds the receipt -----------------------------------------------------------------


def show_proving(room: Proving, view: View) -> Prompt:
    """Ask for the receipt."""
    return Prompt(view.say("proving.ask", code=room.code), (view.choice("menu"),), "text")


def is_paused(session: Session, now_seconds: float) -> bool:
    """Whether too many wrong receipts were tried within the last hour."""
    if session.misses < MISSES or session.missed_at is None:
        return False
    return now_seconds - session.missed_at.timestamp() < MISS_SECONDS


def missed(session: Session, now: datetime) -> Session:
    """One more wrong receipt or invitation."""
    misses = session.misses % MISSES + 1
    return session.model_copy(update={"misses": misses, "missed_at": now})


def at_proving(room: Proving, did: Input, view: View) -> Next:
    """The right receipt lets this contact follow the case; wrong ones count, other words do not."""
    session, now = view.session, view.facts.now
    match did:
        case Picked("menu"):
            return Next(enter(session, Menu()))
        case Wrote() if tries_receipt(did):
            if is_paused(session, now.timestamp()):
                return Next(session, view.say("proving.pause"))
            if view.facts.proved and confidential_code(room.code):
                return denouncing.follow(room.code, view)
            if view.facts.proved and view.facts.story:
                held = enter(session, Case(code=room.code), misses=0, missed_at=None)
                effects = (HoldTicket(code=room.code), *_told(view.facts.story, 0))
                return Next(held, view.say("proving.done"), effects, about=room.code)
            return Next(missed(session, now), view.say("proving.wrong"))
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(session, view.say("choose.again"))


# -- one case --------------------------------------------------------------------------------------


def at_case(room: Case, did: Input, view: View) -> Next:
    """Do what was chosen; words and files are an addition, or the reason to look again."""
    session, story = view.session, the_story(room.code, view)
    match did:
        case Picked("track"):
            return Next(enter(session, Cases()))
        case Picked("menu"):
            return Next(enter(session, Menu()))
        case Picked(key):
            return _chosen(key, room, view)
        case Wrote() if asks_for_case(did):
            return look_up(did.text, view)
        case Wrote() | SentMedia() if takes_more(story):
            return hold(did, View(enter(session, Adding(code=room.code)), view.facts))
        case Wrote() | SentMedia() if reopenable(story, view):
            return hold(did, View(enter(session, Reopening(code=room.code)), view.facts))
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def _chosen(key: str, room: Case, view: View) -> Next:
    """A way on from a case, if it is still open: the case may have changed since it was offered."""
    session, story = view.session, the_story(room.code, view)
    match key:
        case "add" if takes_more(story):
            return Next(enter(session, Adding(code=room.code)), summary(session.pending, view))
        case "rate" if ratable(story):
            return Next(enter(session, Rating(code=room.code)))
        case "reopen" if reopenable(story, view):
            asked = enter(session, Reopening(code=room.code))
            return Next(asked, summary(session.pending, view))
        case "withdraw" if story and move(story.card.status, "withdraw"):
            return Next(enter(session, Withdrawing(code=room.code)))
        case "see_files" if story and story.media:
            files = story.media[-MAX_FILES:]
            return Next(session, view.say("case.sent_files", files=len(files)), files=files)
        case _:
            return Next(session, view.say("case.closed_meanwhile", code=room.code))


# -- adding to it ----------------------------------------------------------------------------------


def show_adding(room: Adding, view: View) -> Prompt:
    """Ask for words or files until "done"."""
    has = view.session.pending != Pending()
    done = (view.choice("done", "choice.send_addition", tone="primary"),)
    text = view.say("adding.more" if has else "adding.ask", code=room.code)
    choices = (*(done if has else ()), view.choice("cancel", "choice.drop_addition"))
    return Prompt(text, choices, "text")


def at_adding(room: Adding, did: Input, view: View) -> Next:
    """Gather, then put everything into the case as one entry of its history."""
    session = view.session
    match did:
        case Picked("done"):
            return _send(room, view)
        case Picked("cancel"):
            return loose.stop(room.code, view)
        case Wrote(part=part) if says_done(part.text) and session.pending != Pending():
            return _send(room, view)
        case Wrote() | SentMedia():
            return hold(did, View(enter(session, room), view.facts))
        case _:
            return Next(session, view.say("choose.again"))


def _send(room: Adding, view: View) -> Next:
    if not takes_more(the_story(room.code, view)):
        gone = enter(view.session, Menu())
        return Next(gone, view.say("case.closed_meanwhile", code=room.code))
    return loose.add(room.code, view)


# -- taking it back --------------------------------------------------------------------------------


def show_withdrawing(room: Withdrawing, view: View) -> Prompt:
    """Ask once more before a case is taken back."""
    return Prompt(
        view.say("withdrawing.ask", code=room.code),
        (
            view.choice("no", "choice.withdraw_no", tone="primary"),
            view.choice("yes", "choice.withdraw_yes", tone="danger"),
        ),
    )


def at_withdrawing(room: Withdrawing, did: Input, view: View) -> Next:
    """Withdraw, or go back to the case."""
    session, story = view.session, view.facts.story
    back = enter(session, Case(code=room.code))
    match did:
        case Picked("yes") if story and move(story.card.status, "withdraw"):
            effects: tuple[Effect, ...] = (
                MoveTicket(code=room.code, action="withdraw"),
                Notify(code=room.code, to="assignee", what="withdrawn"),
                Notify(code=room.code, to="citizens"),
            )
            done = view.say("withdrawing.done", code=room.code)
            return Next(enter(session, Menu()), done, effects, about=room.code)
        case Picked("yes"):
            return Next(back, view.say("case.closed_meanwhile", code=room.code))
        case Picked("no"):
            return Next(back)
        case Wrote(part=part) if says_no(part.text):
            return Next(back)
        case Wrote(part=part) if says_yes(part.text):  # of which button? No case is lost by a guess
            return Next(session, view.say("choose.again"))
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(session, view.say("choose.again"))
