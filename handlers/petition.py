"""The petition of a complaint as form 01 of Decree 155/2026/NĐ-CP has it: its words and its layout.

The words are content (`content/petition.toml`); what nobody filled in is a dotted line, to be
written by hand. Here it becomes *rows*, the same for every kind of document; `bot/petition` draws
them. Nothing in a row is markup, whatever a person wrote.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from handlers.model import Frozen
from handlers.reading.dates import show_date
from handlers.text import clean

# What the embedded type has a glyph for; `tests/petition` holds the font to it.
KEPT = re.compile(
    "[\\n\\x20-\\x7e\xa1-\xac\xae-\u017f\u01a0\u01a1\u01af\u01b0\u0300\u0301\u0303\u0309\u0323"
    "\u1e80-\u1e85\u1ea0-\u1ef9\u2010\u2012-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2032\u2033"
    "\u20ab\u20ac\u2122\u2190-\u2195\u2212\u2260\u2264\u2265\u25a1]"
)
NO_GLYPH = "\u25a1"  # an empty box: a letter that could not be printed is seen, and written by hand
_PLAIN = re.compile("[\\n\\x20-\\x7e\xa1-\xac\xae-\u017f\u1ea0-\u1ef9]*")
_LETTERS = "LN"

Style = Literal[
    "nation",  # the name of the State
    "motto",  # with a line of its own length under it
    "place",  # where and when it is signed
    "title",
    "to",
    "field",  # a label and one value
    "head",  # a label over the text that follows
    "text",  # a paragraph of what a person wrote
    "promise",
    "signer",  # the words over a signature
    "sign",  # how to sign
    "signed",  # the name under it
    "note",  # small: what this paper is
]


class Row(Frozen):
    """One row of the paper: *label*, then *text*; with *dots*, so many lines to write on."""

    style: Style
    label: str = ""
    text: str = ""
    dots: int = 0


class Form(Frozen):
    """The words of the form, and how long what was made is kept.

    *draft* is printed at the end until the form was compared with the official one (*approved*).
    *to_commune* and *to_department* say whom the letter goes to, with its name at ``{name}``.
    The bodies are units: *city*, whoever receives citizens (*reception*), and the departments to
    choose from. *file* is what the documents are called.
    """

    nation: str = Field(min_length=1, max_length=100)
    motto: str = Field(min_length=1, max_length=100)
    date: str = Field(min_length=1, max_length=100)
    title: str = Field(min_length=1, max_length=100)
    to: str = Field(min_length=1, max_length=60)
    to_commune: str = Field(min_length=1, max_length=100)
    to_department: str = Field(min_length=1, max_length=100)
    to_city: str = Field(min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=60)
    address: str = Field(min_length=1, max_length=60)
    id_number: str = Field(min_length=1, max_length=60)
    phone: str = Field(min_length=1, max_length=60)
    against: str = Field(min_length=1, max_length=100)
    known_on: str = Field(min_length=1, max_length=100)
    content: str = Field(min_length=1, max_length=100)
    demand: str = Field(min_length=1, max_length=100)
    documents: str = Field(min_length=1, max_length=100)
    promise: str = Field(min_length=1, max_length=400)
    signer: str = Field(min_length=1, max_length=60)
    sign: str = Field(min_length=1, max_length=100)
    draft: str = Field(min_length=1, max_length=300)
    file: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)
    city: str
    reception: str
    departments: tuple[str, ...] = Field(max_length=12)
    keep_days: int = Field(ge=1, le=30)
    approved: bool
    source: str = Field(min_length=1)


class Petition(Frozen):
    """What is printed into the form; what is empty is left to be written by hand."""

    place: str = ""
    to: str = ""
    name: str = ""
    address: str = ""
    id_number: str = Field(default="", repr=False)
    phone: str = ""
    against: str = ""
    known_on: date | None = None
    content: str = ""
    demand: str = ""
    documents: str = ""


class MakePetition(Frozen):
    """Have the documents of a petition made and brought to this contact; it replaces one asked for.

    An effect, and the only thing that ever holds an ID number: forgotten once that is printed.
    """

    type: Literal["make_petition"] = "make_petition"
    petition: Petition


class ForgetPetition(Frozen):
    """This contact was told of its documents: nothing more is to be done for them."""

    type: Literal["forget_petition"] = "forget_petition"


PetitionEffect = MakePetition | ForgetPetition


def printable(text: str) -> str:
    """The text as it can be printed: NFC, no emoji, a box for a letter the type does not have."""
    text = clean(text)
    if _PLAIN.fullmatch(text):
        return text
    return unicodedata.normalize("NFC", "".join(map(_printed, text))).strip()


def _printed(c: str) -> str:
    if KEPT.fullmatch(c):
        return c
    plain = unicodedata.normalize("NFKC", c)
    if plain != c and all(KEPT.fullmatch(part) for part in plain):
        return plain
    if unicodedata.category(c)[0] in _LETTERS:
        return NO_GLYPH
    return " " if unicodedata.category(c)[0] == "Z" else ""


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(printable(text).split())


def rows(petition: Petition, form: Form) -> Iterator[Row]:
    """The paper from its head to the signature."""
    yield Row(style="nation", text=form.nation)
    yield Row(style="motto", text=form.motto)
    where = line(petition.place) or "……………………"
    yield Row(style="place", text=f"{where}, {form.date}")
    yield Row(style="title", text=form.title)
    yield _valued("to", form.to, petition.to, 1)
    yield _valued("field", form.name, petition.name, 1)
    yield _valued("field", form.address, petition.address, 2)
    yield _valued("field", form.id_number, petition.id_number, 1)
    yield _valued("field", form.phone, petition.phone, 1)
    yield _valued("field", form.against, petition.against, 2)
    known = show_date(petition.known_on) if petition.known_on else ""
    yield _valued("field", form.known_on, known, 1)
    yield from _told(form.content, petition.content, 10)
    yield from _told(form.demand, petition.demand, 4)
    yield from _told(form.documents, petition.documents, 3)
    yield Row(style="promise", text=form.promise)
    yield Row(style="signer", text=form.signer)
    yield Row(style="sign", text=form.sign)
    yield Row(style="signed", text=line(petition.name))
    if not form.approved:
        yield Row(style="note", text=form.draft)


def _valued(style: Style, label: str, value: str, lines: int) -> Row:
    text = line(value)
    return Row(style=style, label=label, text=text, dots=0 if text else lines)


def _told(label: str, value: str, lines: int) -> Iterator[Row]:
    """A label and, under it, what a person wrote, by its paragraphs; or lines to write on."""
    paragraphs = [text for part in printable(value).split("\n") if (text := " ".join(part.split()))]
    yield Row(style="head", label=label, dots=0 if paragraphs else lines)
    for text in paragraphs:
        yield Row(style="text", text=text)
