"""The seam through which names, phones, addresses and all texts people wrote reach the database.

In clear is but what cases are searched by, see `migrations/0001_start.sql`.

Only `storage.people` calls it, so that sealing them one day touches no caller.
"""

from typing import Protocol


class Seal(Protocol):
    """How personal texts are kept."""

    def hide(self, text: str) -> str:
        """The text as it is stored."""

    def show(self, text: str) -> str:
        """The text as it was before `hide`."""

    def key(self, text: str) -> str:
        """A name for *text*, always the same, by which its row is found."""


class PlainSeal:
    """Texts kept as they are."""

    def hide(self, text: str) -> str:
        """The text itself."""
        return text

    def show(self, text: str) -> str:
        """The text itself."""
        return text

    def key(self, text: str) -> str:
        """The text itself."""
        return text


PLAIN = PlainSeal()
