"""Citizens who talk to the real engine: from the first greeting to a case that is sent.

Nine turns and one ticket each, half pressed and half typed; then the next citizen comes.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from bench.closed_loop import Act
from bot.channels import Arrival
from bot.content import load_content
from bot.engine import Engine
from bot.posting import Posted
from bot.secret import SHORTEST, Secret, fresh_code, fresh_receipt
from bot.turn import Turns
from handlers.content import Content
from handlers.events import Chose, Event, Said, Started
from handlers.messages import Say
from storage.database import Store

WORDS = (
    "Đường liên thôn trước nhà tôi bị sạt lở sau trận mưa lớn tuần trước, xe không đi được. "
    "Tôi đã báo với thôn hai lần nhưng chưa thấy ai xuống xem, mong được kiểm tra sớm."
)
# What is in brackets is the key of a choice to press; the rest is typed.
SCRIPT = (
    "/start",
    "[agree]",
    "[new]",
    "[topic:khac]",
    WORDS,
    "Xong",
    "phuong hai chau",
    "Bỏ qua",
    "[send]",
)
CHANNEL = "bench"


def content() -> Content:
    """What the province has in its folder."""
    return load_content(Path(__file__).parents[1] / "content")


def labelled(province: Content) -> tuple[str, ...]:
    """The script with what stands on the buttons in place of their keys."""
    topic = province.topics["khac"].button.vi
    return with_labels(
        {"topic:khac": topic}
        | {key: province.say("vi", f"choice.{key}") for key in ("agree", "new", "send")}
    )


def with_labels(labels: Mapping[str, str]) -> tuple[str, ...]:
    """The script for people who press what they read."""
    return tuple(f"[{labels[line[1:-1]]}]" if line.startswith("[") else line for line in SCRIPT)


class Town:
    """An engine over a store, and as many citizens as there is time for."""

    def __init__(self, store: Store, province: Content) -> None:
        self._heard: dict[str, Say] = {}
        self._citizens = 0
        self._sent = 0
        turns = Turns(province, Secret(b"x" * SHORTEST), fresh_code, fresh_receipt)
        self._engine = Engine(
            store, turns, posted=self._hear, timers=lambda: None, files=lambda: None
        )

    @property
    def failed(self) -> int:
        """Turns that raised."""
        return self._engine.counts["failed"]

    def rows_expected(self, done: int) -> dict[str, int]:
        """How many rows *done* turns leave when every one was answered."""
        return {
            "inbox": done,
            "outbox": done,
            "sessions": self._citizens,
            "tickets": self._sent,
        }

    def citizen(self) -> Act:
        """Acts a line of the script at a time; after the case is sent the next citizen comes."""
        lines: Iterator[tuple[str, int, str]] = chain.from_iterable(
            ((address, number, line) for number, line in enumerate(SCRIPT))
            for address in iter(self._arrives, "")
        )

        async def act() -> None:
            await self._take(*next(lines))

        return act

    def _arrives(self) -> str:
        self._citizens += 1
        return str(self._citizens)

    def _hear(self, posted: Posted) -> None:
        self._heard[posted.address] = posted.say

    async def _take(self, address: str, number: int, line: str) -> None:
        event = self._event(address, number, line)
        name = f"{CHANNEL}:{address}:{number}"
        await self._engine.accept(Arrival(name, CHANNEL, address, event, datetime.now(UTC)))
        if line == SCRIPT[-1]:
            self._sent += 1
            del self._heard[address]

    def _event(self, address: str, number: int, line: str) -> Event:
        if line == "/start":
            return Started()
        if not line.startswith("["):
            return Said(text=line, ref=str(number))
        say = self._heard[address]
        keys = [choice.key for choice in say.choices]
        return Chose(step=say.step, n=keys.index(line[1:-1]) + 1)
