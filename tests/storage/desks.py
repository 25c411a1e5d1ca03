"""A desk in storage: members with duties, cases, and steps done to them."""

from datetime import date, timedelta
from functools import partial

from handlers.desk.dossier import Dossier, Reply
from handlers.desk.people import Duty, Role
from handlers.effects import Invite, MoveTicket, OpenTicket
from handlers.tickets import Action, Status
from storage import desk, follows, members, moves, people, tickets
from storage.database import Store, Tx
from tests.storage.samples import CODE, NOW, SECRET, case

UNIT, OTHER_UNIT = "so-nn-mt", "so-y-te"
TODAY = NOW.date()
REPLY = Reply(finding="Đường hỏng vì mưa", basis="Luật Đường bộ", action="Đã sửa ngày 20/11")


def member(tx: Tx, address: str, *duties: Duty, name: str = "") -> int:
    """Let the chat at *address* join with these duties; the id of the member."""
    contact = people.contact(tx, "web", address, NOW).id
    for duty in duties:
        token = f"{address} {duty}"
        effect = Invite(by=0, invitation=token, duty=duty, name=name or address, hours=24)
        members.invite(tx, effect, token, NOW)
        assert members.join(tx, contact, token, NOW)
    official = members.official(tx, contact)
    assert official is not None
    return official.id


def staffed(tx: Tx, *roles: Role, unit: str = UNIT) -> tuple[int, ...]:
    """One member for each role, all of one unit, called by the role."""
    return tuple(member(tx, f"{role} {unit}", Duty(role=role, unit=unit)) for role in roles)


def opened(tx: Tx, code: str = CODE, address: str = "a", **differs: object) -> int:
    """A case of the citizen at *address*, which *differs* from the usual one; their contact."""
    contact = people.contact(tx, "web", address, NOW).id
    follows.hear(tx, contact, wanted=True)
    effect: OpenTicket = case(code).model_copy(update=differs)
    tickets.open(tx, contact, effect, NOW, SECRET, "2026-11")
    return contact


def step(
    action: Action,
    by: int = 0,
    *,
    code: str = CODE,
    contact: int = 1,
    days: int = 0,
    **says: object,
) -> partial[Status | None]:
    """Something done to a case, so many days after it was opened."""
    effect = MoveTicket.model_validate({"code": code, "action": action, "by": by, **says})
    return partial(moves.move, contact_id=contact, step=effect, now=NOW + timedelta(days=days))


async def dossier_of(store: Store, code: str = CODE) -> Dossier:
    """A case that is there, as the desk sees it."""
    found = await store.run(partial(desk.dossier, code=code))
    assert found is not None
    return found


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)
