"""What goes along with a message: stored files, and texts drawn as QR pictures."""

import io
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal, Protocol

import segno

from handlers.events import Media

QR_MIME: Final = "image/png"

EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic",),
    "image/heif": (".heif", ".heic"),
    "application/pdf": (".pdf",),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "text/plain": (".txt", ".csv"),
    "video/quicktime": (".mov",),
    "video/mp4": (".mp4", ".m4v"),
    "video/3gpp": (".3gp",),
    "video/3gpp2": (".3g2",),
    "video/webm": (".webm",),
    "audio/mp4": (".m4a",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/mpeg": (".mp3",),
    "audio/aac": (".aac",),
    "audio/amr": (".amr",),
    "audio/amr-wb": (".awb",),
    "audio/wav": (".wav",),
}
"""How the names of each kind of file that is kept end; the first is given to one that does not."""

_NO_CONTENT: Final = ".bin"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Source(Protocol):
    """Where bytes can be read, and sought in, once more each time it is opened."""

    def open(self, _mode: Literal["rb"], /) -> BinaryIO:
        """Open it; raises OSError, also while it is read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file whose bytes are here: *mime* by its content, *name* its sender's, perhaps empty."""

    name: str
    mime: str
    size: int
    source: Source


OpenFile = Callable[[str], Awaitable[Stored | None]]
"""The stored file of a key; None while its bytes are not here, and when they were refused."""


@dataclass(frozen=True, slots=True)
class FileWords:
    """Words, each before a list of files, for those that could not go along.

    *missing*: they are not here or were refused; *doubtful*: whether they arrived is not known;
    *nameless* stands for a file without a name.
    """

    missing: str
    doubtful: str
    nameless: str

    def added(self, text: str, missing: Iterable[Media], doubtful: Iterable[Media] = ()) -> str:
        """The *text* of a message with a line for each list that is not empty."""
        lists = ((self.missing, tuple(missing)), (self.doubtful, tuple(doubtful)))
        lines = (f"{words} {self._names(files)}" for words, files in lists if files)
        return "\n\n".join((text, *lines))

    def _names(self, files: Iterable[Media]) -> str:
        return ", ".join(_line(file.name) or self.nameless for file in files) + "."


def file_name(media: Media, stored: Stored) -> str:
    """The name under which a file is given on: one line, no folders, true about what it is.

    A name that promises another kind gets the ending of its own, so that nothing kept as a text
    starts as a program on an official's computer.
    """
    name = _line(stored.name or media.name).replace("/", "_").replace("\\", "_").lstrip(".")
    endings = EXTENSIONS.get(stored.mime, (_NO_CONTENT,))
    if name.lower().endswith(endings) and name.lower() not in endings:
        return name
    return f"{name or media.kind}{endings[0]}"


def draw_qr(text: str) -> bytes:
    """A PNG of *text* as a QR code, at least 200 dots wide, with the quiet border readers need."""
    code = segno.make_qr(text, error="m", boost_error=False)
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=8)
    return picture.getvalue()


def _line(name: str) -> str:
    """A sender's name of a file as one line of things that can be seen."""
    seen = (" " if c.isspace() else c for c in name)
    return " ".join("".join(c for c in seen if unicodedata.category(c) not in _UNSEEN).split())
