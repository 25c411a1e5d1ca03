"""The manual's copy of the notice about personal data: ``python -m bot privacy``."""

from datetime import date

from handlers.content import Content
from handlers.privacy import notice

_HEAD = """\
<!-- Made by `python -m bot privacy > docs/privacy.md` of content/privacy/, content/law.toml and
content/controller.toml: edit those. On the web: /rieng-tu, and /rieng-tu?lang=en. -->
"""


def document(content: Content, today: date) -> str:
    """Both languages of the notice, as they read *today*, one below the other."""
    vi, en = (notice(content, today, lang).strip() for lang in ("vi", "en"))
    return f"{_HEAD}\n{vi}\n\n---\n\n{en}\n"
