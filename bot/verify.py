"""``python -m bot verify``: whether the histories and the log are as they were written."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from bot.config import Config
from bot.keyring import load_seal
from bot.secret import load_secret
from handlers.reading.numbers import show_number
from storage import denunciations, history, log, open_readers
from storage.chain import Break, Why
from storage.database import Tx
from storage.history import Verified

MOST = 100  # broken cases that are named

_WORDS: dict[Why | Literal["orphan"], str] = {
    "missing": "thiếu mục này",
    "changed": "mục này đã bị sửa",
    "unlinked": "mục này không nối với mục trước: mục trước đã bị thay",
    "words": "lời ghi kèm mục này đã bị sửa",
    "end": "từ mục này trở đi, phần cuối đã bị bớt hoặc thêm",
    "orphan": "còn mục này nhưng ý kiến đã mất",
}


class Report(NamedTuple):
    """What is told, line by line, and whether everything is *whole*."""

    lines: tuple[str, ...]
    whole: bool


async def verify(config: Config) -> Report:
    """Look through every history and the log, all of one moment; the bot may be running.

    Raises `StorageError`.
    """
    seal = load_seal(config, load_secret(config.secret.get_secret_value(), config.secret_file))
    readers = await open_readers(config.storage.url.get_secret_value(), seal=seal)
    try:
        return await readers.read(_report)
    finally:
        await readers.close()


def _report(tx: Tx) -> Report:
    cases, cut = history.verify_all(tx, MOST), log.verify(tx)
    confidential = tuple(denunciations.verify(tx))
    seen = f"{_number(cases.cases)} ý kiến, {_number(log.size(tx))} mục nhật ký"
    faults = (*_faults(cases, cut), *_confidential(confidential))
    if not faults:
        return Report((f"{seen}: toàn vẹn.",), whole=True)
    return Report((*faults, f"{seen}: KHÔNG toàn vẹn."), whole=False)


def _faults(cases: Verified, cut: Break | None) -> Iterator[str]:
    for one in cases.first:
        case = one.code or f"ý kiến số {one.ticket_id} trong cơ sở dữ liệu"
        yield f"{case}, mục {one.seq}: {_WORDS[one.why]}"
    if more := cases.broken - len(cases.first):
        yield f"… và {_number(more)} ý kiến khác"
    if cut is not None:
        yield f"nhật ký, mục {cut.seq}: {_WORDS[cut.why]}"


def _confidential(broken: tuple[tuple[str, Break], ...]) -> Iterator[str]:
    for code, found in broken[:MOST]:
        yield f"tin {code}, mục {found.seq}: {_WORDS[found.why]}"


def _number(count: int) -> str:
    return show_number(Decimal(count))
