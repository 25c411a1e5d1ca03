"""Files and QR pictures that go with a message."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.channels import Outgoing, UndeliveredError
from bot.channels.enclosed import Stored
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_sending import read_traces
from bot.channels.telegram_wire import LIMITS
from handlers.events import Media, MediaKind
from handlers.messages import Choice, Say
from tests.fakes.samples import png
from tests.fakes.telegram import FakeTelegram, Fault, Pace, Person
from tests.telegram.listening import channel_of


class Shelf(dict[str, Stored]):
    """The stored files, and how they are told of."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def put(
        self, name: str, body: bytes, mime: str, kind: MediaKind = "document", *, fetch: str = ""
    ) -> Media:
        """Keep a file; one with a *fetch* came over Telegram."""
        path = self._folder / str(len(self))
        path.write_bytes(body)
        key = f"{'telegram' if fetch else 'web'}:{len(self)}"
        self[key] = Stored(name, mime, len(body), path)
        return Media(key=key, kind=kind, name=name, mime=mime, size=len(body), fetch=fetch)

    def photo(self, name: str = "a.png", **options: str) -> Media:
        """A picture."""
        return self.put(name, png(), "image/png", "photo", **options)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """No file yet."""
    return Shelf(tmp_path)


@pytest.fixture
async def channel(
    fake: FakeTelegram, shelf: Mapping[str, Stored]
) -> AsyncIterator[TelegramChannel]:
    """A channel that only sends."""
    async with channel_of(fake, stored=shelf) as made:
        yield made


@pytest.fixture
async def lan(fake: FakeTelegram) -> Person:
    """A person who started the bot."""
    person = fake.person(70001)
    await person.starts()
    return person


def telling(person: Person, *files: Media, text: str = "Xem tệp.", qr: str = "") -> Outgoing:
    """A message with files and one button."""
    choices = (Choice(key="ok", label="Đã xem"),)
    return Outgoing(1, str(person.id), Say(text=text, choices=choices, step=1, files=files, qr=qr))


def methods(fake: FakeTelegram) -> list[str]:
    """What was sent, in order."""
    return [call.method for call in fake.calls if call.method.startswith("send")]


