"""Files of the fake: uploads, ids used again, albums, and downloads."""

import httpx
import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest, NetworkError

from tests.fakes.refusal import refused
from tests.fakes.samples import png
from tests.fakes.telegram import FakeTelegram, Fault, Person


async def test_a_citizens_photo(bot: Bot, lan: Person) -> None:
    """A photo comes in two sizes; the last is the one sent."""
    await lan.sends_photo(b"ten thousand words", caption="giấy tờ")
    (update,) = await bot.get_updates()
    message = update.message
    assert message is not None
    assert message.caption == "giấy tờ"
    assert len({size.file_id for size in message.photo}) == 2
    file = await bot.get_file(message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == b"ten thousand words"


async def test_other_files(bot: Bot, lan: Person) -> None:
    """Documents keep a name and a type, true or not; voice and video have durations."""
    await lan.sends_document(b"MZ...", "sổ đỏ.pdf", "application/pdf")
    await lan.sends_voice(b"OggS")
    await lan.sends_video(b"....ftyp", "mốc đất")
    document, voice, video = [update.message for update in await bot.get_updates()]
    assert document is not None
    assert document.document is not None
    assert document.document.file_name == "sổ đỏ.pdf"
    assert document.document.mime_type == "application/pdf"
    assert voice is not None
    assert voice.voice is not None
    assert video is not None
    assert video.caption == "mốc đất"


async def test_twenty_megabytes(bot: Bot, lan: Person) -> None:
    """A file over 20 MB is announced, and can't be fetched."""
    await lan.sends_document(b"x", "to.zip", size=(20 << 20) + 1)
    await lan.sends_document(b"x", "vừa.zip", size=20 << 20)
    large, fitting = [update.message for update in await bot.get_updates()]
    assert large is not None
    assert large.document is not None
    with refused("file is too big"):
        await bot.get_file(large.document.file_id)
    assert fitting is not None
    assert fitting.document is not None
    assert (await bot.get_file(fitting.document.file_id)).file_size == 20 << 20


async def test_links_live_an_hour(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """The path of a file is good for an hour; an unknown id has none."""
    await lan.sends_photo(b"x")
    (update,) = await bot.get_updates()
    assert update.message is not None
    file = await bot.get_file(update.message.photo[-1].file_id)
    server.clock.advance(3601)
    with pytest.raises((BadRequest, NetworkError, Exception), match="Not Found"):
        await file.download_as_bytearray()
    with refused("invalid file_id"):
        await bot.get_file("không có")


async def test_downloads_can_fail(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A download can break off in the middle."""
    await lan.sends_photo(b"x" * 100_000)
    (update,) = await bot.get_updates()
    assert update.message is not None
    file = await bot.get_file(update.message.photo[-1].file_id)
    server.faults.add(Fault("cut", "download"))
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert len(await file.download_as_bytearray()) == 100_000


async def test_a_citizens_album(bot: Bot, lan: Person) -> None:
    """An album is one update for each photo; they share an id, and one has the caption."""
    await lan.sends_album([b"1", b"2", b"3"], "ba ảnh")
    messages = [update.message for update in await bot.get_updates()]
    assert len({each.media_group_id for each in messages if each is not None}) == 1
    assert [each.caption for each in messages if each is not None] == ["ba ảnh", None, None]


async def test_the_bots_files(bot: Bot, lan: Person) -> None:
    """An upload gives an id that can be sent again, as the same kind of thing."""
    sent = await bot.send_photo(1001, png(), caption="ảnh")
    again = await bot.send_photo(1001, sent.photo[-1].file_id)
    assert again.photo[-1].file_id == sent.photo[-1].file_id
    document = await bot.send_document(1001, b"one", filename="a.txt")
    assert document.document is not None
    with refused("can't use file of type Photo as Document"):
        await bot.send_document(1001, sent.photo[-1].file_id)
    with refused("wrong file identifier/HTTP URL specified"):
        await bot.send_photo(1001, "không có")
    assert [bool(each.raw.get("photo")) for each in lan.chat[1:]] == [True, True, False]


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png(padding=10 << 20), "is too big for a photo"),
    ],
)
async def test_bad_photos(bot: Bot, lan: Person, photo: bytes, why: str) -> None:
    """A photo is a picture of at most 10 MB, not too long and not too thin."""
    with refused(why):
        await bot.send_photo(1001, photo)


async def test_bad_documents(bot: Bot, lan: Person) -> None:
    """A document is not empty and has at most 50 MB."""
    with refused("file must be non-empty"):
        await bot.send_document(1001, b"", filename="a.txt")
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(1001, bytes((50 << 20) + 1), filename="a.bin")


async def test_captions(bot: Bot, lan: Person) -> None:
    """A caption has at most 1024 units; none is needed."""
    await bot.send_photo(1001, png(), caption="ế" * 1024)
    await bot.send_photo(1001, png())
    with refused("message caption is too long"):
        await bot.send_photo(1001, png(), caption="ế" * 1025)


async def test_the_bots_albums(bot: Bot, lan: Person) -> None:
    """An album has 2 to 10 items of one family."""
    photo = InputMediaPhoto(png(), caption="<b>đậm</b>", parse_mode="HTML")
    sent = await bot.send_media_group(1001, [photo, InputMediaPhoto(png())])
    assert len({each.media_group_id for each in sent}) == 1
    assert sent[0].caption_entities[0].type == "bold"
    document = InputMediaDocument(b"x", filename="a.txt")
    with refused("can't use the media of the specified type"):
        await bot.send_media_group(1001, [photo, document])
    for count in (1, 11):
        with refused("wrong number of messages"):
            await bot.send_media_group(1001, [InputMediaPhoto(png())] * count)


async def test_a_download_needs_the_token(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Nobody fetches a file without the bot's token."""
    await lan.sends_photo(b"x")
    (update,) = await bot.get_updates()
    assert update.message is not None
    file = await bot.get_file(update.message.photo[-1].file_id)
    assert file.file_path is not None
    async with httpx.AsyncClient() as client:
        assert (await client.get(file.file_path)).status_code == 200
        other = file.file_path.replace(server.token, "123456789:other")
        assert (await client.get(other)).status_code == 401
