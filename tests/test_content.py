"""The content that ships: every form, unit, route and sentence."""

import re
from pathlib import Path
from time import process_time

import pytest

from bot.content import load_content
from handlers.content import Content, Field, Lang, Topic
from handlers.sentences import CITIZENS

FOLDER = Path(__file__).parents[1] / "content"
CONTENT = load_content(FOLDER)
SIX = {
    "boi_thuong_tdc",
    "gcn_dat",
    "hoc_phi",
    "nguoi_co_cong_bao_tro",
    "dtts_mien_nui",
    "khac",
}
MOST_QUESTIONS = 9
# Kept for what a competent person signs (the laws on complaints and denunciations), or impolite.
FORBIDDEN = re.compile(r"(?<!\w)(thụ lý|giải quyết|kết luận|bạn)(?!\w)", re.IGNORECASE)
# But these very words of what only a letter, or coming oneself, leads to (Denunciations, art. 22).
LAWFUL = "uốn được giải quyết theo Luật Tố cáo"
# Names of languages, and sentences without words of their own.
SAME_IN_BOTH = {"choice.lang_vi", "choice.lang_en", "choice.language", "language.ask", "form.here"}

topics = pytest.mark.parametrize("topic", CONTENT.in_order, ids=lambda topic: topic.id)


def asked(topic: Topic, name: str) -> Field:
    """The question *name* of a form."""
    return topic.ask[topic.index(name)]


def vietnamese(content: Content) -> dict[str, str]:
    """Every Vietnamese sentence a citizen may read, by where it stands."""
    found = {f"texts.{key}": text for key, text in content.texts["vi"].items()}
    found |= {f"units.{unit.id}": unit.name.vi for unit in content.units.values()}
    for topic in content.topics.values():
        found |= {f"{topic.id}.title": topic.title.vi, f"{topic.id}.button": topic.button.vi}
        for field in topic.ask:
            at = f"{topic.id}.{field.name}"
            found |= {f"{at}.text": field.text.vi, f"{at}.label": field.label.vi}
            found |= {f"{at}.{option.id}": option.label.vi for option in field.options}
            found[f"{at}.hint"] = field.hint.vi if field.hint else ""
    return found


def test_the_six_matters_have_a_form_and_anything_else_comes_last() -> None:
    """A citizen finds each matter of the province in the menu, "something else" at its end."""
    assert set(CONTENT.topics) >= SIX
    assert CONTENT.in_order[-1].id == "khac"


@topics
def test_a_form_is_short(topic: Topic) -> None:
    """A form asks at most nine things, and at most five that cannot be skipped."""
    assert len(topic.ask) <= MOST_QUESTIONS
    assert sum(not field.optional for field in topic.ask) <= 6


@topics
def test_a_form_begins_with_the_story_and_asks_for_commune_and_papers(topic: Topic) -> None:
    """First what happened; the commune for the routing; files may be sent but never must be."""
    kinds = [field.kind for field in topic.ask]
    assert kinds[0] == "long_text"
    assert "commune" in kinds
    assert asked(topic, "papers").kind == "media"
    assert asked(topic, "papers").optional


@topics
def test_identity_is_neither_required_nor_asked_beyond_need(topic: Topic) -> None:
    """Name and phone may be skipped; nobody is asked for an ID number or their ethnicity."""
    hint = asked(topic, "papers").hint
    assert hint is not None
    assert "Không gửi ảnh căn cước" in hint.vi
    for field in topic.ask:
        assert field.optional or not field.personal
        asks = f"{field.text.vi} {field.label.vi}".lower()
        assert not re.search(r"căn cước|cccd|cmnd|dân tộc|số tài khoản", asks)


@topics
def test_a_phone_or_name_is_kept_with_the_person(topic: Topic) -> None:
    """Every question for a phone or a name is marked personal, so that no case shows it."""
    for field in topic.ask:
        if field.kind == "phone" or field.name == "name":
            assert field.personal == ("phone" if field.kind == "phone" else "name")


