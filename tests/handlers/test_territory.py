"""Which commune of today a person means, whatever they call it."""

import unicodedata
from collections import Counter
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.territory import (
    FORMER,
    FORMER_WAYS,
    TODAY_WAYS,
    TYPING_ERRORS,
    UNITS,
    Tally,
    earlier_places,
    former_places,
    measure,
    places_today,
    tally,
    territory,
)
from handlers.territory import Former, Found, Territory, Unknown, Unsure, read_territory

KNOWN = territory()
FORMER_PLACES = former_places()
TODAY = places_today(KNOWN)


def shown(text: str) -> list[str]:
    """What a person would read: "= commune" when found, else the options after "?"."""
    match KNOWN.find(text):
        case Found() as found:
            return ["=", _label(found)]
        case Unsure(options=options, district=district):
            return [f"? {district}" if district else "?", *map(_label, options)]
        case Unknown():
            return ["unknown"]


def _label(found: Found) -> str:
    return f"{found.commune.name} < {found.via}" if found.via else found.commune.name


def test_the_tables_hold_the_whole_province() -> None:
    """23 phường, 70 xã and one đặc khu, each with an id of our own and a code of its own."""
    kinds = Counter(commune.kind for commune in KNOWN.communes)
    assert kinds == {"Phường": 23, "Xã": 70, "Đặc khu": 1}
    assert len({commune.code for commune in KNOWN.communes}) == 94
    commune = KNOWN.get("xa-phu-ninh")
    assert commune is not None
    assert commune.name == "Xã Phú Ninh"
    assert KNOWN.get("xa-tam-lanh") is None


def test_every_unit_came_from_somewhere() -> None:
    """All 281 former units lead to the 94 of today, and none of these is left without one."""
    assert len(FORMER_PLACES) == 281
    assert frozenset().union(*(place.ids for place in FORMER_PLACES)) == {
        commune.id for commune in KNOWN.communes
    }


# What stays to be asked: Hòa Liên was divided; folded, Tam Dân is Tam Đàn and Trà Don is Trà Dơn.
ASKED_BY_NAME_ALONE = {"name alone": 8, "name alone, folded": 15}
ASKED_IN_A_SENTENCE = {"in a sentence": 2, "in a sentence, folded": 8}


@pytest.mark.parametrize("way", FORMER_WAYS)
def test_every_former_commune_is_understood(way: str) -> None:
    """Each of the 281 is found, or is among the choices where its name alone cannot tell."""
    folded = "folded" in way or "joined" in way
    asked = {**ASKED_BY_NAME_ALONE, **ASKED_IN_A_SENTENCE}.get(way, 5 if folded else 1)
    assert tally(KNOWN, FORMER_PLACES, FORMER_WAYS[way]) == Tally(281 - asked, asked, 0, 0)


@pytest.mark.parametrize("way", FORMER_WAYS)
def test_communes_merged_away_before_are_understood(way: str) -> None:
    """The 32 names that people still use for communes abolished earlier lead on as well."""
    asked = 2 if "name alone" in way else 0
    assert tally(KNOWN, earlier_places(), FORMER_WAYS[way]) == Tally(32 - asked, asked, 0, 0)


@pytest.mark.parametrize("way", TODAY_WAYS)
def test_every_unit_of_today_is_understood(way: str) -> None:
    """Each of the 94 is found by its own name; only folded Thạnh Bình is also Thanh Bình."""
    asked = way in {"name of the unit, folded", "name of the unit, joined"}
    assert tally(KNOWN, TODAY, TODAY_WAYS[way]) == Tally(94 - asked, asked, 0, 0)


@pytest.mark.parametrize("way", TYPING_ERRORS)
def test_a_wrong_letter_is_asked_about(way: str) -> None:
    """With one letter wrong nine in ten are found or offered, and hardly any is taken wrongly."""
    ends = [
        *tally(KNOWN, FORMER_PLACES, TYPING_ERRORS[way]),
        *tally(KNOWN, TODAY, TYPING_ERRORS[way]),
    ]
    right, asked, missed, wrong = (ends[at] + ends[at + 4] for at in range(4))
    assert right + asked >= 0.9 * 375
    assert wrong <= 1
    assert missed + wrong <= 0.1 * 375


