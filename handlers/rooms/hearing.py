"""What a person wants to hear of: announcements about communes and topics, or none at all.

News of a case are no announcements: nothing here stops them.
"""

from collections import Counter
from collections.abc import Iterable

from handlers.answers import read_commune
from handlers.effects import Effect, Follow, JoinChats, MakeLink, SaveConsent
from handlers.events import SentMedia
from handlers.facts import Hearing as Heard
from handlers.linking import LINK, MINUTES
from handlers.messages import Expects, choice
from handlers.reading.courtesies import says_no, says_yes
from handlers.rooms import loose
from handlers.rooms.questions import proposals
from handlers.rooms.start import consent, home
from handlers.session import Hearing, Menu, Session
from handlers.understanding import tells
from handlers.unsent import Answer
from handlers.view import Input, Next, Picked, Prompt, View, Wrote, cut, enter

MOST = 10  # communes that can be chosen; those of one's own cases come beside
SHOWN = 30  # of them on one page
LONGEST_NAME = 100  # characters; what is longer is no commune
NAMED = frozenset({"web", "telegram", "talk"})


def _heard(view: View) -> Heard:
    return view.facts.hearing or Heard()


def channel_name(channel: str, view: View) -> str:
    """What people call a channel."""
    return view.say(f"channel.{channel if channel in NAMED else 'other'}")


def web_page(view: View) -> str:
    """The address of the page, or what it is called where none is known."""
    link = view.facts.links.get("web", "").replace("?start={}", "")
    return link or channel_name("web", view)


# -- showing it ------------------------------------------------------------------------------------


def show_hearing(room: Hearing, view: View) -> Prompt:
    """What is heard of now, and how to change it."""
    match room.page:
        case "all":
            return _show_all(view)
        case "communes":
            return _show_communes(room, view)
        case "topics":
            return _show_topics(view)
        case "channels":
            return _show_channels(view)
        case "join":
            return _show_join(view)


def _show_all(view: View) -> Prompt:
    heard = _heard(view)
    ways = (view.choice("channels"), view.choice("menu"))
    if not heard.hears:
        again = view.choice("hear", tone="primary")
        return Prompt(_off(view), (again, *ways))
    topics = (topic for topic in view.content.in_order if topic.id in heard.topics)
    text = view.say(
        "hearing.now",
        communes=_listed((_commune(id_, view) for id_ in heard.communes), view),
        topics=_listed((topic.button.in_(view.lang) for topic in topics), view),
    )
    choosing = (view.choice("hear_communes"), view.choice("hear_topics"))
    return Prompt(text, (*choosing, view.choice("hear_nothing", tone="danger"), *ways))


def _off(view: View) -> str:
    """What somebody agrees to by wanting announcements."""
    return view.say("hearing.off", controller=view.content.controller.name.in_(view.lang))


def _channels(view: View) -> str:
    """The chats somebody can be reached in, by channel, with how many when there are several."""
    counts = Counter(channel_name(channel, view) for channel in _heard(view).channels)
    names = (name if count == 1 else f"{name} ({count})" for name, count in counts.items())
    return _listed(names, view)


def _listed(names: Iterable[str], view: View) -> str:
    return "; ".join(names) or view.say("hearing.nothing")


def _commune(id_: str, view: View) -> str:
    commune = view.content.territory.get(id_)
    return commune.name if commune else id_


def _show_communes(room: Hearing, view: View) -> Prompt:
    """Those followed, to drop one; a name that was typed and may be several is asked about."""
    done = view.choice("done")
    if room.typed:
        lines, options = proposals(room.options, view)
        text = view.say(
            "commune.which" if options else "hearing.unknown", typed=cut(room.typed, 60)
        )
        expects: Expects = "choice" if options else "text"
        return Prompt("\n".join((text, *lines)), (*options, done), expects)
    followed = _heard(view).communes[:SHOWN]
    drops = tuple(
        choice(f"drop:{id_}", cut(view.say("hearing.drop", name=_commune(id_, view)), 35))
        for id_ in followed
    )
    text = view.say("hearing.which_more" if drops else "hearing.which")
    return Prompt(text, (*drops, done), "text")


def _show_topics(view: View) -> Prompt:
    heard = _heard(view).topics
    topics = tuple(
        choice(f"topic:{topic.id}", cut(f"{sign} {topic.button.in_(view.lang)}", 35))
        for topic in view.content.in_order
        for sign in ("☑" if topic.id in heard else "☐",)
    )
    return Prompt(view.say("hearing.topics"), (*topics, view.choice("done")))


def _show_channels(view: View) -> Prompt:
    text = view.say("hearing.channels", channels=_channels(view))
    return Prompt(text, (view.choice("link"), view.choice("done")))


def _show_join(view: View) -> Prompt:
    """Asked before two chats become one person's: a link may come from somebody else."""
    linked = view.facts.linked
    if linked is None:
        return Prompt(view.say("link.invalid"), (view.choice("join_not", "choice.back"),))
    text = view.say("link.ask", channel=channel_name(linked.channel, view))
    return Prompt(text, (view.choice("join", tone="primary"), view.choice("join_not")))