async def test_the_text_comes_last_with_its_buttons(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """A file comes before the text, which alone has the buttons; both are known afterwards."""
    number = await channel.send(telling(lan, shelf.photo()))
    picture, text = await lan.reads(), await lan.reads()
    assert picture.raw["photo"]
    assert picture.labels == []
    assert (text.text, text.labels) == ("Xem tệp.", ["Đã xem"])
    left = read_traces(number)
    assert (left.files, left.texts) == ((picture.message_id,), (text.message_id,))


async def test_files_of_a_kind_are_one_album(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """Pictures go together, documents go together, and a voice message goes alone."""
    files = (
        shelf.photo("1.png"),
        shelf.put("sổ đỏ.pdf", b"%PDF-1", "application/pdf"),
        shelf.photo("2.png"),
        shelf.put("", b"OggS", "audio/ogg", "voice"),
        shelf.put("đơn.docx", b"PK", "application/vnd.oasis.opendocument.text"),
    )
    await channel.send(telling(lan, *files))
    assert methods(fake) == ["sendmediagroup", "sendmediagroup", "sendvoice", "sendmessage"]
    shown = [await lan.reads() for _ in range(6)]
    named = [each.raw["document"]["file_name"] for each in shown if "document" in each.raw]
    assert named == ["sổ đỏ.pdf", "đơn.docx.odt"]


async def test_more_than_an_album_holds(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """Eleven pictures are an album of ten and one more."""
    await channel.send(telling(lan, *(shelf.photo() for _ in range(LIMITS.album + 1))))
    assert methods(fake) == ["sendmediagroup", "sendphoto", "sendmessage"]


async def test_what_came_over_telegram_is_not_uploaded_again(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """A file that came over Telegram goes by its id."""
    known = fake.world.files.add("photo", png())
    await channel.send(telling(lan, shelf.photo(fetch=known.file_id)))
    (call,) = fake.calls_of("sendPhoto")
    assert call.params["photo"] == known.file_id
    assert (await lan.reads()).raw["photo"][-1]["file_id"] == known.file_id


async def test_what_many_are_told_is_uploaded_once(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """The next one gets by its id what the first got by its bytes, alone or in an album."""
    minh = fake.person(70002)
    await minh.starts()
    files = (shelf.photo("1.png"), shelf.photo("2.png"), shelf.put("a.pdf", b"%PDF-1", "a/b"))
    await channel.send(telling(lan, *files))
    first = [(await lan.reads()).raw for _ in range(3)]
    await channel.send(telling(minh, *files))
    again = [(await minh.reads()).raw for _ in range(3)]
    for kind in ("photo", "document"):
        shown = [[each[kind] for each in told if kind in each] for told in (first, again)]
        assert shown[0] == shown[1]
    document = fake.calls_of("sendDocument")[-1]
    assert document.params["document"] == first[-1]["document"]["file_id"]


async def test_an_id_telegram_no_longer_knows(
    channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """A file whose id is refused (the bot got another token) is uploaded instead."""
    await channel.send(telling(lan, shelf.photo(fetch="lạ"), shelf.photo(fetch="lạ 2")))
    shown = [await lan.reads() for _ in range(3)]
    assert [bool(each.raw.get("photo")) for each in shown] == [True, True, False]
    assert shown[-1].text == "Xem tệp."


async def test_a_picture_telegram_cannot_show(
    channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """A picture too heavy or too thin for a photo comes as a document."""
    thin = shelf.put("dài.png", png(2100, 100), "image/png", "photo")
    heavy = shelf.put("nặng.png", png(padding=LIMITS.photo), "image/png", "photo")
    await channel.send(telling(lan, thin, heavy))
    shown = [(await lan.reads()).raw["document"]["file_name"] for _ in range(2)]
    assert sorted(shown) == ["dài.png", "nặng.png"]


async def test_a_file_that_is_not_here_is_named(channel: TelegramChannel, lan: Person) -> None:
    """A file that was refused or is not fetched yet is named under the text."""
    gone = (
        Media(key="web:1", kind="document", name="a\n.pdf"),
        Media(key="web:2", kind="photo"),
    )
    await channel.send(telling(lan, *gone))
    assert (await lan.reads()).text == "Xem tệp.\n\nChưa xem được tệp: a .pdf, không tên."


async def test_a_link_is_drawn(fake: FakeTelegram, channel: TelegramChannel, lan: Person) -> None:
    """A QR picture comes as a photo before the text."""
    await channel.send(telling(lan, qr="https://example.gov.vn/?start=abc"))
    assert methods(fake) == ["sendphoto", "sendmessage"]
    assert (await lan.reads()).raw["photo"]
    assert (await lan.reads()).labels == ["Đã xem"]


async def test_a_link_that_could_not_be_drawn_is_written(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person
) -> None:
    """When Telegram takes no picture, the link stands in the text."""
    for method in ("sendphoto", "senddocument"):
        fake.faults.add(Fault("status", method, code=400, description="Bad Request: no"))
    await channel.send(telling(lan, qr="https://example.gov.vn"))
    assert (await lan.reads()).text == "Xem tệp.\n\nhttps://example.gov.vn"


async def test_a_file_is_not_repeated(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """A message sent again goes on behind the files that arrived."""
    message = telling(lan, shelf.photo(), shelf.put("a.pdf", b"%PDF-", "application/pdf"))
    fake.faults.add(Fault("status", "senddocument", code=429, retry_after=1))
    fake.faults.add(Fault("reset", "sendmessage"))
    for verdict in ("retry", "unknown"):
        with pytest.raises(UndeliveredError) as caught:
            await channel.send(message)
        assert caught.value.verdict == verdict
    await channel.send(message)
    arrived = [call.method for call in fake.calls if call.status == 200]
    assert (arrived.count("sendphoto"), arrived.count("senddocument")) == (1, 1)


@pytest.mark.parametrize("action", ["hang", "reset", "cut"])
async def test_a_file_that_may_have_arrived(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf, action: str
) -> None:
    """A file whose answer never came is not sent twice; the text comes and says so."""
    fake.faults.add(Fault(action, "sendphoto", after=True))  # type: ignore[arg-type] # a literal
    await channel.send(telling(lan, shelf.photo()))
    assert (await lan.reads()).raw["photo"]
    assert (await lan.reads()).text == "Xem tệp.\n\nCó thể chưa đến nơi tệp: a.png."


async def test_a_file_that_fails_for_ever_does_not_hold_the_text(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """After some failures of Telegram's own the text comes without the file."""
    message = telling(lan, shelf.photo())
    for _ in range(2):
        fake.faults.add(Fault("bad_gateway", "sendphoto"))
        with pytest.raises(UndeliveredError) as caught:
            await channel.send(message)
        assert caught.value.verdict == "retry"
    fake.faults.add(Fault("bad_gateway", "sendphoto"))
    await channel.send(message)
    assert (await lan.reads()).text == "Xem tệp.\n\nChưa xem được tệp: a.png."


async def test_whoever_blocked_the_bot_gets_no_file_either(
    channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """A message with a file to somebody who blocked the bot is told of as gone."""
    await lan.blocks()
    with pytest.raises(UndeliveredError) as caught:
        await channel.send(telling(lan, shelf.photo()))
    assert caught.value.verdict == "gone"


async def test_files_are_counted_by_the_pace(shelf: Shelf) -> None:
    """Files count as messages: a pause Telegram asks for is waited out, and nothing is lost."""
    async with (
        FakeTelegram(pace=Pace(enforce=True)) as fake,
        channel_of(fake, stored=shelf) as channel,
    ):
        lan = fake.person(70001)
        await lan.starts()
        message = telling(lan, *(shelf.put("", b"OggS", "audio/ogg", "voice") for _ in range(7)))
        with pytest.raises(UndeliveredError) as caught:
            await channel.send(message)
        assert (caught.value.verdict, caught.value.scope) == ("retry", "chat")
        fake.clock.advance(60)
        await channel.send(message)
        assert sum(call.status == 200 for call in fake.calls_of("sendVoice")) == 7


async def test_a_server_that_is_away_costs_no_file(
    fake: FakeTelegram, channel: TelegramChannel, lan: Person, shelf: Shelf
) -> None:
    """Without a connection a message waits with its files, however often it is tried."""
    message = telling(lan, shelf.photo())
    await fake.close()
    for _ in range(4):
        with pytest.raises(UndeliveredError) as caught:
            await channel.send(message)
        assert (caught.value.verdict, caught.value.scope) == ("retry", "channel")
    await fake.listen(fake.port)
    await channel.send(message)
    assert (await lan.reads()).raw["photo"]
    assert (await lan.reads()).text == "Xem tệp."