@pytest.mark.parametrize(
    ("typed", "commune"),
    [
        ("tam lanh, phu ninh, quang nam", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("Tam Lãnh - Phú Ninh - Quảng Nam", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("xã tam lãnh huyện phú ninh", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("X.Tam Lãnh,H.Phú Ninh,Q.Nam", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("Xã: Tam Lãnh; Huyện: Phú Ninh", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("tổ 4 thôn Tú Bình xã Tam Vinh huyện Phú Ninh", "Xã Chiên Đàn < Xã Tam Vinh (cũ)"),
        ("tôi ở xã Tam Lãnh", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("dạ em ở Tam Lãnh ạ", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("thôn 3 xa tra tap", "Xã Trà Tập"),
        ("thon tam hoa, duc phu", "Xã Đức Phú"),
        ("ruộng Tam Đàn nhà ở Tam Lãnh", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
        ("tam an phu ninh", "Xã Tây Hồ < Xã Tam An (cũ)"),
        ("Phường Hải Châu, Đà Nẵng, Việt Nam", "Phường Hải Châu"),
        ("xa tra my da nang", "Xã Trà My"),
        ("tt kham duc", "Xã Khâm Đức"),
        ("P. Hòa Thuận, TP Tam Kỳ", "Phường Bàn Thạch < Phường Hòa Thuận (cũ)"),
        ("hiện đang ở Tây Giang", "Xã Tây Giang"),
    ],
)
def test_addresses_as_people_write_them(typed: str, commune: str) -> None:
    """Prefixes, districts, hamlets and sentences around a name do not hide it."""
    assert shown(typed) == ["=", commune]


@pytest.mark.parametrize(
    ("typed", "commune"),
    [
        ("avuong", "Xã Avương"),
        ("a vuong", "Xã Avương"),
        ("A Vương", "Xã Avương"),
        ("dakpring", "Xã Đắc Pring"),
        ("Đăk Pring", "Xã Đắc Pring"),
        ("Ðắk Pring", "Xã Đắc Pring"),
        ("la ê ê", "Xã La Êê"),
        ("laee", "Xã La Êê"),
        ("sông côn", "Xã Sông Kôn"),
        ("trà mi", "Xã Trà My"),
        ("P'rao", "Xã Đông Giang < Thị trấn Prao (cũ)"),
        ("chơm", "Xã Hùng Sơn < Xã Ch'ơm (cũ)"),
        ("tam xuan 2", "Xã Tam Xuân < Xã Tam Xuân II (cũ)"),
        ("HOÀ KHÁNH BẮC", "Phường Liên Chiểu < Phường Hòa Khánh Bắc (cũ)"),
        ("Tam Lảnh", "Xã Phú Ninh < Xã Tam Lãnh (cũ)"),
    ],
)
def test_spellings_of_one_name(typed: str, commune: str) -> None:
    """Joined or split, i or y, đắk or đắc, roman numbers, hỏi for ngã: the same commune."""
    assert shown(typed) == ["=", commune]
    assert shown(unicodedata.normalize("NFD", typed)) == ["=", commune]


@pytest.mark.parametrize(
    ("plain", "options"),
    [
        ("tam dan", ["Xã Chiên Đàn < Xã Tam Đàn (cũ)", "Xã Phú Ninh < Xã Tam Dân (cũ)"]),
        ("tra don", ["Xã Trà Leng < Xã Trà Dơn (cũ)", "Xã Nam Trà My < Xã Trà Don (cũ)"]),
        ("thanh binh", ["Xã Thạnh Bình", "Phường Hải Châu < Phường Thanh Bình (cũ)"]),
        (
            "tam thanh",
            [
                "Phường Quảng Phú < Xã Tam Thanh (cũ)",
                "Xã Đức Phú < Xã Tam Thạnh (cũ)",
                "Xã Tây Hồ < Xã Tam Thành (cũ)",
            ],
        ),
        (
            "phước mỹ",
            ["Phường An Hải < Phường Phước Mỹ (cũ)", "Xã Phước Năng < Xã Phước Mỹ (cũ)"],
        ),
    ],
)
def test_one_name_of_several_is_asked_about(plain: str, options: list[str]) -> None:
    """Where a name leads to several communes, each is offered with its former name."""
    assert shown(plain) == ["?", *options]


@pytest.mark.parametrize(
    ("typed", "commune"),
    [
        ("Tam Dân", "Xã Phú Ninh < Xã Tam Dân (cũ)"),
        ("Tam Đàn", "Xã Chiên Đàn < Xã Tam Đàn (cũ)"),
        ("Trà Don", "Xã Nam Trà My < Xã Trà Don (cũ)"),
        ("Trà Dơn", "Xã Trà Leng < Xã Trà Dơn (cũ)"),
        ("Tam Thành", "Xã Tây Hồ < Xã Tam Thành (cũ)"),
        ("xã Tam Thanh", "Phường Quảng Phú < Xã Tam Thanh (cũ)"),
        ("tam thanh, nui thanh", "Xã Đức Phú < Xã Tam Thạnh (cũ)"),
        ("phuoc ninh nong son", "Xã Quế Phước < Xã Phước Ninh (cũ)"),
        ("phuoc ninh, quang nam", "Xã Quế Phước < Xã Phước Ninh (cũ)"),
        ("phuong phuoc my", "Phường An Hải < Phường Phước Mỹ (cũ)"),
        ("xã Phước Mỹ", "Xã Phước Năng < Xã Phước Mỹ (cũ)"),
    ],
)
def test_accents_district_province_and_kind_tell_names_apart(typed: str, commune: str) -> None:
    """What a person adds to a name that several had decides between them."""
    assert shown(typed) == ["=", commune]


PHU_NINH = ["Xã Chiên Đàn", "Xã Tây Hồ", "Xã Phú Ninh"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Phú Ninh", ["=", "Xã Phú Ninh"]),
        ("xã Phú Ninh, Quảng Nam", ["=", "Xã Phú Ninh"]),
        ("nhà tôi ở Phú Ninh", ["=", "Xã Phú Ninh"]),
        ("huyện Phú Ninh", ["? Huyện Phú Ninh (cũ)", *PHU_NINH]),
        ("phu ninh, quang nam", ["? Huyện Phú Ninh (cũ)", *PHU_NINH]),
        ("xã Abc, Phú Ninh", ["? Huyện Phú Ninh (cũ)", *PHU_NINH]),
        ("12 đường Hùng Vương, Phú Ninh", ["? Huyện Phú Ninh (cũ)", *PHU_NINH]),
        ("huyện nông sơn", ["? Huyện Nông Sơn (cũ)", "Xã Nông Sơn", "Xã Quế Phước"]),
        ("quận Ngũ Hành Sơn", ["=", "Phường Ngũ Hành Sơn"]),
        ("Hoàng Sa", ["=", "Đặc khu Hoàng Sa"]),
    ],
)
def test_a_name_that_was_a_district_too(typed: str, answer: list[str]) -> None:
    """Bare it is the commune of today; spoken of as the former district, its units are offered."""
    assert shown(typed) == answer


def test_a_divided_commune_offers_its_parts() -> None:
    """Hòa Liên went to two phường, and only the person knows which is theirs."""
    parts = ["Phường Hải Vân < Xã Hòa Liên (cũ)", "Phường Liên Chiểu < Xã Hòa Liên (cũ)"]
    assert shown("Xã Hòa Liên, huyện Hòa Vang") == ["?", *parts]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("tam lamh", ["?", "Xã Phú Ninh < Xã Tam Lãnh (cũ)", "Xã Tam Anh"]),
        ("chien danh", ["=", "Xã Chiên Đàn"]),
        ("thuong duv", ["?", "Xã Thượng Đức", "Xã Thu Bồn"]),
        (
            "hoa khanh bax",
            ["?", "Phường Liên Chiểu < Phường Hòa Khánh Bắc (cũ)", "Phường Hòa Khánh"],
        ),
        (
            "xã tam lamh, phú ninh",
            ["?", "Xã Phú Ninh < Xã Tam Lãnh (cũ)", "Xã Chiên Đàn", "Xã Tây Hồ"],
        ),
    ],
)
def test_typing_errors(typed: str, answer: list[str]) -> None:
    """A name nearly typed is asked about, and taken only when long and like no other."""
    assert shown(typed) == answer


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("Tam Lãnh, Tam Đàn", ["Xã Phú Ninh < Xã Tam Lãnh (cũ)", "Xã Chiên Đàn < Xã Tam Đàn (cũ)"]),
        ("xã Tam Đàn huyện Tiên Phước", ["Xã Chiên Đàn < Xã Tam Đàn (cũ)"]),
        ("xã Bình Sơn, Quảng Ngãi", ["Xã Việt An < Xã Bình Sơn (cũ)"]),
        ("gia đình sống hòa thuận với bà con", ["Phường Bàn Thạch < Phường Hòa Thuận (cũ)"]),
        ("xã Abc gần Tam Lãnh", ["Xã Phú Ninh < Xã Tam Lãnh (cũ)"]),
        ("anh ai", ["Phường An Hải"]),
    ],
)
def test_what_speaks_against_a_name_makes_it_a_question(typed: str, options: list[str]) -> None:
    """Two names, a wrong district, a foreign province or words by chance are asked about."""
    assert shown(typed) == ["?", *options]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "😀",
            "\u200b\0",
            "???",
            "xã",
            "thôn 3",
            "tam",
            "không biết",
            "Hà Nội",
            "tp hcm",
        ),
        *("Đà Nẵng", "tỉnh Quảng Nam", "làng tôi đang ngập", "tôi không nhớ tên xã", "中文"),
        "con tôi học trường làng từ năm ngoái đến nay chưa được miễn tiền trang phục",
    ],
)
def test_no_commune_is_made_out_of_nothing(text: str) -> None:
    """What names no commune is unknown."""
    assert shown(text) == ["unknown"]


