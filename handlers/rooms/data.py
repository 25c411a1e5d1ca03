"""A person's own data: what is kept, and what they may ask of it (Law 91/2025/QH15, art. 4).

Every right takes a look and one press. What the machine can do is done at once; the rest is a
request with a code and a due date, which an official decides. No consent is needed to come here.
"""

from collections import Counter
from collections.abc import Iterator

from handlers.effects import Effect, MoveTicket, Notify, Purpose
from handlers.events import SentMedia, SharedContact
from handlers.messages import Choice, Expects
from handlers.reading.dates import show_date
from handlers.reading.phones import read_phone, show_phone
from handlers.rights import AskData, Correct, DataRequest, Kind, Mine, MoveRequest, State, due
from handlers.rooms import loose, start
from handlers.rooms.hearing import channel_name
from handlers.session import MyData, Session
from handlers.tickets import Status, move
from handlers.unsent import Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

SHOWN = 3  # requests told of on the first page
LONGEST_NAME = 100
PAGES = {
    "dulieu": "all",
    "suadulieu": "correct",
    "xoadulieu": "erase",
    "rutdongy": "consents",
}
PURPOSES: tuple[Purpose, ...] = ("handling", "announcements", "statistics")


def to_data(command: str, view: View) -> Next:
    """The room, on the page a command is about."""
    return Next(enter(view.session, MyData.model_validate({"page": PAGES[command]})))


def _mine(view: View) -> Mine:
    return view.facts.mine or Mine()


# -- showing ---------------------------------------------------------------------------------------


def show_data(room: MyData, view: View) -> Prompt:
    """A page of it."""
    match room.page:
        case "all":
            return _show_all(view)
        case "copy":
            text = view.say("data.copy", days=_days("copy", view), more=_law(view))
            return _asked(text, "choice.data_copy_yes", view)
        case "correct":
            return _show_correct(view)
        case "name" | "phone":
            return _show_new(room, view)
        case "erase":
            return _show_erase(view)
        case "limit":
            text = view.say("data.limit", days=_days("restrict", view), more=_law(view))
            return _asked(text, "choice.data_limit_yes", view)
        case "consents":
            return _show_consents(view)
        case "done":
            ways = (view.choice("to:all", "choice.data"), view.choice("menu"))
            return Prompt(view.say("data.next"), ways)


def _show_all(view: View) -> Prompt:
    mine, controller = _mine(view), view.content.controller
    consents = (
        view.say(f"data_purpose.{purpose}", given=_given(purpose, view)) for purpose in PURPOSES
    )
    lines = [
        view.say(
            "data.shown",
            name=mine.name or view.say("data.unsaid"),
            phone=show_phone(mine.phone) if mine.phone else view.say("data.unsaid"),
            cases=mine.cases,
            open=mine.open,
            channels=_channels(mine, view),
        ),
        *consents,
        *(_request(each, view) for each in mine.requests[:SHOWN]),
        *((view.say("data.restricted"),) if mine.restricted else ()),
        view.say(
            "data.ask",
            controller=controller.name.in_(view.lang),
            phone=controller.phone,
            address=controller.address,
        ),
        *filter(None, (start.whole_notice(view),)),
    ]
    pages = ("data_copy", "data_correct", "data_erase", "data_limit", "data_consents")
    labels = (view.choice(f"to:{page.removeprefix('data_')}", f"choice.{page}") for page in pages)
    back = tuple(
        Choice(key=f"cancel:{each.code}", label=view.say("data.take_back", code=each.code))
        for each in mine.requests[:SHOWN]
        if each.state == "open"
    )
    return Prompt("\n".join(lines), (*labels, *back, view.choice("menu")))


def _channels(mine: Mine, view: View) -> str:
    counts = Counter(channel_name(channel, view) for channel in mine.channels)
    return "; ".join(name if n == 1 else f"{name} ({n})" for name, n in counts.items())


def _given(purpose: Purpose, view: View) -> str:
    """Since when, by which text; or no."""
    for one in _mine(view).agreed:
        if one.purpose == purpose and one.given:
            return view.say("data.since", day=view.day(one.at), version=one.version)
    return view.say("data.no")


def _request(each: DataRequest, view: View) -> str:
    done = view.day(each.done_at) if each.done_at else ""
    key = "extended" if each.state == "open" and each.extended else each.state
    told = view.say(
        f"data_request.{key}",
        code=each.code,
        what=view.say(f"data_kind.{each.kind}"),
        due=show_date(each.due_on),
        done=done,
    )
    return f"{told} {each.reason}" if each.reason else told


def _days(kind: Kind, view: View) -> str:
    """The day on which it is due if it is asked for today."""
    return show_date(due(kind, view.content, view.facts.now.date()))


