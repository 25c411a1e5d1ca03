"""The log: one JSON object a line on standard error, with nothing in it that a person wrote.

Our own lines are sentences of ours, with what they are about beside them; numbers that say who
somebody is are hidden in both, whatever they came from, and some things are never told. Of a
library's line only its fixed words are told, without what it puts into them: it may quote anything.
Of an exception only its kind and place are told.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType

from handlers.masking import masked

OURS = frozenset({"__main__", "bot", "handlers", "storage"})
NEVER = frozenset(
    {
        *("address", "body", "caption", "chat", "contact", "cookie", "file", "name", "names"),
        *("payload", "phone", "query", "raw", "receipt", "said", "say", "secret", "session"),
        *("text", "token", "user", "words"),
    }
)
"""What is not told under these names, whoever gives it."""

HIDDEN = "•"
LONGEST = 500  # signs of one value
# What `logging` itself puts on a record; everything else was given as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_DIGEST = re.compile(r"([0-9a-f]{6})[0-9a-f]{18,}")  # of an address, of bytes
_UPDATE = re.compile(r"telegram:\d+")  # Telegram's own count of what it brings, to be replayed


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, where, what, and the given extras."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        ours = record.name.partition(".")[0] in OURS
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _hidden(record.getMessage()) if ours else _fixed(record),
        }
        if ours:
            extras = {key: value for key, value in vars(record).items() if key not in _OWN}
            line.update({key: _told(key, value) for key, value in extras.items()})
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _place(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=_kind)


def _fixed(record: logging.LogRecord) -> str:
    """The first line of a library's words, without what it would put into them."""
    if record.name == "py.warnings":  # the whole warning, its own words in it
        return "a warning of Python's"
    words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    return _hidden(words.partition("\n")[0])


def _told(key: str, value: object) -> object:
    if key in NEVER:
        return HIDDEN
    match value:
        case str():
            return value if _UPDATE.fullmatch(value) else _hidden(value)
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {_hidden(str(name)): _told(str(name), one) for name, one in value.items()}
        case Sequence() | set() | frozenset():
            return [_told("", one) for one in value]
        case _:
            return _kind(value)


def _hidden(text: str) -> str:
    return masked(_DIGEST.sub(r"\1…", text[:LONGEST]))


def _kind(value: object) -> str:
    """What something is, where its own words might quote anything."""
    return type(value).__name__


def _place(trace: TracebackType | None) -> str:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-6:])


def _of_interest(record: logging.LogRecord) -> bool:
    """Libraries tell what they do, step by step, only at DEBUG: that is for their makers."""
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in OURS


def start_logging(level: str) -> logging.Logger:
    """Log to standard error from now on, and nothing goes there past the log.

    Python itself would write out warnings, and what fails in a thread or while something is
    cleared away, with all their words.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(_of_interest)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.raiseExceptions = False  # a line that can't be written would be, with its arguments
    for noisy in ("httpx", "httpcore", "uvicorn.access", "telegram", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    log = logging.getLogger("bot")
    logging.captureWarnings(capture=True)
    threading.excepthook = lambda failed: log.error(
        "a thread failed",
        exc_info=(failed.exc_type, failed.exc_value or failed.exc_type(), failed.exc_traceback),
    )
    sys.unraisablehook = lambda failed: log.error(
        "something failed where nobody could be told",
        extra={"error": failed.exc_type.__name__, "place": _place(failed.exc_traceback)},
    )
    sys.excepthook = lambda kind, error, trace: log.critical(
        "stopped by a fault", exc_info=(kind, error, trace)
    )
    return log
