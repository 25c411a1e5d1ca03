"""``python -m bot seen``: for a breach, what one official did, looked at, and could have opened.

Names and telephone numbers that were looked at are entries of kind ``identified``. Reading a case
leaves no entry of its own: the cases of the units they may read are counted instead.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from bot.config import Config
from bot.keyring import load_seal
from bot.secret import load_secret
from bot.turn import ZONE
from handlers.desk.people import Official
from storage import members, open_readers
from storage.database import Tx
from storage.seen import Seen, seen


async def report(config: Config, member: int, since: datetime, until: datetime) -> tuple[str, ...]:
    """What is known of *member*, line by line; of nobody (0), who there is to ask about.

    Reads only, also beside a running bot. Raises `StorageError`.
    """
    seal = load_seal(config, load_secret(config.secret.get_secret_value(), config.secret_file))
    readers = await open_readers(config.storage.url.get_secret_value(), seal=seal)
    try:
        if not member:
            return tuple(map(_who, await readers.read(members.members)))
        look = partial(_looked, member=member, since=since, until=until)
        return tuple(_lines(await readers.read(look)))
    finally:
        await readers.close()


def _looked(tx: Tx, member: int, since: datetime, until: datetime) -> Seen:
    return seen(tx, member, since, until)


def _who(official: Official) -> str:
    duties = ", ".join(f"{duty.role} {duty.unit}" for duty in official.duties)
    return f"{official.id}  {official.name}  ({duties})"


def _lines(found: Seen) -> Iterator[str]:
    for one in found.done:
        yield f"{one.at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}  {one.kind}  {one.about}"
    people = {one.about for one in found.done if one.kind == "identified"}
    yield f"{found.name}: {len(found.done)} việc; đã xem người gửi của {len(people)} ý kiến."
    yield f"Tin báo kín đã mở: {found.confidential} (xem nhật ký của từng tin)."
    yield "Ý kiến đang mở hoặc có thay đổi trong thời gian này, theo đơn vị:"
    yield from (f"  {unit}: {count}" for unit, count in found.within)
