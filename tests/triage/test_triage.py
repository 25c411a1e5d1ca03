"""What a message is, by its words: the ones of `texts.toml`, however they were typed."""

import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_content
from handlers.triage import MOST, PRIORITY, Clue, Ignored, Rules

RULES = load_content(Path(__file__).parents[2] / "content").triage
TEXTS = tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8"))["text"]
TELEX = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}


def bare(text: str) -> str:
    """Without accents."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def telex(text: str) -> str:
    """As a keyboard leaves it that does not know Telex: the tone at the end of each word."""
    return " ".join(_telex(word) for word in text.split())


def _telex(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.casefold())
    tones = "".join(TELEX[c] for c in parts if c in TELEX)
    letters = unicodedata.normalize("NFC", "".join(c for c in parts if c not in TELEX))
    for marked, typed in zip("âêôăơưđ", ("aa", "ee", "oo", "aw", "ow", "uw", "dd"), strict=True):
        letters = letters.replace(marked, typed)
    end = len(letters.rstrip(".,!?:;"))
    return letters[:end] + tones + letters[end:]


def written() -> Iterator[tuple[str, str]]:
    """Each text with its kind."""
    for group in TEXTS:
        for text in group["words"]:
            yield group["kind"], text


TYPED: dict[str, Callable[[str], str]] = {
    "plain": str,
    "bare": bare,
    "nfd": lambda text: unicodedata.normalize("NFD", text),
    "capitals": str.upper,
}


@pytest.mark.parametrize("how", TYPED)
def test_each_text_is_what_it_is(how: str) -> None:
    """By content and demand, with accents or without, decomposed or in capitals."""
    read = {text: RULES.read(TYPED[how](text)).kind for _, text in written()}
    assert read == {text: read[text] if kind == "calm" else kind for kind, text in written()}


@pytest.mark.parametrize("kind", ["emergency", "denunciation"])
def test_what_must_be_caught_is_caught_in_telex(kind: str) -> None:
    """Whoever shouts for help does not mend the slips of a keyboard."""
    missed = [text for its, text in written() if its == kind and not _spoken(kind, telex(text))]
    assert missed == []


def _spoken(kind: str, text: str) -> bool:
    return any(spoken.kind == kind for spoken in RULES.read(text).found)


@pytest.mark.parametrize("how", TYPED)
def test_ordinary_words_raise_no_alarm(how: str) -> None:
    """Traffic accidents in general, fire drills and old floods are no emergency."""
    alarms = [
        text
        for kind, text in written()
        if kind != "emergency" and RULES.read(TYPED[how](text)).surely("emergency")
    ]
    assert alarms == []


def test_few_ordinary_messages_are_asked_about() -> None:
    """Of messages whose words look grave, at most a third are asked about danger."""
    calm = [text for kind, text in written() if kind == "calm"]
    asked = [text for text in calm if RULES.read(text).of("emergency")]
    assert len(asked) * 3 <= len(calm)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Đơn tố cáo. Kính gửi UBND xã. Cho hỏi thủ tục làm căn cước?", "question"),
        ("Đơn phản ánh. Tôi tố cáo ông K nhận hối lộ.", "denunciation"),
        ("Tôi viết bài “Tố cáo tội ác chiến tranh” muốn hỏi gửi ở đâu?", "question"),
        ("Đây không phải tố cáo, tôi chỉ phản ánh đường hư.", "feedback"),
        ("Tôi không tố cáo ai, chỉ mong sửa đèn đường hỏng.", "feedback"),
    ],
)
def test_titles_quotations_and_denials_say_nothing(text: str, kind: str) -> None:
    """What a citizen calls a letter does not make it one (Circular 05/2021/TT-TTCP)."""
    assert RULES.read(text).kind == kind


def test_the_gravest_kind_comes_first() -> None:
    """Where kinds mix, danger comes before a denunciation, and that before a complaint."""
    text = (
        "Tôi khiếu nại quyết định số 5. Tôi tố cáo ông K nhận hối lộ. "
        "Cứu với, nhà tôi đang cháy. Đề nghị lắp đèn. Cho hỏi bao giờ xong?"
    )
    kinds = [spoken.kind for spoken in RULES.read(text).found]
    assert kinds == sorted(kinds, key=PRIORITY.index)
    assert kinds[:3] == ["emergency", "denunciation", "complaint"]


def test_each_kind_has_the_sentences_that_speak_for_it() -> None:
    """So that a message can be split: the words of each, letter by letter."""
    read = RULES.read("Tôi khiếu nại quyết định số 5. Ngoài ra rác thải không ai dọn!")
    complaint, feedback = read.of("complaint"), read.of("feedback")
    assert complaint
    assert feedback
    assert [read.sentences[n] for n in complaint.sentences] == ["Tôi khiếu nại quyết định số 5."]
    assert [read.sentences[n] for n in feedback.sentences] == ["Ngoài ra rác thải không ai dọn!"]
    assert read.turns == (1,)


def test_the_same_word_twice_weighs_once() -> None:
    """Whoever repeats a doubtful word does not make it sure."""
    assert not RULES.read("tai nạn " * 20).surely("emergency")


def test_accents_tell_words_apart() -> None:
    """A tall house is no denunciation, and "đầu tư" no suicide."""
    assert RULES.read("Nhà hàng xóm to cao quá").of("denunciation") is None
    assert not RULES.read("nghien cuu dau tu, xin tu van, tu tu roi lam").surely("emergency")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """No characters, however odd, stop it; sentences are parts of what was written."""
    assert RULES.read(text).kind in PRIORITY


@pytest.mark.parametrize(
    "piece", ["cứu ", "đề nghị ", "a.\n", '"a ', "“", "nước lũ ", "xyz9 ", "đề nghị xem xét lại "]
)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    """Of 100 kB a bounded part is read, and twice the text takes about twice the time."""
    whole = (piece * 100_000)[:100_000]
    half, full = _seconds(whole[: MOST // 2]), _seconds(whole[:MOST])
    assert _seconds(whole) < 1
    assert full < 6 * half + 0.05


def _seconds(text: str) -> float:
    """The shortest of three readings: what else the machine does is not the reading's."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    start = process_time()
    RULES.read(text)
    return process_time() - start


