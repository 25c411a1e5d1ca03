"""The page of announcements: those of one's units, newest first; and the way to a new one."""

from handlers.announcing import Announcement
from handlers.desk.commands import announcement_code, mistyped
from handlers.desk.permission import anywhere
from handlers.desk.places import Office
from handlers.messages import choice
from handlers.rooms.desk import doing
from handlers.rooms.desk.bulletin import open_bulletin
from handlers.rooms.desk.bulletin_words import figure, people
from handlers.rooms.desk.task import denied
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

PAGE = 6  # announcements on one page; the facts hold one more when there is another page
WORDS = 60  # letters of each


def to_bulletins(rest: str, view: View) -> Next:
    """The list; one of them by its code; a new one that begins with the words of *rest*."""
    if not anywhere(view.facts.official, "announce"):
        return denied("announce", "", view)
    if code := announcement_code(rest):
        return open_bulletin(code, view)
    if mistyped(rest):
        listed = Office(page="announcements")
        return Next(enter(view.session, listed, staff=True), view.say("desk.near_none"))
    if rest.strip():
        return doing.begin("announce", "", rest, view)
    return Next(enter(view.session, Office(page="announcements"), staff=True))


def show_bulletins(room: Office, view: View) -> Prompt:
    """A page of them, each with a button."""
    if not anywhere(view.facts.official, "announce"):
        return Prompt(view.say("desk.not_staff"), (view.choice("menu"),))
    shown = view.facts.announcements[:PAGE]
    lines = [_line(each, view) for each in shown] or [view.say("announce.none")]
    news = view.session.news
    heard = (news,) if news and news not in {each.code for each in shown} else ()
    told = (choice(f"open:{code}", view.say("desk.open", code=code)) for code in heard)
    opens = (choice(f"open:{each.code}", each.code) for each in shown)
    more = (view.choice("more"),) if len(view.facts.announcements) > PAGE else ()
    back = (view.choice("fewer"),) if room.after else ()
    new = view.choice("compose", "choice.new_announcement", tone="primary")
    ways = (view.choice("queue"), view.choice("menu"))
    text = "\n".join((view.say("announce.list"), *lines))
    return Prompt(text, (*told, *opens, *more, *back, new, *ways), "text")


def _line(each: Announcement, view: View) -> str:
    state = view.say(f"announcement_state.{each.state}")
    total = sum(tally.total for tally in each.tallies) or people(each)
    return view.say(
        "announce.line",
        code=each.code,
        text=cut(each.wording.text, WORDS),
        state=state,
        sent=figure(each.count("sent")),
        all="…" if total is None else figure(total),
    )


def at_bulletins(room: Office, did: Input, view: View) -> Next:
    """Open one, turn the page, begin a new one; typed words are a code or its beginning."""
    session = view.session
    match did:
        case Picked("more" | "fewer" as way):
            after = max(0, room.after + (PAGE if way == "more" else -PAGE))
            return Next(enter(session, room.model_copy(update={"after": after})))
        case Picked("compose"):
            return doing.begin("announce", "", "", view)
        case Picked(key) if key.startswith("open:TB"):
            return open_bulletin(key.removeprefix("open:"), view)
        case Wrote(part=part):
            return to_bulletins(part.text, view)
        case _:
            return Next(session, view.say("desk.again"))
