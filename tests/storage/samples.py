"""Values the storage tests speak of."""

from datetime import UTC, date, datetime, timedelta

from handlers.effects import AddToTicket, OpenTicket
from handlers.events import Media
from handlers.text import fold
from handlers.tickets import AnswerLine

NOW = datetime(2026, 11, 22, 3, 4, 5, 678000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
SECRET = b"the province's own"
CODE = "PA-7K3Q-M2X"
RECEIPT = "H4TN-62XC-9FQK"

LINES = (AnswerLine(name="what", label="Nội dung", value="", text="Chưa nhận tiền đền bù đất"),)
PHOTO = Media(key="telegram:AQAD", kind="photo", mime="image/jpeg", size=1234, fetch="file-id")


def case(
    code: str = CODE,
    *,
    about: str = "Chưa nhận tiền đền bù đất",
    media: tuple[Media, ...] = (),
    name: str = "",
    phone: str = "",
) -> OpenTicket:
    """A case that can be found by what it is *about*."""
    return OpenTicket(
        code=code,
        receipt=RECEIPT,
        topic="land",
        commune="20194",
        unit="so-nn-mt",
        due_on=date(2026, 12, 7),
        calendar="2026-11",
        lang="vi",
        lines=LINES,
        media=media,
        search=fold(about),
        name=name,
        phone=phone,
    )


def addition(text: str, code: str = CODE, media: tuple[Media, ...] = ()) -> AddToTicket:
    """Something added to a case."""
    return AddToTicket(code=code, text=text, media=media, search=fold(text))
