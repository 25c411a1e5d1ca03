"""Who is at the other end, and who may not be."""

from http.cookies import SimpleCookie

import pytest

from tests.web.client import Client
from tests.web.served import Served, served

HELLO = {"type": "said", "text": "Xin chào"}


def cookie(headers: str) -> SimpleCookie:
    """The cookie that was set."""
    return SimpleCookie(headers)


async def test_first_page_gives_a_cookie_no_script_can_read(stranger: Client) -> None:
    """A new visitor gets 256 random bits that last 400 days and that no script can read."""
    answer = await stranger.get("/")
    morsel = cookie(answer.headers["Set-Cookie"])["lang_nghe"]
    assert len(morsel.value) == 43
    assert morsel["httponly"]
    assert morsel["samesite"] == "lax"
    assert morsel["path"] == "/"
    assert morsel["max-age"] == str(400 * 86400)
    assert not morsel["domain"]


async def test_known_visitor_keeps_their_cookie(stranger: Client) -> None:
    """Opening the page again, or only looking for messages, prolongs the cookie and keeps it."""
    first = cookie((await stranger.get("/")).headers["Set-Cookie"])["lang_nghe"].value
    again = cookie((await stranger.get("/")).headers["Set-Cookie"])["lang_nghe"].value
    looked = await stranger.get("/chat/messages")
    assert first == again == cookie(looked.headers["Set-Cookie"])["lang_nghe"].value


async def test_address_is_not_the_cookie(chat: Served, visitor: Client) -> None:
    """What the bot knows somebody by can't be used to be them."""
    (token,) = (morsel.value for morsel in visitor.session.cookie_jar)
    await visitor.say(HELLO)
    assert len(chat.address()) == 64
    assert token not in chat.address()


@pytest.mark.parametrize("value", [None, "short", "x" * 44, "é" * 43, "a" * 42 + ";"])
async def test_no_or_odd_cookie_is_refused(stranger: Client, value: str | None) -> None:
    """Whoever has no cookie of ours can neither talk, nor listen, nor read, nor send files."""
    headers = {} if value is None else {"Cookie": f"lang_nghe={value}"}
    for path in ("/chat/messages", "/chat/stream"):
        assert (await stranger.get(path, headers=headers)).code == "no_cookie"
    body = {"id": "a", "event": HELLO}
    assert (await stranger.post("/chat/say", json=body, headers=headers)).status == 401
    raw = {**headers, "Content-Type": "application/octet-stream"}
    assert (await stranger.post("/chat/files", data=b"OK", headers=raw)).status == 401


async def test_odd_cookie_is_replaced(stranger: Client) -> None:
    """A page that comes with a cookie we never made gets a good one."""
    answer = await stranger.get("/", headers={"Cookie": "lang_nghe=me"})
    assert len(cookie(answer.headers["Set-Cookie"])["lang_nghe"].value) == 43


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_can_do_nothing(
    chat: Served, visitor: Client, headers: dict[str, str]
) -> None:
    """A page of another site can't speak for a visitor, though the browser sends the cookie."""
    said = await visitor.post("/chat/say", json={"id": "a", "event": HELLO}, headers=headers)
    assert (said.status, said.code) == (403, "foreign")
    raw = {**headers, "Content-Type": "application/octet-stream"}
    assert (await visitor.post("/chat/files", data=b"OK", headers=raw)).code == "foreign"
    assert (await visitor.get("/chat/messages", headers=headers)).code == "foreign"
    assert chat.mind.arrivals == []


async def test_own_page_may(chat: Served, visitor: Client) -> None:
    """Our own page, which browsers say it is, may talk."""
    headers = {"Origin": chat.url, "Sec-Fetch-Site": "same-origin"}
    said = await visitor.post("/chat/say", json={"id": "a", "event": HELLO}, headers=headers)
    assert said.status == 200


async def test_form_of_another_site_is_refused(chat: Served, visitor: Client) -> None:
    """What a plain form can send is refused even by browsers that say no origin."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        text = '{"id":"a","event":{"type":"said","text":"x"}}'
        headers = {"Content-Type": kind}
        assert (await visitor.post("/chat/say", data=text, headers=headers)).status == 422
        assert (await visitor.post("/chat/files", data=b"OK", headers=headers)).status == 415
    assert chat.mind.arrivals == []


async def test_two_visitors_never_meet(chat: Served, visitor: Client) -> None:
    """One visitor sees nothing of what another was told, even with the same ids."""
    await visitor.say(HELLO, key="same")
    async with Client(chat.url) as other:
        await other.get("/")
        assert (await other.get("/chat/messages")).json["messages"] == []
        assert (await other.say(HELLO, key="same")).json["outcome"] == "done"
    assert len({arrival.address for arrival in chat.mind.arrivals}) == 2
    assert len({arrival.id for arrival in chat.mind.arrivals}) == 2


async def test_page_behind_a_proxy_may() -> None:
    """Where a proxy changes the host, the public address says which page is our own."""
    with served(public_url="https://lang-nghe.example.vn") as chat:
        async with Client(chat.url) as visitor:
            await visitor.get("/")
            body = {"id": "a", "event": HELLO}
            for origin, status in (("https://lang-nghe.example.vn", 200), ("https://x.vn", 403)):
                headers = {"Origin": origin}
                assert (
                    await visitor.post("/chat/say", json=body, headers=headers)
                ).status == status


async def test_https_cookie_is_for_this_host_alone() -> None:
    """Served by https, the cookie is secure and no neighbouring site can plant one."""
    with served(secure=True) as chat:
        async with Client(chat.url) as stranger:
            answer = await stranger.get("/")
    morsel = cookie(answer.headers["Set-Cookie"])["__Host-lang_nghe"]
    assert morsel["secure"]
    assert answer.headers["Strict-Transport-Security"]
