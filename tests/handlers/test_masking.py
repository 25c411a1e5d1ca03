"""Numbers that say who somebody is are hidden; what a case needs is not."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.masking import SIGN, masked, searchable
from handlers.text import clean

HIDDEN = (
    "0905123456",
    "sđt 0905 123 456 nhé",
    "0905.123.456",
    "0905-123-456",
    "0905 - 123 - 456",
    "0905_123_456",
    "0905,123,456",
    "0905  123  456",
    "090 512 34 56",
    "09 05 12 34 56",
    "0 9 0 5 1 2 3 4 5 6",
    "(0236) 3 888 888",
    "0236 3888888",
    "0511 3822 123",
    "+84905123456",
    "+84 905 123 456",
    "+84.905.123.456",
    "(+84) 905 123 456",
    "+84 (0) 905 123 456",
    "0084905123456",
    "84905123456",
    "84 905 123 456",
    "01212345678",
    "0121 234 5678",
    "+1 415 555 2671",
    "０９０５１２３４５６",
    "٠٩٠٥١٢٣٤٥٦",
    "0905\u200b123\u200b456",
    "0️⃣9️⃣0️⃣5️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣",
    "zalo0905123456nha",
    "0905123456/0912345678",
    "0905/123/456",
    "1.0905123456",
    "gọi 3888888",
    "goi so 3 888 888",
    "048090001234",
    "048 090 001 234",
    "CCCD 048 0900 01234",
    "căn cước công dân số 048090001234",
    "cmnd 201234567",
    "201234567",
    "CMND 201 234 567",
    "STK 0041000312345",
    "stk: 1234567",
    "STK: 123 456 7",
    "số tài khoản 190 3567 8901 234",
    "so tai khoan 190356789012",
    "số tài khoản".encode().decode() + " 123456789",
    "tài khoản 5601 0000 123 456 tại BIDV",
    "chuyển khoản vào 0123456789",
    "19035678901234",
    "4111 1111 1111 1111",
    "4111111111111111",
    "9704-3612-3456-7890",
    "1234567 Vietcombank",
    "Agribank 4200205123456",
    "a.b+c@gmail.com",
    "thư: nguyen.van_a@danang.gov.vn.",
    "MST 8012345678",
    "hộ chiếu C1234567",
    "DN4790000000000",
)
KEPT = (
    "thửa 123, tờ 45",
    "thửa đất số 1234, tờ bản đồ số 12",
    "123/QĐ-UBND",
    "Quyết định số 1234/2025/QĐ-UBND ngày 12/11/2026",
    "quyết định số 1234567 của ngân hàng",
    "12/11/2026",
    "12.11.2026",
    "05-12-2026",
    "2026-11-23",
    "ngày 01.02.2026 - 05.03.2026",
    "08:30 12-11-2026",
    "20 triệu",
    "5.000.000 đ",
    "5.000.000",
    "1.500.000.000 - 2.000.000.000",
    "2 000 000 đồng",
    "150000000 đồng",
    "số tiền 150000000",
    "bồi thường 1500000000",
    "giá 35.000.000 đ/m2",
    "84.905.123.456 đ",
    "chuyển khoản 5.000.000 đ",
    "chuyển khoản 2000000",
    "120,5 m2",
    "1.200.500 m²",
    "K123/45/6 Trần Phú",
    "số 12 đường 3/2",
    "PA-7K3Q-M2X",
    "TB-7K3Q-M2X",
    "7K3Q-M2XA-9K2P",
    "16.054407, 108.202167",
    "Điều 88, khoản 2",
    "Nghị định 155/2026/NĐ-CP",
    "gọi 113, 114, 115",
    "hotline 1022",
    "gọi 1900 1234",
    "1900123456",
    "từ 2023 2024 2025 2026",
    "lớp 6/2",
    "AA 01234567",
)
DIGITS = re.compile(r"\d")


@pytest.mark.parametrize("text", HIDDEN)
def test_a_persons_number_is_hidden(text: str) -> None:
    """In whatever form a telephone, an id, an account, a card or an address is written."""
    shown = masked(text)
    assert SIGN in shown
    assert len(DIGITS.findall(shown)) <= 1, shown
    assert "@" not in shown


@pytest.mark.parametrize("text", KEPT)
def test_what_a_case_needs_is_kept(text: str) -> None:
    """Parcels, decisions, dates, money, areas, houses, codes and hotlines."""
    assert masked(text) == text


def test_only_the_number_of_a_sentence_is_hidden() -> None:
    """The words, the parcel, the day and the money around it stay."""
    told = "Ngày 12/11/2026 ông A (0905.123.456) nhận 5.000.000 đ cho thửa 123, tờ 45."
    assert masked(told) == told.replace("0905.123.456", SIGN * 12)


def test_the_words_a_case_is_found_by_have_nobodys_number() -> None:
    """They are masked before they are folded, while the marks between digits are there."""
    found = searchable("Gọi 0905.123.456, thửa 123, STK 0041 0003 12345, a@b.vn, ngày 05.12.2026")
    assert found == "goi thua 123 stk ngay 05 12 2026"


MOBILES = st.from_regex(r"0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}", fullmatch=True)
IDS = st.from_regex(r"0(0[1-9]|[1-8][0-9]|9[0-6])[0-9]{9}", fullmatch=True)
AROUND = st.text(st.characters(exclude_categories=["Nd", "Nl", "No", "Cs"]), max_size=30)
SCRIPTS = st.sampled_from((0x30, 0xFF10, 0x660, 0x966, 0x1D7CE))
BETWEEN = st.sampled_from(("", " ", ".", "-", " - ", "\u00a0", "–"))


@given(st.one_of(MOBILES, IDS), AROUND, AROUND, SCRIPTS, BETWEEN, st.integers(3, 5))
def test_a_number_is_hidden_wherever_it_stands(
    number: str, before: str, after: str, zero: int, between: str, cut: int
) -> None:
    """Whatever words are around it, in any digits, with the usual marks between them."""
    cuts = (number[:cut], number[cut : cut + 3], number[cut + 3 :])
    written = between.join("".join(chr(zero + int(c)) for c in part) for part in cuts)
    shown = masked(f"{before} {written} {after}")
    assert not any(c.isdecimal() for c in shown), shown


@given(st.text(max_size=200))
@example("+84 9\u0301 0")
@example("0905123456 stk 123456")
def test_any_text_is_masked_and_twice_is_once(text: str) -> None:
    """Nothing raises; nothing gets longer; nothing but signs is put in."""
    shown = masked(text)
    assert masked(shown) == shown
    kept = [c for c in shown if c != SIGN]
    assert len(kept) <= len(text) * 3  # what `clean` composes may take a few more signs
    assert len(shown) in {len(text), len(clean(text))}


@pytest.mark.parametrize(
    "piece",
    [
        *("1", "0 ", "1 2 3 4 5 6 ", "0905 ", "+84 ", "123456 a ", "stk 123456 ", "1.000."),
        *("a.", "a@", "@a.b", "0/", "0905/123/45 ", "12.12.2026 ", "ho chieu ", "a\u0338"),
        *("4111 1111 1111 1111 ", "stk 100.000.", "1 000 ", "stk ", "٠"),
    ],
)
def test_the_time_is_linear(piece: str) -> None:
    """Eight times as much takes no more than about eight times as long, whatever is repeated."""
    masked(piece)
    short, long = ((piece * size)[:size] for size in (2_500, 20_000))
    assert _seconds(long) < 30 * _seconds(short) + 0.005


def test_a_long_ordinary_text_takes_no_time() -> None:
    """Ten thousand signs of a complaint: about a millisecond, asked for twenty at the worst."""
    told = "Đất nhà tôi bị thu hồi từ tháng 3/2026, thửa 123 tờ 45, thấp hơn giá bán. " * 140
    assert _seconds(told[:10_000]) < 0.02


def _seconds(text: str) -> float:
    best = 9.0
    for _ in range(4):
        begun = time.thread_time()
        masked(text)
        best = min(best, time.thread_time() - begun)
    return best
