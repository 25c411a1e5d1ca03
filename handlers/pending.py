"""Words and files on their way into a draft or a case: gathered, bounded, never lost silently."""

from dataclasses import dataclass

from handlers.effects import KeepFile
from handlers.events import Media, SentMedia
from handlers.papers import is_named_card
from handlers.session import Menu
from handlers.text import clean, is_blank
from handlers.unsent import Part, Pending
from handlers.view import Next, View, Wrote, enter

MAX_FILE = 20 * 1024 * 1024  # bytes; what Telegram lets a bot download, kept the same everywhere
MAX_FILES = 20  # of one draft or one addition
MOST_NOTICES = 5  # refused files that are named in one message
MAX_TEXT = 20_000  # characters of one long answer or one addition


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of something sent: the new whole, and the sentence to say about it."""

    pending: Pending
    notice: str = ""
    kept: tuple[Media, ...] = ()

    @property
    def effects(self) -> tuple[KeepFile, ...]:
        """Keep the files that were taken."""
        return tuple(KeepFile(media=media) for media in self.kept)


def hold(sent: Wrote | SentMedia, view: View) -> Next:
    """Keep what was *sent* pending, in whatever room the person stands."""
    gathered = gather(view.session.pending, sent, view)
    held = view.session.model_copy(update={"pending": gathered.pending})
    return Next(held, gathered.notice or summary(gathered.pending, view), gathered.effects)


def drop(view: View) -> Next:
    """Forget what is pending, because its sender says so."""
    return Next(enter(view.session, Menu(), pending=Pending()), view.say("sorting.dropped"))


def length(parts: tuple[Part, ...]) -> int:
    """Characters of all *parts*."""
    return sum(len(part.text) for part in parts)


def joined(parts: tuple[Part, ...]) -> str:
    """All *parts* as one text."""
    return "\n".join(part.text for part in parts)


def gather(pending: Pending, sent: Wrote | SentMedia, view: View) -> Gathered:
    """Add what was *sent* to *pending*, within the bounds."""
    if isinstance(sent, Wrote):
        return gather_text(pending, sent.part, view)
    media, notice = take_files(pending.media, sent.media, view)
    kept = media[len(pending.media) :]
    pending = pending.model_copy(update={"media": media})
    caption = clean(sent.caption)
    if is_blank(caption):
        return Gathered(pending, notice, kept)
    words = gather_text(pending, Part(text=caption, ref=sent.ref), view)
    notices = "\n".join(line for line in (notice, words.notice) if line)
    return Gathered(words.pending, notices, kept)


def gather_text(pending: Pending, part: Part, view: View) -> Gathered:
    """Add one message to *pending* unless all of it would be too long."""
    parts = (*pending.parts, part)
    if why := unfit(parts, view):
        return Gathered(pending, why)
    return Gathered(pending.model_copy(update={"parts": parts}))


def unfit(parts: tuple[Part, ...], view: View) -> str:
    """Why *parts* cannot be kept as one text; empty when they can."""
    total = length(parts)
    return view.say("text.too_long", length=total, most=MAX_TEXT) if total > MAX_TEXT else ""


def take_files(
    had: tuple[Media, ...], sent: tuple[Media, ...], view: View
) -> tuple[tuple[Media, ...], str]:
    """*had* and those of *sent* that may be kept, with a sentence about each that may not."""
    taken, notices = list(had), []
    for media in sent:
        if any(media.key == other.key for other in taken):
            continue
        if reason := refusal(media, len(taken)):
            notices.append(view.say(f"file.{reason}", name=file_name(media.name, view)))
        else:
            taken.append(media)
    return tuple(taken), "\n".join(notices[:MOST_NOTICES])


def refusal(media: Media, count: int) -> str:
    """Why *media* cannot be kept beside *count* others, as a key of the texts ``file.*``."""
    if is_named_card(media):
        return "id_card"
    if media.size == 0:
        return "empty"
    if media.size is not None and media.size > MAX_FILE:
        return "too_large"
    return "too_many" if count >= MAX_FILES else ""


def file_name(name: str, view: View) -> str:
    """A file's name as it may be shown: one short line, or "file" when it has none."""
    shown = clean(name).replace("\n", " ")
    return shown[:60] if not is_blank(shown) else view.say("file.nameless")


def replaced(parts: tuple[Part, ...], ref: str, text: str) -> tuple[Part, ...] | None:
    """*parts* with the message *ref* now reading *text*, or None when it is not among them."""
    if not ref or all(part.ref != ref for part in parts):
        return None
    return tuple(Part(text=text, ref=ref) if part.ref == ref else part for part in parts)


def summary(pending: Pending, view: View) -> str:
    """What *pending* holds, in one short sentence; empty when it holds nothing."""
    if pending.parts and pending.media:
        return view.say("pending.both", files=len(pending.media))
    if pending.media:
        return view.say("pending.files", files=len(pending.media))
    return view.say("pending.text") if pending.parts else ""
