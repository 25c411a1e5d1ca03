"""How much of what nobody wrote a rule for is caught: floors under which rules have rotted.

The texts of `unseen.toml` were written before the rules that read them; those of `held_out` were
measured and never mended by.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from pydantic import ValidationError

from bot.content import load_content
from handlers.together import REACH, Together
from handlers.triage import Clue, Ignored, Reading, Rules

RULES = load_content(Path(__file__).parents[2] / "content").triage
TEXTS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("unseen.toml").read_text("utf-8")
)
HALVES = {"dev": 0, "held_out": 1}
NAMED = Rules(
    groups={"who": ("cán bộ",), "does": ("đòi", "lấy"), "what": ("tiền", "đòi")},
    together=(Together(kind="denunciation", weight=3, of=("who", "does", "what")),),
    ignore=(Ignored(kinds=("denunciation",), words=("đòi hỏi",)),),
)


def share(kind: str, half: str, holds: Callable[[Reading], bool]) -> float:
    """Of the texts of one kind and half, how many hold."""
    texts = TEXTS[kind][HALVES[half] :: 2]
    return sum(holds(RULES.read(text)) for text in texts) / len(texts)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize(("kind", "floor"), [("denunciation", 0.9), ("complaint", 0.9)])
def test_most_of_what_nobody_wrote_a_rule_for_is_proposed(
    kind: str, floor: float, half: str
) -> None:
    """Denunciations and complaints without the word are proposed as such."""
    assert share(kind, half, lambda read: read.kind == kind) >= floor


@pytest.mark.parametrize("half", HALVES)
def test_emergencies_are_caught_in_fresh_words(half: str) -> None:
    """Nearly all raise an alarm or are asked about."""
    assert share("emergency", half, lambda read: read.of("emergency") is not None) >= 0.9


@pytest.mark.parametrize("half", HALVES)
def test_calm_texts_seldom_wake_anybody(half: str) -> None:
    """Grave words without danger: hardly an alarm, and few are asked about."""
    assert share("calm", half, lambda read: read.surely("emergency")) <= 0.1
    assert share("calm", half, lambda read: read.of("emergency") is not None) <= 0.35
    assert share("calm", half, lambda read: read.kind == "denunciation") <= 0.1


def test_groups_meet_in_any_order_within_a_sentence() -> None:
    """One word of each group, near each other; no word counts for two groups."""
    assert NAMED.read("Cán bộ đòi tiền").kind == "denunciation"
    assert NAMED.read("tiền thì bị lấy, cán bộ").kind == "denunciation"
    assert NAMED.read("can bo lay tien cua dan").of("denunciation") is None
    for text in ("Cán bộ đòi", "Cán bộ đòi. Tiền", f"Cán bộ {'rất ' * REACH} lấy tiền"):
        assert NAMED.read(text).of("denunciation") is None


def test_what_is_ignored_or_quoted_meets_nothing() -> None:
    """A masked word is none of its group, nor is one in quotation marks."""
    assert NAMED.read("Cán bộ đòi hỏi tiền").of("denunciation") is None
    assert NAMED.read("Cán bộ “đòi” tiền").of("denunciation") is None


def test_each_sign_of_what_is_over_halves_its_sentence() -> None:
    """One sign leaves a question, two leave nothing, and what is said to be now stands."""
    groups: dict[str, tuple[str, ...]] = {"fire": ("cháy",), "now": ("bây giờ",)}
    rules = Rules(
        clue=(Clue(kind="emergency", weight=4, words=("cháy nhà",)),),
        groups=groups,
        together=(Together(kind="emergency", weight=4, of=("fire", "now"), now=True),),
        ignore=(Ignored(kinds=("emergency",), words=("năm ngoái", "xin hỏi"), past=True),),
    )
    assert rules.read("Cháy nhà").surely("emergency")
    once = rules.read("Năm ngoái cháy nhà").of("emergency")
    assert once
    assert not once.sure
    assert rules.read("Xin hỏi năm ngoái cháy nhà").of("emergency") is None
    assert rules.read("Năm ngoái đã cháy, bây giờ lại cháy").surely("emergency")


@pytest.mark.parametrize(
    ("groups", "said"),
    [({"who": ("cán bộ",)}, 'không có nhóm "what"'), ({"who": ("a … b",)}, "không tìm được")],
)
def test_a_fault_of_a_group_is_told_in_words(groups: dict[str, tuple[str, ...]], said: str) -> None:
    """A group that is not there, or a gap in one, is named."""
    together = (Together(kind="denunciation", weight=3, of=("who", "what")),)
    with pytest.raises(ValidationError, match=said):
        Rules(groups=groups, together=together)


@pytest.mark.parametrize("piece", ["cháy nhà rồi ", "can bo lay tien ", "tôi nước dao đang ", "ô "])
def test_words_of_groups_cost_no_more_than_their_number(piece: str) -> None:
    """A long text of nothing but such words is read in time that grows with its length."""
    whole = (piece * 10_000)[:20_000]
    assert _seconds(whole) < 6 * _seconds(whole[:10_000]) + 0.05
    assert _seconds(whole) < 1


def _seconds(text: str) -> float:
    """The shortest of three readings: what else the machine does is not the reading's."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    start = process_time()
    RULES.read(text)
    return process_time() - start
