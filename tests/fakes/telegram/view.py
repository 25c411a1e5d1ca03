"""Messages as a person sees them on the screen."""

from dataclasses import dataclass, field
from typing import Any

from .chats import Message
from .errors import Json


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it looked at one moment. *at* is the platform's clock in seconds.

    *raw* is the Bot API message; *markup* its keyboard, the kinds updates don't show included.
    """

    raw: Json
    markup: Json
    from_bot: bool
    at: float
    edited: bool = False
    deleted: bool = False
    reactions: list[str] = field(default_factory=list)

    @property
    def message_id(self) -> int:
        """The number within the chat."""
        return int(self.raw["message_id"])

    @property
    def chat_id(self) -> int:
        """The chat it stands in."""
        return int(self.raw["chat"]["id"])

    @property
    def thread_id(self) -> int | None:
        """The topic it stands in."""
        thread: int | None = self.raw.get("message_thread_id")
        return thread

    @property
    def text(self) -> str:
        """The text, or the caption of a file."""
        return str(self.raw.get("text", self.raw.get("caption", "")))

    @property
    def rows(self) -> list[list[str]]:
        """Labels of the inline buttons, row by row."""
        return [[button["text"] for button in row] for row in self._inline()]

    @property
    def labels(self) -> list[str]:
        """Labels of the inline buttons, in reading order."""
        return [button["text"] for row in self._inline() for button in row]

    @property
    def buttons(self) -> list[Json]:
        """The inline buttons themselves, in reading order."""
        return [button for row in self._inline() for button in row]

    @property
    def keyboard(self) -> list[str]:
        """Labels of the reply keyboard this message brought."""
        return [button["text"] for row in self.markup.get("keyboard", []) for button in row]

    @property
    def removes_keyboard(self) -> bool:
        """Whether it took the reply keyboard away."""
        return bool(self.markup.get("remove_keyboard"))

    def button(self, wanted: str | int) -> Json:
        """The inline button of a label, of a unique part of one, or of a position.

        A label that fits none or several raises LookupError with those there are.
        """
        buttons = self.buttons
        if isinstance(wanted, int):
            if not -len(buttons) <= wanted < len(buttons):
                raise LookupError(f"no button {wanted} among {self.labels}")
            return buttons[wanted]
        found = pick(wanted, self.labels)
        return buttons[found]

    def _inline(self) -> list[list[Json]]:
        rows: list[list[Json]] = self.markup.get("inline_keyboard", [])
        return rows

    def to_json(self) -> Json:
        """For the way over HTTP."""
        return {
            "raw": self.raw,
            "markup": self.markup,
            "from_bot": self.from_bot,
            "at": self.at,
            "edited": self.edited,
            "deleted": self.deleted,
            "reactions": self.reactions,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Shown":
        """Back from the way over HTTP."""
        return cls(**value)


def show(message: Message) -> Shown:
    """How a message looks now."""
    markup = {} if message.markup is None else message.markup.raw
    return Shown(
        message.raw,
        markup,
        message.from_bot,
        message.at,
        message.edited,
        message.deleted,
        list(message.reactions),
    )


def pick(wanted: str, labels: list[str]) -> int:
    """The position of a label: as written, else the only one that contains it in any case."""
    if labels.count(wanted) == 1:
        return labels.index(wanted)
    part = wanted.casefold()
    near = [at for at, label in enumerate(labels) if part in label.casefold()]
    if len(near) == 1:
        return near[0]
    raise LookupError(f"no single button {wanted!r} among {labels}")
