"""What the people of a script do and hear, whatever channel they are on."""

import re
from typing import Final, Protocol

from bot.dialogue import NotUnderstoodError
from tests.fakes.samples import png

_PRESS: Final = re.compile(r"\[(.+)\]")
_FILE: Final = re.compile(r"\((photo|document) (\S+)(?: \d+)?\)")
_PDF: Final = b"%PDF-1.4\n%%EOF\n"


class Side(Protocol):
    """One person on one channel."""

    async def says(self, text: str) -> None:
        """Write something; returns when the channel has taken it, as the next two do."""

    async def presses(self, label: str) -> None:
        """Press what the last message offers; `NotUnderstoodError` when it does not."""

    async def sends(self, photo: bytes = b"", paper: bytes = b"", name: str = "") -> None:
        """Send a photo, or a paper under its name."""

    async def hears(self) -> bool:
        """Read what came; whether that was all the channel has."""

    def told(self) -> tuple[str, ...]:
        """What was read since the last time, as lines of a transcript."""

    async def blocks(self, *, blocked: bool) -> None:
        """Have the bot write here no more, or again."""

    async def leaves(self) -> None:
        """Go away."""


async def do(side: Side, line: str) -> None:
    """Do what a *line* of a script (without its "> ") says."""
    if press := _PRESS.fullmatch(line):
        await side.presses(press[1])
    elif (file := _FILE.fullmatch(line)) and file[1] == "photo":
        await side.sends(photo=png())
    elif file:
        await side.sends(paper=_PDF, name=file[2])
    elif line in {"(blocks)", "(comes back)"}:
        await side.blocks(blocked=line == "(blocks)")
    elif line.startswith("("):
        raise NotUnderstoodError(f"không làm được trên kênh thật: {line}")
    else:
        await side.says(line)
