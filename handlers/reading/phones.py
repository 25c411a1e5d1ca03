"""Telephone numbers, by the numbering plan that Google's libphonenumber keeps."""

import re
import unicodedata
from collections.abc import Iterator

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from handlers.text import clean

_LIMIT = 200
_HOME = "VN"
_COUNTRY = 84
_OF_PEOPLE = {
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
}
# Eight digits at least, with what people put between them; a letter ends the number.
_DIGITS = re.compile(r"(?<![^\W_])(?:\(?\+ ?)?\(?[0-9](?:[\s().\-‐-―]{0,3}[0-9]){7,17}(?![^\W_])")


def read_phone(text: str) -> str | None:
    """The one telephone number in what somebody typed, in E.164 (`+84905123456`), or None.

    Vietnamese mobile and landline numbers in any spacing, with 0, 84, 0084 or +84; foreign ones
    with their +. Numbers of before 2018 (`0162…`), hotlines (`1022`, `1900…`), two different
    numbers and more than 200 characters are None.
    """
    if len(text) > _LIMIT:
        return None
    found = set(_numbers(unicodedata.normalize("NFKC", clean(text))))
    return found.pop() if len(found) == 1 else None


def show_phone(number: str) -> str:
    """A number in E.164 as people write it: `0905 123 456`, a foreign one `+1 202-555-0123`.

    Anything else stays as it is.
    """
    parsed = _parse(number)
    if parsed is None:
        return number
    home = parsed.country_code == _COUNTRY
    style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def _numbers(text: str) -> Iterator[str]:
    for digits in _DIGITS.findall(text):
        if parsed := _parse(digits):
            yield phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def _parse(text: str) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text, _HOME)
    except NumberParseException:
        return None
    return parsed if phonenumbers.number_type(parsed) in _OF_PEOPLE else None
