"""Approving and amending the figures of the law: two people, and the very version that was read."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.content import load_content
from handlers.approval import Approval
from handlers.content import Content
from handlers.desk.amendments import amended
from handlers.desk.people import Duty, Official
from handlers.desk.places import Doing, Office
from handlers.desk.resting import Outdated, Resting
from handlers.effects import Amend
from handlers.facts import Facts
from handlers.rooms.desk.rule_words import SOON, state
from handlers.rooms.desk.rules import at_rules, show_rules, to_rules, woken
from handlers.rooms.desk.ruling import TASKS
from handlers.session import Session
from handlers.view import Picked, View

CONTENT = load_content(Path(__file__).parents[2] / "content")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = NOW.date()
RULE = CONTENT.rule("complaint_file_days")
HOA = Official(id=7, name="Nguyễn Thị Hoa", duties=(Duty(role="leader"),), elsewhere=frozenset({8}))
TASK = {task.name: task for task in TASKS}


def view(
    official: Official | None = HOA, content: Content = CONTENT, outdated: Outdated | None = None
) -> View:
    """What an official sees at the desk."""
    facts = Facts(NOW, content, official=official, outdated=outdated)
    return View(Session(staff=True), facts)


def written_by(member: int) -> Content:
    """The content with the rule amended by a member."""
    rule = RULE.model_copy(update={"value": 60, "by": member})
    return amended(CONTENT, [("rule", rule.id, rule.model_dump_json())])


def approve(seen: View, version: str = "") -> Amend | None:
    """The approval of the rule as it was read, if it is one."""
    room = Doing(task="rule_approve", given={"rule": RULE.id})
    room = TASK["rule_approve"].prepare(room, seen)
    if version:
        room = room.model_copy(update={"given": {**room.given, "version": version}})
    effects = TASK["rule_approve"].finish(room, seen).effects
    found = [effect for effect in effects if isinstance(effect, Amend)]
    return found[0] if found else None


def test_an_approval_names_who_when_and_which_version() -> None:
    """It is an amendment by itself, so that the log and the undoing are those of any other."""
    effect = approve(view())
    assert effect is not None
    assert (effect.kind, effect.key, effect.by) == ("approval", f"rule/{RULE.id}", 7)
    assert Approval.model_validate_json(effect.value) == Approval(
        version=RULE.version, by=7, on=TODAY
    )
    assert not amended(CONTENT, [(effect.kind, effect.key, effect.value)]).rule(RULE.id).draft


@pytest.mark.parametrize(("writer", "approves"), [(0, True), (6, True), (7, False), (8, False)])
def test_nobody_approves_what_they_wrote(writer: int, approves: bool) -> None:  # noqa: FBT001 - a row
    """Neither from this chat nor from another one of the same person."""
    assert (approve(view(content=written_by(writer))) is not None) == approves


def test_what_changed_since_it_was_read_is_not_approved() -> None:
    """The last press approves the version that was on the screen, or nothing."""
    assert approve(view(), version="of-yesterday") is None


@pytest.mark.parametrize(
    "duties",
    [
        (Duty(role="leader", unit="so-gd-dt"),),
        (Duty(role="administrator"),),
        (Duty(role="approver", unit="ban-tiep-cong-dan"),),
        (Duty(role="monitor"), Duty(role="clerk")),
    ],
)
def test_others_read_and_may_not_approve(duties: tuple[Duty, ...]) -> None:
    """A leader of another unit, an administrator, a monitor: the card without its buttons."""
    other = HOA.model_copy(update={"duties": duties})
    assert approve(view(other)) is None
    room = Office(page="rules", subject=f"rule/{RULE.id}")
    keys = {choice.key for choice in show_rules(room, view(other)).choices}
    assert keys == {"list"}
    pressed = at_rules(room, Picked("do:rule_approve"), view(other))
    assert not any(isinstance(effect, Amend) for effect in pressed.effects)


def test_the_leader_of_the_unit_that_keeps_it_approves() -> None:
    """One's own rules need nobody from above."""
    own = HOA.model_copy(update={"duties": (Duty(role="leader", unit=RULE.owner),)})
    assert approve(view(own)) is not None