def _law(view: View) -> str:
    """Where the time limit stands, with the mark of a draft; out of force, where to ask for it."""
    rule = view.content.rule("data_copy_days")
    if not rule.in_force(view.facts.now.date()):
        return view.say("law.ask")
    return view.say("law.draft", text=rule.source) if rule.draft else rule.source


def _asked(text: str, key: str, view: View) -> Prompt:
    """A last look before something is asked for."""
    yes = view.choice("confirm", key, tone="primary")
    return Prompt(text, (yes, view.choice("to:all", "choice.back")))


def _show_correct(view: View) -> Prompt:
    mine = _mine(view)
    text = view.say(
        "data.correct",
        name=mine.name or view.say("data.unsaid"),
        phone=show_phone(mine.phone) if mine.phone else view.say("data.unsaid"),
    )
    ways = (
        view.choice("to:name", "choice.data_name"),
        view.choice("to:phone", "choice.data_phone"),
        view.choice("to:all", "choice.back"),
    )
    return Prompt(text, ways)


def _show_new(room: MyData, view: View) -> Prompt:
    back = view.choice("to:correct", "choice.back")
    if not room.typed:
        expects: Expects = "phone" if room.page == "phone" else "text"
        return Prompt(view.say(f"data_new.{room.page}"), (back,), expects)
    shown = show_phone(room.typed) if room.page == "phone" else room.typed
    yes = view.choice("confirm", "choice.data_correct_yes", tone="primary")
    return Prompt(view.say(f"data_is.{room.page}", new=shown), (yes, back), "text")


def _show_erase(view: View) -> Prompt:
    """What goes, what stays and why; cases still open are first offered to be taken back."""
    mine = _mine(view)
    back = view.choice("to:all", "choice.back")
    yes = view.choice("confirm", "choice.data_erase_yes", tone="danger")
    if mine.staff:
        return Prompt(view.say("data.erase_staff"), (back,))
    if mine.at_once():
        return Prompt(view.say("data.erase_at_once"), (yes, back))
    text = view.say("data.erase", days=_days("erase", view), more=_law(view))
    if not mine.open:
        return Prompt(text, (yes, back))
    told = view.say("data.erase_open", open=mine.open)
    taken = (view.choice("withdraw_all", "choice.data_withdraw_all"),) if _open(view) else ()
    return Prompt(f"{text}\n\n{told}", (*taken, yes, back))


def _open(view: View) -> tuple[tuple[str, Status], ...]:
    """The cases of this chat that can be taken back."""
    cards = view.facts.cards
    return tuple((card.code, card.status) for card in cards if move(card.status, "withdraw"))


def _show_consents(view: View) -> Prompt:
    mine = _mine(view)
    lines = [view.say("data.consents")]
    lines += [
        view.say(f"data_purpose.{purpose}", given=_given(purpose, view)) for purpose in PURPOSES
    ]
    if view.session.draft or view.session.pending != Pending():
        lines.append(view.say("data.unsent"))
    handling = (view.choice("withdraw_consent", tone="danger"),) if view.session.consent else ()
    announcements = view.choice(
        "announcements",
        "choice.announcements_stop" if mine.gave("announcements") else "choice.announcements_allow",
    )
    statistics = view.choice(
        "statistics",
        "choice.statistics_stop" if mine.gave("statistics") else "choice.statistics_allow",
    )
    others = (announcements, statistics) if view.session.consent else ()
    return Prompt("\n".join(lines), (*handling, *others, view.choice("to:all", "choice.back")))


# -- doing it --------------------------------------------------------------------------------------


def at_data(room: MyData, did: Input, view: View) -> Next:
    """Go from page to page, and ask for what its page is about."""
    match did:
        case Picked("menu"):
            return Next(start.home(view.session))
        case Picked(key) if key.startswith("to:"):
            page = MyData.model_validate({"page": key.removeprefix("to:")})
            return Next(enter(view.session, page))
        case Picked(key) if key.startswith("cancel:"):
            taken = MoveRequest(code=key.removeprefix("cancel:"), action="cancel")
            return Next(view.session, view.say("data.taken_back"), (taken,))
        case Picked("confirm"):
            return _confirmed(room, view)
        case Picked("withdraw_all"):
            return _withdraw_all(view)
        case Picked("statistics" | "announcements" as purpose):
            return _switch(purpose, view)
        case Picked("withdraw_consent"):
            return _withdraw(view)
        case SharedContact() if room.page == "phone":
            return _typed(room, did.phone, view)
        case Wrote() if room.page in {"name", "phone"} and len(did.text) <= LONGEST_NAME:
            return _typed(room, did.text, view)
        case Wrote() | SentMedia() if _may_take(view):
            return loose.take(did, view)
        case Wrote() | SentMedia():
            return start.to_consent(did, view)
        case _:
            return Next(view.session, view.say("choose.again"))


def _may_take(view: View) -> bool:
    return view.session.consent == view.content.controller.privacy_version


