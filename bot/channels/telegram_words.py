"""What Telegram is told: one neutral `Say` in, the parts of a message and their keyboard out.

Text goes as it is, never as markup. Choices are an inline keyboard, edited away once used. Only a
reply keyboard can ask for a telephone number or a position; then the choices stand below that
button as plain words, which a press sends as text.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import KeyboardButtonStyle

from bot.channels.telegram_wire import LIMITS
from handlers.messages import Choice, Say

Lang = Literal["vi", "en"]
Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

_SHORT: Final = 16
"""Letters of a label up to which two buttons are still read side by side on a small phone."""

_STYLES: Final = {
    "plain": None,
    "primary": KeyboardButtonStyle.PRIMARY,
    "danger": KeyboardButtonStyle.DANGER,
}


@dataclass(frozen=True, slots=True)
class ShareWords:
    """The words on the buttons that share one's own telephone number and position."""

    phone: str
    place: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The parts of one message, each within the limit; the *keyboard* belongs to the last."""

    parts: tuple[str, ...]
    keyboard: Keyboard


def render(say: Say, share: Mapping[Lang, ShareWords]) -> Rendered:
    """Put *say* into Telegram's form.

    Without choices any reply keyboard of an earlier question is put away. More choices than one
    keyboard holds become a numbered list, answered by typing the number.
    """
    text = say.text
    keyboard: Keyboard = ReplyKeyboardRemove()
    if len(say.choices) > LIMITS.buttons:
        text = "\n".join([text, "", *_numbered(say.choices)])
    elif say.expects in {"phone", "place"}:
        keyboard = _reply_keyboard(say, share[say.lang])
    elif say.choices:
        keyboard = _inline_keyboard(say)
    return Rendered(tuple(split(text, LIMITS.text)), keyboard)


def _numbered(choices: tuple[Choice, ...]) -> Iterator[str]:
    return (f"{n}. {choice.label}" for n, choice in enumerate(choices, 1))


def _inline_keyboard(say: Say) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    choice.label,
                    callback_data=f"c:{say.step}:{n}",
                    style=_STYLES[choice.tone],
                )
                for n, choice in row
            ]
            for row in _rows(say.choices)
        ]
    )


def _reply_keyboard(say: Say, words: ShareWords) -> ReplyKeyboardMarkup:
    if say.expects == "phone":
        share = KeyboardButton(words.phone, request_contact=True)
    else:
        share = KeyboardButton(words.place, request_location=True)
    choices = (
        [KeyboardButton(choice.label, style=_STYLES[choice.tone]) for _, choice in row]
        for row in _rows(say.choices)
    )
    return ReplyKeyboardMarkup([[share], *choices], resize_keyboard=True, one_time_keyboard=True)


def _rows(choices: tuple[Choice, ...]) -> Iterator[list[tuple[int, Choice]]]:
    """The choices with their numbers: two short labels may share a row, a long one has its own."""
    waiting: list[tuple[int, Choice]] = []
    for n, choice in enumerate(choices, 1):
        short = len(choice.label) <= _SHORT
        if waiting and not short:
            yield waiting
            waiting = []
        waiting.append((n, choice))
        if not short or len(waiting) == 2:  # noqa: PLR2004 - a pair
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def split(text: str, limit: int) -> list[str]:
    """Cut *text* into parts of at most *limit* UTF-16 units, where a reader would pause.

    Between paragraphs, else lines, else words; inside a word only when it fills half a part. White
    space around a cut is dropped, as Telegram drops it around a message.
    """
    parts = []
    rest = text.strip()
    while (fits := _fitting(rest, limit)) < len(rest):
        cut = _pause(rest, fits)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def _fitting(text: str, limit: int) -> int:
    """How many leading characters of *text* fit into *limit* UTF-16 units."""
    if len(text) * 2 <= limit:
        return len(text)
    used = 0
    for place, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return place
    return len(text)


def _pause(text: str, end: int) -> int:
    """The best place to cut *text*, at or before *end*."""
    for pause in ("\n\n", "\n", " "):
        if (place := text.rfind(pause, 0, end + 1)) >= max(1, end // 2):
            return place
    while end > 1 and unicodedata.combining(text[end]):
        end -= 1  # a mark stays with its letter
    return end