@topics
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_button_to_change_an_answer_is_not_cut(topic: Topic, lang: Lang) -> None:
    """With "Change:" before it, the label of any question fits the 35 characters of a button."""
    for field in topic.ask:
        assert len(CONTENT.say(lang, "choice.change", label=field.label.in_(lang))) <= 35


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_button_of_the_texts_fits(lang: Lang) -> None:
    """No fixed button is longer than the narrowest channel shows."""
    long = {
        key: text
        for key, text in CONTENT.texts[lang].items()
        if key.startswith("choice.") and len(text) > 35
    }
    assert not long


def test_from_start_to_sent_takes_six_taps() -> None:
    """Consent, new, topic, the story's "done", skip the files, send: typing is no tap."""
    taps_of_kind = {"long_text": 1, "choice": 1, "media": 1}
    form = sum(taps_of_kind.get(field.kind, 0) for field in CONTENT.topics["khac"].ask)
    skipped = sum(
        field.optional and field.kind not in taps_of_kind for field in CONTENT.topics["khac"].ask
    )
    assert 3 + form + skipped + 1 <= 6


def test_land_and_tuition_ask_what_an_official_needs() -> None:
    """Land: project, decision and its day, parcel. Tuition: school, level, year, public or not."""
    land = CONTENT.topics["boi_thuong_tdc"]
    assert {"project", "decision", "decision_date", "parcel"} <= {f.name for f in land.ask}
    assert asked(land, "decision_date").past
    tuition = CONTENT.topics["hoc_phi"]
    assert {"school", "level", "school_year", "ownership"} <= {f.name for f in tuition.ask}


@topics
def test_numbers_have_bounds(topic: Topic) -> None:
    """No form takes a number of any size."""
    for field in topic.ask:
        assert (field.kind == "number") == (field.min is not None)
        assert (field.kind == "number") == (field.max is not None)


@topics
def test_every_commune_has_a_unit_in_charge(topic: Topic) -> None:
    """All communes, and a commune nobody could make out, lead to a unit with both names."""
    for commune in CONTENT.territory.communes:
        assert CONTENT.unit_for(topic.id, commune.id) in CONTENT.units.values()
    assert CONTENT.unit_for(topic.id, "").id in CONTENT.units


def test_each_commune_has_its_own_unit() -> None:
    """The 94 People's Committees need not be written down; ward and zone are called so."""
    assert len(CONTENT.territory.communes) == 94
    assert CONTENT.units["xa-phu-ninh"].name.vi == "UBND xã Phú Ninh"
    assert CONTENT.units["xa-phu-ninh"].name.en == "People's Committee of Phú Ninh commune"
    assert CONTENT.units["phuong-hai-chau"].name.en == "People's Committee of Hải Châu ward"
    assert CONTENT.units["dac-khu-hoang-sa"].name.vi == "UBND đặc khu Hoàng Sa"


def test_land_goes_to_the_commune_and_the_rest_to_the_dispatcher() -> None:
    """The commune posts the plans (Land Law 31/2024/QH15 art. 87); 1022 takes what is left."""
    assert CONTENT.unit_for("boi_thuong_tdc", "xa-phu-ninh").id == "xa-phu-ninh"
    assert CONTENT.unit_for("boi_thuong_tdc", "").id == "tong-dai-1022"
    assert CONTENT.unit_for("khac", "xa-phu-ninh").id == "tong-dai-1022"


def test_no_vietnamese_sentence_says_a_word_kept_for_the_law() -> None:
    """Nothing here is "accepted", "settled" or "concluded", and nobody is called "bạn"."""
    said = vietnamese(CONTENT).items()
    found = {key: text for key, text in said if FORBIDDEN.search(text.replace(LAWFUL, ""))}
    assert not found


def test_both_languages_are_written() -> None:
    """A sentence that reads the same in both languages was forgotten in one."""
    vi, en = CONTENT.texts["vi"], CONTENT.texts["en"]
    assert {key for key in CITIZENS if vi[key] == en[key]} <= SAME_IN_BOTH
    for topic in CONTENT.topics.values():
        for field in topic.ask:
            assert field.text.vi != field.text.en
            assert field.label.vi != field.label.en


def test_the_content_is_read_fast() -> None:
    """Starting the bot may not wait for its content: a quarter of a second of work at the most."""
    times = []
    for _ in range(3):
        begun = process_time()  # whatever else the machine does
        load_content(FOLDER)
        times.append(process_time() - begun)
    assert min(times) < 0.25
