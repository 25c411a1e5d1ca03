"""Lays the amendments in force over the files; what no longer fits is left out, and logged."""

import logging
from collections.abc import Sequence

from handlers.content import Content
from handlers.desk.amendments import Amendment, overlaid

log = logging.getLogger(__name__)


def amended(content: Content, stored: Sequence[Amendment]) -> Content:
    """The files' *content* as it was amended by command."""
    overlay = overlaid(content, stored)
    for kind, key, faults in overlay.skipped:
        why = "; ".join(map(str, faults))
        log.warning("amendment left out", extra={"amendment": f"{kind} {key}", "why": why})
    return overlay.content
