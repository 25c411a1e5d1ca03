"""What an error of the Bot API means to those who must act on it."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels import GoneError, MovedError, UndeliveredError
from bot.channels.telegram_http import CutOffError, DownloadError, UnsentError

_NOBODY_THERE: Final = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "input_user_deactivated",
    "bot was blocked",
    "bot was kicked",
)
"""Words of a 400 that say what a 403 would: nobody can be reached at this address."""

_UNCHANGED: Final = "message is not modified"
_UNEDITABLE: Final = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "message_id_invalid",
)
"""Words of a 400 about a message of ours that can't be changed: it is gone, or of another kind."""

_FLOODED_CHATS: Final = 3
"""So many chats told to wait at once mean that Telegram means all of us."""


class RepeatableError(NetworkError):
    """The answer did not come whole, to something that may safely be done twice."""

    __slots__ = ()


class Floods:
    """Tells a pause of one chat from one of the whole bot.

    A 429 does not say which it is; several chats paused at the same time do.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def is_general(self, address: str, after: float) -> bool:
        """Note that *address* must wait *after* seconds; whether everybody must."""
        now = self._clock()
        self._until = {chat: until for chat, until in self._until.items() if until > now}
        self._until[address] = now + after
        return len(self._until) >= _FLOODED_CHATS


def undelivered(error: TelegramError, address: str, floods: Floods) -> UndeliveredError:
    """What to do with a message to *address* that ended in *error*."""
    match error:
        case ChatMigrated():
            return MovedError(str(error.new_chat_id))
        case RetryAfter():
            after = seconds(error)
            return UndeliveredError(
                "retry",
                error.message,
                after=after,
                scope="channel" if floods.is_general(address, after) else "chat",
            )
        case Forbidden():
            return UndeliveredError("gone", error.message)
        case BadRequest():
            return UndeliveredError("gone" if nobody_there(error) else "refused", error.message)
        case UnsentError() | InvalidToken() | Conflict():
            return UndeliveredError("retry", error.message, scope="channel")
        case TimedOut() | CutOffError():
            return UndeliveredError("unknown", error.message)
        case _:
            return UndeliveredError("retry", error.message)


def nobody_there(error: BadRequest) -> bool:
    """Whether a refusal is of the chat, whatever is sent to it, and not of the message."""
    return any(words in error.message.lower() for words in _NOBODY_THERE)


def unchanged(error: BadRequest) -> bool:
    """Whether an edit was refused because the message says just that already."""
    return _UNCHANGED in error.message.lower()


def uneditable(error: BadRequest) -> bool:
    """Whether an edit was refused because this message can't be edited any more."""
    return any(words in error.message.lower() for words in _UNEDITABLE)


def unfetched(error: TelegramError | DownloadError) -> Exception:
    """What to raise for a file whose download ended in *error*."""
    match error:
        case DownloadError(status=404 | 410):
            return GoneError("the file is no longer there")
        case TimedOut():
            return TimeoutError(error.message)
        case BadRequest() if "temporarily" not in error.message:
            return GoneError(error.message)
        case _:
            return OSError(str(error))


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()


def pauses() -> Iterator[float]:
    """Seconds to wait after the first failure in a row, the second, …: ever longer, to a minute."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, 60.0)


def advice(error: Exception) -> str:
    """One line for the operator: what is wrong with receiving, without anything personal."""
    match error:
        case InvalidToken():
            return "Telegram refuses the token; give a valid one"
        case Conflict():
            return "another process receives this bot's updates, by polling or by a webhook"
        case RetryAfter():
            return f"Telegram asks for a pause of {seconds(error):g} s"
        case NetworkError():
            return f"Telegram is out of reach ({error.message})"
        case _:
            return f"updates could not be taken in ({type(error).__name__}); they stay at Telegram"
