"""A whole day as the bot is really run, its log at its most talkative: nobody is in it.

Citizens on both channels, officials, a group of them, an announcement, a platform that fails,
requests that are wrong in every way, a kill, a turn that breaks. Then all that was printed and
logged is searched for everything anybody said, is called, or is known by, in every form in which a
program might have written it down.
"""

import asyncio
import base64
import io
import json
import re
import socket
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from handlers.desk.people import Duty
from handlers.effects import Invite
from storage import keys, members, open_store, people
from storage.database import Tx
from tests.acceptance.running import PATIENCE, Bot, until
from tests.announcing import stage
from tests.fakes.samples import png
from tests.fakes.telegram import TelegramSim
from tests.sealing import SEAL
from tests.storage.samples import NOW
from tests.test_idcards import HELD_BY, photo
from tests.web.client import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)

LAN, OFFICIAL, BLOCKER = 70_410_001, 70_410_002, 70_410_003
STORY = "Quuxnha bị thu hồi, wumpusdat chưa nhận tiền zorkbuon từ tháng 3, thửa 123, tờ 45"
NAME, PHONE, ACCOUNT, ID = "Trịnh Thị Zangvy", "0905 777 131", "0041000399777", "048190007771"
MAIL = "zangvy.trinh@example.vn"
FILE_NAME = "plughgiay-bao.png"
SAID_IN_GROUP = "Ông Frobnitz ở nhà vorpalso ba gọi mãi không được"
NOTE = "Mất điện"  # of the announcement
WORDS = (*("Quuxnha", "wumpusdat", "zorkbuon", "Zangvy", "Frobnitz", "vorpalso"), NOTE, MAIL)
NUMBERS = (PHONE, "0905777131", "905777131", "+84905777131", ACCOUNT, ID)
KNOWN_BY = (*map(str, (LAN, OFFICIAL, BLOCKER)), "plughgiay", "Grueofficial", "Nguyễn Văn A")
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