def _typed(room: MyData, text: str, view: View) -> Next:
    value = read_phone(text) if room.page == "phone" else cut(text, LONGEST_NAME)
    if not value:
        return Next(view.session, view.say("phone.unclear"))
    return Next(enter(view.session, room.model_copy(update={"typed": value})))


def _confirmed(room: MyData, view: View) -> Next:
    match room.page:
        case "copy":
            return _ask("copy", "doing", view)
        case "limit":
            return _restrict(view)
        case "erase" if not _mine(view).staff:
            at_once = _mine(view).at_once()
            return _ask("erase", "doing" if at_once else "open", view)
        case "name" | "phone" if room.typed:
            new = {room.page: room.typed}
            changed = Correct(name=new.get("name", ""), phone=new.get("phone", ""))
            done = _ask("correct", "done", view)
            return Next(done.session, done.notice, (changed, *done.effects))
        case _:
            return Next(view.session, view.say("choose.again"))


def _ask(kind: Kind, state: State, view: View) -> Next:
    """Record it, once: what was asked for before and is under way still is not asked for again."""
    there = enter(view.session, MyData(page="done"))
    same = (each for each in _mine(view).requests if each.kind == kind and each.waiting)
    if before := next(same, None):
        return Next(there, view.say("data.already", code=before.code))
    asked = _request_of(kind, state, view)
    what = view.say(f"data_kind.{kind}")
    told = view.say(
        f"data_asked.{'open' if state == 'open' else kind}",
        code=asked.code,
        what=what,
        due=show_date(asked.due_on),
    )
    return Next(there, told, (asked,))


def _request_of(kind: Kind, state: State, view: View) -> AskData:
    day = due(kind, view.content, view.facts.now.date())
    code = f"DL{view.facts.code[2:]}"
    return AskData(code=code, kind=kind, state=state, due_on=day, lang=view.lang)


def _restrict(view: View) -> Next:
    """Statistics and announcements stop at once; what is done with cases is decided."""
    asked = _ask("restrict", "open" if _mine(view).cases else "done", view)
    if not asked.effects:
        return asked
    session = asked.session.model_copy(update={"statistics": False, "announcements": False})
    return Next(session, asked.notice, (*_stopped(view), *asked.effects))


def _stopped(view: View) -> Iterator[Effect]:
    for purpose in PURPOSES[1:]:
        if _mine(view).gave(purpose):
            yield start.consent(purpose, view, given=False)


def _withdraw_all(view: View) -> Next:
    """Take back every open case of this chat, each as it is taken back by itself."""
    effects: list[Effect] = []
    for code, _ in _open(view):
        effects += (
            MoveTicket(code=code, action="withdraw"),
            Notify(code=code, to="assignee", what="withdrawn"),
        )
    return Next(view.session, view.say("data.withdrew", cases=len(_open(view))), tuple(effects))


def _switch(purpose: Purpose, view: View) -> Next:
    """A consent is taken back as easily as it was given, each purpose by itself."""
    if not view.session.consent:
        return Next(view.session, view.say("choose.again"))
    given = not _mine(view).gave(purpose)
    session = view.session.model_copy(update={purpose: given})
    effects: list[Effect] = [start.consent(purpose, view, given=given)]
    if not given:
        effects.append(_request_of("withdraw", "done", view))
    return Next(session, view.say("data.changed"), tuple(effects))


def _withdraw(view: View) -> Next:
    asked = _request_of("withdraw", "done", view)
    session: Session = start.without_consent(view.session)
    told = view.say("data.withdrawn", code=asked.code)
    return Next(session, told, (*start.taken_back(view), asked))


# -- what nobody typed -----------------------------------------------------------------------------


def woken(code: str, view: View) -> Next:
    """Tell somebody what came of a request of theirs, with the copy that was made."""
    each = next((one for one in _mine(view).requests if one.code == code), None)
    if each is None:
        return Next(view.session, silent=True)
    what = view.say(f"data_kind.{each.kind}")
    if not each.here:
        phone = view.content.controller.phone
        return Next(view.session, view.say("data.told_elsewhere", code=code, phone=phone))
    match each.state:
        case "done" if each.files:
            told = view.say("data.copy_ready", code=code)
            return Next(view.session, told, files=each.files)
        case "doing" | "done":
            told = view.say(f"data_told.{each.kind}", code=code)
        case "refused":
            controller = view.content.controller
            told = view.say(
                "data.told_refused",
                code=code,
                what=what,
                reason=each.reason,
                address=controller.address,
                phone=controller.phone,
            )
        case "open" if each.extended:
            due_on = show_date(each.due_on)
            told = view.say(
                "data.told_extended", code=code, what=what, reason=each.reason, due=due_on
            )
        case _:
            return Next(view.session, silent=True)
    return Next(view.session, told)
