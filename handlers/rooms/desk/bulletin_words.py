"""An announcement in words: whom it concerns, how far it has come, what each channel will show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.announcing import (
    Announcement,
    Audience,
    DeliveryState,
    Tally,
    may_begin,
    said,
)
from handlers.content import Content
from handlers.desk.people import EVERYWHERE
from handlers.desk.progress import done, pace, time_left, to_do
from handlers.messages import Say, split
from handlers.pending import file_name
from handlers.reading.moments import show_moment
from handlers.rooms.desk.administering import unit_name
from handlers.view import View

NO_CHANNEL, STOPPED = "", "stopped"  # counts of a dry run that are of no channel
STATES: tuple[DeliveryState, ...] = (
    "sent", "unreachable", "failed", "unknown", "cancelled", "queued", "sending",
)  # fmt: skip
MINUTE = 60
HOUR = 60 * MINUTE
LATEST = timedelta(days=366)  # from now, of when one may be asked to begin


def figure(number: int) -> str:
    """A number as it is written here: 1.200."""
    return f"{number:,}".replace(",", ".")


def channel_name(channel: str) -> str:
    """What a channel is called."""
    return channel.capitalize()


def speaker(unit: str, view: View) -> str:
    """Who speaks: a unit, or the province itself for what is of all units."""
    return view.content.controller.name.vi if unit == EVERYWHERE else view.content.unit_name(unit)


# -- whom ------------------------------------------------------------------------------------------


def whom(audience: Audience, view: View) -> str:
    """An audience in one line."""
    where = _communes(audience, view) or view.say("announce_to.everywhere")
    what = _topics(audience, view) or view.say("announce_to.any_topic")
    match audience.whom:
        case "people":
            told = view.say("announce_to.people", where=where, what=what)
        case "cases":
            told = view.say("announce_to.cases", where=where, what=what)
        case _:
            roles = ", ".join(view.say(f"role.{role}") for role in audience.roles)
            every = view.say("announce_to.any_role")
            unit = unit_name(audience.unit, view)
            told = view.say("announce_to.staff", unit=unit, roles=roles or every)
    return "; ".join((told, *_narrowed(audience, view)))


def _communes(audience: Audience, view: View) -> str:
    known = ((id_, view.content.territory.get(id_)) for id_ in audience.communes)
    return ", ".join(commune.name if commune else id_ for id_, commune in known)


def _topics(audience: Audience, view: View) -> str:
    return ", ".join(view.content.topic_button(topic) for topic in audience.topics)


def _narrowed(audience: Audience, view: View) -> Iterable[str]:
    if audience.whom == "cases":
        if audience.unit != EVERYWHERE:
            yield view.say("announce_to.unit", unit=unit_name(audience.unit, view))
        if audience.matter:
            yield view.say("announce_to.matter", code=audience.matter)
        if audience.words:
            yield view.say("announce_to.words", words=audience.words)
    if audience.lang:
        yield view.say("announce_to.vi" if audience.lang == "vi" else "announce_to.en")


def counted(announcement: Announcement, view: View) -> str:
    """The dry run: how many would be told on which channel, and how many not."""
    counts = announcement.counted
    if counts is None:
        return view.say("announce.counting")
    told = {name: n for name, n in counts.items() if name not in {NO_CHANNEL, STOPPED}}
    channels = ", ".join(f"{channel_name(name)} {figure(n)}" for name, n in told.items())
    head = view.say("announce.counted", people=figure(sum(told.values())))
    parts = [f"{head}: {channels}" if channels else head]
    if none := counts.get(NO_CHANNEL, 0):
        parts.append(view.say("announce.without", people=figure(none)))
    if stopped := counts.get(STOPPED, 0):
        parts.append(view.say("announce.stopped", people=figure(stopped)))
    return "; ".join(parts)


def people(announcement: Announcement) -> int | None:
    """How many would be told; None while they are counted."""
    counts = announcement.counted
    if counts is None:
        return None
    return sum(n for name, n in counts.items() if name not in {NO_CHANNEL, STOPPED})


# -- how far ---------------------------------------------------------------------------------------


def progress(announcement: Announcement, view: View) -> str:
    """One live line: told, not told, still to be told, and how long that takes."""
    count = announcement.count
    parts = [
        view.say("announce_state.sent", people=figure(count("sent"))),
        view.say("announce_state.unreachable", people=figure(count("unreachable"))),
        view.say("announce_state.failed", people=figure(count("failed"))),
    ]
    if unknown := count("unknown"):
        parts.append(view.say("announce_state.unknown", people=figure(unknown)))
    if cancelled := count("cancelled"):
        parts.append(view.say("announce_state.cancelled", people=figure(cancelled)))
    left = to_do(announcement)
    parts.append(view.say("announce.remaining", people=figure(left)))
    lines = [" · ".join(parts)]
    if not announcement.prepared and announcement.state in {"released", "running"}:
        lines.append(view.say("announce.preparing"))
    elif left and (lasts := time_left(announcement, view.facts.limits, view.facts.now)):
        lines.append(view.say("announce.time_left", time=lasting(lasts, view)))
    return "\n".join(lines)


def lasting(time: timedelta, view: View) -> str:
    """A length of time, as exactly as anybody needs it."""
    seconds = int(time.total_seconds())
    if seconds < MINUTE:
        return view.say("lasting.under_a_minute")
    if seconds < HOUR:
        return view.say("lasting.minutes", minutes=-(-seconds // MINUTE))
    minutes = -(-seconds % HOUR // MINUTE)
    return view.say("lasting.hours", hours=seconds // HOUR, minutes=minutes)


def report(announcement: Announcement, view: View) -> str:
    """What came of it, channel by channel, once it has ended."""
    lines = [view.say("announce.report")]
    lines += [f"• {_tally(tally, view)}" for tally in announcement.tallies]
    begun, ended = announcement.begun_at, announcement.ended_at
    # What was told twice tells nothing of the pace, nor does what ended as it began.
    once = announcement.version == 1 and announcement.state == "done"
    if once and begun and ended and (ended - begun).total_seconds() >= 1:
        rate = f"{pace(announcement, ended):.1f}".replace(".", ",")
        lasted = lasting(ended - begun, view)
        lines.append(view.say("announce.lasted", time=lasted, rate=rate))
    if not done(announcement):
        return view.say("announce.nobody_told")
    return "\n".join(lines)


def _tally(tally: Tally, view: View) -> str:
    told = (
        view.say(f"announce_state.{state}", people=figure(n))
        for state in STATES
        if (n := tally.counts.get(state, 0))
    )
    name = channel_name(tally.channel) if tally.channel else view.say("announce.no_channel")
    return f"{name}: {' · '.join(told)}"


# -- what is said ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What these *channels* show alike: the text in its parts."""

    channels: tuple[str, ...]
    parts: tuple[str, ...]


