"""Why a request was refused: a code for programs and one plain sentence for people.

The page says the same in the person's own language; these Vietnamese sentences are for whoever
sees the answer without it.
"""

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

Code = Literal[
    "file_empty",
    "no_cookie",
    "foreign",
    "not_found",
    "wrong_method",
    "too_slow",
    "file_unknown",
    "too_large",
    "text_too_long",
    "wrong_type",
    "file_type",
    "id_card",
    "bad_request",
    "busy",
    "too_often",
    "too_many_files",
    "broken",
    "not_ready",
    "full",
]

_PROBLEMS: dict[Code, tuple[int, str]] = {
    "file_empty": (400, "Tệp không có nội dung. Xin chọn tệp khác."),
    "no_cookie": (401, "Trình duyệt chưa nhận cookie của trang này. Xin mở lại trang chính."),
    "foreign": (403, "Yêu cầu không đến từ trang này."),
    "not_found": (404, "Không có trang này."),
    "wrong_method": (405, "Trang này không nhận cách gửi đó."),
    "too_slow": (408, "Kết nối quá chậm. Xin gửi lại."),
    "file_unknown": (409, "Chưa có tệp này. Xin tải lên lại."),
    "too_large": (413, "Nội dung gửi lên quá lớn."),
    "text_too_long": (413, "Tin nhắn quá dài. Xin chia thành nhiều tin."),
    "wrong_type": (415, "Trang này không nhận kiểu nội dung đó."),
    "file_type": (415, "Không nhận loại tệp này. Xin gửi ảnh, video, ghi âm hoặc tài liệu."),
    "id_card": (
        415,
        "Đây là ảnh giấy tờ tùy thân nên không được lưu. Ý kiến không cần loại ảnh này.",
    ),
    "bad_request": (422, "Yêu cầu không đúng khuôn dạng."),
    "busy": (429, "Đang có quá nhiều kết nối. Xin đợi một lát."),
    "too_often": (429, "Gửi quá nhanh. Xin đợi một lát rồi gửi lại."),
    "too_many_files": (403, "Hôm nay đã gửi quá nhiều tệp. Xin gửi tiếp vào ngày mai."),
    "broken": (500, "Hệ thống gặp sự cố. Xin gửi lại sau ít phút."),
    "not_ready": (503, "Hệ thống đang khởi động hoặc đang dừng. Xin đợi một lát."),
    "full": (507, "Nơi giữ tệp đã đầy. Xin gửi lại sau, hoặc mang giấy tờ đến nơi tiếp nhận."),
}
assert set(_PROBLEMS) == set(get_args(Code))  # noqa: S101 - two lists of one thing


class Problem(BaseModel):
    """Why a request was refused: *code* never changes, *message* is for people."""

    model_config = ConfigDict(frozen=True)

    code: Code
    message: str


class RefusedError(HTTPException):
    """A request that is answered with a `Problem` and does nothing else.

    An HTTPException, because FastAPI lets nothing else through while it reads a body. *after* is
    when to try again, in seconds, where that is known.
    """

    def __init__(self, code: Code, after: float | None = None) -> None:
        status, message = _PROBLEMS[code]
        self.problem = Problem(code=code, message=message)
        self.after = after
        super().__init__(status, code)


_AS_JSON = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

Responses = dict[int | str, dict[str, Any]]
"""What the OpenAPI document says of the answers of one address, by status."""


def refusals(*codes: Code) -> Responses:
    """The ways in which a request to one address can be refused.

    The form is named, not given as a model: FastAPI would say it has the type of the good answer.
    """
    said: Responses = {}
    for code in codes:
        status, message = _PROBLEMS[code]
        entry = said.setdefault(status, {"content": _AS_JSON, "description": ""})
        entry["description"] = f"{entry['description']} `{code}`: {message}".strip()
    return said
