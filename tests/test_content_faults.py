"""What an official reads who made a mistake in `content/`: every fault at once, with its mend."""

import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content import ContentFaultsError, load_content
from handlers.faults import Fault

SHIPPED = Path(__file__).parents[1] / "content"
MISTAKES = tomllib.loads(Path(__file__).with_name("content_faults.toml").read_text("utf-8"))[
    "mistake"
]
Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped content, to be spoilt; without former communes it is read faster."""
    copy = shutil.copytree(SHIPPED, tmp_path / "content")
    (copy / "territory" / "former.tsv").write_text("", "utf-8")
    return copy


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace the first *old* by *new* in a file; an empty *old* adds at the end."""

    def change_once(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        spoilt = text.replace(old, new, 1) if old else text + new
        (folder / file).write_text(spoilt, "utf-8")

    return change_once


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Everything wrong with *folder*."""
    try:
        load_content(folder)
    except ContentFaultsError as error:
        return error.faults
    return ()


def said(folder: Path) -> list[str]:
    """The faults as they are printed, without the folder's name."""
    with pytest.raises(ContentFaultsError) as caught:
        load_content(folder)
    lines = [str(fault).removeprefix("content/") for fault in caught.value.faults]
    assert str(caught.value).splitlines() == [f"content/{line}" for line in lines]
    assert all(" — " in line for line in lines)
    return lines


@pytest.mark.parametrize(
    "mistake", MISTAKES, ids=lambda mistake: f"{mistake['file']}: {mistake['new']}"
)
def test_one_mistake_gives_one_sentence(
    folder: Path, change: Change, mistake: dict[str, str]
) -> None:
    """A mistake is told where it stands, in words, with its mend."""
    change(mistake["file"], mistake["old"], mistake["new"])
    told = said(folder)
    assert any(line.startswith(mistake["says"]) for line in told), told


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path, change: Change) -> None:
    """Nobody mends one fault only to be told the next."""
    change("topics/gcn_dat.toml", "order = 2", "order =")
    change("topics/khac.toml", "due_days = 10", "due_days = 100")
    change("topics/khac.toml", 'kind = "media"', 'kind = "ảnh"')
    change("texts/en.toml", 'send = "Send"', "")
    change("calendar.toml", 'is = "worked"', 'is = "làm bù"')
    change("units.toml", 'id = "so-noi-vu"', 'id = "so noi vu"')
    change("units.toml", 'unit = "so-gd-dt"', 'unit = "so-gddt"')
    (folder / "controller.toml").unlink()
    assert [line.split(":")[0] for line in said(folder)] == [
        "controller.toml",
        "topics/gcn_dat.toml",
        "topics/khac.toml",
        "topics/khac.toml",
        "texts/en.toml",
        "calendar.toml",
        "units.toml",
        "units.toml",
    ]


def test_a_sentence_missing_in_both_languages_is_told(folder: Path, change: Change) -> None:
    """What nobody wrote cannot be said: the bot does not start without it."""
    change("texts/vi.toml", 'send = "Gửi"', "")
    change("texts/en.toml", 'send = "Send"', "")
    mend = "viết câu này, như ở ngôn ngữ kia hoặc ở bản trước"
    assert said(folder) == [
        f"texts/{lang}.toml: choice.send: còn thiếu — {mend}" for lang in ("vi", "en")
    ]


def test_a_place_nobody_fills_in_is_told(folder: Path, change: Change) -> None:
    """A {name} the program has nothing for is a fault though both languages have it."""
    change("texts/vi.toml", 'send = "Gửi"', 'send = "Gửi {ten}"')
    change("texts/en.toml", 'send = "Send"', 'send = "Send {ten}"')
    assert said(folder) == [
        f"texts/{lang}.toml: choice.send: không có gì để điền vào {{ten}} — bỏ đi"
        for lang in ("vi", "en")
    ]


def test_reserved_words_may_name_papers_and_people(folder: Path, change: Change) -> None:
    """A paper that is called so, and friends, are no promise and no address."""
    paper = 'vi = "Kết luận thanh tra, bạn bè"'
    change("topics/hoc_phi.toml", 'vi = "Tiểu học"', paper)
    assert faults_of(folder) == ()


def test_one_mistake_does_not_accuse_another_file(folder: Path, change: Change) -> None:
    """A route to a topic, unit or text that is there but wrong is not said to be missing."""
    change("topics/gcn_dat.toml", "order = 2", "order =")
    change("units.toml", 'name = { vi = "Sở Giáo dục và Đào tạo",', "name = {")
    change("texts/en.toml", 'send = "Send"', "send = 3")
    assert [line.split(":")[:2] for line in said(folder)] == [
        ["topics/gcn_dat.toml", " dòng 6"],
        ["texts/en.toml", " choice.send"],
        ["units.toml", " unit[6 so-gd-dt].name.vi"],
    ]


