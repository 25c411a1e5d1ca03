import asyncio
from contextlib import aclosing

import pytest

from bot.channels import GoneError
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_wire import LIMITS
from handlers.events import Media, SentMedia
from tests.fakes.telegram import FakeTelegram, Fault
from tests.telegram.listening import Ear, channel_of, listening, running


async def told(fake: FakeTelegram, ear: Ear, data: bytes, size: int | None = None) -> Media:
    """A document a person sent, as the channel tells of it."""
    async with listening(fake, ear):
        lan = fake.person(70001)
        await lan.sends_document(data, "đơn.pdf", "application/pdf", size=size)
        await ear.hears(1)
    event = ear.events[-1]
    assert isinstance(event, SentMedia)
    return event.media[0]


async def fetched(channel: TelegramChannel, media: Media) -> bytes:
    """All the bytes of a file."""
    async with aclosing(channel.fetch(media)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_an_album_is_fetched_whole(fake: FakeTelegram, ear: Ear) -> None:
    """Each photo of an album arrives with what is needed to fetch its largest size."""
    photos = [b"\xff\xd8\xff" + bytes([n]) * 200_000 for n in range(2)]
    async with channel_of(fake) as channel, running(channel, ear):
        await fake.person(70001).sends_album(photos, "Nhà tôi")
        await ear.hears(2)
        events = [event for event in ear.events if isinstance(event, SentMedia)]
        assert [await fetched(channel, event.media[0]) for event in events] == photos
    assert [event.media[0].size for event in events] == [200_003, 200_003]


async def test_a_file_too_large_is_told_of_and_not_fetched(fake: FakeTelegram, ear: Ear) -> None:
    """A file over 20 MB arrives with its size, and fetching it asks Telegram for nothing."""
    media = await told(fake, ear, b"x", size=LIMITS.download + 1)
    assert media.size == LIMITS.download + 1
    async with channel_of(fake) as channel:
        with pytest.raises(GoneError):
            await fetched(channel, media)
    assert fake.calls_of("getFile") == []


async def test_a_file_of_unknown_size_is_asked_for(fake: FakeTelegram, ear: Ear) -> None:
    """A file whose size nobody told is refused by Telegram itself."""
    media = await told(fake, ear, b"x", size=LIMITS.download + 1)
    async with channel_of(fake) as channel:
        with pytest.raises(GoneError, match="too big"):
            await fetched(channel, media.model_copy(update={"size": None}))


async def test_a_file_larger_than_it_says_is_cut_off(fake: FakeTelegram, ear: Ear) -> None:
    """A file that turns out over the limit while it streams is given up there."""
    media = await told(fake, ear, bytes(LIMITS.download + 1), size=5)
    async with channel_of(fake) as channel:
        with pytest.raises(GoneError, match="larger"):
            await fetched(channel, media)


async def test_a_file_nobody_sent_is_gone(fake: FakeTelegram) -> None:
    """An id Telegram does not know can never be fetched."""
    media = Media(key="telegram:x", kind="photo", fetch="x")
    async with channel_of(fake) as channel:
        with pytest.raises(GoneError):
            await fetched(channel, media)


async def test_a_file_that_is_no_longer_there_is_gone(fake: FakeTelegram, ear: Ear) -> None:
    """A download answered with 404 will not come back."""
    media = await told(fake, ear, b"x")
    fake.faults.add(Fault("status", "download", code=404, description="Not Found"))
    async with channel_of(fake) as channel:
        with pytest.raises(GoneError):
            await fetched(channel, media)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("status", "getfile", code=500), OSError),
        (Fault("status", "getfile", code=429, retry_after=1), OSError),
        (Fault("hang", "getfile"), TimeoutError),
        (Fault("bad_gateway", "download"), OSError),
        (Fault("reset", "download", times=2), OSError),
        (Fault("cut", "download"), OSError),
        (Fault("hang", "download"), TimeoutError),
    ],
    ids=lambda value: (
        f"{value.method} {value.action} {value.code}" if isinstance(value, Fault) else ""
    ),
)
async def test_a_fetch_that_fails_can_be_tried_again(
    fake: FakeTelegram, ear: Ear, fault: Fault, kind: type[Exception]
) -> None:
    """Whatever the network does is for now only; the next try has the file."""
    media = await told(fake, ear, b"%PDF-" * 30_000)
    fake.faults.add(fault)
    async with channel_of(fake) as channel:
        with pytest.raises(kind) as caught:
            await fetched(channel, media)
        assert not isinstance(caught.value, GoneError)
        assert fake.token not in repr(caught.value) + repr(caught.value.__cause__)
        assert await fetched(channel, media) == b"%PDF-" * 30_000


async def test_files_are_fetched_side_by_side(fake: FakeTelegram, ear: Ear) -> None:
    """Ten slow downloads take the time of one."""
    media = await told(fake, ear, b"x")
    fake.faults.add(Fault("slow", "download", seconds=0.5, times=10))
    async with channel_of(fake) as channel, asyncio.timeout(2):
        assert await asyncio.gather(*(fetched(channel, media) for _ in range(10))) == [b"x"] * 10
