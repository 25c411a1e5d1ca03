"""A channel that does what a test wrote down, and remembers what it was told."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable

from bot.channels import Accept, Outgoing, UndeliveredError
from handlers.events import Media


class ScriptedChannel:
    """Sends meet *faults* one after the other, then succeed; files are *files* by key."""

    name = "test"

    def __init__(
        self,
        faults: Iterable[UndeliveredError] = (),
        files: dict[str, bytes | Exception] | None = None,
    ) -> None:
        self.faults = deque(faults)
        self.files = files or {}
        self.said: list[tuple[str, str]] = []
        self.sent: list[Outgoing] = []
        self.fetched: list[str] = []
        self.stuck: set[str] = set()

    async def run(self, accept: Accept) -> None:
        """Receive nothing."""
        await asyncio.Event().wait()

    async def send(self, outgoing: Outgoing) -> str:
        """Fail as written down, or remember address and text."""
        if outgoing.address in self.stuck:
            await asyncio.Event().wait()
        if self.faults:
            raise self.faults.popleft()
        self.sent.append(outgoing)
        self.said.append((outgoing.address, outgoing.say.text))
        return f"platform {outgoing.id}"

    async def fetch(self, media: Media) -> AsyncGenerator[bytes]:
        """The bytes of a file, or its fault."""
        self.fetched.append(media.key)
        found = self.files[media.key]
        if isinstance(found, Exception):
            raise found
        yield found
