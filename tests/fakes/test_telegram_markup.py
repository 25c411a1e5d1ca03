"""Telegram's HTML and Markdown as the fake reads them, mistakes and their places included."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.telegram import ApiError
from tests.fakes.telegram.args import from_query
from tests.fakes.telegram.parse_html import parse_html
from tests.fakes.telegram.parse_markdown import parse_markdown, parse_markdown_v2
from tests.fakes.telegram.text import tidy
from tests.fakes.telegram.units import units

Found = list[tuple[str, int, int]]


def brief(entities: list[dict[str, object]]) -> list[tuple[object, object, object]]:
    """Kind, offset and length of each entity."""
    return [(each["type"], each["offset"], each["length"]) for each in entities]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("a &lt; b &amp; c &quot; &#225; &#xe1; &nbsp;", 'a < b & c " á á &nbsp;', []),
        ("<b>a</b><i></i>", "a", [("bold", 0, 1)]),
        ("<B>a</b>", "a", [("bold", 0, 1)]),
        ("<u>a<s>b</s></u>", "ab", [("underline", 0, 2), ("strikethrough", 1, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<pre>x</pre><code>y</code>", "xy", [("pre", 0, 1), ("code", 1, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<a href="dienbien.gov.vn">x</a>', "x", [("text_link", 0, 1)]),
        ("<a>không phải</a>", "không phải", []),
        ('<a href="tg://user?id=5">x</a>', "x", [("text_mention", 0, 1)]),
        ('<tg-emoji emoji-id="5">😀</tg-emoji>', "😀", [("custom_emoji", 0, 2)]),
        ("<b>a</>", "a", [("bold", 0, 1)]),
    ],
)
def test_html(source: str, text: str, found: Found) -> None:
    """HTML becomes a text and entities."""
    read, entities = parse_html(source)
    assert (read, brief(entities)) == (text, found)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>a", 'can\'t find end tag corresponding to start tag "b"'),
        ("ế<b>a</i>", 'unmatched end tag at byte offset 7, expected "</b>", found "</i>"'),
        ("a</b>", "unexpected end tag at byte offset 1"),
        ("1 < 2", 'unsupported start tag "" at byte offset 2'),
        ("<p>a</p>", 'unsupported start tag "p" at byte offset 0'),
        ("a <b", "unclosed start tag at byte offset 2"),
        ('<a href="x', "unclosed start tag at byte offset 0"),
        ("<b>a</b", "unclosed end tag at byte offset 4"),
        ("<a href=x/y>a</a>", "unexpected end of name token at byte offset 8"),
        ("<a =x>a</a>", 'empty attribute name in the tag "a" at byte offset 0'),
        ("<span>a</span>", 'tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "invalid custom emoji identifier specified"),
        ("&#xd800;", "text contains invalid Unicode characters"),
    ],
)
def test_mistakes_in_html(source: str, why: str) -> None:
    """A mistake is refused in the platform's words, with its place in bytes."""
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.description.removeprefix("Bad Request: ").startswith(why)


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        (r"*đậm* _nghiêng_ \*", "đậm nghiêng *", [("bold", 0, 3), ("italic", 4, 7)]),
        ("__gạch__ ~bỏ~ ||kín||", "gạch bỏ kín", None),
        ("*a _b_ c*", "a b c", [("bold", 0, 5), ("italic", 2, 1)]),
        ("`a*b` ```py\nx=1```", "a*b x=1", [("code", 0, 3), ("pre", 4, 3)]),
        ("[x](https://a.vn/\\))", "x", [("text_link", 0, 1)]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 4)]),
        (">a||", "a", [("expandable_blockquote", 0, 1)]),
        ("![😀](tg://emoji?id=5)", "😀", [("custom_emoji", 0, 2)]),
        ("_a__b__c_", "abc", [("italic", 0, 3), ("underline", 1, 1)]),
    ],
)
def test_markdown_v2(source: str, text: str, found: Found | None) -> None:
    """MarkdownV2 becomes a text and entities."""
    read, entities = parse_markdown_v2(source)
    assert read == text
    if found is not None:
        assert brief(entities) == found


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a.", "character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a > b", "character '>' is reserved and must be escaped"),
        ("*a", "can't find end of Bold entity at byte offset 0"),
        ("ế `a", "can't find end of Code entity at byte offset 4"),
        ("[x](a", "can't find end of a URL at byte offset 4"),
        ("![x]", "the entity must contain a tg://emoji or tg://time URL"),
        (">*a\nb", "can't find end of Bold entity at byte offset 1"),
    ],
)
def test_mistakes_in_markdown_v2(source: str, why: str) -> None:
    """A reserved letter out of place, and an entity that does not end, are refused."""
    with pytest.raises(ApiError) as caught:
        parse_markdown_v2(source)
    assert why in caught.value.description


def test_old_markdown() -> None:
    """The old Markdown knows four marks and no nesting."""
    source = r"*đậm* _nghiêng_ `mã` [trang](https://a.vn) \_ ```py" + "\nx```"
    text, entities = parse_markdown(source)
    assert text == "đậm nghiêng mã trang _ x"
    kinds = ["bold", "italic", "code", "text_link", "pre"]
    assert [each["type"] for each in entities] == kinds
    with pytest.raises(ApiError, match="can't find end of the entity starting at byte offset 4"):
        parse_markdown("ế *a")


@given(st.dictionaries(st.text("ab=&%+\r\n;ế😀", min_size=1), st.text("ab=&%+\r\n ;ế😀")))
def test_forms_are_read_as_the_standard_library_does(values: dict[str, str]) -> None:
    """The fast way of reading a form gives what the library's way gives."""
    form = urlencode(values)
    assert from_query(form.encode()) == dict(parse_qsl(form, keep_blank_values=True)) == values


@given(st.text("ab=&%+1F;ế"))
def test_odd_forms_are_read_as_the_standard_library_does(form: str) -> None:
    """So do forms nobody encoded properly."""
    pairs = parse_qsl(form, keep_blank_values=True, errors="surrogateescape")
    expected = dict(reversed(pairs))
    expected.pop("", None)
    assert from_query(form.encode()) == expected


@given(st.text())
def test_escaped_html_comes_back(text: str) -> None:
    """A text whose three special letters are escaped is read back as it was."""
    text = text.encode(errors="ignore").decode()
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(escaped) == (text, [])


@given(st.text(alphabet="ab<>/&;=\"' *_[]()`~|!>\\\n#.ế😀"))
def test_any_text_is_read_or_refused(source: str) -> None:
    """No input breaks a parser, and no entity reaches past the text."""
    for parser in (parse_html, parse_markdown, parse_markdown_v2):
        try:
            text, entities = parser(source)
        except ApiError:
            continue
        text, entities = tidy(text, entities)
        for entity in entities:
            assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text)
