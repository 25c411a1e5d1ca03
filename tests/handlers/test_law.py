"""Rules of the law: marked while they are drafts, silent out of force, told by article."""

import ast
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.content import load_content
from handlers.approval import Approval
from handlers.content import Content
from handlers.desk.amendments import amended
from handlers.desk.resting import Rest, named, read, told
from handlers.law import NEEDED, Rule
from handlers.words import Lang

CONTENT = load_content(Path(__file__).parents[2] / "content")
TODAY = date(2026, 11, 23)
FILE_DAYS = CONTENT.rule("complaint_file_days")
MARKS = {"vi": "(dự thảo, chưa được duyệt)", "en": "(draft, not yet approved)"}
LANGS: tuple[Lang, ...] = ("vi", "en")
rules = pytest.mark.parametrize("rule", CONTENT.law.values(), ids=lambda rule: rule.id)


def signed(content: Content, rule: Rule, version: str) -> Content:
    """The *content* with an approval of that version of a rule."""
    approval = Approval(version=version, by=7, on=TODAY).model_dump_json()
    return amended(content, [("approval", f"rule/{rule.id}", approval)])


@rules
def test_every_rule_ships_as_a_draft(rule: Rule) -> None:
    """Nothing was approved by who wrote the file; each says where it stands, and how sure it is."""
    assert rule.draft
    assert rule.source
    assert "chưa đối chiếu" in rule.note


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("complaint_file_days", "90 ngày"),
        ("complaint_accept_days", "7 ngày làm việc"),
        ("complaint_first_days", "30 ngày"),
        ("complaint_second_file_days", "30 ngày"),
        ("denunciation_log_days", "7 ngày làm việc"),
        ("denunciation_forward_days", "5 ngày làm việc"),
        ("reception_status_days", "10 ngày làm việc"),
        ("data_acknowledge_days", "2 ngày làm việc"),
        ("data_erase_more_days", "20 ngày"),
        ("breach_notice_hours", "72 giờ"),
        ("land_notice_days_agricultural", "60 ngày"),
        ("land_notice_days_other", "120 ngày"),
        ("plan_posted_days", "10 ngày"),
        ("compensation_paid_days", "30 ngày"),
        ("certificate_register_days", "17 ngày làm việc"),
    ],
)
def test_the_figures_are_those_of_the_law_in_force(name: str, figure: str) -> None:
    """Figures often repeated and no longer true (90/180 days of notice, 10 days) are not here."""
    assert CONTENT.rule(name).figure() == figure


@given(
    name=st.sampled_from(sorted(CONTENT.law)),
    days=st.integers(-400, 400),
    until=st.none() | st.integers(0, 500),
    approved=st.sampled_from(["", "approved"]),
    lang=st.sampled_from(LANGS),
)
def test_nobody_reads_a_figure_unmarked_or_out_of_force(
    name: str, days: int, until: int | None, approved: str, lang: Lang
) -> None:
    """Whatever day it is: a draft has its mark, and what is out of force is not said at all."""
    filed = CONTENT.rule(name)
    last = None if until is None else filed.valid_from + timedelta(until)
    rule = filed.model_copy(update={"valid_to": last})
    content = CONTENT.model_copy(update={"law": {**CONTENT.law, name: rule}})
    content = signed(content, rule, rule.version if approved else filed.version + "x")
    today = rule.valid_from + timedelta(days)
    figure, text = content.figure(name, today, lang), content.law_says(name, today, lang)
    in_force = days >= 0 and (until is None or days <= until)
    assert (MARKS[lang] in figure) == (in_force and approved == "")
    assert (MARKS[lang] in text) == (in_force and approved == "")
    if not in_force:
        assert not any(letter.isdigit() for letter in figure)
        assert text == ""
    elif rule.value:
        assert figure.startswith(rule.figure(lang))
        assert rule.source in text


