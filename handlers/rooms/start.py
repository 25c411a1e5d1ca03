"""The front door: privacy notice and consent, help, languages."""

from collections.abc import Mapping

from handlers.content import Lang
from handlers.effects import DropTimer, Effect, KeepFile, Purpose, SaveConsent
from handlers.events import SentMedia
from handlers.pending import gather
from handlers.privacy import PATH
from handlers.rooms import loose
from handlers.rooms.form import DRAFT_TIMER
from handlers.session import Languages, Menu, Pausing, Resuming, Room, Session, Welcome
from handlers.unsent import Pending
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, enter

_TICKED: tuple[Purpose, ...] = ("statistics", "announcements")
REFUSED = Welcome(noticed=True, refused=True)


def home(session: Session) -> Session:
    """The room a person belongs in who is doing nothing in particular."""
    return enter(session, Menu() if session.consent else Welcome())


# -- welcome: the notice of Law 91/2025/QH15, art. 9, before the first personal datum -------------


def show_welcome(room: Welcome, view: View) -> Prompt:
    """The privacy notice, with one choice for each purpose; none is chosen beforehand."""
    controller = view.content.controller
    shown = _notice(view)
    if room.noticed or room.refused:
        shown = view.say(
            "welcome.later" if room.refused else "welcome.again",
            controller=controller.name.in_(view.lang),
            years=controller.keep_years,
            phone=controller.phone,
            address=controller.address,
        )
    other = "vi" if view.lang == "en" else "en"
    return Prompt(
        shown,
        (
            view.choice("agree", tone="primary"),
            view.choice(
                "announcements",
                "choice.announcements_on" if room.announcements else "choice.announcements_off",
            ),
            view.choice(
                "statistics", "choice.statistics_on" if room.statistics else "choice.statistics_off"
            ),
            view.choice("decline"),
            view.choice(f"lang:{other}", f"choice.lang_{other}"),
        ),
    )


def _notice(view: View) -> str:
    """The whole notice of today, as the door shows it first."""
    controller = view.content.controller
    whole = whole_notice(view)
    return view.say(
        "welcome.notice",
        controller=controller.name.in_(view.lang),
        years=controller.keep_years,
        phone=controller.phone,
        address=controller.address,
        whole=f"\n• {whole}" if whole else "",
    )


def whole_notice(view: View) -> str:
    """Where the whole notice is to be read; nothing without a page on the web."""
    web = view.facts.links.get("web", "")
    page = web.replace("/?start={}", PATH) if web else ""
    page += "?lang=en" if page and view.lang == "en" else ""
    return view.say("welcome.whole", page=page) if page else ""


_LABELS: Mapping[Purpose, str] = {
    "handling": "choice.agree",
    "statistics": "choice.statistics_on",
    "announcements": "choice.announcements_on",
}


def consent(purpose: Purpose, view: View, *, given: bool, shown: str = "") -> SaveConsent:
    """What proves that somebody agreed to a *purpose*, or took it back.

    *shown* is what they read when they pressed; by default the whole notice.
    """
    current = view.content.controller.privacy_version
    version = current if given else view.session.consent or current
    text = f"{shown or _notice(view)}\n\n{view.say(_LABELS[purpose])}"
    return SaveConsent(
        purpose=purpose, given=given, version=version, lang=view.lang, text=text if given else ""
    )


def noticed(room: Room) -> Room:
    """The room once its prompt was shown: a whole notice is shown once."""
    if not isinstance(room, Welcome):
        return room
    return room.model_copy(update={"noticed": True, "refused": False})


