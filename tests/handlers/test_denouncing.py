"""What is told in confidence: its code, and who may know of it."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.codes import make_code
from handlers.denouncing import FEW, confidential_code, count_shown, may_read

CODES = st.lists(st.integers(0, 22), min_size=6, max_size=6).map(make_code)
UNITS = st.sampled_from(["xa-phu-ninh", "so-y-te", "thanh-tra"])
HELD = st.frozensets(UNITS | st.just("*"))


@given(CODES)
def test_a_code_is_read_as_a_case_s_is(code: str) -> None:
    """However it is typed: in small letters, without dashes, with look-alikes."""
    made = f"TT{code[2:]}"
    assert confidential_code(made) == made
    assert confidential_code(f" {made.lower().replace('-', ' ')} ") == made
    assert confidential_code(code) == ""
    assert confidential_code(f"{made} và một chuyện khác") == ""


@given(UNITS, HELD, HELD)
def test_nobody_with_a_duty_in_the_unit_named_reads_it(
    unit: str, inspects: frozenset[str], barred: frozenset[str]
) -> None:
    """Whatever else they are: an inspector of everything, too."""
    assert not may_read(unit, inspects, barred | {unit})


@given(HELD, HELD)
def test_while_the_unit_is_not_known_only_who_is_of_no_unit_reads_it(
    inspects: frozenset[str], barred: frozenset[str]
) -> None:
    """It could be anybody's: who has a duty in any unit waits until it is known."""
    assert may_read("", inspects, barred) == ("*" in inspects and not barred)


@given(UNITS, HELD)
def test_who_inspects_nothing_reads_nothing(unit: str, barred: frozenset[str]) -> None:
    """Not an administrator, not a leader: only the duty of an inspector opens it."""
    assert not may_read(unit, frozenset(), barred)
    assert not may_read("", frozenset(), barred)


@given(st.integers(0, 100))
def test_a_small_count_is_no_number(count: int) -> None:
    """Fewer than five might tell who somebody is."""
    assert count_shown(count) == (str(count) if count >= FEW else "")
