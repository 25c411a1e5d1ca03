"""Chatting in the terminal: what was said can be kept, and said again."""

import asyncio
import io
from pathlib import Path

import pytest

from bot.cli import main
from tests.transcripts.saying import said_again

TYPED = """\
[Đồng ý xử lý để trả lời ý kiến]
/gui
[Việc khác]
[no such button]
Đèn đường trước trường học hỏng hai tuần nay.

(album a.jpg b.jpg)
(wait 3 seconds)
(wait for ever)
xong
(contact of another 0905123456)
@ bà Lan
xin chào
@ 1
hủy
"""


def talked(typed: str, saved: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The transcript of *typed*, saved to a file."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["talk", "--save", str(saved)]) == 0
    return saved.read_text("utf-8")


def test_what_is_said_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal shows what the bot says, and says of a line that is no sign what is wrong."""
    talked(TYPED, tmp_path / "said.txt", monkeypatch)
    shown = capsys.readouterr().out
    assert "< Xin chào ông/bà." in shown
    assert "không có nút [no such button]" in shown
    assert "không có dấu (wait …)" in shown


def test_saved_talk_is_a_transcript(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `talk --save` wrote comes back unchanged when it is said again, on either engine."""
    saved = talked(TYPED, tmp_path / "said.txt", monkeypatch)
    head = saved.splitlines()[0]
    assert head.startswith("# ")
    assert head.endswith(".")
    assert "no such button" not in saved
    assert "@ bà Lan\n> xin chào\n" in saved
    assert asyncio.run(said_again(saved, database_url)) == saved
