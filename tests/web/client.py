"""A browser's side of HTTP that fails when an answer is not in the OpenAPI document."""

import io
import json
import re
from types import TracebackType
from typing import Any, Self

import aiohttp
from multidict import CIMultiDict


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: CIMultiDict[str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        code = self.json["code"]
        assert isinstance(code, str)
        assert self.json["message"]
        return code


class Client:
    """One browser: keeps its cookies, and holds every answer against the document."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._paths: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        jar = aiohttp.CookieJar(unsafe=True)
        # Packed only where a test asks for it, and then left packed.
        plain = {"Accept-Encoding": "identity"}
        self.session = aiohttp.ClientSession(cookie_jar=jar, auto_decompress=False, headers=plain)
        async with self.session.get(self.url + "/openapi.json") as response:
            self._paths = (await response.json())["paths"]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.session.close()

    async def get(self, path: str, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's options
        """Ask for something."""
        return await self._ask("get", path, **options)

    async def head(self, path: str, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's options
        """Ask for what is known of something, without it."""
        return await self._ask("head", path, **options)

    async def post(self, path: str, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's options
        """Send something."""
        return await self._ask("post", path, **options)

    async def say(self, event: dict[str, Any], *, key: str = "one", after: int = 0) -> Answer:
        """Say one thing in the chat."""
        body = json.dumps({"id": key, "after": after, "event": event}).encode()
        kind = {"Content-Type": "application/json"}
        return await self.post("/chat/say", data=io.BytesIO(body), headers=kind)

    async def upload(self, body: bytes, name: str = "a.jpg") -> Answer:
        """Send one file."""
        kind = {"Content-Type": "application/octet-stream"}
        return await self.post("/chat/files", params={"name": name}, data=body, headers=kind)

    async def _ask(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's options
        async with self.session.request(method, self.url + path, **options) as response:
            answer = Answer(response.status, CIMultiDict(response.headers), await response.read())
        self._is_documented(method, path.partition("?")[0], answer)
        return answer

    def _is_documented(self, method: str, path: str, answer: Answer) -> None:
        for template, operations in self._paths.items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method in operations:
                assert str(answer.status) in operations[method]["responses"], (method, path, answer)
                said = operations[method]["responses"][str(answer.status)].get("content", {})
                kind = answer.headers.get("Content-Type", "").partition(";")[0]
                assert not said or kind in said or template.startswith("/web/"), (path, kind, said)
