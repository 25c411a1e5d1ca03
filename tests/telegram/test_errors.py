from datetime import timedelta
from itertools import islice

import pytest
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

from bot.channels import GoneError, MovedError
from bot.channels.telegram_errors import Floods, advice, pauses, undelivered, unfetched
from bot.channels.telegram_http import (
    CutOffError,
    DownloadError,
    UnsentError,
    UnsentTimedOutError,
)


@pytest.mark.parametrize(
    ("error", "verdict", "scope"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "gone", "chat"),
        (Forbidden("Forbidden: user is deactivated"), "gone", "chat"),
        (BadRequest("Bad Request: chat not found"), "gone", "chat"),
        (BadRequest("Bad Request: PEER_ID_INVALID"), "gone", "chat"),
        (BadRequest("Bad Request: message text is empty"), "refused", "chat"),
        (BadRequest("Bad Request: message is too long"), "refused", "chat"),
        (UnsentError("no connection"), "retry", "channel"),
        (UnsentTimedOutError("no connection in time"), "retry", "channel"),
        (TimedOut(), "unknown", "chat"),
        (CutOffError("the connection broke"), "unknown", "chat"),
        (NetworkError("Bad Gateway (502)"), "retry", "chat"),
        (TelegramError("the answer is not a JSON object"), "retry", "chat"),
        (InvalidToken("Unauthorized"), "retry", "channel"),
        (Conflict("Conflict: …"), "retry", "channel"),
    ],
)
def test_an_error_says_what_becomes_of_the_message(
    error: TelegramError, verdict: str, scope: str
) -> None:
    """Each error of the Bot API means: again later, nobody there, never, or perhaps sent."""
    failure = undelivered(error, "1", Floods())
    assert (failure.verdict, failure.scope, failure.after) == (verdict, scope, None)


def test_a_pause_is_kept_as_long_as_telegram_asks() -> None:
    """A 429 names the seconds to wait, for that chat."""
    failure = undelivered(RetryAfter(timedelta(seconds=7)), "1", Floods())
    assert (failure.verdict, failure.after, failure.scope) == ("retry", 7, "chat")


def test_many_chats_paused_at_once_pause_the_channel() -> None:
    """When a third chat is told to wait while two still do, everything waits."""
    now = 100.0
    floods = Floods(lambda: now)
    error = RetryAfter(10)
    scopes = [undelivered(error, address, floods).scope for address in ("1", "1", "2", "3")]
    assert scopes == ["chat", "chat", "chat", "channel"]
    now = 111.0
    assert undelivered(error, "4", floods).scope == "chat"


def test_a_moved_group_names_its_new_address() -> None:
    """A group that became a supergroup is to be written to there, at once."""
    failure = undelivered(ChatMigrated(-100500), "-500", Floods())
    assert isinstance(failure, MovedError)
    assert (failure.address, failure.verdict, failure.after) == ("-100500", "retry", 0)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DownloadError(404), GoneError),
        (DownloadError(410), GoneError),
        (DownloadError(500), OSError),
        (BadRequest("Bad Request: file is too big"), GoneError),
        (BadRequest("Bad Request: invalid file_id"), GoneError),
        (
            BadRequest("Bad Request: wrong file_id or the file is temporarily unavailable"),
            OSError,
        ),
        (TimedOut(), TimeoutError),
        (UnsentError("no connection"), OSError),
        (CutOffError("the connection broke"), OSError),
        (RetryAfter(3), OSError),
        (InvalidToken(), OSError),
    ],
)
def test_a_file_is_gone_or_had_later(
    error: TelegramError | DownloadError, kind: type[Exception]
) -> None:
    """A file that cannot be had is gone for ever, or worth another try."""
    assert type(unfetched(error)) is kind


def test_pauses_grow_to_a_minute() -> None:
    """Failures in a row are waited for ever longer, at most a minute."""
    assert list(islice(pauses(), 8)) == [1, 2, 4, 8, 16, 32, 60, 60]


def test_advice_quotes_nothing_a_person_wrote() -> None:
    """What the operator reads of a failed turn is its kind, never its text."""
    assert "Lan" not in advice(ValueError("Lan, 0912 345 678"))
    assert "ValueError" in advice(ValueError("Lan, 0912 345 678"))