def test_a_stranger_reads_nothing() -> None:
    """Neither the list, nor a rule, nor news of one."""
    nobody = view(None)
    assert "90" not in show_rules(Office(page="rules"), nobody).text
    assert to_rules("", nobody).session.room.at != "office"
    assert woken("law_changed", f"rule/{RULE.id}", nobody).silent


def edit(seen: View, part: str, value: str) -> tuple[Amend | None, str]:
    """The amendment of a part of the rule, and what is said."""
    room = Doing(task="rule_edit", given={"rule": RULE.id, "part": part, "value": value})
    after = TASK["rule_edit"].finish(room, seen)
    found = [effect for effect in after.effects if isinstance(effect, Amend)]
    return (found[0] if found else None), after.notice


def test_an_edited_rule_is_a_draft_by_its_writer() -> None:
    """The approval of the former version stays in the log, and holds no more."""
    signed = Approval(version=RULE.version, by=6, on=TODAY).model_dump_json()
    approved = amended(CONTENT, [("approval", f"rule/{RULE.id}", signed)])
    effect, _ = edit(view(content=approved), "value", "60")
    assert effect is not None
    laid = (*approved.amendments, (effect.kind, effect.key, effect.value))
    rule = amended(CONTENT, laid).rule(RULE.id)
    assert (rule.value, rule.by, rule.draft) == (60, 7, True)
    assert rule.approval is not None
    assert rule.approval.version == RULE.version


def test_a_note_changes_neither_version_nor_writer() -> None:
    """Whoever notes where it was read did not write the rule: its writer still can't approve it."""
    content = written_by(8)
    effect, _ = edit(view(content=content), "note", "đã đối chiếu Công báo")
    assert effect is not None
    rule = amended(content, [(effect.kind, effect.key, effect.value)]).rule(RULE.id)
    assert (rule.version, rule.by) == (content.rule(RULE.id).version, 8)


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("text", "Thời hiệu là 90 ngày.", "cần một chỗ {value}"),
        ("value", "0", "quá nhỏ"),
        ("valid_to", "2000-01-01", "valid_to trước valid_from"),
        ("source", "", "đang trống"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(part: str, value: str, says: str) -> None:
    """An amendment that does not fit is refused in words, with its mend."""
    effect, told = edit(view(), part, value)
    assert effect is None
    assert says in told


def test_the_list_begins_with_what_needs_somebody() -> None:
    """Drafts, then what is out of force, then what ends soon, then the rest."""
    names = ("tuition_free", "plan_posted_days", "complaint_accept_days", "breach_notice_hours")
    ends = {"plan_posted_days": date(2026, 11, 1), "complaint_accept_days": TODAY + SOON}
    law = {name: CONTENT.rule(name).model_copy(update={"valid_to": ends.get(name)})
           for name in names}  # fmt: skip
    signed = [
        (
            "approval",
            f"rule/{name}",
            Approval(version=rule.version, by=6, on=TODAY).model_dump_json(),
        )
        for name, rule in law.items()
        if name != "breach_notice_hours"
    ]
    seen = view(content=amended(CONTENT.model_copy(update={"law": law}), signed))
    states = [state(rule, seen) for rule in seen.content.law.values()]
    assert states == ["valid", "expired", "soon", "draft"]
    opens = [c.key for c in show_rules(Office(page="rules"), seen).choices if "open:" in c.key]
    order = ("breach_notice_hours", "plan_posted_days", "complaint_accept_days", "tuition_free")
    assert opens == [f"open:{name}" for name in order]


def test_the_keeper_is_told_how_many_answers_rest_on_the_old_one() -> None:
    """The count is of the cases they may see."""
    case = Resting(code="PA-7K3Q-M2X", unit="so-y-te", status="answered", at=NOW)
    seen = view(outdated=Outdated(count=12, cases=(case,)))
    told = woken("law_changed", f"rule/{RULE.id}", seen).notice
    assert "12 ý kiến" in told
    assert "90 ngày" in told
    assert woken("law_soon", f"rule/{RULE.id}", seen).silent, "it has no last day any more"
    assert woken("law_changed", "rule/gone", seen).silent
