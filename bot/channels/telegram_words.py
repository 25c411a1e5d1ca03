"""What Telegram is told: one neutral `Say` in, the parts of a message and their keyboard out.

Text goes as it is, never as markup. Choices are an inline keyboard, edited away once used. Only a
reply keyboard can ask for a telephone number or a position; then the choices stand below that
button as plain words, which a press sends as text.
"""

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
from handlers.messages import Choice, Say, split

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
    keyboard: Keyboard | None


def render(say: Say, share: Mapping[Lang, ShareWords]) -> Rendered:
    """Put *say* into Telegram's form.

    A prompt without choices puts away any reply keyboard of an earlier question; what is said
    beside the conversation (step 0) leaves it to the question that stands. More choices than one
    keyboard holds become a numbered list, answered by typing the number.
    """
    text = say.text
    keyboard: Keyboard | None = ReplyKeyboardRemove() if say.step or say.choices else None
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
