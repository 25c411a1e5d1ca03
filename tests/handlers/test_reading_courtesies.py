"""Short words that carry no matter, told apart from a story that begins with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.courtesies import (
    greets,
    says_done,
    says_no,
    says_stop,
    says_yes,
    thanks,
)


@pytest.mark.parametrize(
    "typed", ["Xin chào", "chào cán bộ ạ", "Alo", "a lô", "dạ chào anh chị", "Hello!", "hi there"]
)
def test_greeting(typed: str) -> None:
    """A greeting is seen with and without accents, with whom it greets."""
    assert greets(typed)
    assert not thanks(typed)


@pytest.mark.parametrize(
    "typed",
    ["Cảm ơn", "cám ơn cán bộ nhiều ạ", "Dạ em cảm ơn", "ok", "vâng ạ", "Thank you very much"],
)
def test_thanks(typed: str) -> None:
    """Thanks and nods are seen in either spelling."""
    assert thanks(typed)
    assert not greets(typed)


@pytest.mark.parametrize(
    "typed",
    ["Không", "ko có", "dạ không ạ", "không nhớ nữa", "chưa có", "thôi", "No", "I don't know"],
)
def test_no(typed: str) -> None:
    """None, not yet, not known and "no" in phone shorthand all mean that nothing is to come."""
    assert says_no(typed)


@pytest.mark.parametrize(
    "typed", ["xong", "Xong rồi ạ", "hết rồi", "thế thôi", "chỉ vậy thôi ạ", "That's all", "done"]
)
def test_done(typed: str) -> None:
    """People say in many ways that they have said all."""
    assert says_done(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("dừng nhận tin", "Ngừng nhận thông báo", "không nhận tin nữa", "Đừng gửi tin nữa ạ"),
        *("xin thôi nhận tin thông báo", "em không muốn nhận thông báo nữa", "KHONG NHAN TIN NUA"),
        *("stop alerts", "Please stop all announcements", "no more alerts", "unsubscribe"),
    ],
)
def test_stop(typed: str) -> None:
    """Who wants no more announcements says so in many ways."""
    assert says_stop(typed)
    assert not says_no(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("không nhận được tin gì của xã cả", "không nhận được thông báo thu hồi đất", "dừng"),
        *("dừng nhận hồ sơ", "chưa nhận thông báo", "không gửi tin nhắn báo tiền điện nữa", "stop"),
        *("xã ngừng nhận thông báo của dân là sai", "nhận tin", "không"),
    ],
)
def test_a_complaint_is_no_stop(typed: str) -> None:
    """Who complains that nothing came asks for something else."""
    assert not says_stop(typed)


@pytest.mark.parametrize("typed", ["có", "dạ có ạ", "đồng ý", "vâng", "Ok", "tiếp tục", "yes"])
def test_yes(typed: str) -> None:
    """A plain "yes" is seen."""
    assert says_yes(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Xin chào, nhà tôi bị ngập",
        "cảm ơn nhưng đèn vẫn chưa sửa",
        "không nhận được tiền",
        "hết tiền hỗ trợ",
        "có người lấn đất",
        "chào mời mua đất trái phép",
        "thôi việc",
        "chợ",
        "",
    ],
)
def test_a_story_is_no_courtesy(typed: str) -> None:
    """What says more than a courtesy is never taken for one."""
    assert not any(reads(typed) for reads in (greets, thanks, says_no, says_done, says_yes))


@given(st.text())
def test_any_text_is_read(typed: str) -> None:
    """No text makes a reader fail."""
    for reads in (greets, thanks, says_no, says_done, says_yes):
        assert reads(typed) in {True, False}