def test_several_mistakes_of_one_question_are_told_together(folder: Path, change: Change) -> None:
    """A question that is wrong in three ways gets three sentences."""
    spoilt = 'kind = "place"\nmin = 1\npast = true\npersonal = "phone"'
    change("topics/dtts_mien_nui.toml", 'kind = "place"', spoilt)
    told = [line for line in said(folder) if "ask[4 place]" in line]
    assert len(told) == 3


def test_a_file_of_another_editor_is_read(folder: Path) -> None:
    """A byte order mark, Windows line ends and letters in two parts change nothing."""
    path = folder / "topics" / "khac.toml"
    text = path.read_text("utf-8").replace("Việc khác", "Vie\u0323\u0302c kha\u0301c")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_content(folder).topics["khac"].button.vi == "Việc khác"


def test_a_file_of_another_encoding_is_told(folder: Path) -> None:
    """Notepad's "Unicode" is not UTF-8, and that is said."""
    path = folder / "texts" / "vi.toml"
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))
    assert said(folder) == [
        "texts/vi.toml: không phải UTF-8 — lưu lại với bảng mã UTF-8",
    ]


def test_a_folder_without_topics_is_told(folder: Path) -> None:
    """Content without any form can't start the bot."""
    shutil.rmtree(folder / "topics")
    assert said(folder)[0] == (
        "topics: chưa có lĩnh vực nào — viết mỗi lĩnh vực một tệp, xem docs/content.md"
    )


def test_an_empty_folder_names_every_missing_file(tmp_path: Path) -> None:
    """Who points at the wrong folder sees at once that everything is missing."""
    with pytest.raises(ContentFaultsError) as caught:
        load_content(tmp_path)
    missing = {fault.file.partition("/")[2] for fault in caught.value.faults}
    assert missing >= {
        "controller.toml",
        "texts/vi.toml",
        "texts/en.toml",
        "units.toml",
        "calendar.toml",
        "territory/units.tsv",
        "territory/former.tsv",
    }


def test_a_unit_of_a_commune_can_be_written_out(folder: Path, change: Change) -> None:
    """A [[unit]] called like a commune replaces the one made for it."""
    more = '\n[[unit]]\nid = "xa-phu-ninh"\nphone = "0235 000 000"\n'
    change("units.toml", "", more + 'name = { vi = "UBND xã Phú Ninh", en = "Phú Ninh" }\n')
    content = load_content(folder)
    assert content.unit_for("boi_thuong_tdc", "xa-phu-ninh").phone == "0235 000 000"


def test_a_route_for_one_commune_comes_before_the_others(folder: Path, change: Change) -> None:
    """The first route that fits topic and commune is taken."""
    first = '[[route]]\ntopic = "hoc_phi"\ncommune = "xa-phu-ninh"\nunit = "@commune"\n\n'
    change("units.toml", '[[route]]\ntopic = "hoc_phi"', first + '[[route]]\ntopic = "hoc_phi"')
    content = load_content(folder)
    assert content.unit_for("hoc_phi", "xa-phu-ninh").id == "xa-phu-ninh"
    assert content.unit_for("hoc_phi", "phuong-hai-chau").id == "so-gd-dt"


def test_the_examples_of_the_manual_work(folder: Path, change: Change) -> None:
    """Who copies topic, unit, routes and day off out of docs/content.md gets what it promises."""
    manual = (SHIPPED.parent / "docs" / "content.md").read_text("utf-8")
    topic, unit, routes, day_off, *_ = re.findall(r"```toml\n(.*?)```", manual, re.DOTALL)
    (folder / "topics" / "moi_truong.toml").write_text(topic, "utf-8")
    change("units.toml", "[[route]]", f"{unit}\n{routes}\n[[route]]")
    change("calendar.toml", "", f"\n{day_off}")
    content = load_content(folder)
    assert content.unit_for("moi_truong", "phuong-hai-chau").id == "so-xay-dung"
    assert content.unit_for("moi_truong", "xa-phu-ninh").id == "xa-phu-ninh"
    assert not content.calendar.is_working_day(date(2027, 2, 11))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_slip_of_the_hand_breaks_the_reading(folder: Path, data: st.DataObject) -> None:
    """Whatever line is lost, doubled or garbled: the content loads, or its faults are told."""
    files = sorted(path.relative_to(SHIPPED) for path in SHIPPED.rglob("*.toml"))
    file = data.draw(st.sampled_from(files))
    lines = (SHIPPED / file).read_text("utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    junk = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20)
    instead = data.draw(st.just([]) | st.just([lines[at]] * 2) | junk.map(lambda line: [line]))
    (folder / file).write_text("\n".join([*lines[:at], *instead, *lines[at + 1 :]]), "utf-8")
    faults = faults_of(folder)
    shutil.copy(SHIPPED / file, folder / file)
    assert all(fault.message and fault.mend and "\n" not in str(fault) for fault in faults)
