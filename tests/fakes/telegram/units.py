"""Lengths as the platform counts them."""


def units(text: str) -> int:
    """UTF-16 units of a text."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def byte_offset(text: str, index: int) -> int:
    """UTF-8 bytes before a character: where the platform says a mistake is."""
    return len(text[:index].encode(errors="surrogatepass"))
