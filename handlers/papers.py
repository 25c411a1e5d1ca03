"""Pictures of identity papers, as their senders call them: nobody needs one, and none is kept.

Decree 356/2025 counts the picture of an identity card among sensitive data. What the picture itself
shows is looked at where it arrives (`bot.idcards`); here is what its name and its caption say. Of a
caption one can't be sure, so its sender is told how to send what was meant otherwise.
"""

import re

from handlers.events import Media, SentMedia
from handlers.text import clean, fold

SHORT = 60  # signs of a caption that names the picture and says no more
_CARD = re.compile(
    r"(?<![a-z])(?:cccd|cmnd|cmtnd|can ?cuoc(?: ?cong ?dan)?|chung minh (?:nhan dan|thu(?! nhap))|"
    r"cmt ?(?:mat )?(?:truoc|sau)|the cmt|id ?card|ho chieu|passport)(?![a-z])"
)
_SIDE = re.compile(r"(?:anh )?mat (?:truoc|sau)(?: \d{1,2})?(?: (?:jpe?g|png|webp|heic|pdf))?")
_LOOKED_AT = {"photo", "document", "video"}


def names_card(name: str) -> bool:
    """Whether a file's name says that it is an identity paper."""
    folded = fold(name[:200])
    return bool(_CARD.search(folded) or _SIDE.fullmatch(folded))


def is_named_card(media: Media) -> bool:
    """Whether *media* is a picture that its own name calls an identity paper."""
    return media.kind in _LOOKED_AT and names_card(media.name)


def spoken_of(sent: SentMedia) -> bool:
    """Whether pictures came with words that may call them an identity paper."""
    return any(media.kind in _LOOKED_AT for media in sent.media) and names_card(clean(sent.caption))
