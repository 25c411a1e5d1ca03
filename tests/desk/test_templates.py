"""Templates: valid when they say so, filled in by the case, and told what is wrong with them."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.content import load_content
from handlers.desk.contract import LONGEST_ANSWER
from handlers.desk.generic import lacking
from handlers.desk.templates import (
    LONGEST_TEMPLATE,
    PARTS,
    Template,
    named_by,
    places,
)
from handlers.faults import template_faults

CONTENT = load_content(Path(__file__).parents[2] / "content")
TODAY = date(2026, 11, 22)
PLAIN = Template(
    id="mau",
    title="Mẫu",
    topic="hoc_phi",
    finding="Về {viec} tại {commune}.",
    basis="Điều 1 Nghị định 238/2025/NĐ-CP, hiệu lực 03/9/2025",
    asks={"viec": "Việc gì?"},
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
)
shipped = pytest.mark.parametrize("template", CONTENT.templates.values(), ids=lambda t: t.id)


def test_a_template_is_valid_between_its_days() -> None:
    """The first and the last day count; retired beats them."""
    assert PLAIN.validity(date(2025, 12, 31)) == "future"
    assert PLAIN.validity(date(2026, 1, 1)) == "valid"
    assert PLAIN.validity(date(2026, 12, 31)) == "valid"
    assert PLAIN.validity(date(2027, 1, 1)) == "expired"
    assert PLAIN.model_copy(update={"retired": True}).validity(TODAY) == "retired"


def test_a_template_is_offered_where_it_fits() -> None:
    """By topic, unit, status and day; a star is any."""
    assert PLAIN.fits("hoc_phi", "so-gd-dt", "working", TODAY)
    assert not PLAIN.fits("gcn_dat", "so-gd-dt", "working", TODAY)
    own = PLAIN.model_copy(update={"unit": "so-y-te", "topic": "*", "when": ("asking",)})
    assert own.fits("gcn_dat", "so-y-te", "asking", TODAY)
    assert not own.fits("gcn_dat", "so-gd-dt", "asking", TODAY)
    assert not own.fits("gcn_dat", "so-y-te", "working", TODAY)


def test_a_missing_field_is_named() -> None:
    """What the case leaves open is told in the order of the text, then filled in."""
    assert PLAIN.missing({"commune": ""}) == ("viec", "commune")
    assert PLAIN.missing({"commune": "Xã Phú Ninh"}) == ("viec",)
    filled = PLAIN.filled({"commune": "Xã Phú Ninh", "viec": "học phí {x}"})
    assert filled["finding"] == "Về học phí {x} tại Xã Phú Ninh."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"valid_to": "2025-01-01"}, "valid_to trước valid_from"),
        ({"finding": "Về {viec} tại {0}"}, "finding có dấu"),
        ({"finding": "Về {viec"}, "finding có dấu"),
        ({"finding": "Về {viec!r}"}, "finding có dấu"),
        ({"asks": {"viec": "?", "khac": "?"}}, 'asks hỏi "khac"'),
        (dict.fromkeys(PARTS, "a" * 900) | {"asks": {}}, "cả mẫu dài quá"),
    ],
)
def test_a_broken_template_says_why(change: dict[str, object], says: str) -> None:
    """Each fault is a sentence with its mend."""
    with pytest.raises(ValidationError) as caught:
        Template.model_validate(PLAIN.model_dump(mode="json") | change)
    assert says in str(caught.value)


@shipped
def test_a_shipped_template_is_a_draft_with_its_source(template: Template) -> None:
    """Legal words ship as drafts; each says where it was read and what it rests on."""
    assert template.draft
    assert "22/11/2026" in template.source
    assert template.validity(TODAY) == "valid"
    rendered = template.basis.replace("{dieu}", "12")
    assert lacking(rendered) == ()


@shipped
def test_a_shipped_template_takes_up_the_matter(template: Template) -> None:
    """Every template asks what the citizen said, and leaves room for it in one message."""
    assert "{viec}" in template.finding
    assert sum(len(template.part(part)) for part in PARTS) < LONGEST_ANSWER - 1000


def test_every_topic_has_a_template() -> None:
    """One or two a topic, and the way of a complaint for all of them."""
    topics = {template.topic for template in CONTENT.templates.values()}
    assert topics == {*CONTENT.topics, "*"} - {"khac"}


def test_a_new_template_gets_an_id_of_its_own() -> None:
    """Made from the title, never one that is taken."""
    assert named_by("Trả lại tiền!", {}) == "tra_lai_tien"
    assert named_by("Trả lại tiền", {"tra_lai_tien": 1, "tra_lai_tien_2": 1}) == "tra_lai_tien_3"
    assert named_by("2026", {}) == "mau_2026"
    assert named_by("???", {}) == "mau"


@given(st.text(max_size=60))
def test_any_text_is_filled_in_or_refused(text: str) -> None:
    """Whatever is typed between braces: the places are plain names, or the text is refused."""
    names = places(text)
    if names is not None:
        assert text.format_map(dict.fromkeys(names, "x")) is not None
    assert LONGEST_TEMPLATE < LONGEST_ANSWER


@given(st.text(max_size=40))
def test_any_title_makes_an_id(title: str) -> None:
    """An amendment's key is a plain name whatever the title is."""
    name = named_by(title, {})
    assert Template.model_validate(PLAIN.model_dump() | {"id": name}).id == name


def test_the_example_of_the_manual_works() -> None:
    """Who copies the template out of docs/answers.md gets one that is offered."""
    manual = (Path(__file__).parents[2] / "docs" / "answers.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", manual, re.DOTALL)
    template = Template.model_validate(tomllib.loads(example) | {"id": "tra_lai_tien"})
    known = (CONTENT.topics, CONTENT.topics, CONTENT.units, CONTENT.law)
    assert template_faults([template], *known) == ()
    assert template.fits("hoc_phi", "so-gd-dt", "working", TODAY)
