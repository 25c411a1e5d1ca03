from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.content import load_content
from handlers.desk.board import card_text, digest_text
from handlers.desk.group import Bind, GroupFacts, Reaction, Refuse, Unbind, hear
from handlers.desk.people import Duty, Official, Role
from handlers.tickets import Card, Status

CONTENT = load_content(Path(__file__).parents[2] / "content")
TODAY = date(2026, 11, 22)
COMMUNE = next(iter(CONTENT.territory.communes))
CARD = Card(
    code="PA-7K3Q-M2X",
    topic="hoc_phi",
    status="working",
    unit="so-gd-dt",
    commune=COMMUNE.id,
    opened_at=datetime(2026, 11, 1, tzinfo=UTC),
    due_on=date(2026, 11, 30),
)


def card(**changes: object) -> Card:
    """The card, changed."""
    return Card.model_validate({**dict(CARD), **changes})


def official(role: Role = "administrator", unit: str = "*") -> Official:
    """A member of staff with one duty."""
    return Official(id=7, name="", duties=(Duty(role=role, unit=unit),))


def react(text: str, who: Official | None, bound: str | None = None) -> Reaction:
    """What follows from a text in a group."""
    return hear(text, GroupFacts(content=CONTENT, official=who, bound=bound))


def test_a_card_says_what_it_is_about() -> None:
    """Code, topic, area, status and due date stand on it, each on its line."""
    assert card_text(CARD, CONTENT, TODAY).splitlines() == [
        "Ý kiến PA-7K3Q-M2X",
        CONTENT.topics["hoc_phi"].title.vi,
        f"Nơi có việc: {COMMUNE.name}",
        "Trạng thái: Đang làm",
        "Hạn: 30/11/2026",
    ]


@pytest.mark.parametrize(
    ("status", "due_on", "late"),
    [
        ("working", date(2026, 11, 21), True),
        ("working", TODAY, False),
        ("asking", date(2026, 11, 21), False),
        ("answered", date(2026, 11, 21), False),
    ],
)
def test_overdue_is_flagged(status: Status, due_on: date, late: bool) -> None:  # noqa: FBT001 - a table
    """From the day after it was due an open case is overdue, but not while its citizen is asked."""
    text = card_text(card(status=status, due_on=due_on), CONTENT, TODAY)
    assert ("QUÁ HẠN" in text) == late


def test_a_case_of_another_unit_says_where_it_is() -> None:
    """In the group it has left, an open case names its unit; everywhere else its status."""
    assert "Đã chuyển: Sở Giáo dục và Đào tạo" in card_text(CARD, CONTENT, TODAY, "so-y-te")
    assert "Đang làm" in card_text(CARD, CONTENT, TODAY, "so-gd-dt")
    assert "Đã trả lời" in card_text(card(status="answered"), CONTENT, TODAY, "so-y-te")


def test_a_topic_or_commune_that_is_gone_is_no_reason_to_fail() -> None:
    """A case of a form that was taken away is shown by what the form was called."""
    text = card_text(card(topic="old", commune="nowhere"), CONTENT, TODAY)
    assert "\nold\n" in text
    assert "chưa rõ xã, phường" in text


def test_a_digest_fits_a_message() -> None:
    """Twenty cases with the longest names there are fit one message of Telegram."""
    topic = max(CONTENT.topics.values(), key=lambda topic: len(topic.button.vi)).id
    commune = max(CONTENT.territory.communes, key=lambda commune: len(commune.name)).id
    unit = max(CONTENT.units.values(), key=lambda unit: len(unit.name.vi)).id
    longest = card(topic=topic, commune=commune, unit=unit, due_on=date(2026, 1, 1))
    text = digest_text([longest] * 20, CONTENT, TODAY, "so-y-te")
    assert text.startswith("20 ý kiến:\n• PA-7K3Q-M2X · ")
    assert len(text.encode("utf-16-le")) // 2 <= 4096


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("/nhom so-y-te", "so-y-te"),
        ("/NHOM@LangNgheBot  Sở Y Tế ", "so-y-te"),
        ("/group so y te", "so-y-te"),
        ("/nhom *", "*"),
    ],
)
def test_a_unit_is_named_by_id_or_name(text: str, unit: str) -> None:
    """An administrator binds the group to what was typed, with or without accents."""
    assert react(text, official()).effect == Bind(unit=unit)


def test_an_unknown_unit_binds_nothing() -> None:
    """What is no unit is repeated, not too long, and nothing else happens."""
    reaction = react("/nhom " + "sở lạ " * 100, official())
    assert reaction.effect is None
    assert "sở lạ" in reaction.text
    assert len(reaction.text) < 200


def test_a_group_is_let_go_of() -> None:
    """/nhom tat ends what is bound; where nothing is, it says so."""
    assert react("/nhom tắt", official(), "so-y-te").effect == Unbind()
    assert react("/nhom tat", official()).effect is None


@pytest.mark.parametrize(
    ("said", "bound"), [("/nhom so-y-te", None), ("/nhom *", None), ("/nhom so-noi-vu", "so-y-te"),
                        ("/nhom tat", "so-y-te")]
)  # fmt: skip
def test_an_administrator_of_a_unit_keeps_to_it(said: str, bound: str | None) -> None:
    """Neither another unit's cases nor another unit's group are theirs; the refusal is noted."""
    assert react(said, official(unit="so-noi-vu"), bound).effect == Refuse(deed="units")


@pytest.mark.parametrize(
    "role", ["dispatcher", "officer", "approver", "leader", "monitor", "clerk"]
)
@pytest.mark.parametrize("said", ["/nhom *", "/nhom tat", "/nhom", "/hangdoi", "đã xem"])
def test_whoever_administers_nothing_is_sent_to_the_private_chat(role: Role, said: str) -> None:
    """Other members of staff change nothing in a group and are told where the work is done."""
    reaction = react(said, official(role), "so-y-te")
    assert (reaction.effect, reaction.hint) == (None, True)
    assert "chat riêng" in reaction.text


@pytest.mark.parametrize("said", ["/nhom *", "/nhom tat", "/nhom", "PA-7K3Q-M2X", "", "/start x"])
def test_a_stranger_moves_nothing(said: str) -> None:
    """Nobody's official changes nothing, whatever they type."""
    reaction = react(said, None, "so-y-te")
    assert (reaction.effect, reaction.hint) == (None, True)
    assert reaction.text.startswith("Nhóm này dành cho cán bộ")


def test_an_anonymous_administrator_is_asked_to_show_themselves() -> None:
    """Who binds in the name of the group is told why nothing happens."""
    reaction = hear("/nhom *", GroupFacts(content=CONTENT, official=None, hidden=True))
    assert "ẩn danh" in reaction.text
