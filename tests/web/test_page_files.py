"""The files of the page: small, packed, kept by browsers, and of one version."""

import gzip
import re
from importlib.resources import files

import pytest

from tests.web.client import Client

PAGE = files("bot.web")
SCRIPTS = sorted(entry.name for entry in PAGE.iterdir() if entry.name.endswith(".js"))
WHOLE = 100_000  # bytes of a first visit
NEWER_THAN_2019 = re.compile(
    r"\?\.[a-z(\[]|\?\?|\bat\(-|replaceAll|structuredClone|#[a-z]+\s*[=(;]"
)


def addresses(html: str) -> list[str]:
    """What the page loads from here."""
    return re.findall(r'(?:src|link[^>]* href)="(/[^"]+)"', html)


async def test_every_file_the_page_names_exists(stranger: Client) -> None:
    """Whatever the page names is there, kept for ever by browsers, and by nobody asked twice."""
    page = await stranger.get("/")
    assert page.headers["Cache-Control"] == "no-cache"
    for address in addresses(page.text):
        answer = await stranger.get(address)
        assert answer.status == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        tag = {"If-None-Match": answer.headers["ETag"]}
        again = await stranger.get(address, headers=tag)
        assert (again.status, again.body) == (304, b"")


async def test_first_load_is_small(stranger: Client) -> None:
    """Everything that the page and its offline shell load is below 100 kB on the wire."""
    packed = {"Accept-Encoding": "gzip"}
    page = await stranger.get("/", headers=packed)
    assert page.headers["Content-Encoding"] == "gzip"
    worker = await stranger.get("/sw.js", headers=packed)
    shell = re.search(r"'([^']+\.[a-z]+ [^']+)'", gzip.decompress(worker.body).decode())
    assert shell
    version = addresses(gzip.decompress(page.body).decode())[0].split("/")[2]
    total = len(page.body) + len(worker.body)
    for name in shell[1].split():
        total += len((await stranger.get(f"/web/{version}/{name}", headers=packed)).body)
    assert total < WHOLE / 2


async def test_another_version_is_given_but_not_kept(stranger: Client) -> None:
    """A browser that asks for files of a version before gets today's, and asks again."""
    answer = await stranger.get("/web/0123456789ab/app.js")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "__init__.py", "..%2F..%2Fhttp.py"])
async def test_only_files_of_the_page_are_given(stranger: Client, name: str) -> None:
    """No name leads out of the page's folder."""
    assert (await stranger.get(f"/web/x/{name}")).status == 404


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_read_by_browsers_of_2019(name: str) -> None:
    """No script uses what phones of 2019 can't read, builds markup of text, or calls away."""
    code = (PAGE / name).read_text(encoding="utf-8")
    assert not NEWER_THAN_2019.findall(code)
    assert "innerHTML" not in code
    assert "eval(" not in code
    assert re.findall(r"https?://(?!www\.w3\.org/|\[)[^\s'\"]+", code) == []


def test_both_languages_say_everything() -> None:
    """The page's own words are all there in both languages."""
    code = (PAGE / "words.js").read_text(encoding="utf-8")
    vietnamese, english = (
        re.findall(r"^    (\w+):", part.partition("\n};")[0], re.MULTILINE)
        for part in re.split(r"^  en: ", code, flags=re.MULTILINE)
    )
    assert vietnamese == english
    used = {
        word
        for entry in PAGE.iterdir()
        if entry.name.endswith((".js", ".html"))
        for word in re.findall(
            r"""\bword\('(\w+)'|data-(?:word|label|hold)="(\w+)\"""",
            entry.read_text(encoding="utf-8"),
        )
        for word in word
        if word
    }
    assert used <= set(vietnamese)


def test_page_speaks_vietnamese_before_any_script() -> None:
    """The words in the page itself are those that the script would put there."""
    code = (PAGE / "words.js").read_text(encoding="utf-8")
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    words = dict(re.findall(r"^    (\w+): '([^']*)'", code.partition("\n  en: ")[0], re.MULTILINE))
    for word, text in re.findall(r'data-word="(\w+)">([^<]+)<', page):
        assert words[word] == text
    for word, text in re.findall(r'data-label="(\w+)" aria-label="([^"]+)"', page):
        assert words[word] == text
