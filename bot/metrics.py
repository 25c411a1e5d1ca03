"""What is measured of a running bot: figures for Prometheus, and whether every part works."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.announcer import Announcer
from bot.engine import Engine
from bot.outbox import Sender
from storage import outbox
from storage.database import Store

TOO_OLD = timedelta(minutes=10)  # a message that waits longer than this is a fault


class Figures(Collector):
    """The counts of engine and senders, and the checks of `/readyz`."""

    def __init__(
        self,
        registry: CollectorRegistry,
        store: Store,
        engine: Engine,
        senders: Mapping[str, Sender],
        announcer: Announcer,
    ) -> None:
        self.registry = registry
        self._store = store
        self._engine = engine
        self._senders = senders
        self._announcer = announcer
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """See `prometheus_client.registry.Collector`."""
        turns = CounterMetricFamily(
            "langnghe_turns", "Arrivals taken since the start", labels=["outcome"]
        )
        for outcome, count in self._engine.counts.items():
            turns.add_metric([outcome], count)
        yield turns
        sent = CounterMetricFamily(
            "langnghe_messages", "Messages finished since the start", labels=["channel", "state"]
        )
        for channel, sender in self._senders.items():
            for state, count in sender.counts.items():
                sent.add_metric([channel, state], count)
        yield sent
        waiting = GaugeMetricFamily(
            "langnghe_announced_waiting",
            "People still to be told by announcements",
            labels=["channel"],
        )
        for channel, count in self._announcer.waiting.items():
            waiting.add_metric([channel], count)
        yield waiting

    @property
    def checks(self) -> Mapping[str, Callable[[], Awaitable[str]]]:
        """The parts of `/readyz`."""
        return {"storage": self._storage, "outbox": self._outbox}

    async def _storage(self) -> str:
        await self._store.run(lambda tx: tx.row("SELECT 1"))
        return ""

    async def _outbox(self) -> str:
        """Empty, or that a message has been waiting for too long."""
        for channel in self._senders:
            pending = await self._store.read(partial(outbox.pending, channel=channel))
            if pending.oldest and datetime.now(UTC) - pending.oldest > TOO_OLD:
                return f"{pending.waiting} waiting"
        return ""
