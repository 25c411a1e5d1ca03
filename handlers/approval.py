"""Legal content is a draft until somebody approved just this version of it, who did not write it.

An approval is an amendment by itself (kind ``approval``): it names the version, so that a change of
the file or by command makes a draft of it again, and the approved text, put back, is approved.
"""

import hashlib
from collections.abc import Collection
from datetime import date
from typing import ClassVar, Literal

from handlers.model import Frozen

Validity = Literal["valid", "future", "expired", "retired"]


class Approval(Frozen):
    """Who approved which version, and on which day."""

    version: str
    by: int
    on: date


class Approvable(Frozen):
    """What is to be approved; *by* is the member who amended it last, 0: it is the file's.

    Neither *by* nor *approval* is ever in a file.
    """

    APART: ClassVar[frozenset[str]] = frozenset({"id", "by", "approval"})  # not part of a version

    by: int = 0
    approval: Approval | None = None

    @property
    def version(self) -> str:
        """Another one after every change of what it says."""
        said = self.model_dump_json(exclude=set(self.APART))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def draft(self) -> bool:
        """Whether nobody approved this version."""
        return self.approval is None or self.approval.version != self.version

    def written_by(self, selves: Collection[int]) -> bool:
        """Whether one of *selves*, the chats of one person, amended it last."""
        return self.by in selves
