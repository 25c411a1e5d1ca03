"""Reading the answer to one question of a form, by its kind."""

from dataclasses import dataclass
from decimal import Decimal

from handlers.content import Field
from handlers.events import SharedContact, SharedPlace
from handlers.reading.dates import read_date, show_date
from handlers.reading.numbers import read_number, show_number
from handlers.reading.phones import read_phone, show_phone
from handlers.reading.places import Place, read_place
from handlers.territory import Found, Unsure
from handlers.unsent import Answer, Option, Part
from handlers.view import View

SHORTEST_STORY = 10  # characters of a long answer; less cannot say what happened and where
LONGEST_LINE = 300  # characters of a short answer
UNKNOWN = "?"  # the value of a commune that an official is to find out


@dataclass(frozen=True, slots=True)
class Refused:
    """What was given cannot be the answer; *why* is the sentence to say."""

    why: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may be one of several; the person is asked back."""

    typed: str
    options: tuple[Option, ...]


Read = Answer | Refused | Unclear


def read_text(field: Field, part: Part, view: View) -> Read:
    """Read a typed answer to *field*, of any kind but long text, which gathers several messages."""
    text = part.text
    match field.kind:
        case "short_text":
            return _short(part, view)
        case "commune":
            return read_commune(part, view)
        case "date":
            return _date(field, part, view)
        case "number":
            return _number(field, part, view)
        case "phone":
            phone = read_phone(text)
            return _phone(phone, part) if phone else Refused(view.say("phone.unclear"))
        case "place":
            return _place(read_place(text[:LONGEST_LINE]), part)
        case "media":
            return Refused(view.say("media.expected"))
        case _:
            return Refused(view.say("choose.again"))


def _short(part: Part, view: View) -> Read:
    line = " ".join(part.text.split())
    if len(line) > LONGEST_LINE:
        return Refused(view.say("text.too_long", length=len(line), most=LONGEST_LINE))
    if not any(letter.isalnum() for letter in line):
        return Refused(view.say("text.blank"))
    return Answer(value=line, text=line, parts=(part,))


def read_commune(part: Part, view: View) -> Answer | Unclear:
    """The commune that was typed, by any name it has or had."""
    match view.content.territory.find(part.text):
        case Found() as found:
            return Answer(value=found.commune.id, text=_named(found, view), parts=(part,))
        case Unsure(options=found, district=district):
            options = tuple(Option(value=one.commune.id, text=_named(one, view)) for one in found)
            return Unclear(typed=district or part.text[:LONGEST_LINE], options=options)
        case _:
            return Unclear(typed=part.text[:LONGEST_LINE], options=())


def _named(found: Found, view: View) -> str:
    """A commune, with the former name it was found by."""
    name, via = found.commune.name, found.via
    if not via:
        return name
    return view.say("commune.formerly", old=via.removesuffix(" (cũ)"), new=name)


def _date(field: Field, part: Part, view: View) -> Read:
    day = read_date(part.text, view.facts.now.date())
    if day is None:
        return Refused(view.say("date.unclear"))
    if field.past and day > view.facts.now.date():
        return Refused(view.say("date.future", day=show_date(day)))
    return Answer(value=day.isoformat(), text=show_date(day), parts=(part,))


def _number(field: Field, part: Part, view: View) -> Read:
    number = read_number(part.text)
    if number is None:
        return Refused(view.say("number.unclear"))
    low, high = _bound(field.min), _bound(field.max)
    if low is not None and number < low:
        return Refused(view.say("number.too_small", least=show_number(low)))
    if high is not None and number > high:
        return Refused(view.say("number.too_large", most=show_number(high)))
    return Answer(value=str(number), text=show_number(number), parts=(part,))


def _bound(limit: float | None) -> Decimal | None:
    return None if limit is None else Decimal(str(limit))


def _phone(phone: str, part: Part) -> Answer:
    return Answer(value=phone, text=show_phone(phone), parts=(part,))


def read_contact(shared: SharedContact, view: View) -> Read:
    """A shared contact answers the question for one's own telephone, and only with one's own."""
    phone = read_phone(shared.phone)
    if not shared.own:
        return Refused(view.say("phone.of_another"))
    if phone is None:
        return Refused(view.say("phone.unclear"))
    return _phone(phone, Part(text=shared.phone, ref=shared.ref))


def _place(place: Place, part: Part) -> Answer:
    value = part.text if place.lat is None else f"{place.lat},{place.lon}"
    return Answer(value=value[:LONGEST_LINE], text=place.text[:LONGEST_LINE], parts=(part,))


def read_position(shared: SharedPlace) -> Answer:
    """A shared position, as an answer to the question for a place."""
    text = _degrees(shared)
    part = Part(text=text, ref=shared.ref)
    return Answer(value=f"{shared.lat:.6f},{shared.lon:.6f}", text=text, parts=(part,))


def position(shared: SharedPlace, view: View) -> Part:
    """A shared position written out, for answers that are text."""
    return Part(text=view.say("place.shared", where=_degrees(shared)), ref=shared.ref)


def _degrees(shared: SharedPlace) -> str:
    where = f"{shared.lat:.6f}, {shared.lon:.6f}"
    return f"{shared.title} ({where})" if shared.title else where


def told(field: Field, value: str, text: str, view: View) -> str:
    """An answer as it is shown: in the reader's language, as far as the form knows it."""
    if field.kind == "commune" and value == UNKNOWN:
        return view.say("commune.left", typed=text)
    option = next((option for option in field.options if option.id == value), None)
    return option.label.in_(view.lang) if option else text
