"""One message to Telegram: sent as new ones, or put in the place of an earlier one.

Theory of operation. What a message left in a chat is known by the ids Telegram gave (`Traces`). A
change edits the texts that stand there, in their order, sends what there are too few of and deletes
what there are too many of. A bot may edit its own messages for ever and delete them for 48 hours:
what can't be edited is sent anew, and what can't be deleted stays, a text of it as a mere "…".
Edits and deletions may be repeated, so one whose answer never came is tried again, unlike a send.
"""

import hashlib
import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyKeyboardMarkup
from telegram.error import BadRequest, TimedOut

from bot.channels import Outgoing
from bot.channels.enclosed import FileWords
from bot.channels.telegram_errors import RepeatableError, unchanged, uneditable
from bot.channels.telegram_files import Enclosures, Progress, with_troubles
from bot.channels.telegram_http import CutOffError, UnsentError
from bot.channels.telegram_taps import Taps
from bot.channels.telegram_words import Keyboard, Lang, ShareWords, render
from handlers.messages import Say

T = TypeVar("T")

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_NOTHING: Final = "…"
_MOST_DELETED: Final = 100
_TRACES: Final = re.compile(r"(?:([0-9]+(?:,[0-9]+)*)@([0-9a-f]*);)?([0-9]+(?:,[0-9]+)*)")


@dataclass(frozen=True, slots=True)
class Traces:
    """What a message left in a chat, by Telegram's ids: its *files*, then its *texts*.

    *mark* tells which files those are, empty when not all went along.
    """

    files: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()
    mark: str = ""

    def __str__(self) -> str:
        """As it is kept: ``101,102@4f1c2a90;103``, or only the texts."""
        texts = ",".join(map(str, self.texts))
        return f"{','.join(map(str, self.files))}@{self.mark};{texts}" if self.files else texts


def read_traces(text: str) -> Traces:
    """The traces of their text; none when it is not one of ours."""
    found = _TRACES.fullmatch(text)
    if found is None:
        return Traces()
    files, mark, texts = found.groups()
    return Traces(_numbers(files), _numbers(texts), mark or "")


def _numbers(text: str | None) -> tuple[int, ...]:
    return tuple(map(int, text.split(","))) if text else ()


class Letters:
    """Sends and changes messages; *taps* are told before a message with buttons is changed."""

    def __init__(
        self,
        bot: Bot,
        enclosures: Enclosures,
        taps: Taps,
        share: Mapping[Lang, ShareWords],
        file_words: Mapping[Lang, FileWords],
    ) -> None:
        self._bot = bot
        self._enclosures = enclosures
        self._taps = taps
        self._share = share
        self._file_words = file_words

    async def send(self, outgoing: Outgoing, progress: Progress) -> str:
        """Send or change what *progress* does not know yet; return its traces.

        Raises ``TelegramError``.
        """
        chat, say, old = int(outgoing.address), outgoing.say, read_traces(outgoing.replaces)
        mark = _mark(say)
        stay = mark == old.mark  # the same files, or none before and now
        if mark and not stay:
            await self._enclosures.send(chat, say, progress, paid=outgoing.paid)
            say = with_troubles(say, progress, self._file_words[say.lang])
            mark = "" if progress.missing or progress.doubtful else mark
        await self._put_texts(chat, say, old.texts, progress, paid=outgoing.paid)
        files = old.files if mark and stay else tuple(progress.files)
        now = Traces(files, tuple(progress.texts), mark)
        await self._clear(chat, old, {*now.files, *now.texts})
        return str(now)

    async def _put_texts(
        self, chat: int, say: Say, old: Sequence[int], progress: Progress, *, paid: bool
    ) -> None:
        rendered = render(say, self._share)
        last = len(rendered.parts) - 1
        for at, part in enumerate(rendered.parts):
            if at < len(progress.texts):
                continue  # it is there since an earlier attempt
            keyboard = rendered.keyboard if at == last else None
            # Once a part had to be sent anew, the rest follows it: the order is the reader's.
            in_place = at < len(old) and tuple(progress.texts) == tuple(old[:at])
            if in_place and await self._edit(chat, old[at], part, keyboard):
                progress.texts.append(old[at])
                continue
            sent = await self._bot.send_message(
                chat,
                part,
                reply_markup=keyboard,
                link_preview_options=_NO_PREVIEW,
                allow_paid_broadcast=paid or None,
            )
            progress.texts.append(sent.message_id)

    async def _edit(self, chat: int, number: int, text: str, keyboard: Keyboard | None) -> bool:
        """Whether the message says *text* now; False when it can't be changed into that."""
        if isinstance(keyboard, ReplyKeyboardMarkup):
            return False
        buttons = keyboard if isinstance(keyboard, InlineKeyboardMarkup) else None
        if buttons:
            await self._taps.before_change(chat, number)
        try:
            await _repeatable(
                self._bot.edit_message_text(
                    text,
                    chat,
                    number,
                    reply_markup=buttons,
                    link_preview_options=_NO_PREVIEW,
                )
            )
        except BadRequest as error:
            if uneditable(error):
                return False
            if not unchanged(error):
                raise
        return True

    async def _clear(self, chat: int, old: Traces, now: set[int]) -> None:
        """Take away what the change left over, as far as Telegram allows."""
        over = [number for number in (*old.files, *old.texts) if number not in now]
        if not over or await self._deleted(chat, over[:_MOST_DELETED]):
            return
        for number in over:
            if not await self._deleted(chat, (number,)) and number in old.texts:
                await self._edit(chat, number, _NOTHING, None)

    async def _deleted(self, chat: int, numbers: Iterable[int]) -> bool:
        try:
            await _repeatable(self._bot.delete_messages(chat, tuple(numbers)))
        except BadRequest:
            return False
        return True


async def _repeatable(call: Awaitable[T]) -> T:
    """Do what may be done twice: an answer that never came is no reason to give it up."""
    try:
        return await call
    except UnsentError:
        raise
    except (TimedOut, CutOffError) as error:
        raise RepeatableError(error.message) from error


def _mark(say: Say) -> str:
    """Which files and QR picture go with *say*; empty when there are none."""
    shown = "\n".join((*(media.key for media in say.files), say.qr)).strip()
    return hashlib.sha256(shown.encode()).hexdigest()[:8] if shown else ""
