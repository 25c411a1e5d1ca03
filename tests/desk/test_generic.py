"""What makes an answer generic, and what does not."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.desk.dossier import Reply
from handlers.desk.generic import flags, lacking
from handlers.text import fold

ASKED = "Mương nước thôn 3 bị lấp khi làm đường, ruộng nhà tôi ngập nước từ tháng 9."
GOOD = Reply(
    finding="Mương nước thôn 3 bị lấp trong lúc thi công đường, nước không thoát kịp.",
    basis="Luật Đất đai 31/2024/QH15, Điều 235 khoản 2, hiệu lực từ 01/8/2024.",
    action="Nhà thầu đã đào lại 40 m mương, xong ngày 20/11/2026.",
    next="báo lại tại đây nếu mưa sau vẫn ngập.",
    until="2026-12-31",
)
EMPTY_WORDS = "Đã xem xét ý kiến, sẽ chuyển cơ quan chức năng nghiên cứu theo quy định."
WORDS = st.text(alphabet="abcdeghiklmnopqrstuvxy ", max_size=200)


def said(reply: Reply) -> str:
    """The words of an answer as they are kept for comparing."""
    return fold(f"{reply.finding} {reply.action} {reply.next}")


def test_a_good_answer_has_no_flag() -> None:
    """An answer to the point, with its basis and what was done, is let through."""
    assert flags(GOOD, ASKED, [fold("Trường đã trả lại tiền học phí tháng 9 cho cha mẹ.")]) == ()


def test_an_empty_answer_has_every_flag_it_deserves() -> None:
    """The answer everybody resents: no basis, nothing of the matter, nothing done."""
    empty = Reply(finding=EMPTY_WORDS)
    assert flags(empty, ASKED, [fold(EMPTY_WORDS)]) == (
        "no_basis",
        "copied",
        "unrelated",
        "no_proof",
    )


def test_a_basis_names_article_number_and_date() -> None:
    """Each thing a legal basis lacks is named, whichever way the others are written."""
    assert lacking("Theo quy định hiện hành.") == ("article", "number", "date")
    assert lacking("Điều 12 Nghị định 238/2025/NĐ-CP") == ("date",)
    assert lacking("Nghị định 238/2025/NĐ-CP, hiệu lực 03/9/2025") == ("article",)
    assert lacking("Điều 94 Luật Đất đai, hiệu lực từ ngày 01 tháng 8 năm 2024") == ("number",)
    assert lacking("Article 12 of Decree 238/2025/ND-CP, in force 3 September 2025") == ()


def test_a_date_is_no_number_of_a_document() -> None:
    """01/01/2026 is not taken for document 01 of 2026."""
    assert "number" in lacking("Điều 3, hiệu lực từ 01/01/2026")


def test_files_are_proof() -> None:
    """An answer that shows its proof need not tell what was done."""
    bare = GOOD.model_copy(update={"action": ""})
    assert "no_proof" in flags(bare, ASKED, ())
    assert "no_proof" not in flags(bare.model_copy(update={"files": ("web:1",)}), ASKED, ())


def test_a_copy_with_another_name_is_still_a_copy() -> None:
    """Changing a word or the order of sentences does not make an answer a new one."""
    other = GOOD.model_copy(
        update={"finding": GOOD.finding.replace("thôn 3", "thôn 5"), "next": ""}
    )
    assert "copied" in flags(other, ASKED, [said(GOOD)])


def test_words_of_a_template_are_not_held_against_an_answer() -> None:
    """Two answers from one template differ in what each case filled in."""
    fixed = "trẻ mầm non và học sinh phổ thông công lập được miễn học phí, không phải nộp đơn."
    one = Reply(finding=f"Trường Phù Đổng thu 450.000 đồng tháng 9 của lớp ba: {fixed}")
    two = Reply(finding=f"Mầm non Hoa Mai đòi tiền ghế ngồi và máy lạnh cả năm học: {fixed}")
    assert "copied" not in flags(two, "", [said(one)], fold(fixed))
    assert "copied" in flags(one, "", [said(one)], fold(fixed))


def test_a_bare_template_twice_is_a_copy() -> None:
    """What nothing was added to has nothing of its own to be compared by."""
    fixed = "Trẻ mầm non và học sinh phổ thông công lập được miễn học phí từ năm nay."
    bare = Reply(finding=fixed)
    assert "copied" in flags(bare, "", [said(bare)], fold(fixed))


def test_a_draft_template_is_told() -> None:
    """Legal words nobody approved are never released by one person."""
    assert flags(GOOD, ASKED, (), draft=True) == ("draft_template",)


def test_a_case_of_files_only_can_be_answered() -> None:
    """Where nothing was written, nothing has to be taken up."""
    assert "unrelated" not in flags(GOOD, "", ())


@given(WORDS, WORDS)
def test_an_answer_is_a_copy_of_itself(finding: str, action: str) -> None:
    """Whatever it says: the same again is always seen, and does not depend on the order told."""
    reply = Reply(finding=finding, action=action)
    if said(reply):
        assert "copied" in flags(reply, "", ["", said(reply)])
    assert flags(reply, finding, ["x y z"]) == flags(reply, finding, ["x y z", "x y z"])


@given(WORDS)
def test_quoting_what_was_asked_is_related(asked: str) -> None:
    """An answer that repeats the question is never said to miss it."""
    assert "unrelated" not in flags(Reply(finding=asked), asked, ())
