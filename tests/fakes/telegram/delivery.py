"""How updates are brought to a webhook.

Updates of one queue (a chat's messages, a person's taps) come one at a time and in order: while
one fails, those behind it wait. A 2xx answer is taken for good; anything else is tried again at
once, then after 2, 4, 8 … seconds up to a random 60-120, or after the `Retry-After` it names,
until the update's own time is over. Where nobody listens, the update has not been tried at all:
the connection is tried again every two seconds.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from random import Random

import aiohttp

from .args import Args, from_json, from_query, lenient_int
from .clock import Clock
from .rules import Limits
from .updates import Event, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
Invoke = Callable[[str, Args], Awaitable[object]]
_RESEND = 60
_IDLE_SECONDS = 60.0
_RECONNECT = 2.0
_GONE = 410
_NEVER = frozenset({"deletewebhook", "setwebhook", "close", "logout"})


@dataclass(frozen=True, slots=True)
class Hook:
    """Where updates are brought, and how."""

    url: str
    secret: str
    connections: int
    ip_address: str


@dataclass(slots=True)
class _Line:
    """One webhook queue: the update at its head is the only one on its way."""

    events: deque[Event]
    delay: float = 1.0
    failures: int = 0


class Delivery:
    """Brings the updates of a queue to one hook until it is stopped."""

    def __init__(self, hook: Hook, queue: UpdateQueue, clock: Clock, limits: Limits) -> None:
        """Ready to start."""
        self._hook = hook
        self._queue = queue
        self._clock = clock
        self._limits = limits
        self._random = Random(queue.tail)
        self._lines: dict[int, _Line] = {}
        self._known: set[int] = set()
        self._ready: list[tuple[float, int]] = []
        self._busy = 0
        self._gone_since: float | None = None
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._on_gone: Callable[[], None] = lambda: None
        self._invoke: Invoke | None = None
        self.last_error: tuple[int, str] | None = None

    def start(self, on_gone: Callable[[], None], invoke: Invoke | None) -> None:
        """Begin; *on_gone* hears that the hook is given up, *invoke* runs methods in answers."""
        self._on_gone = on_gone
        self._invoke = invoke
        self._spawn(self._run())

    @property
    def idle(self) -> bool:
        """Whether no update is on its way right now."""
        return self._busy == 0

    def wake(self) -> None:
        """There may be something to bring."""
        self._news.set()

    def stop(self) -> None:
        """Bring nothing more; what is on its way is cut off."""
        for task in self._tasks:
            task.cancel()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self) -> None:
        connector = aiohttp.TCPConnector(limit=self._hook.connections)
        timeout = aiohttp.ClientTimeout(total=max(self._clock.real(_IDLE_SECONDS), 1.0))
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            while True:
                self._news.clear()
                self._load()
                wait = self._send_due(session)
                news = asyncio.ensure_future(self._news.wait())
                try:
                    await self._clock.wait(news, wait)
                finally:
                    news.cancel()

    def _load(self) -> None:
        """Take updates in, at most twice as many queues as there are connections."""
        room = 2 * self._hook.connections - len(self._lines)
        if room <= 0:
            return
        for event in self._queue.fresh(self._known, room):
            self._known.add(event.seq)
            line = self._lines.get(event.queue)
            if line is None:
                line = self._lines[event.queue] = _Line(deque())
                heapq.heappush(self._ready, (self._clock.now(), event.queue))
            line.events.append(event)

    def _send_due(self, session: aiohttp.ClientSession) -> float:
        """Send whatever is due; gives the seconds until something else is."""
        now = self._clock.now()
        while self._ready and self._ready[0][0] <= now and self._busy < self._hook.connections:
            _, queue = heapq.heappop(self._ready)
            self._busy += 1
            self._spawn(self._bring(session, queue))
        if self._ready and self._busy < self._hook.connections:
            return max(self._ready[0][0] - now, 0.0)
        return float(self._limits.update_seconds)

    async def _bring(self, session: aiohttp.ClientSession, queue: int) -> None:
        line = self._lines[queue]
        event = line.events[0]
        try:
            headers = {"Content-Type": "application/json"}
            if self._hook.secret:
                headers[SECRET_HEADER] = self._hook.secret
            async with session.post(
                self._hook.url, data=event.body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                body = await answer.read()
            await self._judge(queue, answer, body)
        except aiohttp.ClientConnectorError as error:
            self._complain(f"Can't connect to the webhook: {error.strerror or error.os_error}")
            self._again(queue, _RECONNECT)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            timed_out = isinstance(error, TimeoutError)
            self._failed(
                queue, "Read timeout expired" if timed_out else "Webhook connection closed"
            )
        finally:
            self._busy -= 1
            self._news.set()

    async def _judge(self, queue: int, answer: aiohttp.ClientResponse, body: bytes) -> None:
        if answer.ok and answer.status < 300:
            self._gone_since = None
            self._done(queue)
            await self._run_answer(answer, body)
            return
        error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        if answer.status == _GONE:
            self._gone_since = self._gone_since or self._clock.now()
            if self._clock.now() > self._gone_since + self._limits.webhook_drop_seconds:
                self._on_gone()
                return
        else:
            self._gone_since = None
        named = lenient_int(answer.headers.get("Retry-After", ""))
        self._failed(queue, error, min(max(named, 0), self._limits.retry_after_most))

    async def _run_answer(self, answer: aiohttp.ClientResponse, body: bytes) -> None:
        """A 2xx answer may carry one method to run; its result is told to nobody."""
        if not body or self._invoke is None:
            return
        form = answer.content_type == "application/x-www-form-urlencoded"
        values = from_query(body) if form else from_json(body)
        method = values.get("method", "").lower()
        if method and method not in _NEVER and not method.startswith("get"):
            await self._invoke(method, Args(values))

    def _done(self, queue: int) -> None:
        line = self._lines[queue]
        event = line.events.popleft()
        self._known.discard(event.seq)
        self._queue.forget(event.seq)
        line.delay, line.failures = 1.0, 0
        if line.events:
            self._again(queue, 0.0)
        else:
            del self._lines[queue]

    def _failed(self, queue: int, error: str, retry_after: int = 0) -> None:
        self._complain(error)
        line = self._lines[queue]
        wait = float(retry_after)
        if not retry_after and line.failures:
            most = self._random.randint(_RESEND, 2 * _RESEND)
            line.delay = wait = min(float(most), line.delay * 2)
        if self._clock.now() + wait > line.events[0].expires_at:
            self._done(queue)
            return
        line.failures += 1
        self._again(queue, wait)

    def _again(self, queue: int, seconds: float) -> None:
        heapq.heappush(self._ready, (self._clock.now() + seconds, queue))

    def _complain(self, error: str) -> None:
        self.last_error = (self._clock.unix(), error)
