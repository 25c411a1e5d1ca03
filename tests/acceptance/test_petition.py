"""A petition on the bot as it runs: drawn apart, brought after a kill, read by nobody else."""

import asyncio
from pathlib import Path
from typing import Any, Final

from tests.acceptance.running import Bot
from tests.petition.papers import CONTENT, ID_NUMBER, docx_lines, pdf_text
from tests.web.client import Client

NAME: Final = "Nguyễn Thị Hậu"
STORY: Final = "Đo thiếu 140 m² đất trồng keo của nhà tôi."
WALK: Final = (
    *("/start", f"[{CONTENT.say('vi', 'choice.agree')}]", "/khieunai", "14/10/2026"),
    *("[UBND thành phố]", "[Soạn đơn để in và ký]", NAME, "Thôn 2, xã Trà Mẫu", "[Để trống]"),
    *("Quyết định 123/QĐ-UBND", STORY, "[Xong]", "Đo lại.", "[Để trống]", "[Soạn đơn]"),
    ID_NUMBER,
)
SECONDS: Final = 40.0


async def walks(client: Client, last: dict[str, Any]) -> list[dict[str, Any]]:
    """Do it all, line by line; what was answered."""
    told = []
    for number, line in enumerate(WALK):
        event: dict[str, Any] = {"type": "said", "text": line}
        if line.startswith("["):
            n = next(each["n"] for each in last["choices"] if each["label"] == line[1:-1])
            event = {"type": "chose", "step": last["step"], "n": n}
        answer = await client.say(event, key=f"walk-{number}", after=last["id"])
        last = answer.json["messages"][-1]
        told.append(last)
    return told


async def brought(client: Client, after: int) -> dict[str, Any]:
    """The message that brings files."""
    async with asyncio.timeout(SECONDS):
        while True:
            news = (await client.get(f"/chat/messages?after={after}")).json["messages"]
            for message in news:
                if message["files"]:
                    return dict(message)
            await asyncio.sleep(0.1)


async def test_a_kill_while_it_is_made_loses_nothing(web_bot: Bot, tmp_path: Path) -> None:
    """Killed as soon as the number was taken; both files come all the same, once, and are whole."""
    web_bot.start()
    async with Client(web_bot.url) as client:
        await client.get("/")
        told = await walks(client, {"id": 0, "choices": (), "step": 0})
        assert "3 số cuối 123" in told[-1]["text"]
        web_bot.kill()
        web_bot.start()
        message = await brought(client, told[-1]["id"])
        names = [file["name"] for file in message["files"]]
        pdf, docx = [(await client.get(file["url"])).body for file in message["files"]]
        await asyncio.sleep(1)
        more = (await client.get(f"/chat/messages?after={message['id']}")).json["messages"]
    assert names == ["don-khieu-nai.pdf", "don-khieu-nai.docx"]
    for words in (NAME, STORY, ID_NUMBER, "14/10/2026"):
        assert words in pdf_text(pdf)
    assert f"Số căn cước (định danh cá nhân): {ID_NUMBER}" in docx_lines(docx)
    assert more == []
    web_bot.stop()
    web_bot.check_log(ID_NUMBER, NAME, STORY)
    assert telling(tmp_path) == []


def telling(folder: Path) -> list[Path]:
    """The files on the disk that have any of it in clear."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    words = [word.encode() for word in (ID_NUMBER, NAME, STORY)]
    return [path for path in files if any(word in path.read_bytes() for word in words)]
