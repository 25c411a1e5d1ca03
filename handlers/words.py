"""A sentence in both languages, and the names by which the files call things."""

from typing import Literal

from pydantic import ConfigDict, Field

from handlers.model import Frozen

Lang = Literal["vi", "en"]
NAME = r"^[a-z][a-z0-9_]*$"
LONGEST_WORDS = 500  # a question, its hint and its frame fit the shortest message of a channel


class Words(Frozen):
    """One sentence in both languages."""

    model_config = ConfigDict(str_strip_whitespace=True)

    vi: str = Field(min_length=1, max_length=LONGEST_WORDS)
    en: str = Field(min_length=1, max_length=LONGEST_WORDS)

    def in_(self, lang: Lang) -> str:
        """The sentence in *lang*."""
        return self.vi if lang == "vi" else self.en