def test_an_approval_is_of_one_version() -> None:
    """A change of the figure makes a draft of it again; put back, it is approved again."""
    approved = signed(CONTENT, FILE_DAYS, FILE_DAYS.version).rule(FILE_DAYS.id)
    assert not approved.draft
    assert approved.model_copy(update={"value": 60}).draft
    assert approved.model_copy(update={"source": "Điều 10"}).draft
    assert not approved.model_copy(update={"owner": "dpo", "note": ""}).draft


def test_an_approval_of_what_is_gone_harms_nothing() -> None:
    """A rule may be taken out of the file after somebody approved it."""
    approval = Approval(version="x", by=1, on=TODAY).model_dump_json()
    for key in ("rule/gone", "template/gone", "unit/x", ""):
        assert amended(CONTENT, [("approval", key, approval)]).law == CONTENT.law


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": None}, "value và unit"),
        ({"text": {"vi": "Trong 90 ngày.", "en": "Within {value}."}}, "cần một chỗ {value}"),
        ({"value": None, "unit": ""}, "không có value"),
        ({"valid_to": "2011-01-01"}, "valid_to trước valid_from"),
    ],
)
def test_a_broken_rule_says_why(change: dict[str, Any], says: str) -> None:
    """Each fault is a sentence with its mend."""
    with pytest.raises(ValidationError) as caught:
        Rule.model_validate(FILE_DAYS.model_dump(mode="json") | change)
    assert says in str(caught.value)


def test_an_expired_rule_makes_its_template_expired() -> None:
    """The first certificate's days end with their decree, and so does the template."""
    template = CONTENT.templates["gcn_lan_dau"].model_copy(update={"valid_to": None})
    assert CONTENT.validity(template, date(2027, 2, 28)) == "valid"
    assert CONTENT.validity(template, date(2027, 3, 1)) == "expired"


@pytest.mark.parametrize(
    ("basis", "names"),
    [
        ("Luật Khiếu nại 2011, Điều 9", {"complaint_file_days"}),
        ("điều 94 luật đất đai", {"compensation_paid_days"}),
        ("NGHỊ ĐỊNH 155/2026/NĐ-CP, ĐIỀU 10, hiệu lực 01/7/2026", {"complaint_accept_days"}),
        ("Luật Khiếu nại 2/2011/QH13 điều 33", {
            "complaint_second_file_days", "complaint_second_file_remote_days"}),
        ("Luật Khiếu nại 02/2011/QH13", set()),
        ("Nghị định 156/2026/NĐ-CP, Điều 10", set()),
        ("", set()),
    ],
)  # fmt: skip
def test_a_basis_names_rules_leniently(basis: str, names: set[str]) -> None:
    """The act by its number or name, and the article: however it is typed."""
    assert {rule.id for rule in named(basis, CONTENT, TODAY)} == names


def test_what_an_answer_rests_on_is_read_back() -> None:
    """The template and the rules behind it, each in its version."""
    template = CONTENT.templates["khieu_nai"]
    kept = read(told(template, "Luật Khiếu nại, Điều 33", CONTENT, TODAY))
    assert Rest("template", "khieu_nai", template.version) in kept
    assert Rest("rule", FILE_DAYS.id, FILE_DAYS.version) in kept
    assert "complaint_second_file_days" in {rest.name for rest in kept}


@given(st.text(max_size=200))
def test_nothing_kept_breaks_the_reading(kept: str) -> None:
    """What an older program wrote, or nobody, is nothing worse than unread."""
    assert all(len(rest) == 3 for rest in read(kept))
    assert isinstance(told(None, kept, CONTENT, TODAY), str)


def test_what_the_program_asks_for_cannot_be_missing() -> None:
    """A rule that is named in the program stops a start without it, not somebody's turn."""
    root = Path(__file__).parents[2]
    trees = (
        ast.parse(path.read_text("utf-8"))
        for package in ("handlers", "bot", "storage")
        for path in (root / package).rglob("*.py")
    )
    words = {
        node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)
    }
    assert (CONTENT.law.keys() & words) - NEEDED == set()
    assert CONTENT.law.keys() >= NEEDED
