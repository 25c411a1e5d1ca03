"""The fake's HTTP: who may call, in which forms, and the shape of every refusal."""

import contextlib
import time

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut

from tests.fakes.telegram import FakeTelegram, Fault, Person

Answer = tuple[int, dict[str, object]]


async def post(
    url: str, data: dict[str, str] | aiohttp.FormData | None = None, json: object = None
) -> Answer:
    """One POST by a plain HTTP client."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=data, json=json) as answer,
    ):
        return answer.status, await answer.json()


async def test_get_me(bot: Bot, server: FakeTelegram) -> None:
    """The bot is told who it is."""
    me = await bot.get_me()
    assert (me.is_bot, me.username, me.id) == (True, "lang_nghe_test_bot", 123456789)
    assert me.can_read_all_group_messages is False


@pytest.mark.parametrize(
    ("token", "status", "description"),
    [
        ("123456789:wrong", 401, "Unauthorized"),
        ("0123:leading-zero", 401, "Unauthorized: invalid token specified"),
        ("nocolon", 401, "Unauthorized: invalid token specified"),
        ("1:" + "x" * 90, 401, "Unauthorized: invalid token specified"),
        ("abc:def", 421, "Misdirected Request: unallowed token specified"),
    ],
)
async def test_wrong_tokens(
    server: FakeTelegram, token: str, status: int, description: str
) -> None:
    """A wrong token is refused the way the server does for each kind of wrong."""
    answer = await post(f"{server.url}{token}/getMe")
    assert answer == (status, {"ok": False, "error_code": status, "description": description})


async def test_ptb_sees_a_wrong_token(server: FakeTelegram) -> None:
    """The library reads a 401 as an invalid token."""
    with pytest.raises(InvalidToken):
        async with Bot("123456789:wrong", base_url=server.url):
            pass


async def test_paths_that_are_no_calls(server: FakeTelegram, bot: Bot) -> None:
    """No method, an unknown one and a foreign path are three times 404."""
    assert (await post(f"{server.url}{server.token}"))[1]["description"] == "Not Found"
    unknown = await post(f"{server.url}{server.token}/sendTelepathy")
    assert unknown[1]["description"] == "Not Found: method not found"
    assert (await post(f"{server.base}/elsewhere"))[0] == 404


async def test_every_form_of_arguments(server: FakeTelegram, lan: Person) -> None:
    """A query, a form, a multipart form and JSON say the same; method names ignore case."""
    url = f"{server.url}{server.token}/sendmessage"
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{url}?chat_id=1001&text=m%E1%BB%99t") as answer,
    ):
        assert answer.status == 200
    await post(url, data={"chat_id": "1001", "text": "hai"})
    await post(url, json={"chat_id": 1001, "text": "ba", "disable_notification": True})
    parts = aiohttp.FormData()
    parts.add_field("chat_id", "1001", content_type="text/plain")
    parts.add_field("text", "bốn", content_type="text/plain")
    await post(url, data=parts)
    assert [each.text for each in lan.chat[1:]] == ["một", "hai", "ba", "bốn"]


async def test_nested_json_and_number_texts(server: FakeTelegram, lan: Person) -> None:
    """A JSON body may nest objects; a text of digits stays a text."""
    url = f"{server.url}{server.token}/sendMessage"
    keyboard = {"inline_keyboard": [[{"text": "Có", "callback_data": "y"}]]}
    await post(url, json={"chat_id": 1001, "text": "123", "reply_markup": keyboard})
    shown = await lan.reads()
    assert (shown.text, shown.labels) == ("123", ["Có"])


async def test_the_journal(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """Every call is remembered with its arguments and verdict."""
    await bot.send_message(1001, "chào")
    with pytest.raises(BadRequest):
        await bot.send_message(99, "ai đó?")
    said, refused = server.calls_of("sendMessage")
    assert (said.status, said.params["text"]) == (200, "chào")
    assert refused.status == 400
    assert "chat not found" in refused.description
    assert server.journal.counts["sendmessage", 200] == 1


async def test_fault_status(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A scripted status strikes the next calls of its method only, and then no more."""
    server.faults.add(Fault("status", "sendMessage", times=2))
    for _ in range(2):
        with pytest.raises(NetworkError, match="Internal Server Error"):
            await bot.send_message(1001, "chào")
    await bot.send_message(1001, "chào")
    assert [each.text for each in lan.chat[1:]] == ["chào"]


async def test_fault_bad_gateway(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A 502 comes with a page of HTML, as from the proxy before the platform."""
    server.faults.add(Fault("bad_gateway"))
    with pytest.raises(NetworkError):
        await bot.get_me()


async def test_fault_garbage(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A 200 without JSON is an error of its own."""
    server.faults.add(Fault("garbage", "sendMessage"))
    with pytest.raises(TelegramError, match="Invalid server response"):
        await bot.send_message(1001, "chào")


async def test_reset_before_and_after(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A reset connection looks alike to the sender, whether the message went out or not."""
    server.faults.add(Fault("reset", "sendMessage"))
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "trước")
    server.faults.add(Fault("reset", "sendMessage", after=True))
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "sau")
    assert [each.text for each in lan.chat[1:]] == ["sau"]
    assert [call.status for call in server.calls_of("sendMessage")] == [0, 0]


async def test_fault_hang_and_slow(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A call that hangs times out; a slow one is answered well, late."""
    server.faults.add(Fault("hang", "sendMessage", after=True))
    with pytest.raises(TimedOut):
        await bot.send_message(1001, "chào", read_timeout=0.1)
    server.faults.add(Fault("slow", "sendMessage", seconds=0.2))
    began = time.monotonic()
    await bot.send_message(1001, "chậm")
    assert time.monotonic() - began >= 0.2
    assert [each.text for each in lan.chat[1:]] == ["chào", "chậm"]


async def test_faults_in_turn(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """One call in three fails, by each of the faults in its turn, for ever."""
    server.faults.add_in_turn([Fault("status", "sendMessage", code=500), Fault("reset")], 3)
    for _ in range(12):
        with contextlib.suppress(NetworkError):
            await bot.send_message(1001, "chào")
    told = [call.description for call in server.calls_of("sendMessage")]
    assert told == ["", "", "fault: status", "", "", "fault: reset"] * 2


async def test_fault_for_one_chat_and_a_share(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """A fault may concern one chat only, or a share of all calls."""
    server.crowd(5000, 200)
    server.faults.add(Fault("status", chat_id=1001, times=None))
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "chào")
    await bot.send_message(5000, "chào")
    server.faults.clear()
    server.faults.add(Fault("status", "getChat", share=0.5, times=None))
    failed = 0
    for chat_id in range(5000, 5100):
        try:
            await bot.get_chat(chat_id)
        except NetworkError:
            failed += 1
    assert 25 < failed < 75


async def test_latency(server: FakeTelegram, bot: Bot, lan: Person) -> None:
    """With latency the message is there before its sender hears of it."""
    server.wire.latency = 0.2
    began = time.monotonic()
    sent = await bot.send_message(1001, "chào")
    assert time.monotonic() - began >= 0.2
    assert time.monotonic() - began >= sum(call.took for call in server.calls_of("sendMessage"))
    assert sent.text == "chào"
