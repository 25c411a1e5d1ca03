"""Who may do what: every cell of the table, as the manual prints it, against `may`."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handlers.announcing import Announcement, Wording
from handlers.desk.dossier import DeskCard
from handlers.desk.people import EVERYWHERE, ROLES, Duty, Official, Role
from handlers.desk.permission import DEEDS, REACHES, Deed, anywhere, may, units

MANUAL = Path(__file__).parents[2] / "docs" / "desk.md"
ME, COLLEAGUE = 7, 8
HERE, ELSEWHERE = "so-y-te", "so-gd-dt"
CELLS = [(role, deed) for role in ROLES for deed in DEEDS]


def printed() -> dict[tuple[str, str], str]:
    """The table in the manual: rows are deeds, columns roles."""
    table = MANUAL.read_text("utf-8").partition("| `việc` |")[2].partition("\n\n")[0]
    lines = [line for line in f"| `việc` |{table}".splitlines() if line.startswith("| `")]
    head, *rows = ([cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines)
    return {
        (role, row[0]): cell for row in rows for role, cell in zip(head[1:], row[1:], strict=True)
    }


def case(unit: str = HERE, assignee: int = 0, author: int = 0) -> DeskCard:
    """A case of *unit*."""
    return DeskCard(
        id=1,
        code="PA-6Q4C-5MJ",
        topic="khac",
        status="working",
        unit=unit,
        commune="",
        opened_at=datetime(2026, 11, 23, tzinfo=UTC),
        due_on=date(2026, 12, 8),
        assignee=assignee,
        author=author,
    )


def member(role: Role, unit: str = HERE) -> Official:
    """Somebody with that one duty."""
    return Official(id=ME, name="An", duties=(Duty(role=role, unit=unit),))


def test_the_manual_prints_the_table() -> None:
    """What officials read about their rights is what the program does, cell by cell."""
    assert printed() == {(role, deed): reach for (role, deed), reach in REACHES.items()}


@pytest.mark.parametrize(("role", "deed"), CELLS)
def test_a_cell(role: Role, deed: Deed) -> None:
    """Each role reaches just as far as its cell says, here, and nowhere outside its unit."""
    reach, one = printed()[role, deed], member(role)
    mine = {"-": False, "unit": True, "own": True, "other": True, "urgent": False}
    others = {"-": False, "unit": True, "own": False, "other": True, "urgent": False}
    by_me = {"-": False, "unit": True, "own": False, "other": False, "urgent": False}
    urgent = case(assignee=ME).model_copy(update={"kind": "emergency"})
    assert may(one, deed, urgent) is (reach == "urgent" or mine[reach])
    assert may(one, deed, case(assignee=ME)) is mine[reach]
    assert may(one, deed, case(assignee=COLLEAGUE, author=COLLEAGUE)) is others[reach]
    assert may(one, deed, case()) is others[reach]
    assert may(one, deed, case(author=ME)) is by_me[reach]
    in_two_chats = one.model_copy(update={"elsewhere": frozenset({COLLEAGUE})})
    assert may(in_two_chats, deed, case(author=COLLEAGUE)) is by_me[reach]
    assert may(one, deed, HERE) is (reach == "unit")
    for outside in (case(ELSEWHERE, ME), case(ELSEWHERE), ELSEWHERE, EVERYWHERE):
        assert not may(one, deed, outside)
    assert may(member(role, EVERYWHERE), deed, case(ELSEWHERE, ME)) is mine[reach]
    assert anywhere(one, deed) is (reach not in {"-", "urgent"})
    assert units(one, deed) == ({HERE} if reach not in {"-", "urgent"} else set())


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_may_nothing(deed: Deed) -> None:
    """Who is no member of staff, or has no duty left, may nothing."""
    for one in (None, Official(id=ME, name="An", duties=())):
        assert not may(one, deed, case(assignee=ME))
        assert not anywhere(one, deed)


@pytest.mark.parametrize("role", ROLES)
def test_an_announcement(role: Role) -> None:
    """Whoever wrote an announcement never releases it; others do, in its unit, as the cell says."""

    def notice(author: int, unit: str = HERE) -> Announcement:
        words, at = Wording(text="Mưa lớn"), datetime(2026, 11, 23, tzinfo=UTC)
        return Announcement(
            code="TB-6Q4C-5MJ", unit=unit, author=author, state="waiting", wording=words,
            created_at=at,
        )  # fmt: skip

    one = member(role)
    assert may(one, "release", notice(COLLEAGUE)) is (printed()[role, "release"] == "other")
    assert not may(one, "release", notice(ME))
    assert may(one, "announce", notice(ME)) is (printed()[role, "announce"] == "unit")
    assert not may(one, "announce", notice(ME, ELSEWHERE))
    assert not may(one, "release", notice(COLLEAGUE, ELSEWHERE))


def test_duties_add_up() -> None:
    """A head of two units who dispatches in a third may in each what that duty says."""
    one = Official(
        id=ME,
        name="An",
        duties=(
            Duty(role="officer", unit=HERE),
            Duty(role="monitor", unit=ELSEWHERE),
            Duty(role="dispatcher", unit="so-noi-vu"),
        ),
    )
    assert may(one, "take", case(HERE))
    assert not may(one, "take", case(ELSEWHERE))
    assert may(one, "see", case(ELSEWHERE))
    assert not may(one, "read", case(ELSEWHERE))
    assert may(one, "assign", case("so-noi-vu"))
    assert not may(one, "assign", case(HERE))
    assert units(one, "see") == {HERE, ELSEWHERE, "so-noi-vu"}
