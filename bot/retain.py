"""``python -m bot retain``: what is kept no longer, by rule; ``--carry-out`` lets go of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from bot.config import Config
from bot.content import load_content
from bot.keyring import load_seal
from bot.secret import load_secret
from handlers.reading.numbers import show_number
from handlers.retention import RetentionRule
from storage import open_readers, open_store, retaining
from storage.blobs import Blobs
from storage.database import Store


async def retain(config: Config, *, carry_out: bool, now: datetime | None = None) -> list[str]:
    """Count by each rule; with *carry_out* also let go of it, and write that down. What is told.

    Counting only reads, also beside a running bot. Raises `StorageError` and `ContentFaultsError`.
    """
    at = now or datetime.now(UTC)
    rules = load_content(config.content).retention
    seal = load_seal(config, load_secret(config.secret.get_secret_value(), config.secret_file))
    url = config.storage.url.get_secret_value()
    if not carry_out:
        readers = await open_readers(url, seal=seal)
        try:
            counts = [
                await readers.read(partial(retaining.count, rule=rule, now=at)) for rule in rules
            ]
        finally:
            await readers.close()
        told = [_line(rule, count) for rule, count in zip(rules, counts, strict=True)]
        return [*told, "Chỉ đếm, chưa xóa gì. Xóa và ghi sổ: python -m bot retain --carry-out"]
    store = await open_store(url, lanes=1, seal=seal)
    try:
        blobs = Blobs(config.storage.files, store)
        return [_line(rule, await let_go(store, blobs, rule, at)) for rule in rules]
    finally:
        await store.close()


async def let_go(store: Store, blobs: Blobs, rule: RetentionRule, now: datetime) -> int:
    """Let go of all that a rule keeps no longer, slice by slice; how much."""
    gone, more = 0, True
    while more:
        done = await store.run(partial(retaining.carry_out, rule=rule, now=now))
        for digest in done.bytes:
            await blobs.remove(digest)
        gone, more = gone + done.gone, bool(done.gone)
    await store.run(partial(retaining.record, rule=rule, gone=gone, now=now))
    return gone


async def automatic(
    store: Store, blobs: Blobs, rules: Sequence[RetentionRule], now: datetime
) -> None:
    """Carry out the rules that say so."""
    for rule in rules:
        if rule.automatic:
            await let_go(store, blobs, rule, now)


def _line(rule: RetentionRule, count: int) -> str:
    kinds = ", ".join((*rule.statuses, *rule.kinds, *rule.entries))
    about = f"{rule.what} ({kinds})" if kinds else rule.what
    return f"{rule.id}: {show_number(Decimal(count))} · {about} · {rule.kept} · {rule.source}"