# -- changing it -----------------------------------------------------------------------------------


def at_hearing(room: Hearing, did: Input, view: View) -> Next:
    """Change it; what is no choice and no commune is held as any message is."""
    session = view.session
    match did:
        case Picked(key):
            return _picked(key, room, view)
        case Wrote() if room.page == "join" and (says_yes(did.text) or says_no(did.text)):
            return _picked("join" if says_yes(did.text) else "join_not", room, view)
        case Wrote() if room.page == "communes" and len(did.text) <= LONGEST_NAME:
            return _typed(did, view)
        case Wrote() if not tells(did) and isinstance(read_commune(did.part, view), Answer):
            return _typed(did, view)
        case Wrote() | SentMedia():
            return loose.take(did, view)
        case _:
            return Next(session, view.say("choose.again"))


def _picked(key: str, room: Hearing, view: View) -> Next:
    session = view.session
    match key:
        case "menu":
            return Next(enter(session, Menu()))
        case "done":
            return Next(enter(session, Hearing()))
        case "hear_communes":
            return Next(enter(session, Hearing(page="communes")))
        case "hear_topics":
            return Next(enter(session, Hearing(page="topics")))
        case "channels":
            return Next(enter(session, Hearing(page="channels")))
        case "hear_nothing":
            return Next(_hears(session, wanted=False), effects=(_consent(view, given=False),))
        case "hear":
            there = _hears(session, wanted=True)
            return Next(there, view.say("hearing.again"), (_consent(view, given=True),))
        case "link":
            return _link(view)
        case "join":
            return _join(room, view)
        case "join_not":
            return Next(home(session))
        case _:
            return _chosen(key, room, view)


def _chosen(key: str, room: Hearing, view: View) -> Next:
    """A commune to drop or one that was meant, or a topic to switch."""
    kind, _, name = key.partition(":")
    match kind:
        case "drop":
            dropped = view.say("hearing.dropped", name=_commune(name, view))
            return Next(view.session, dropped, (Follow(kind="commune", name=name, wanted=False),))
        case "value":
            meant = room.options[int(name)]
            return _add(meant.value, meant.text, view)
        case _:
            wanted = name not in _heard(view).topics
            switched = Follow(kind="topic", name=name, wanted=wanted)
            notice, effects = _heard_again(view) if wanted else ("", ())
            there = _hears(view.session, wanted=True) if effects else view.session
            return Next(there, notice, (switched, *effects))


def _heard_again(view: View) -> tuple[str, tuple[Effect, ...]]:
    """Whoever chooses something wants to hear of it: then not hearing anything is over."""
    if _heard(view).hears:
        return "", ()
    return view.say("hearing.again"), (_consent(view, given=True),)


def _hears(session: Session, *, wanted: bool) -> Session:
    """The session that knows whether this chat agreed to announcements."""
    return session.model_copy(update={"announcements": wanted})


def _consent(view: View, *, given: bool) -> SaveConsent:
    """Announcements are a purpose of their own: to want them is to agree to it."""
    return consent("announcements", view, given=given, shown=_off(view))


def stop(view: View) -> Next:
    """No announcement from now on, wherever somebody is."""
    there = _hears(view.session, wanted=False)
    return Next(there, view.say("hearing.stopped"), (_consent(view, given=False),))


def _typed(did: Wrote, view: View) -> Next:
    read = read_commune(did.part, view)
    if isinstance(read, Answer):
        return _add(read.value, read.text, view)
    asked = Hearing(page="communes", typed=read.typed, options=read.options)
    return Next(enter(view.session, asked))


def _add(commune: str, name: str, view: View) -> Next:
    """Follow *commune*, called by *name*, perhaps with the former one it was found by."""
    heard, there = _heard(view), enter(view.session, Hearing(page="communes"))
    if commune not in heard.communes and len(heard.communes) >= MOST:
        return Next(there, view.say("hearing.too_many", most=MOST))
    notice, effects = _heard_again(view)
    there = _hears(there, wanted=True) if effects else there
    added = "\n".join(line for line in (view.say("hearing.added", name=name), notice) if line)
    return Next(there, added, (Follow(kind="commune", name=commune, wanted=True), *effects))


def _link(view: View) -> Next:
    """A link to be opened in another chat of the same person, as words and as a picture."""
    token = f"{LINK}{view.facts.receipt}"
    links = tuple(link.replace("{}", token) for link in view.facts.links.values())
    told = view.say(
        "link.made",
        minutes=MINUTES,
        links="\n".join(f"• {link}" for link in links),
        token=token,
    )
    made = MakeLink(token=token, minutes=MINUTES)
    return Next(view.session, told, (made,), qr=links[-1] if links else "")


def _join(room: Hearing, view: View) -> Next:
    """This chat and the one that made the link are one person's, if it is still valid."""
    linked = view.facts.linked
    if linked is None or linked.same:
        return Next(home(view.session), view.say("link.same" if linked else "link.invalid"))
    name, phone = channel_name(linked.channel, view), view.content.controller.phone
    joined = view.say("link.joined", channel=name, phone=phone)
    return Next(home(view.session), joined, (JoinChats(token=room.token),))
