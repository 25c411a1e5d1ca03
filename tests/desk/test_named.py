"""Which case a command is about, however its code was typed."""

import pytest

from handlers.desk.commands import Named, named

CODE, HAND = "PA-6Q4C-5MJ", "PA-XLC9-Q5X"


@pytest.mark.parametrize(
    ("behind", "rest"),
    [
        ("PA-6Q4C-5MJ Trường nào?", "Trường nào?"),
        ("PA 6Q4C 5MJ Trường nào?", "Trường nào?"),
        ("p a 6q4c 5mj", ""),
        ("PA-6Q4C-5MJ\nTrường nào?\nLớp mấy?", "Trường nào?\nLớp mấy?"),
        ("PA-6Q4C-5MJ: Trường nào?", "Trường nào?"),
        ("PA-6Q4C-5MJ PA-XLC9-Q5X", "PA-XLC9-Q5X"),
    ],
)
def test_a_code_in_pieces_names_its_case(behind: str, rest: str) -> None:
    """A code typed in pieces, or with its words on the next line, is the case; no word is lost."""
    assert named(behind, HAND) == Named(CODE, rest)


@pytest.mark.parametrize("behind", ["PA-6Q4C-5MK Trường nào?", "PA 6Q4C 5MK", "PA-6Q4C-5M ai?"])
def test_a_mistyped_code_names_no_case(behind: str) -> None:
    """What begins as a code and is none is never taken for words about the case in hand."""
    assert named(behind, HAND).code == ""


@pytest.mark.parametrize(
    "behind", ["", "Trường nào?", "PA2 khả thi", "PA kinh phí", "như PA-6Q4C-5MJ", "12/12/2026 bận"]
)
def test_words_are_about_the_case_in_hand(behind: str) -> None:
    """Words without a code before them are about the case in hand."""
    assert named(behind, HAND) == Named(HAND, behind)


@pytest.mark.parametrize("behind", ["TB-6Q4C-5MJ đèn hỏng ở đâu?", "tb6q4c5mj đèn hỏng ở đâu?"])
def test_the_code_of_an_announcement_is_no_cases(behind: str) -> None:
    """What is said of an announcement is not taken for words about a case of like letters."""
    assert named(behind, HAND) == Named("", behind)