def test_rules_say_what_is_wrong_with_a_phrase() -> None:
    """A phrase without words, or with two gaps, is told in the words of who edits the file."""
    for phrase in ("…", "một … hai … ba", "cứu …", "!!!"):
        with pytest.raises(ValueError, match="không tìm được"):
            Clue(kind="feedback", weight=4, words=(phrase,))


def test_a_longer_clue_speaks_around_what_is_ignored() -> None:
    """What is a title ("Đơn tố cáo") is also part of what one says one does."""
    rules = Rules(
        clue=(Clue(kind="denunciation", weight=5, words=("gửi đơn tố cáo",)),),
        ignore=(Ignored(kinds=("denunciation",), words=("đơn tố cáo",)),),
    )
    assert rules.read("Tôi gửi đơn tố cáo").kind == "denunciation"
    assert rules.read("Đơn tố cáo").found == ()


def test_a_gap_is_a_few_words_of_one_sentence() -> None:
    """The words of a phrase must be near each other, and not in two sentences."""
    rules = Rules(clue=(Clue(kind="complaint", weight=4, words=("xem xét … quyết định",)),))
    assert rules.read("đề nghị xem xét lại giúp tôi quyết định đó").of("complaint")
    assert rules.read("xem xét giúp. Quyết định đó đúng").of("complaint") is None
    assert rules.read(f"xem xét {'rất ' * 20}quyết định").of("complaint") is None


def test_nothing_is_found_in_nothing() -> None:
    """An empty message, or one of signs alone, is feedback and no more."""
    assert RULES.read("").found == ()
    assert RULES.read("!!! …").kind == "feedback"
