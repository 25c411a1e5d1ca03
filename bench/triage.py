"""How well and how fast it is read what a message is.

Over two sets: messages that were handed over for measuring alone, and those of our own tests, which
also have ordinary messages whose words look grave. Precision and recall of each kind, each message
typed plainly and without accents; the share of ordinary messages that would raise an alarm, and of
those after which it is asked whether somebody is in danger.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter

from bench.figures import Figure, at_least, at_most
from bot.content import load_content
from handlers.tickets import Kind
from handlers.triage import Reading, Rules

ROOT = Path(__file__).parents[1]
HANDED_OVER = Path(__file__).parent / "data" / "sample_complaints.tsv"
OURS = ROOT / "tests" / "triage" / "texts.toml"
UNSEEN = ROOT / "tests" / "triage" / "unseen.toml"
KINDS: dict[str, Kind] = {
    "hoi_dap": "question",
    "phan_anh": "feedback",
    "kien_nghi": "suggestion",
    "khieu_nai": "complaint",
    "to_cao": "denunciation",
    "khan_cap": "emergency",
    "khac": "other",
}
CAUGHT = {"emergency", "denunciation"}
LETTERS = 4000
BUDGET_MS = 2.0
Told = tuple[str, str]  # a text and its kind


def measure(*, quick: bool) -> list[Figure]:
    """Precision, recall, false alarms and time."""
    rules = load_content(ROOT / "content").triage
    return [
        *_scores("handed over", list(_handed_over()), rules),
        *_scores("our own", [told for told in _ours() if told[1] != "calm"], rules),
        *_alarms([text for text, kind in _ours() if kind == "calm"], rules),
        *_unseen(rules),
        _time(rules, 20 if quick else 100),
    ]


def _handed_over() -> Iterator[Told]:
    for line in HANDED_OVER.read_text("utf-8").splitlines():
        text, _, kind = line.split("\t")
        if kind in KINDS:  # not the heading
            yield text, KINDS[kind]


def _ours() -> Iterator[Told]:
    for group in tomllib.loads(OURS.read_text("utf-8"))["text"]:
        for text in group["words"]:
            yield text, group["kind"]


def bare(text: str) -> str:
    """The text as it is typed without accents."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def _scores(of: str, told: list[Told], rules: Rules) -> Iterator[Figure]:
    for how, typed in (("", str), (", no accents", bare)):
        read = [(kind, rules.read(typed(text)).kind) for text, kind in told]
        for kind in dict.fromkeys(kind for _, kind in told):
            hits = sum(pair == (kind, kind) for pair in read)
            there = sum(its == kind for its, _ in read)
            said = sum(its == kind for _, its in read)
            row = f"{of}{how}: {kind} ({there})"
            yield Figure(row, "recall", (hits / there,), at_least(1) if kind in CAUGHT else None)
            yield Figure(row, "precision", (hits / said if said else 0.0,))


def _alarms(texts: Iterable[str], rules: Rules) -> Iterator[Figure]:
    for how, typed in (("", str), (", no accents", bare)):
        read: list[Reading] = [rules.read(typed(text)) for text in texts]
        raised = sum(each.surely("emergency") for each in read) / len(read)
        asked = sum(each.of("emergency") is not None for each in read) / len(read) - raised
        row = f"grave words, no danger{how} ({len(read)})"
        yield Figure(row, "alarms", (raised,), at_most(0.05))
        yield Figure(row, "asked", (asked,))


def _unseen(rules: Rules) -> Iterator[Figure]:
    """What was written before the rules: the half they were mended by, and the one never used."""
    texts: dict[str, list[str]] = tomllib.loads(UNSEEN.read_text("utf-8"))
    for first, half in enumerate(("mended by", "held out")):
        read = {kind: [rules.read(text) for text in told[first::2]] for kind, told in texts.items()}
        for kind in ("emergency", "denunciation", "complaint"):
            row, all_of = f"unseen, {half}: {kind} ({len(read[kind])})", read[kind]
            share = sum(_caught(each, kind) for each in all_of) / len(all_of)
            yield Figure(row, "recall", (share,))
        calm = read["calm"]
        raised = sum(each.surely("emergency") for each in calm) / len(calm)
        asked = sum(each.of("emergency") is not None for each in calm) / len(calm) - raised
        yield Figure(f"unseen, {half}: no danger ({len(calm)})", "alarms", (raised,))
        yield Figure(f"unseen, {half}: no danger ({len(calm)})", "asked", (asked,))


def _caught(read: Reading, kind: str) -> bool:
    return read.of("emergency") is not None if kind == "emergency" else read.kind == kind


def _time(rules: Rules, rounds: int) -> Figure:
    """The shortest of many rounds: what the reading takes, not what else the machine does."""
    ordinary = {"question", "feedback", "suggestion"}
    text = " ".join(text for text, kind in _ours() if kind in ordinary)
    text = (text * (1 + LETTERS // len(text)))[:LETTERS]
    rules.read(text)
    times = []
    for _ in range(rounds):
        start = perf_counter()
        rules.read(text)
        times.append((perf_counter() - start) * 1000)
    return Figure(f"{LETTERS} letters", "ms", (min(times),), at_most(BUDGET_MS))