def forms(word: str) -> Iterator[str]:
    """Everything a program may have made of a word before it wrote it down."""
    yield word
    yield repr(word)[1:-1]
    yield json.dumps(word)[1:-1]
    yield word.encode("unicode_escape").decode()
    yield repr(word.encode())[2:-1]
    yield quote(word)
    yield quote(word, safe="").replace("%20", "+")
    yield word.encode().hex()
    yield word[::-1]
    for start in range(3):  # inside a longer text that was written in base64
        packed = base64.b64encode(b"." * start + word.encode()).decode()
        yield packed[4 if start else 0 : len(packed) // 4 * 4 - 4]


async def staffed(bot: Bot) -> None:
    """An official on Telegram who may do most things, and an announcement that waits."""
    store = await open_store(bot.database_url, seal=SEAL)

    def join(tx: Tx) -> None:
        contact = people.contact(tx, "telegram", str(OFFICIAL), NOW).id
        for number, role in enumerate(("dispatcher", "officer", "administrator")):
            duty = Duty(role=role)  # type: ignore[arg-type] # three literals
            invite = stage_invite(duty, number)
            members.invite(tx, invite, f"token {number}", NOW)
            assert members.join(tx, contact, f"token {number}", NOW)

    await store.run(join)
    await stage.crowd(store, map(str, (LAN, BLOCKER)), "telegram")
    await stage.announce(store, urgent=True)
    await store.close()


def stage_invite(duty: Duty, number: int) -> Invite:
    """An invitation of somebody with a name that can be looked for."""
    return Invite(by=0, invitation=f"t{number}", duty=duty, name="Grueofficial", hours=24)


async def on_the_web(bot: Bot, secrets: list[str]) -> None:
    """A citizen who tells it all, sends what is not kept, and then does everything wrong."""
    async with Client(bot.url) as client:
        await client.get("/")
        cookies = [cookie.value for cookie in client.session.cookie_jar]
        secrets += cookies
        said = 0

        async def say(event: dict[str, object]) -> str:
            nonlocal said
            said += 1
            answer = await client.say(event, key=f"{said:032x}")
            return answer.text

        await say({"type": "started"})
        for text in ("Đồng ý xử lý để trả lời ý kiến", "Gửi ý kiến, câu hỏi", "Việc khác"):
            await say({"type": "said", "text": text, "ref": ""})
        for text in (f"{STORY}. {NAME}, {PHONE}, STK {ACCOUNT}, {ID}, {MAIL}", "Xong", "Hải Châu"):
            await say({"type": "said", "text": text, "ref": ""})
        kept = await client.upload(png(width=9), FILE_NAME)
        key = kept.json["key"]
        secrets.append(key)
        await say({"type": "sent_media", "files": [key], "caption": f"cccd của {NAME}"})
        assert (await client.upload(photo(HELD_BY), FILE_NAME)).code == "id_card"
        assert (await client.upload(photo(HELD_BY), f"cccd {NAME}.jpg")).code == "id_card"
        assert (await client.upload(b"MZ\0" + STORY.encode(), FILE_NAME)).code == "file_type"
        for text in ("Xong", "Gửi", f"/tracuu PA-7K3Q-M2X {PHONE}", f"/{NAME}", "/dulieu"):
            secrets += CODE.findall(await say({"type": "said", "text": text, "ref": ""}))
        await say({"type": "started", "payload": f"moi-{PHONE}"})
        await _wrong(client, cookies[0])


async def _wrong(client: Client, cookie: str) -> None:
    session, url = client.session, client.url
    as_json = {"Content-Type": "application/json"}
    for body in (STORY, json.dumps({"id": NAME, "event": {"type": PHONE}}), "[" * 20_000):
        async with session.post(f"{url}/chat/say", data=body.encode(), headers=as_json) as answer:
            assert answer.status >= 400
    for path in (f"/{quote(NAME)}/{PHONE}", f"/chat/given/{cookie}/{quote(STORY)}", "/t/%00%ff"):
        async with session.get(f"{url}{path}", params={"q": MAIL}) as answer:
            assert answer.status >= 400
    evil = {"Origin": f"https://{MAIL}", "Referer": quote(STORY), "User-Agent": quote(NAME)}
    async with session.post(f"{url}/chat/say", data=b"{}", headers=as_json | evil) as answer:
        assert answer.status == 403
    async with session.put(f"{url}/chat/say", data=io.BytesIO(STORY.encode())) as answer:
        assert answer.status == 405


def garbage(bot: Bot) -> None:
    """Requests that are no HTTP, too large, or broken off in the middle."""
    for sent in (
        f"GE T /{PHONE} {NAME}\r\n\r\n",
        f"POST /chat/say HTTP/1.1\r\nHost: x\r\nContent-Length: {PHONE}\r\n\r\n{STORY}",
        f"GET /{quote(STORY)} HTTP/1.1\r\nCookie: {MAIL * 5_000}\r\n\r\n",
        f"POST /chat/say HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n{STORY}",
    ):
        with socket.create_connection(("127.0.0.1", bot.port), 5) as line:
            line.sendall(sent.encode())
            line.settimeout(0.5)
            try:
                line.recv(1000)
            except OSError:
                continue


def on_telegram(sim: TelegramSim) -> None:
    """A citizen, an official, a group, and a platform that fails and quotes what it was told."""
    lan, official = sim.person(LAN, NAME), sim.person(OFFICIAL, "Grueofficial")
    blocker = sim.person(BLOCKER)
    quoting = f"Bad Request: can't parse {NAME} {PHONE} {STORY}"
    lan.starts()
    _settled(sim)
    for text in ("Đồng ý xử lý để trả lời ý kiến", "Gửi ý kiến, câu hỏi", "Việc khác", STORY):
        lan.says(text)
        _settled(sim)
    sim.fault("status", method="sendMessage", times=2, code=502, description=quoting)
    sim.fault("garbage", method="sendMessage", times=1)
    sim.fault("reset", method="sendMessage", times=1)
    lan.sends_photo(photo(HELD_BY), caption="ảnh chụp")
    lan.sends_document(b"MZ" + STORY.encode(), FILE_NAME, "image/png")
    lan.shares_contact(PHONE)
    sim.fault("status", method="getFile", times=2, code=500, description=quoting)
    lan.sends_photo(png(width=11), caption=f"giấy báo {PHONE}")
    lan.says(f"{NAME} {ACCOUNT} {ID} {MAIL}")
    sim.fault("status", method="sendMessage", times=1, code=400, description=quoting)
    lan.says("/tracuu")
    sim.push_update({"message": {"text": STORY, "chat": {"id": LAN}, "from": NAME}})
    sim.push_update({"message": STORY, "edited": PHONE})
    blocker.blocks()
    for text in (
        "/hangdoi",
        f"/tim {PHONE}",
        f"/moi {NAME}",
        "/hangdoi",
        "1",
        "/nguoigui",
        "/nhan",
    ):
        official.says(text)
        _settled(sim)
    group = sim.group("Tổ xử lý", [official, lan])
    official.says(SAID_IN_GROUP, to=group.id)
    official.says(f"/lienket {STORY}", to=group.id)


def _settled(sim: TelegramSim) -> None:
    """Wait until what was done is with the bot; it may not be able to answer."""
    until(lambda: sim.pending == 0, PATIENCE)
    time.sleep(0.15)


async def break_turns(bot: Bot) -> None:
    """Have every conversation kept in a form that nothing understands."""
    store = await open_store(bot.database_url, seal=SEAL)

    def spoil(tx: Tx) -> None:
        for (contact,) in tx.rows("SELECT contact_id FROM sessions"):
            state = keys.hide(tx, json.dumps({"room": STORY, NAME: PHONE}), f"contact:{contact}")
            tx.do("UPDATE sessions SET state = ? WHERE contact_id = ?", (state, contact))

    await store.run(spoil)
    await store.close()


def test_nobody_is_in_the_log_of_a_day(telegram_bot: Bot, sim: TelegramSim) -> None:
    """At DEBUG, on both channels, through failures of every kind and a kill."""
    bot = telegram_bot
    with bot.settings.open("a", encoding="utf-8") as settings:
        settings.write('\n[log]\nlevel = "DEBUG"\n')
    secrets: list[str] = []
    asyncio.run(staffed(bot))
    bot.start()
    on_telegram(sim)
    asyncio.run(on_the_web(bot, secrets))
    garbage(bot)
    bot.kill()
    asyncio.run(break_turns(bot))
    bot.start()
    lan = sim.person(LAN)
    lan.says(STORY)
    lan.says("/start")
    _settled(sim)
    asyncio.run(on_the_web_again(bot, secrets))
    until(lambda: sim.pending == 0, PATIENCE)
    bot.stop()
    written = bot.said + (bot.folder / "stderr").read_text("utf-8")
    listed = bot.command("replay")
    written += bot.command("verify").stdout + bot.command("check").stderr + listed.stderr
    assert len(bot.log) > 10
    assert any(line["message"] == "turn failed" for line in bot.log)
    planted = {*WORDS, *NUMBERS, *KNOWN_BY, *filter(None, secrets), sim.token.partition(":")[2]}
    found = {word for word in planted for form in forms(word) if len(form) > 3 and form in written}
    assert found == set(), [line for line in written.splitlines() if any(w in line for w in found)]


async def on_the_web_again(bot: Bot, secrets: list[str]) -> None:
    """Somebody who comes to what is broken, and somebody new."""
    async with Client(bot.url) as client:
        await client.get("/")
        secrets += [cookie.value for cookie in client.session.cookie_jar]
        await client.say({"type": "said", "text": f"{STORY} {PHONE}", "ref": ""}, key="f" * 32)
