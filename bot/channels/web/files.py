"""Files people send through the page: kept first, named in an event afterwards."""

import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Protocol

from pydantic import Field

from handlers.events import Media, MediaKind

MAX_NAME = 120

FileKey = Annotated[str, Field(pattern=r"^web:[0-9a-f]{32}:[0-9a-f]{32}$")]

_KINDS: dict[str, MediaKind] = {"image": "photo", "video": "video", "audio": "audio"}
_FOLDERS = re.compile(r"[/\\]")
_SPACES = re.compile(r"\s+")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")


class Kept(Protocol):
    """Bytes that are durable."""

    @property
    def sha256(self) -> str:
        """Their digest, 64 hexadecimal digits."""

    @property
    def size(self) -> int:
        """Their number."""

    @property
    def mime(self) -> str:
        """Their type, found by looking at them."""


Keep = Callable[[AsyncIterator[bytes], int], Awaitable[Kept]]
"""Keep the bytes, at most that many; raises what the channel was told means a refusal."""

Register = Callable[[str, str, str, Kept], Awaitable[None]]
"""Remember an upload: address, key, the sender's name of the file, what is kept. Again is fine."""

Uploaded = Callable[[str, Sequence[str]], Awaitable[Mapping[str, Media]]]
"""Those of the keys that this address did upload, each with its file."""


def file_key(address: str, kept: Kept) -> str:
    """The name of a file for ever: whose it is and what is in it, so that twice is once."""
    return f"web:{address[:32]}:{kept.sha256[:32]}"


def file_kind(mime: str) -> MediaKind:
    """What a person would call a file of this type."""
    return _KINDS.get(mime.partition("/")[0], "document")


def file_name(raw: str) -> str:
    """The sender's name of a file, as data to show: one line, no folders, nothing unseen.

    A long name keeps its end, where its type is.
    """
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", raw))
    seen = "".join(c for c in line if unicodedata.category(c) not in _UNSEEN)
    last = _FOLDERS.split(seen)[-1][-MAX_NAME:]
    name = _SPACES.sub(" ", last).strip()
    return "" if set(name) <= {"."} else name
