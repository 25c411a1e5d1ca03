"""The Bot API over HTTP: who may call, in what form, and how the answer looks.

This is the hot path: one request object, one dictionary of arguments, one method, one JSON text.
"""

import asyncio
import hmac
import re
import socket
import struct
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from .args import Args, Upload, dumps, from_json, from_query
from .errors import ApiError, too_many
from .faults import Fault, Faults
from .journal import Journal
from .methods import METHODS
from .methods.about import Remarked
from .pacing import FLOOD_PAUSE, FLOOD_WAIT, FloodError
from .world import World

_LOCAL = frozenset({"getme", "getupdates", "setwebhook", "deletewebhook", "getwebhookinfo"})
_FORM = "application/x-www-form-urlencoded"
_JSON_TYPE = {"Content-Type": "application/json"}
_BROKEN = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection
_TOKEN_LENGTH = 80
_NUMBER = re.compile(r"-?\d+")
_BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n"
    b"</body>\r\n</html>\r\n"
)


class Wire:
    """Serves `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, world: World, faults: Faults, journal: Journal) -> None:
        """Serve *world*; *faults* strike, *journal* remembers."""
        self._world = world
        self._faults = faults
        self._journal = journal
        self._active = 0
        self.latency = 0.0
        world.webhooks.invoke = self._invoke

    async def serve(self, request: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        """Answer a call of the API; *path* and *query* are as sent."""
        token, slash, method = path.removeprefix("/bot").partition("/")
        if not slash:
            return _respond(ApiError(404, "Not Found"))
        refusal = self._check_token(unquote(token))
        if refusal is not None:
            return _respond(refusal)
        args = await _read(request, unquote(method), query, self._world.limits.upload)
        fault = self._faults.pick(args.method, args.values.get("chat_id", ""))
        began = self._world.clock.now()
        if fault is not None and not fault.after and fault.action != "slow":
            self._write(args, began, 0, f"fault: {fault.action}")
            return await self._break(request, fault, b"")
        if fault is not None and fault.action == "slow":
            await self._world.clock.sleep(fault.seconds)
        self._active += 1
        try:
            status, body, retry_after = await self._answer(args)
            if self.latency and args.method != "getupdates":
                await self._world.clock.sleep(self.latency)
        finally:
            self._active -= 1
        if fault is not None and fault.action != "slow":
            self._write(args, began, 0, f"fault after it was done: {fault.action}")
            return await self._break(request, fault, body)
        self._write(args, began, status, body.decode() if status != 200 else "")
        return _response(status, body, retry_after)

    async def download(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Give the bytes of a file whose path getFile named."""
        token, _, where = path.removeprefix("/file/bot").partition("/")
        refusal = self._check_token(unquote(token))
        if refusal is not None:
            return _respond(refusal)
        fault = self._faults.pick("download", "")
        data = self._world.files.download(unquote(where))
        if fault is not None and fault.action == "slow":
            await self._world.clock.sleep(fault.seconds)
        elif fault is not None:
            return await self._break(request, fault, data or b"")
        if data is None:
            return _respond(ApiError(404, "Not Found"))
        return web.Response(body=data, content_type="application/octet-stream")

    def _check_token(self, token: str) -> ApiError | None:
        """None for the bot's own; the server's three ways of refusing all others."""
        if hmac.compare_digest(token.encode(), self._world.token.encode()):
            return None
        number, colon, _ = token.partition(":")
        if token.startswith("0") or len(token) > _TOKEN_LENGTH or not colon:
            return ApiError(401, "Unauthorized: invalid token specified")
        if _NUMBER.fullmatch(number) is None:
            return ApiError(421, "Misdirected Request: unallowed token specified")
        if int(number) <= 0:
            return ApiError(401, "Unauthorized: invalid token specified")
        return ApiError(401, "Unauthorized")

    async def _answer(self, args: Args) -> tuple[int, bytes, int | None]:
        try:
            if args.method not in _LOCAL:
                await self._admit(args)
            return 200, await self._result(args), None
        except ApiError as error:
            after = (error.parameters or {}).get("retry_after")
            return error.code, dumps(error.body()).encode(), after

    async def _admit(self, args: Args) -> None:
        pacer = self._world.pacer
        try:
            pacer.active(self._active, args.method)
            if args.files:
                held = pacer.upload(sum(len(file.data) for file in args.files.values()))
                if held:
                    await self._world.clock.sleep(held)
        except FloodError as flood:
            await self._world.clock.sleep(FLOOD_PAUSE)
            raise too_many(FLOOD_WAIT) from flood

    async def _result(self, args: Args) -> bytes:
        if args.method == "getupdates":
            return f'{{"ok":true,"result":{await self._world.get_updates(args)}}}'.encode()
        method = METHODS.get(args.method)
        if method is None:
            raise ApiError(404, "Not Found: method not found")
        result = method(self._world, args)
        if isinstance(result, Remarked):
            answer = {"ok": True, "result": result.result, "description": result.remark}
            return dumps(answer).encode()
        return f'{{"ok":true,"result":{dumps(result)}}}'.encode(errors="surrogatepass")

    async def _invoke(self, method: str, args: Args) -> None:
        """Run a method a webhook's answer carried."""
        called = Args(args.values, args.files, method)
        began = self._world.clock.now()
        status, body, _ = await self._answer(called)
        self._write(called, began, status, body.decode() if status != 200 else "")

    def _write(self, args: Args, began: float, status: int, description: str) -> None:
        sizes = {name: len(file.data) for name, file in args.files.items()} if args.files else {}
        times = (began, self._world.clock.now())
        self._journal.write(args.method, args.values, sizes, times, (status, description))

    async def _break(
        self, request: web.BaseRequest, fault: Fault, body: bytes
    ) -> web.StreamResponse:
        match fault.action:
            case "garbage":
                return web.Response(body=b"<!doctype html><p>Welcome", headers=_JSON_TYPE)
            case "bad_gateway":
                return web.Response(body=_BAD_GATEWAY, status=502, content_type="text/html")
            case "status":
                after = fault.retry_after
                error = ApiError(fault.code, fault.description)
                return _respond(error if after is None else too_many(after))
            case "hang":
                await asyncio.Event().wait()
            case "cut":
                await _cut(request, body)
            case "reset" | "slow":
                pass
        return _reset(request)


