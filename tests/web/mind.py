"""A small mind and a small memory for the web channel, without rooms and without storage."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.channels import Arrival, Garbled, Outcome, Outgoing
from bot.channels.enclosed import FileWords, Stored
from bot.channels.web import Store, Told, WebChannel
from bot.channels.web.files import Kept, file_kind
from bot.channels.web.notice_page import Notice
from bot.channels.web.notices import Notices
from handlers.events import Chose, Event, Media, Said, SentMedia, SharedPlace, Started
from handlers.messages import Choice, Say

GREETING = (
    "Kính chào ông/bà. Đây là Lắng Nghe, kênh tiếp nhận phản ánh, kiến nghị của thành phố.\n\n"
    "Xin chọn việc cần làm, hoặc gõ số của việc đó. Hướng dẫn: /trogiup"
)
MENU = (
    Choice(key="new", label="Gửi ý kiến mới", tone="primary"),
    Choice(key="cases", label="Việc đã gửi"),
    Choice(key="ask", label="Hỏi nhanh"),
    Choice(key="lang", label="English"),
)
TOPICS = (
    Choice(key="land", label="Bồi thường, tái định cư"),
    Choice(key="paper", label="Giấy chứng nhận đất"),
    Choice(key="school", label="Miễn, giảm học phí"),
    Choice(key="merit", label="Chính sách người có công"),
    Choice(key="other", label="Việc khác"),
    Choice(key="cancel", label="Hủy", tone="danger"),
)
SCRIPT = (
    Say(text=GREETING, choices=MENU, step=1),
    Say(text="1/4 · Ý kiến về việc gì?", choices=TOPICS, step=2),
    Say(
        text="2/4 · Việc xảy ra ở đâu? Có thể gửi vị trí hoặc gõ địa chỉ.", step=3, expects="place"
    ),
    Say(
        text="3/4 · Xin kể sự việc: ai, ở đâu, từ bao giờ. Xem mẫu tại https://example.gov.vn/mau.",
        step=4,
        expects="text",
    ),
    Say(
        text="4/4 · Gửi ảnh giấy tờ nếu có.",
        choices=(
            Choice(key="done", label="Xong", tone="primary"),
            Choice(key="skip", label="Bỏ qua"),
        ),
        step=5,
        expects="media",
    ),
    Say(
        text="Đã ghi nhận. Mã: PA-7K3Q-M2. Nơi phụ trách: Sở Nông nghiệp và Môi trường. "
        "Hạn trả lời: 02/12/2026.",
        choices=MENU,
        step=6,
    ),
)
ENGLISH = Say(
    text="Welcome. This is Lắng Nghe, where you can send feedback to the city.",
    choices=(
        Choice(key="new", label="Send feedback", tone="primary"),
        Choice(key="cases", label="My cases"),
    ),
    step=7,
    lang="en",
)


class TooLargeError(Exception):
    """More bytes than are kept."""


class EmptyError(Exception):
    """No bytes at all."""


class TypeRefusedError(Exception):
    """A type that is not kept."""


def sign(text: str) -> str:
    """A keyed hash."""
    return hashlib.sha256(b"secret" + text.encode()).hexdigest()


@dataclass(frozen=True)
class Bytes:
    """What is known of kept bytes."""

    sha256: str
    size: int
    mime: str


_MAGIC = {
    b"\xff\xd8": "image/jpeg",
    b"\x89P": "image/png",
    b"%P": "application/pdf",
    b"OK": "text/plain",
}


@dataclass
class Mind:
    """Answers by a script, remembers everything, and can be told to fail or to be slow."""

    arrivals: list[Arrival] = field(default_factory=list)
    told: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    files: dict[tuple[str, str], Media] = field(default_factory=dict)
    stored: dict[str, Stored] = field(default_factory=dict)
    announced: dict[str, Notice] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    at: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    error: Exception | None = None
    delay: float = 0
    keep_delay: float = 0
    forgets_files: int = 0
    busy: int = 0
    channel: WebChannel | None = None

    def store(self) -> Store:
        """What the web channel is given."""
        refused = {
            TooLargeError: "too_large",
            EmptyError: "file_empty",
            TypeRefusedError: "file_type",
        }
        return Store(
            self.after,
            self.keep,
            self.register,
            self.uploaded,
            self.open_file,
            sign,
            {
                "vi": FileWords("Chưa xem được tệp:", "Có thể chưa đến:", "không tên"),
                "en": FileWords("Cannot be shown:", "May not have arrived:", "no name"),
            },
            refused,  # type: ignore[arg-type] # a dict of literals
        )

    def notices(self) -> Notices:
        """The public pages of what was announced."""
        return Notices(self.announcement, self.open_file, sign)

    async def announcement(self, code: str) -> Notice | None:
        """See `bot.channels.web.notices.Read`."""
        return self.announced.get(code)

    def forget(self) -> None:
        """Be as new, for the next test."""
        fresh = Mind(channel=self.channel)
        self.__dict__.update(fresh.__dict__)

    @property
    def events(self) -> list[Event]:
        """What happened, in order."""
        return [arrival.event for arrival in self.arrivals]

    async def accept(self, arrival: Arrival | Garbled) -> Outcome:
        """Take one arrival once, and answer it by the script."""
        assert isinstance(arrival, Arrival)
        self.busy += 1
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.busy -= 1
        if self.error:
            raise self.error
        if arrival.id in self.seen:
            return "duplicate"
        self.seen.add(arrival.id)
        self.arrivals.append(arrival)
        await self.say(arrival.address, self._reply(arrival.address, arrival.event))
        return "done"

    async def say(self, address: str, say: Say, replaces: int = 0) -> None:
        """Tell somebody something, perhaps in the place of an earlier message."""
        told = self.told[address]
        told.append(Told(len(told) + 1, datetime.now(UTC), say, replaces))
        if self.channel:
            await self.channel.send(Outgoing(len(told), address, say))

    def _reply(self, address: str, event: Event) -> Say:
        at = self.at[address]
        match event:
            case Started() | Said(text="/trogiup"):
                at = 0
            case Said(text="/ngonngu") | Chose(step=1, n=4):
                return ENGLISH
            case Said() | Chose() | SharedPlace() | SentMedia():
                at = min(at + 1, len(SCRIPT) - 1)
            case _:
                return Say(text=f"Đã nhận: {event.type}")
        self.at[address] = at
        return SCRIPT[at]

    async def after(self, address: str, number: int, most: int) -> Sequence[Told]:
        """See `bot.channels.web.After`."""
        return [told for told in self.told[address] if told.id > number][:most]

    async def keep(self, chunks: AsyncIterator[bytes], limit: int) -> Kept:
        """See `bot.channels.web.files.Keep`."""
        body = b""
        async for chunk in chunks:
            body += chunk
            await asyncio.sleep(self.keep_delay)
            if len(body) > limit:
                raise TooLargeError
        if not body:
            raise EmptyError
        mime = _MAGIC.get(body[:2])
        if mime is None:
            raise TypeRefusedError
        return Bytes(hashlib.sha256(body).hexdigest(), len(body), mime)

    async def register(self, address: str, key: str, name: str, kept: Kept) -> None:
        """See `bot.channels.web.files.Register`."""
        if self.forgets_files:
            self.forgets_files -= 1
            return
        media = Media(key=key, kind=file_kind(kept.mime), name=name, mime=kept.mime, size=kept.size)
        self.files[address, key] = media

    async def uploaded(self, address: str, keys: Sequence[str]) -> Mapping[str, Media]:
        """See `bot.channels.web.files.Uploaded`."""
        return {key: self.files[address, key] for key in keys if (address, key) in self.files}

    async def open_file(self, key: str) -> Stored | None:
        """See `bot.channels.enclosed.OpenFile`."""
        return self.stored.get(key)
