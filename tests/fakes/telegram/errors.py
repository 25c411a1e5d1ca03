"""Refusals in the exact shape and words of the Bot API server."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A call is refused with *code*, *description* and, at times, parameters for the caller."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        """Carry the three parts of a refusal."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        """The answer as it goes over the wire."""
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def refuse(message: str) -> ApiError:
    """A 400; its first letter is lowered unless the second is upper case or `_`."""
    if len(message) > 1 and (message[1] == "_" or "A" <= message[1] <= "Z"):
        return ApiError(400, f"Bad Request: {message}")
    return ApiError(400, f"Bad Request: {message[:1].lower()}{message[1:]}")


def forbid(message: str) -> ApiError:
    """A 403: the bot may not write there."""
    return ApiError(403, f"Forbidden: {message}")


def too_many(retry_after: int) -> ApiError:
    """A 429 that tells how many seconds to wait."""
    return ApiError(
        429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after}
    )


def conflict(message: str) -> ApiError:
    """A 409: another way of getting updates is at work."""
    return ApiError(409, f"Conflict: {message}")


def migrated(chat_id: int) -> ApiError:
    """A 400 that names the supergroup which took the group's place."""
    return ApiError(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": chat_id},
    )