def at_welcome(room: Welcome, did: Input, view: View) -> Next:
    """Nothing is taken in before consent; what was sent early is held until then."""
    match did:
        case Picked("agree"):
            return _agree(room, view)
        case Picked("statistics" | "announcements" as ticked):
            flipped = room.model_copy(update={ticked: not getattr(room, ticked)})
            return Next(enter(view.session, flipped))
        case Picked("decline"):
            return _decline(view)
        case Picked(key) if key.startswith("lang:"):
            unread = room.model_copy(update={"noticed": False})
            return Next(enter(view.session, unread, lang=_lang(key)))
        case Wrote() | SentMedia():
            gathered = gather(view.session.pending, did, view)
            held = view.session.model_copy(update={"pending": gathered.pending})
            return Next(held, gathered.notice or view.say("welcome.held"))
        case _:
            return Next(view.session, view.say("welcome.first"))


def to_consent(sent: Wrote | SentMedia | None, view: View) -> Next:
    """To the whole notice, because it changed; the draft and what was just *sent* are kept."""
    pending = gather(view.session.pending, sent, view).pending if sent else view.session.pending
    door = enter(view.session, Welcome(), pending=pending)
    return Next(door, view.say("welcome.changed") if view.session.consent else "")


def _decline(view: View) -> Next:
    """Nothing unsent is kept of who does not agree; an older agreement ends with it."""
    controller = view.content.controller
    said = view.say("welcome.declined", phone=controller.phone, address=controller.address)
    return Next(without_consent(view.session), said, taken_back(view))


def without_consent(session: Session) -> Session:
    """At the door, with nothing of what was not sent."""
    nothing = {"consent": "", "statistics": False, "announcements": False, "unmade": None}
    return enter(session, REFUSED, draft=None, pending=Pending(), **nothing)


def taken_back(view: View) -> tuple[Effect, ...]:
    """Every agreement there was, taken back; no reminder of a draft that is gone."""
    session = view.session
    effects: list[Effect] = []
    if session.consent:
        effects.append(consent("handling", view, given=False))
        if session.statistics:
            effects.append(consent("statistics", view, given=False))
        if session.announcements:
            effects.append(consent("announcements", view, given=False))
    if session.draft:
        effects.append(DropTimer(timer=DRAFT_TIMER))
    return tuple(effects)


def _agree(room: Welcome, view: View) -> Next:
    version = view.content.controller.privacy_version
    before = view.session
    ticked: dict[str, bool] = {purpose: getattr(room, purpose) for purpose in _TICKED}
    session = before.model_copy(update={"consent": version, **ticked})
    there = View(session, view.facts)
    effects: list[Effect] = [consent("handling", there, given=True)]
    effects += [
        consent(purpose, there, given=ticked[purpose])
        for purpose in _TICKED
        if ticked[purpose] or getattr(before, purpose)
    ]
    effects += [KeepFile(media=media) for media in session.pending.media]
    thanks = view.say("welcome.thanks")
    if session.draft:
        return Next(enter(session, Resuming()), thanks, tuple(effects))
    if session.pending == Pending():
        return Next(home(session), thanks, tuple(effects))
    arrived = loose.arrive(View(session, view.facts))
    return Next(arrived.session, f"{thanks}\n{arrived.notice}", tuple(effects))


def helped(view: View) -> Next:
    """What can be done here, said beside the current question."""
    return Next(view.session, view.say("help.text", phone=view.content.controller.phone))


# -- languages -------------------------------------------------------------------------------------


def show_languages(_room: Languages, view: View) -> Prompt:
    """Each language in its own words."""
    return Prompt(
        view.say("language.ask"),
        (view.choice("lang:vi", "choice.lang_vi"), view.choice("lang:en", "choice.lang_en")),
    )


def at_languages(room: Languages, did: Input, view: View) -> Next:
    """Change the language and go on where the person was."""
    match did:
        case Picked(key):
            return Next(enter(view.session, room.back, lang=_lang(key)))
        case _:
            return Next(view.session, view.say("choose.again"))


def to_languages(view: View) -> Next:
    """Ask for the language, remembering the way back."""
    room = view.session.room
    if isinstance(room, Pausing):
        room = room.back
    asked = room if isinstance(room, Languages) else Languages(back=room)
    return Next(enter(view.session, asked))


def _lang(key: str) -> Lang:
    return "en" if key == "lang:en" else "vi"
