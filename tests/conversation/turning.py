"""A turn as the shell takes it, with everything that must hold after any turn whatever."""

from collections.abc import Callable
from typing import Any

from handlers.announcing import Announcement
from handlers.conversation import needs, step, tell
from handlers.denouncing import Denunciation
from handlers.desk.dossier import Dossier
from handlers.desk.places import Restricted
from handlers.effects import Effect
from handlers.events import Event, SentUnreadable
from handlers.facts import Facts, Needs
from handlers.rights import DataRequest
from handlers.rooms import doors
from handlers.session import Room, Session, Welcome
from handlers.view import Turn, View

LONGEST_LABEL = 35
LONGEST_MESSAGE = 4096  # what one message of a messenger holds


def marshalled(session: Session) -> Session:
    """The session as storage gives it back: it must be the same."""
    again = Session.model_validate_json(session.model_dump_json())
    assert again == session
    return again


def asked_for(wanted: Needs, everything: Facts) -> Facts:
    """Of *everything* only what was asked for, as the shell reads it."""
    story = everything.story if wanted.story else None
    if story is not None and story.card.code != wanted.story:
        story = None
    return Facts(
        now=everything.now,
        content=everything.content,
        code=everything.code if wanted.fresh else "",
        receipt=everything.receipt if wanted.fresh else "",
        cards=everything.cards if wanted.cards else (),
        story=story if wanted.story else None,
        proved=everything.proved if wanted.receipt else False,
        invited=everything.invited if wanted.invitation else None,
        links=everything.links,
        hearing=everything.hearing if wanted.hearing else None,
        mine=everything.mine if wanted.mine else None,
        linked=everything.linked if wanted.link else None,
        petition=everything.petition if wanted.petition else None,
        limits=everything.limits,
        channel=everything.channel,
        confided=_confided(wanted.confided, everything),
        restricted=everything.restricted if wanted.restricted else (),
        **_of_the_desk(wanted, everything),
    )


def _confided(code: str, everything: Facts) -> Denunciation | None:
    found = everything.confided
    return found if found is not None and found.code == code else None


def _of_the_desk(wanted: Needs, everything: Facts) -> dict[str, Any]:
    """What an official is told of it."""
    if not wanted.official:
        return {}
    return {
        "official": everything.official,
        "dossier": _case(wanted.dossier, everything.dossier),
        "other": _case(wanted.other, everything.other),
        "queue": everything.queue if wanted.queue else (),
        "found": everything.found if wanted.found else (),
        "near": everything.near if wanted.near else (),
        "members": everything.members if wanted.members else (),
        "identity": everything.identity if wanted.identity else None,
        "answers": everything.answers if wanted.answers else (),
        "log": () if wanted.log is None else everything.log,
        "outdated": everything.outdated if wanted.outdated else None,
        "figures": everything.figures if wanted.figures else (),
        "announcement": _announced(wanted.announcement, everything),
        "request": _request(wanted.request, everything),
        "requests": () if wanted.requests is None else everything.requests,
        "announcements": () if wanted.announcements is None else everything.announcements,
    }


def _request(code: str, everything: Facts) -> DataRequest | None:
    found = everything.request
    return found if found is not None and found.code == code else None


def _announced(code: str, everything: Facts) -> Announcement | None:
    found = everything.announcement
    return found if found is not None and found.code == code else None


def _case(code: str, dossier: Dossier | None) -> Dossier | None:
    return dossier if dossier is not None and dossier.card.code == code else None


Carried = Callable[[tuple[Effect, ...], Needs], Facts]


def turn(session: Session, event: Event, everything: Facts, carried: Carried | None = None) -> Turn:
    """One turn, knowing only what it asked for; *carried* does it and says what is known then.

    Holds after any turn: the session survives storage, prompts are numbered upwards, and whoever is
    answered has the current question before them, in their language, with buttons that fit.
    """
    session = marshalled(session)
    wanted = needs(session, event, everything.content.triage)
    after = step(session, event, asked_for(wanted, everything))
    assert after == step(session, event, everything), "it did not ask for all it used"
    wants = after.wants or Needs()
    later = carried(after.effects, wants) if carried else everything
    after = tell(after, asked_for(wants, later))
    marshalled(after.session)
    assert after.session.step == session.step + (after.say is not None and not after.instead)
    if after.say is not None:
        say = after.say
        assert say.step == after.session.step
        assert say.lang == after.session.lang
        assert say.choices == after.session.offered
        assert all(0 < len(choice.label) <= LONGEST_LABEL for choice in say.choices)
        assert len({choice.label for choice in say.choices}) == len(say.choices)
        assert len({choice.key for choice in say.choices}) == len(say.choices)
        assert len(say.text) <= LONGEST_MESSAGE
        assert say.text == say.text.strip()
    return after


def shown(session: Session, everything: Facts) -> Session:
    """The session after its room was shown, so that its choices can be pressed."""
    at_door = isinstance(session.room, Welcome)
    standing = session.model_copy(update={"consent": "" if at_door else session.consent})
    return turn(standing, SentUnreadable(), everything).session


def ends_with_the_question(after: Turn, everything: Facts) -> bool:
    """Whether what is said ends with the prompt of the room the session now stands in."""
    session = after.session
    if isinstance(session.room, Welcome):  # shown once, it counts as read
        kinds = ((False, False), (True, False), (True, True))
        rooms: tuple[Room, ...] = tuple(
            session.room.model_copy(update={"noticed": noticed, "refused": refused})
            for noticed, refused in kinds
        )
    elif isinstance(session.room, Restricted):  # what was told is shown once for each look
        rooms = tuple(session.room.model_copy(update={"whole": whole}) for whole in (False, True))
    else:
        rooms = (session.room,)
    shown_in = (View(session.model_copy(update={"room": room}), everything) for room in rooms)
    prompts = [doors.show(view).text for view in shown_in]
    return after.say is not None and any(after.say.text.endswith(prompt) for prompt in prompts)