def message(announcement: Announcement, content: Content) -> Say:
    """The announcement as it is told; a correction as it would be, once it is released."""
    corrects = announcement.proposed is not None
    return said(
        content,
        announcement.audience.lang or "vi",
        announcement.unit,
        announcement.proposed or announcement.wording,
        code=announcement.code,
        page=announcement.page,
        corrected=corrects or announcement.version > 1,
        urgent=announcement.urgent,
        public=announcement.public,
    )


def looks(text: str, view: View) -> tuple[Look, ...]:
    """How each channel cuts *text*, those that cut it alike together, the fewest parts first."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for limit in view.facts.limits:
        alike.setdefault(tuple(split(text, limit.text)), []).append(limit.channel)
    found = [Look(tuple(channels), parts) for parts, channels in alike.items()]
    return tuple(sorted(found, key=lambda look: len(look.parts))) or (Look((), (text,)),)


def look_name(look: Look, view: View) -> str:
    """The channels of a look, by name."""
    names = ", ".join(channel_name(channel) for channel in look.channels)
    return names or view.say("announce.every_channel")


def shown(say: Say, look: Look, view: View) -> str:
    """The words of a message as one look has them, with the files that go along."""
    cuts = f"\n{view.say('announce.next_part')}\n".join(look.parts)
    head = view.say("announce.look", channels=look_name(look, view), parts=len(look.parts))
    names = ", ".join(file_name(media.name, view) for media in say.files)
    files = (view.say("announce.files", files=names),) if names else ()
    return "\n".join((head, "———", cuts, "———", *files))


def preview(say: Say, view: View) -> str:
    """What is shown with the fewest parts, and which channels cut it into more."""
    first, *others = looks(say.text, view)
    more = (
        view.say("announce.cut", channels=look_name(look, view), parts=len(look.parts))
        for look in others
    )
    return "\n".join((shown(say, first, view), *more))


def when(at: datetime | None, view: View, *, urgent: bool) -> str:
    """When it is asked to begin, and that it will begin later when that is in the quiet hours."""
    if at is None:
        return view.say("announce.at_once")
    rules, asked = view.content.desk, view.local(at)
    start, end = rules.quiet_from, rules.quiet_to
    told = view.say("announce.at", time=show_moment(asked))
    begins = may_begin(asked, urgent=urgent, quiet_from=start, quiet_to=end)
    if begins == asked:
        return told
    return f"{told}\n{view.say('announce.at_quiet', time=show_moment(begins))}"


def no_time(begins: datetime, view: View) -> str:
    """Why it can't begin then, or nothing; a year from now is a slip of the hand."""
    if begins <= view.facts.now:
        return view.say("announce.past")
    return view.say("announce.too_far") if begins - view.facts.now > LATEST else ""


def quiet(announcement: Announcement, view: View) -> str:
    """That the quiet hours hold it up, while they do."""
    rules, now = view.content.desk, view.facts.now
    start, end = rules.quiet_from, rules.quiet_to
    asked = announcement.begins_at or now
    state = announcement.state
    ready = state in {"released", "running"} and asked <= now
    urgent = announcement.urgent
    if not ready or may_begin(now, urgent=urgent, quiet_from=start, quiet_to=end) == now:
        return ""
    return view.say("announce.quiet", start=f"{start:%H:%M}", end=f"{end:%H:%M}")
