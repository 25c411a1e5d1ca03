"""What a test of a refusal says: which error, in which words."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from telegram.error import BadRequest, TelegramError


@contextmanager
def refused(words: str, kind: type[TelegramError] = BadRequest) -> Iterator[None]:
    """The block must end in *kind* with these words; the library changes their case."""
    with pytest.raises(kind) as caught:
        yield
    assert words.lower() in str(caught.value).lower()
