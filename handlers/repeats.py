"""The same text again: from one person it belongs to the case there is; from many it is one matter.

A text is told by *marks*: the smallest hashes of its groups of three words. Two texts that share
most of their words share most of their marks, whatever was put before or behind them, and a few
marks can be looked for among a million cases. Pure, and bounded: words beyond the first thousand
are not looked at.
"""

import heapq
import zlib

from handlers.effects import AddToTicket, Effect, Notify
from handlers.events import Said
from handlers.text import clean, fold
from handlers.understanding import Understandable
from handlers.unsent import Draft
from handlers.view import View

GROUP = 3  # words
MARKS = 6
ALIKE = 4  # marks that two texts share of which one is the other's copy
MOST = 1000  # words
FEWEST = 5  # words: whatever is shorter says the same as many others


def marks(text: str) -> tuple[int, ...]:
    """The marks of a text, smallest first; none of one too short to be told from others."""
    words = fold(text[: MOST * 12]).split()[:MOST]
    if len(words) < FEWEST:
        return ()
    groups = zip(*(words[n:] for n in range(GROUP)), strict=False)
    return tuple(heapq.nsmallest(MARKS, {zlib.crc32(" ".join(each).encode()) for each in groups}))


def enough(marks_: tuple[int, ...]) -> int:
    """How many of these marks another text must share to be its copy."""
    return min(ALIKE, len(marks_))


def of_draft(draft: Draft) -> tuple[int, ...]:
    """The marks of what a draft tells in the person's own words."""
    told = (" ".join(part.text for part in answer.parts) for answer in draft.answers.values())
    return marks(max(told, key=len, default=""))


def added_again(event: Understandable, view: View) -> tuple[Effect, ...]:
    """What puts a text into the case of the same person that it repeats; nothing for any other."""
    code = view.facts.repeats
    if not code or not isinstance(event, Said):
        return ()
    text = clean(event.text)
    added = AddToTicket(code=code, text=text, media=(), search=text)
    return (added, Notify(code=code, to="assignee", what="added"))
