"""What words say together that each alone does not: somebody, something done, and to what.

People tell the same in ever new words, but of few things: an office, a taking, money; a person,
water, no way out. So words are kept in groups, and a clue is that some groups meet: one word of
each in one sentence, near each other, in any order.
"""

from collections.abc import Mapping, Sequence

from pydantic import Field

from handlers.model import Frozen
from handlers.phrases import Hit
from handlers.tickets import Kind

REACH = 30  # words between the first and the last that meet, at the most
SHORT = 5  # a word of fewer letters, alone and without accents, is one of many


class Together(Frozen):
    """Groups *of* words that speak for a *kind* with so much *weight* where all of them meet.

    *now*: it weighs as much in a sentence that tells of what is over. *bare* and *call*: as of a
    clue.
    """

    kind: Kind
    weight: int = Field(ge=1, le=9)
    of: tuple[str, ...] = Field(min_length=2)
    bare: int | None = Field(default=None, ge=0, le=9)
    call: tuple[str, ...] = ()
    now: bool = False


def meeting(rule: int, groups: Sequence[int], hits: Sequence[Hit]) -> Hit | None:
    """Where words of all *groups* first meet, as one hit of *rule*; None: nowhere.

    *hits* are the words of one sentence in their order, each with the bits of its groups for a
    rule; *groups* are such bits.
    """
    every = sum(groups)
    last: dict[int, tuple[Hit, ...]] = dict.fromkeys(groups, ())
    for hit in hits:
        if not hit.rule & every:
            continue
        mine = [group for group in groups if hit.rule & group]
        for group in mine:
            last[group] = (hit, *last[group][:1])
        if not all(last.values()):
            continue
        for group in mine:
            if met := _apart(group, hit, last):
                return _whole(rule, met)
    return None


def _apart(group: int, newest: Hit, last: Mapping[int, tuple[Hit, ...]]) -> list[Hit] | None:
    """One hit of each group: *newest*, and of the others the last that shares no word with it.

    At most one of them is doubtful: two short words without accents may mean anything.
    """
    taken, met, doubt = set(newest.places), [newest], _doubtful(newest)
    start = newest.places[-1] - REACH
    for other, hits in last.items():
        if other == group:
            continue
        fits = (
            each
            for each in hits
            if each.places[0] >= start
            and taken.isdisjoint(each.places)
            and not (doubt and _doubtful(each))
        )
        if (one := next(fits, None)) is None:
            return None
        doubt = doubt or _doubtful(one)
        taken.update(one.places)
        met.append(one)
    return met


def _doubtful(hit: Hit) -> bool:
    return hit.bare and len(hit.words) == 1 and len(hit.words[0]) < SHORT


def _whole(rule: int, met: Sequence[Hit]) -> Hit:
    places = tuple(sorted(place for each in met for place in each.places))
    words = tuple(word for each in met for word in each.words)
    return Hit(rule, places, any(each.bare for each in met), words)