async def _cut(request: web.BaseRequest, body: bytes) -> None:
    response = web.StreamResponse(headers={"Content-Length": str(max(len(body), 2))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _BROKEN)
        transport.abort()
    return web.Response()


def _respond(error: ApiError) -> web.Response:
    after = (error.parameters or {}).get("retry_after")
    return _response(error.code, dumps(error.body()).encode(), after)


def _response(status: int, body: bytes, retry_after: int | None) -> web.Response:
    if retry_after is None:
        return web.Response(body=body, status=status, headers=_JSON_TYPE)
    headers = {**_JSON_TYPE, "Retry-After": str(retry_after)}
    return web.Response(body=body, status=status, headers=headers)


async def _read(request: web.BaseRequest, method: str, query: str, most: int) -> Args:
    """The arguments of a call in whichever of the four forms they came."""
    values = from_query(query.encode()) if query else {}
    files: dict[str, Upload] = {}
    kind = request.content_type
    if kind == "multipart/form-data":
        await _read_multipart(request, values, files, most)
    elif request.can_read_body:
        body = await request.content.read()
        if kind == _FORM:
            values = from_query(body) | values
        elif kind == "application/json":
            values = from_json(body) | values
    name = (method or values.get("method", "")).lower()
    return Args(values, files, name)


async def _read_multipart(
    request: web.BaseRequest, values: dict[str, str], files: dict[str, Upload], most: int
) -> None:
    reader = await request.clone(client_max_size=2 * most).multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = await part.read(decode=True)
        if part.filename is not None:
            mime = part.headers.get("Content-Type", "")
            files.setdefault(part.name, Upload(part.filename, mime, bytes(data)))
        else:
            values.setdefault(part.name, data.decode(errors="surrogateescape"))
