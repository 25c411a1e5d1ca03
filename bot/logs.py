"""The log: one JSON object a line on standard error, with nothing in it that a person wrote."""

import json
import logging
import sys
from datetime import UTC, datetime

# What `logging` itself puts on a record; everything else was given as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, where, what, and the given extras."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`; of an exception only its kind and place are told."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({k: v for k, v in vars(record).items() if k not in _OWN})
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _place(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _place(record: logging.LogRecord) -> str:
    trace = record.exc_info[2] if record.exc_info else None
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-6:])


def start_logging(level: str) -> logging.Logger:
    """Log to standard error from now on; libraries that quote addresses are quietened."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "uvicorn.access", "telegram", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return logging.getLogger("bot")
