"""People who act for the province: their roles, each within a unit or all of them."""

from typing import Literal, get_args

from handlers.model import Frozen

Role = Literal[
    "administrator",  # quản trị: people, units, routing, templates
    "dispatcher",  # điều phối: gives cases to units and people
    "officer",  # cán bộ: handles cases
    "approver",  # lãnh đạo đơn vị: releases answers, gives cases within the unit
    "leader",  # lãnh đạo: sees all, decides nothing in a case
    "monitor",  # giám sát: the Fatherland Front, unions; counts and lateness, nothing personal
    "clerk",  # người nhập hộ: a hamlet head who files for others
    "watch",  # trực ban: told at once when a life is in danger
    "inspector",  # người xử lý tin báo kín: reads what has the content of a denunciation
    "dpo",  # phụ trách dữ liệu cá nhân: answers what people ask of their data
]
INVITATION = "moi-"  # how the payload of an invitation's link begins
ROLES: tuple[Role, ...] = get_args(Role)
EVERYWHERE = "*"


class Duty(Frozen):
    """One role in one *unit*; ``*`` is every unit."""

    role: Role
    unit: str = EVERYWHERE

    def covers(self, unit: str) -> bool:
        """Whether *unit* is within it."""
        return self.unit in {EVERYWHERE, unit}


class Official(Frozen):
    """A member of staff: *id* is theirs for ever, *name* is how colleagues call them.

    *reachable* is False while their chat cannot be written to. *elsewhere* are the ids of the same
    person in other chats joined to this one: what takes two people is not done from two chats.
    """

    id: int
    name: str
    duties: tuple[Duty, ...]
    reachable: bool = True
    elsewhere: frozenset[int] = frozenset()

    @property
    def units(self) -> frozenset[str]:
        """The units they act in; `EVERYWHERE` may be among them."""
        return frozenset(duty.unit for duty in self.duties)


class Invitation(Frozen):
    """What a valid invitation makes of whoever uses it; *by* is the member who made it."""

    duty: Duty
    name: str = ""
    by: int = 0
