"""Links by which another chat becomes one of the same person's: what they look like."""

from handlers.codes import read_receipt

LINK = "noi-"  # how the payload of such a link begins
MINUTES = 30  # one is valid: long enough to take up the other telephone
LONGEST = 100  # characters of what is read behind a command


def link(command: str, behind: str) -> str:
    """The token of ``/start noi-…``, as it was made, or as it was typed; else empty."""
    if command != "start" or behind[: len(LINK)].casefold() != LINK:
        return ""
    typed = behind[:LONGEST]
    code = read_receipt(typed[len(LINK) :])
    return f"{LINK}{code}" if code else typed
