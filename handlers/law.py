"""The figures of the law that anybody reads here, each with its source, validity and approval.

A rule is data: `content/law.toml`, or an amendment of kind ``rule`` by command. It is a draft, and
shown as one, until an official has approved just this version of it (`Rule.version`); outside its
validity nobody is told the figure at all.
"""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from handlers.approval import Approvable, Validity
from handlers.words import NAME, Lang, Words

Measure = Literal["ngày", "ngày làm việc", "giờ", "tháng", "năm", "%", ""]
VALUE = "{value}"
_ENGLISH: dict[Measure, str] = {
    "ngày": "days",
    "ngày làm việc": "working days",
    "giờ": "hours",
    "tháng": "months",
    "năm": "years",
}
_ASKED_FOR = """
    complaint_file_days complaint_rest_day complaint_accept_days complaint_first_days
    complaint_first_complex_days
    complaint_second_file_days complaint_second_file_remote_days denunciation_form
    denunciation_secrecy denunciation_log_days denunciation_forward_days
    denunciation_settle_days data_acknowledge_days data_copy_days data_copy_more_days
    data_object_days data_object_more_days data_erase_days data_erase_more_days breach_notice_hours
"""
NEEDED = frozenset(_ASKED_FOR.split())  # the rules the program asks for by name


class Rule(Approvable):
    """One rule of the law: its *text* with its figure at ``{value}``, and where it stands.

    *source* names the act and the article; *note* is for officials: what is not certain, where it
    was read. *valid_from* and *valid_to* are its first and its last day. *owner* is the unit, or
    the role, that keeps it right.
    """

    APART: ClassVar[frozenset[str]] = frozenset({"id", "by", "approval", "owner", "note"})

    id: str = Field(pattern=NAME)
    value: int | None = Field(default=None, ge=1, le=10_000)
    unit: Measure = ""
    text: Words
    source: str = Field(min_length=1, max_length=300)
    note: str = Field(default="", max_length=500)
    valid_from: date
    valid_to: date | None = None
    owner: str = Field(min_length=1, max_length=60)

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """Dates in order; a figure stands in the text, and its unit with it."""
        if found := "\n".join(self._faults()):
            raise ValueError(found)
        return self

    def _faults(self) -> Iterator[str]:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            yield "valid_to trước valid_from — đổi chỗ hai ngày"
        if (self.value is None) != (not self.unit):
            yield "value và unit phải có cả hai, hoặc không có cả hai — thêm hoặc xóa một dòng"
        for words in (self.text.vi, self.text.en):
            if words.count(VALUE) != (self.value is not None):
                wanted = (
                    "cần một chỗ {value}" if self.value is not None else "không có value để điền"
                )
                yield f'"{words[:40]}…" {wanted} — sửa câu text'

    def validity(self, today: date) -> Validity:
        """Whether it is in force *today*."""
        if today < self.valid_from:
            return "future"
        return "expired" if self.valid_to is not None and today > self.valid_to else "valid"

    def in_force(self, today: date) -> bool:
        """Whether anybody may be told its figure *today*."""
        return self.validity(today) == "valid"

    def figure(self, lang: Lang = "vi") -> str:
        """Its figure with the unit, bare of any mark: ``90 ngày``; empty for a rule without one."""
        if self.value is None:
            return ""
        if self.unit == "%":
            return f"{self.value}%"
        return f"{self.value} {self.unit if lang == 'vi' else _ENGLISH[self.unit]}"

    def words(self, lang: Lang = "vi") -> str:
        """Its text with the figure in its place, bare of any mark."""
        return self.text.in_(lang).replace(VALUE, self.figure(lang))