SYLLABLES = sorted({word for commune in KNOWN.communes for word in commune.name.lower().split()})
names = st.lists(
    st.sampled_from([*SYLLABLES, "xa", "huyện", ",", "Tam", "Quảng Nam", "thị", "phố", "ba"])
).map(" ".join)


@given(st.text() | names)
def test_any_text_has_an_answer(text: str) -> None:
    """Nothing typed raises, and a question has one to eight different options."""
    answer = KNOWN.find(text)
    if isinstance(answer, Unsure):
        ids = [option.commune.id for option in answer.options]
        assert 1 <= len(ids) <= 8
        assert len(set(ids)) == len(ids)


@given(names)
def test_normal_form_and_capitals_make_no_difference(text: str) -> None:
    """A phone that sends NFD or capitals gets the same answer."""
    assert KNOWN.find(unicodedata.normalize("NFD", text)) == KNOWN.find(text)
    assert KNOWN.find(text.upper()) == KNOWN.find(text)


@pytest.mark.parametrize("unit", ["a", "a ", "xã tam lamh ", "\0", "😀", "…\u0323\u0301", "ba, "])
def test_a_hundred_thousand_characters_are_answered_at_once(unit: str) -> None:
    """No text makes the search slow."""
    start = perf_counter()
    KNOWN.find(unit * (100_000 // len(unit)))
    assert perf_counter() - start < 0.5


def test_the_measurement_names_its_figures() -> None:
    """The bench gives shares and times, and nothing it measures is wrong but by typing errors."""
    figures = measure()
    assert figures["territory_wrong_share"] < 0.001
    assert 0.8 < figures["territory_right_share"] < 1
    assert figures["territory_find_us"] > 0


def test_former_names_come_from_the_rows_alone() -> None:
    """A province with its own tables gets its own names."""
    communes = KNOWN.communes[:1]
    former = Former(
        province="Tỉnh Mẫu",
        districts=("Huyện Thử",),
        name="Xã Bình Mẫu",
        units=(communes[0].id,),
        earlier=("Xã Trà Mẫu",),
    )
    known = Territory.build(communes, [former])
    found = Found(commune=communes[0], via="Xã Trà Mẫu (cũ)")
    assert known.find("tra mau, thu") == found
    assert known.find("Tam Lãnh") == Unknown()


@pytest.mark.parametrize(
    ("units", "former", "fault"),
    [
        (UNITS, FORMER + "Tỉnh Mẫu\tHuyện Thử\tXã Mẫu\txa-khong-co\n", "unknown: .*xa-khong-co"),
        (UNITS, FORMER + "Tỉnh Mẫu\tHuyện Thử\tXã Mẫu\n", "former: line 283: .*units"),
        (UNITS, FORMER + "a\tb\tc\td\te\tf\n", "former: line 283: 6 columns where 5 belong"),
        (UNITS, FORMER + "Tỉnh Mẫu\tHuyện ?\tXã Mẫu\txa-ba-na\n", "no name of a place"),
        (UNITS + "xa-ba-na\tXã\tBà Nà\t20308\n", FORMER, "doubled: .*xa-ba-na"),
        (UNITS + "xa-moi\tXa\tMới\t20308\n", FORMER, "units: line 96: .*kind"),
        (UNITS + "xa-moi\tXã\tMới\tabc\n", FORMER, "units: line 96: .*code"),
    ],
)
def test_a_fault_of_a_table_is_named(units: str, former: str, fault: str) -> None:
    """A wrong row stops the reading with its table, its line and what is wrong."""
    with pytest.raises(ValueError, match=f"(?s){fault}"):
        read_territory(units, former)
