import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot.channels.telegram_wire import LIMITS
from bot.channels.telegram_words import Lang, ShareWords, render
from handlers.messages import Choice, Expects, Say, split
from tests.telegram.payloads import Json

SHARE: dict[Lang, ShareWords] = {
    "vi": ShareWords(phone="Gửi số của tôi", place="Gửi vị trí của tôi"),
    "en": ShareWords(phone="Share my number", place="Share my position"),
}


def choices(*labels: str) -> tuple[Choice, ...]:
    """Plain choices of these labels."""
    return tuple(Choice(key=label, label=label) for label in labels)


def keyboard(say: Say) -> Json:
    """The keyboard of *say* as it goes over the wire."""
    rendered = render(say, SHARE).keyboard
    shown: Json = {} if rendered is None else rendered.to_dict()
    return shown


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def test_choices_are_buttons_that_carry_step_and_number() -> None:
    """Each choice is a button whose payload names the prompt and the number, and nothing else."""
    say = Say(text="?", step=7, choices=choices("Có", "Không"))
    assert keyboard(say) == {
        "inline_keyboard": [
            [{"text": "Có", "callback_data": "c:7:1"}, {"text": "Không", "callback_data": "c:7:2"}]
        ]
    }


def test_a_long_label_has_a_row_of_its_own() -> None:
    """Two labels of up to 16 letters share a row; a longer one is never squeezed."""
    say = Say(text="?", choices=choices("a" * 16, "b" * 17, "c", "d", "e"))
    rows = render(say, SHARE).keyboard
    assert isinstance(rows, InlineKeyboardMarkup)
    shown = [[button.text[0] for button in row] for row in rows.inline_keyboard]
    assert shown == [["a"], ["b"], ["c", "d"], ["e"]]


def test_a_tone_is_a_colour() -> None:
    """What to do next is shown as primary, what cannot be undone as danger."""
    tones = (
        Choice(key="a", label="Gửi", tone="primary"),
        Choice(key="b", label="Xóa", tone="danger"),
    )
    assert keyboard(Say(text="?", choices=tones)) == {
        "inline_keyboard": [
            [
                {"text": "Gửi", "callback_data": "c:0:1", "style": "primary"},
                {"text": "Xóa", "callback_data": "c:0:2", "style": "danger"},
            ]
        ]
    }


@given(
    st.integers(min_value=0, max_value=10**9),
    st.lists(st.text(min_size=1, max_size=35), min_size=1, max_size=LIMITS.buttons),
)
def test_a_keyboard_keeps_to_the_limits(step: int, labels: list[str]) -> None:
    """However many choices: every one a button, in order, no row and no payload too long."""
    rows = render(Say(text="?", step=step, choices=choices(*labels)), SHARE).keyboard
    assert isinstance(rows, InlineKeyboardMarkup)
    assert max(map(len, rows.inline_keyboard)) <= LIMITS.row
    buttons = [button for row in rows.inline_keyboard for button in row]
    assert [button.text for button in buttons] == labels
    payloads = [str(button.callback_data) for button in buttons]
    assert payloads == [f"c:{step}:{n}" for n in range(1, len(labels) + 1)]
    assert max(len(payload.encode()) for payload in payloads) <= LIMITS.callback


def test_more_choices_than_a_keyboard_holds_are_a_numbered_list() -> None:
    """A hundred and one choices are all offered, to be answered by their number."""
    labels = [f"Xã {n}" for n in range(101)]
    rendered = render(Say(text="Xã nào?", choices=choices(*labels)), SHARE)
    assert rendered.parts[0].startswith("Xã nào?\n\n1. Xã 0\n2. Xã 1\n")
    assert rendered.parts[-1].endswith("\n101. Xã 100")
    assert isinstance(rendered.keyboard, ReplyKeyboardRemove)


@pytest.mark.parametrize(
    ("lang", "expects", "button"),
    [
        ("vi", "phone", {"text": "Gửi số của tôi", "request_contact": True}),
        ("en", "place", {"text": "Share my position", "request_location": True}),
    ],
)
def test_sharing_is_one_press(lang: Lang, expects: Expects, button: Json) -> None:
    """A question for a phone or a place has a share button first and the choices below it."""
    say = Say(text="?", lang=lang, expects=expects, choices=choices("Bỏ qua", "Quay lại"))
    assert keyboard(say) == {
        "keyboard": [[button], [{"text": "Bỏ qua"}, {"text": "Quay lại"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def test_a_share_button_needs_no_choices() -> None:
    """A question for a phone without any choice still has its share button."""
    assert isinstance(render(Say(text="?", expects="phone"), SHARE).keyboard, ReplyKeyboardMarkup)


def test_words_without_choices_put_the_share_button_away() -> None:
    """The next prompt without buttons of its own takes an old share button off the screen.

    What is said beside the conversation does not: the question with that button still stands.
    """
    assert keyboard(Say(text="Cảm ơn.", step=2)) == {"remove_keyboard": True}
    assert keyboard(Say(text="Ngày mai nghỉ học.")) == {}


def test_text_is_no_markup() -> None:
    """What looks like HTML or Markdown is said as it is."""
    assert render(Say(text="<b>*_`[x](y)&"), SHARE).parts == ("<b>*_`[x](y)&",)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("Một hai ba", 10, ["Một hai ba"]),
        ("Một hai ba bốn", 10, ["Một hai ba", "bốn"]),
        ("Một hai\nba bốn", 10, ["Một hai", "ba bốn"]),
        ("Một\nhai\n\nba bốn", 10, ["Một\nhai", "ba bốn"]),
        ("abcdefghijklmno", 10, ["abcdefghij", "klmno"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        ("aaae\u0302\u0301bb", 4, ["aaa", "e\u0302\u0301bb"[:3] + "b", "b"]),
        ("", 10, [""]),
        ("  \n ", 10, [""]),
    ],
)
def test_a_long_text_is_cut_where_a_reader_pauses(text: str, limit: int, parts: list[str]) -> None:
    """Between paragraphs, else lines, else words; never inside a letter or its marks."""
    assert split(text, limit) == parts


@given(st.text(max_size=200), st.integers(min_value=8, max_value=50))
def test_no_part_is_too_long_and_nothing_is_lost(text: str, limit: int) -> None:
    """Every part fits, in UTF-16 units, and together they hold every letter in order."""
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert parts == [""] or all(parts)
