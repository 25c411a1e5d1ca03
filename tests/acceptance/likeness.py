"""What must be alike in two tellings of one conversation, whatever the clock and chance gave it.

Codes and receipts are chance: the ones a running bot made are called by the names that the script
has for them, in the order in which they are first heard. Dates, times and the working days left
are the clock's. A photo comes without its name over Telegram.
"""

import re
from collections.abc import Iterable

from handlers.codes import speak
from tests.acceptance.citizen import CODE, RECEIPT

PHOTO = re.compile(r"^> \(photo (\S+)", re.MULTILINE)
FILES = re.compile(r"^  \(files: (.+)\)$")
NAMED = re.compile(rf"(?<![0-9A-Z-])(?:{CODE.pattern}|{RECEIPT.pattern})(?![0-9A-Z-])")
CLOCK = (
    (re.compile(r"\b\d{2}/\d{2}/\d{4}( \d{2}:\d{2})?\b"), "<day>"),
    (re.compile(r"\b\d{2}/\d{2} \d{2}:\d{2}\b"), "<moment>"),
    (re.compile(r"\b(còn|quá hạn) \d+ ngày làm việc\b"), r"\1 <days> ngày làm việc"),
)


def likeness(script: str, telling: str) -> list[str]:
    """The lines of a *telling* of *script* without what may differ from one to another."""
    photos = set(PHOTO.findall(script))
    return [_nameless(_timeless(line), photos) for line in telling.splitlines()]


class Names:
    """What the bot made by chance, called as *script* calls it."""

    def __init__(self, script: str) -> None:
        heard = (line for line in script.splitlines() if not line.startswith((">", "!", "#", "@")))
        self._free = list(dict.fromkeys(_named(heard)))
        self._here: dict[str, str] = {}
        self._there: dict[str, str] = {}

    def to_script(self, line: str) -> str:
        """A *line* of the bot as the script would have it; what is new is learnt."""
        line = NAMED.sub(lambda found: self._learnt(found[0]), line)
        for made, name in self._there.items():
            line = line.replace(speak(made), speak(name))
        return line

    def to_bot(self, line: str) -> str:
        """A *line* of the script as it must be said here."""
        return NAMED.sub(lambda found: self._here.get(found[0], found[0]), line)

    def _learnt(self, made: str) -> str:
        if made not in self._there:
            kind = bool(CODE.fullmatch(made))
            name = next((name for name in self._free if bool(CODE.fullmatch(name)) == kind), "")
            if not name:
                return made
            self._free.remove(name)
            self._there[made], self._here[name] = name, made
        return self._there[made]


def _timeless(line: str) -> str:
    for pattern, name in CLOCK:
        line = pattern.sub(name, line)
    return line


def _nameless(line: str, photos: set[str]) -> str:
    if (files := FILES.match(line)) is None:
        return line
    names = ("photo" if name in photos else name for name in files[1].split(", "))
    return f"  (files: {', '.join(names)})"


def _named(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        yield from NAMED.findall(line)
