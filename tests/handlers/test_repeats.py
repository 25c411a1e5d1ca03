"""The same text again is found by its marks; another one is not."""

import random

from hypothesis import given
from hypothesis import strategies as st

from handlers.repeats import ALIKE, FEWEST, MARKS, enough, marks

STORY = (
    "Đường liên thôn trước nhà tôi bị sạt lở sau trận mưa lớn tuần trước, xe không đi được. "
    "Tôi đã báo với thôn hai lần nhưng chưa thấy ai xuống xem, mong được kiểm tra sớm."
)
OTHER = (
    "Con tôi học lớp ba trường công lập nhưng nhà trường vẫn thu học phí tháng chín và tháng mười, "
    "xin hỏi khoản này có đúng quy định miễn học phí hiện nay không và ai trả lại tiền."
)


def shared(one: str, other: str) -> int:
    """How many marks two texts share."""
    return len(set(marks(one)) & set(marks(other)))


def test_a_copy_is_found_whatever_is_put_around_it() -> None:
    """A greeting before, a name behind, other accents, capitals: still the same text."""
    for copy in (
        STORY.upper(),
        f"Kính gửi ủy ban. {STORY}",
        f"{STORY} Người viết: Trần Văn A.",
        STORY.replace("òa", "oà").replace(",", " , "),
    ):
        assert shared(STORY, copy) >= enough(marks(STORY)), copy


def test_another_matter_is_not_a_copy() -> None:
    """Two stories of two matters share hardly a mark."""
    assert shared(STORY, OTHER) < ALIKE


def test_too_short_to_tell() -> None:
    """A few words say the same as many others, and have no marks."""
    assert marks("mất nước rồi") == ()
    assert enough(()) == 0
    assert len(marks(" ".join("abcdefghij"[:FEWEST]))) == FEWEST - 2


@given(st.text(max_size=4000))
def test_any_text_has_few_marks(text: str) -> None:
    """Whatever is written, the marks are few, sorted, whole numbers of 32 bits."""
    found = marks(text)
    assert len(found) <= MARKS
    assert list(found) == sorted(set(found))
    assert all(0 <= mark < 2**32 for mark in found)


def test_a_word_changed_here_and_there() -> None:
    """With a word in twenty-four changed, most copies are still found."""
    chance, found = random.Random(5), 0
    words = f"{STORY} {OTHER}".split()
    for _ in range(100):
        copy = ["một" if chance.random() < 1 / 24 else word for word in words]
        found += shared(" ".join(words), " ".join(copy)) >= ALIKE
    assert found >= 60
