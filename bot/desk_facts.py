"""What a turn of an official must know, read in the turn's own transaction."""

from collections.abc import Callable
from dataclasses import replace

from handlers.announcing import Announcement
from handlers.desk import permission
from handlers.desk.people import Official
from handlers.desk.record import Entry
from handlers.desk.resting import Outdated, Rest
from handlers.facts import Facts, Needs
from handlers.rights import DataRequest
from handlers.rooms.desk.bulletins import PAGE as BULLETINS
from handlers.rooms.desk.data_page import PAGE as ASKED
from handlers.rooms.desk.journal import PAGE as ENTRIES
from handlers.rooms.desk.queue import PAGE
from handlers.rooms.desk.rules import CASES as OUTDATED
from storage import abuse, announcements, desk, log, members, repeats, resting, rights
from storage.database import Tx

QUEUE = PAGE + 1  # cases: one more than a page, to know of another
FOUND = 10  # cases of a search
LOG = ENTRIES + 1  # entries, as for the queue
ANNOUNCED = BULLETINS + 1  # announcements, as for the queue
ABUSE = 100  # of those who are kept from sending, or send too much
REQUESTS = ASKED + 1  # requests, as for the queue
SOON = 3  # working days


def desk_facts(tx: Tx, contact_id: int, wanted: Needs, facts: Facts) -> Facts:
    """The *facts* with what the desk has for this contact; a stranger learns nothing."""
    official = members.official(tx, contact_id)
    if official is None:
        return facts
    today = facts.now.date()
    seen = permission.units(official, "see")
    read = permission.units(official, "read")  # whoever may not read finds nothing by its words
    dossier = desk.dossier(tx, wanted.dossier) if wanted.dossier else None
    return replace(
        facts,
        official=official,
        dossier=dossier,
        other=desk.dossier(tx, wanted.other) if wanted.other else None,
        queue=desk.queue(tx, wanted.queue, seen, official.id, today, QUEUE) if wanted.queue else (),
        found=desk.search(tx, wanted.found, read, FOUND) if wanted.found else (),
        near=desk.named(tx, wanted.near, seen),
        members=members.members(tx) if wanted.members else (),
        loads=desk.loads(tx) if wanted.loads else {},
        identity=desk.identity(tx, wanted.dossier) if wanted.identity else None,
        answers=desk.recent_answers(tx, dossier.card.unit) if wanted.answers and dossier else (),
        log=() if wanted.log is None else _log(tx, wanted.log),
        alike=desk.named(tx, repeats.copies(tx, dossier.card.id), seen) if dossier else (),
        blocks=abuse.blocks(tx, facts.now, ABUSE) if wanted.abuse else (),
        slowed=abuse.slowed(tx, facts.now, ABUSE) if wanted.abuse else (),
        figures=desk.figures(
            tx,
            permission.units(official, "figures"),
            today,
            facts.content.calendar.add_working_days(today, SOON),
        )
        if wanted.figures
        else (),
        announcement=announcements.get(tx, wanted.announcement) if wanted.announcement else None,
        announcements=_announcements(tx, official, wanted.announcements),
        request=_request(tx, official, wanted.request) if wanted.request else None,
        requests=_requests(tx, official, wanted.requests),
        outdated=_outdated(tx, official, wanted, facts) if wanted.outdated else None,
    )


def _outdated(tx: Tx, official: Official, wanted: Needs, facts: Facts) -> Outdated | None:
    """The cases answered by another version than the one that is in force today."""
    kind, _, name = wanted.outdated.partition("/")
    rule = facts.content.law.get(name) if kind == "rule" else None
    if rule is None:
        return None
    version = rule.version if rule.in_force(facts.now.date()) else ""
    seen = permission.units(official, "see")
    rest = Rest("rule", rule.id, version)
    return resting.outdated(tx, rest, seen, wanted.outdated_after, OUTDATED)


def with_page(facts: Facts, page: Callable[[str], str]) -> Facts:
    """The *facts* with the address of the announcement's page on the web, if it has one."""
    found = facts.announcement
    if found is None or not found.public:
        return facts
    return replace(facts, announcement=found.model_copy(update={"page": page(found.code)}))


def _announcements(tx: Tx, official: Official, after: int | None) -> tuple[Announcement, ...]:
    """A page of those somebody may see; whoever may release one may announce, too."""
    if after is None:
        return ()
    seen = permission.units(official, "announce")
    return announcements.page(tx, seen, after, ANNOUNCED)


def _request(tx: Tx, official: Official, code: str) -> DataRequest | None:
    """A request of somebody's own data; who can appoint its officer learns that it waits."""
    able = permission.anywhere(official, "requests") or permission.anywhere(official, "invite")
    return rights.get(tx, code) if able else None


def _requests(tx: Tx, official: Official, after: int | None) -> tuple[DataRequest, ...]:
    if after is None or not permission.anywhere(official, "requests"):
        return ()
    return rights.page(tx, after, REQUESTS)


def _log(tx: Tx, before: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            seq=entry.seq,
            at=entry.at,
            kind=entry.kind,
            by=members.name_of(tx, entry.actor),
            subject=entry.subject,
            about=members.name_of(tx, entry.subject),
            data={name: value for name, value in entry.data.items() if name != "words"},
            words=entry.words or "",
        )
        for entry in log.entries(tx, before=before or None, limit=LOG)
    )
