"""Keyboards under messages: what the platform takes, and how it refuses the rest.

Stricter than the platform in one point: a button without text is refused here, where the real
server silently leaves it out, which a person would never forgive.
"""

from dataclasses import dataclass

from .args import Args, bool_field, text_field
from .errors import ApiError, Json, refuse
from .links import checked_link
from .rules import Limits

INLINE = "inline_keyboard"
REPLY = "keyboard"
REMOVE = "remove_keyboard"
_STYLES = frozenset({"", "default", "primary", "danger", "success"})
_PRIVATE_ONLY = {
    "request_contact": "Phone number",
    "request_location": "Location",
    "request_poll": "Poll",
    "request_users": "Users",
    "request_chat": "Chats",
}
_INLINE_KINDS = (
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "login_url",
    "web_app",
)


@dataclass(frozen=True, slots=True)
class Markup:
    """A keyboard a call asks for: one of inline, reply, remove or force_reply."""

    kind: str
    raw: Json

    @property
    def inline(self) -> bool:
        """Whether the buttons belong to the message itself."""
        return self.kind == INLINE


def read_markup(args: Args, limits: Limits) -> Markup | None:
    """The keyboard of a call, checked for all that needs no chat."""
    value = args.json("reply_markup", "Can't parse reply keyboard markup JSON object")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise refuse("Object expected as reply markup")
    keyboard = _rows(value, REPLY, 'Field "keyboard" must be an Array of Arrays')
    inline = _rows(
        value,
        INLINE,
        'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    )
    if keyboard:
        rows = [[_reply_button(button) for button in row] for row in keyboard]
        return Markup(REPLY, {**value, REPLY: rows})
    if inline:
        return Markup(INLINE, {INLINE: _inline_rows(inline, limits)})
    if bool_field(value, "hide_keyboard") or bool_field(value, REMOVE):
        return Markup(REMOVE, {REMOVE: True})
    if bool_field(value, "force_reply"):
        return Markup("force_reply", dict(value))
    return None


def check_for_chat(markup: Markup | None, *, private: bool) -> None:
    """Refuse buttons that ask a whole group for what one person has."""
    if markup is None or markup.kind != REPLY or private:
        return
    for row in markup.raw[REPLY]:
        for button in row:
            for name, what in _PRIVATE_ONLY.items():
                if button.get(name):
                    raise refuse(f"{what} can be requested in private chats only")


def inline_only(markup: Markup | None) -> Markup | None:
    """An edit takes inline keyboards only."""
    if markup is not None and not markup.inline:
        raise refuse("Inline keyboard expected")
    return markup


def _rows(value: Json, name: str, complaint: str) -> list[list[object]]:
    rows = value.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise refuse(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise refuse(complaint)
    return [row for row in rows if row]


def _reply_button(button: object) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise refuse("Can't parse keyboard button: KeyboardButton must be a String or an Object")
    text = _within("Can't parse keyboard button", button, "text")
    if not text:
        raise refuse("Keyboard button text must be non-empty")
    return {**button, "text": text}


def _inline_rows(rows: list[list[object]], limits: Limits) -> list[list[Json]]:
    made = [[_inline_button(button, limits) for button in row] for row in rows]
    if sum(map(len, made)) > limits.inline_buttons:
        raise refuse("reply markup is too long")
    if max(map(len, made)) > limits.inline_row:
        raise refuse("reply markup is too long")
    return made


def _inline_button(button: object, limits: Limits) -> Json:
    where = "Can't parse inline keyboard button"
    if not isinstance(button, dict):
        raise refuse(f"{where}: InlineKeyboardButton must be an Object")
    text = _within(where, button, "text")
    if not text:
        raise refuse("Inline keyboard button text must be non-empty")
    style = _within(where, button, "style", required=False)
    if style.lower() not in _STYLES:
        raise refuse(f"{where}: invalid button style specified")
    made: Json = {"text": text}
    if style:
        made["style"] = style
    url = _within(where, button, "url", required=False)
    if url:
        if not checked_link(url):
            message = f"Inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
            raise refuse(message)
        return {**made, "url": url}
    return {**made, **_action(button, limits)}


def _action(button: Json, limits: Limits) -> Json:
    where = "Can't parse inline keyboard button"
    if data := _within(where, button, "callback_data", required=False):
        if len(data.encode(errors="surrogatepass")) > limits.callback_data:
            raise refuse("BUTTON_DATA_INVALID")
        return {"callback_data": data}
    for kind in _INLINE_KINDS:
        if kind in button:
            return {kind: button[kind]}
    if "copy_text" in button:
        copied = button["copy_text"]
        text = text_field(copied, "text") if isinstance(copied, dict) else ""
        if not 0 < len(text) <= limits.copy_text:
            raise refuse("BUTTON_COPY_TEXT_INVALID")
        return {"copy_text": {"text": text}}
    raise refuse(f"{where}: Text buttons are unallowed in the inline keyboard")


def _within(where: str, obj: Json, name: str, *, required: bool = True) -> str:
    try:
        return text_field(obj, name, required=required)
    except ApiError as error:
        complaint = error.description.removeprefix("Bad Request: ")
        raise refuse(f"{where}: {complaint[:1].upper()}{complaint[1:]}") from error
