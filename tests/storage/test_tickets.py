import unicodedata
from functools import partial

import pytest

from handlers.desk.dossier import DeskCard
from handlers.tickets import Card, Story
from storage import desk, history, people, tickets
from storage.database import Store, Tx
from tests.storage.desks import step
from tests.storage.samples import (
    CODE,
    DAY,
    LINES,
    NOW,
    PHOTO,
    RECEIPT,
    SECOND,
    SECRET,
    addition,
    case,
)

OTHER = "PA-2345-678"


@pytest.fixture
async def contact(store: Store) -> int:
    """Somebody with one case about land."""

    def begin(tx: Tx) -> int:
        contact = people.contact(tx, "web", "a", NOW).id
        opened = case(media=(PHOTO,), name="Nguyễn Thị Bưởi", phone="+84905123456")
        tickets.open(tx, contact, opened, NOW, SECRET)
        return contact

    return await store.run(begin)


async def story_of(store: Store, code: str = CODE) -> Story:
    """The story of a case that is there."""
    story = await store.read(partial(tickets.story, code=code))
    assert story is not None
    return story


async def test_a_case_is_told_as_it_was_sent(store: Store, contact: int) -> None:
    """A new case is recorded with its answers, files, unit and due date, held by its sender."""
    story = await story_of(store)
    assert story.card == Card(
        code=CODE,
        topic="land",
        status="recorded",
        unit="so-nn-mt",
        commune="20194",
        opened_at=NOW,
        due_on=case().due_on,
    )
    assert story.lines == LINES
    assert story.media == (PHOTO,)
    assert [(h.kind, h.at, h.text, h.files) for h in story.happenings] == [("opened", NOW, "", 1)]
    assert await store.read(partial(tickets.holds, code=CODE, contact_id=contact))
    assert await store.read(partial(people.person, contact_id=contact)) == (
        "Nguyễn Thị Bưởi",
        "+84905123456",
        "vi",
    )


async def test_a_code_is_used_once(store: Store, contact: int) -> None:
    """A used code is known as such, and a second case with it is refused whole."""
    assert await store.read(partial(tickets.code_exists, code=CODE))
    assert not await store.read(partial(tickets.code_exists, code=OTHER))
    assert await store.read(partial(tickets.story, code=OTHER)) is None
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.run(
            partial(tickets.open, contact_id=contact, case=case(), now=NOW, secret=SECRET)
        )
    assert len((await story_of(store)).happenings) == 1


async def test_only_the_receipt_proves_a_case(store: Store, contact: int) -> None:
    """The right receipt proves its case and no other; it is not in the database to be read."""

    def proves(code: str, receipt: str, secret: bytes = SECRET) -> partial[bool]:
        return partial(tickets.proves, code=code, receipt=receipt, secret=secret)

    assert await store.read(proves(CODE, RECEIPT))
    assert not await store.read(proves(CODE, "H4TN-62XC-9FQL"))
    assert not await store.read(proves(OTHER, RECEIPT))
    assert not await store.read(proves(CODE, RECEIPT, b"another province's"))
    row = await store.read(lambda tx: tx.row("SELECT * FROM tickets"))
    assert RECEIPT not in str(row)


async def test_a_case_is_followed_from_another_channel(store: Store, contact: int) -> None:
    """Whoever holds a case has it in their list; holding twice is one entry of its history."""
    other = await store.run(lambda tx: people.contact(tx, "telegram", "9", NOW).id)
    assert await store.read(partial(tickets.cards, contact_id=other, query="", limit=9)) == ()
    for _ in range(2):
        assert await store.run(partial(tickets.hold, code=CODE, contact_id=other, now=NOW))
    assert not await store.run(partial(tickets.hold, code=OTHER, contact_id=other, now=NOW))
    (card,) = await store.read(partial(tickets.cards, contact_id=other, query="", limit=9))
    assert card.code == CODE
    assert [h.kind for h in (await story_of(store)).happenings] == ["opened", "held"]


async def test_what_is_added_is_told_and_found(store: Store, contact: int) -> None:
    """Text and files added later are in the story in order, and the case is found by the text."""
    more = PHOTO.model_copy(update={"key": "telegram:more"})
    for note in (addition("Nhà tôi bị ngập nước", media=(more, PHOTO)), addition("Xin trả lời")):
        assert await store.run(
            partial(tickets.add_note, contact_id=contact, addition=note, now=NOW + SECOND)
        )
    story = await story_of(store)
    assert [(h.kind, h.text, h.files) for h in story.happenings[1:]] == [
        ("added", "Nhà tôi bị ngập nước", 2),
        ("added", "Xin trả lời", 0),
    ]
    assert story.media == (PHOTO, more)
    for words in ("ngập nước", "xin trả lời", "đền bù đất"):
        assert [card.code for card in await store.read(search(words))] == [CODE]


async def test_only_who_follows_a_case_adds_to_it(store: Store, contact: int) -> None:
    """Adding to a case one does not follow, or that is not there, does nothing."""
    stranger = await store.run(lambda tx: people.contact(tx, "web", "b", NOW).id)
    note = addition("Tôi là người lạ")
    assert not await store.run(
        partial(tickets.add_note, contact_id=stranger, addition=note, now=NOW)
    )
    missing = addition("Không có", OTHER)
    assert not await store.run(
        partial(tickets.add_note, contact_id=contact, addition=missing, now=NOW)
    )
    assert len((await story_of(store)).happenings) == 1


async def test_a_withdrawn_case_is_closed_to_additions(store: Store, contact: int) -> None:
    """Taking back is told with its reason, and ends adding."""
    withdraw = step("withdraw", contact=contact, days=1, words="Đã xong")
    assert await store.run(withdraw) == "withdrawn"
    note = addition("Quên mất")
    assert not await store.run(
        partial(tickets.add_note, contact_id=contact, addition=note, now=NOW)
    )
    story = await story_of(store)
    assert story.card.status == "withdrawn"
    assert [(h.kind, h.text) for h in story.happenings] == [
        ("opened", ""),
        ("withdrawn", "Đã xong"),
    ]


async def test_ones_own_cases_are_listed_newest_first_and_by_words(
    store: Store, contact: int
) -> None:
    """The list is the contact's own, bounded, and narrowed to the cases with all the words."""

    def more(tx: Tx) -> None:
        for number, about in enumerate(("Học phí", "Đền bù nhà", "Miễn học phí")):
            opened = case(f"PA-{number}", about=about)
            tickets.open(tx, contact, opened, NOW + (number + 1) * DAY, SECRET)
        stranger = people.contact(tx, "web", "b", NOW).id
        tickets.open(tx, stranger, case("PA-9", about="Học phí đền bù"), NOW, SECRET)

    await store.run(more)

    async def codes(query: str, limit: int = 9) -> list[str]:
        cards = await store.read(
            partial(tickets.cards, contact_id=contact, query=query, limit=limit)
        )
        return [card.code for card in cards]

    assert await codes("") == ["PA-2", "PA-1", "PA-0", CODE]
    assert await codes("", limit=2) == ["PA-2", "PA-1"]
    assert await codes("học phí") == ["PA-2", "PA-0"]
    assert await codes("bù đền") == ["PA-1", CODE]
    assert await codes("không có") == []
    assert await codes('" OR * (') == []
    assert len(await codes('"*(')) == 4


def search(query: str) -> partial[tuple[DeskCard, ...]]:
    """A search over all cases."""
    return partial(desk.search, query=query, units=frozenset({"*"}), limit=10)


SAYINGS = (
    ("PA-A", "Tôi CHƯA nhận tiền ĐỀN BÙ ĐẤT ở thôn 3"),
    ("PA-B", unicodedata.normalize("NFD", "gia đình xin hỏi đền bù đất vườn")),
    ("PA-C", "den bu dat nong nghiep 50%"),
    ("PA-D", "đất đền bù chưa đủ"),
    ("PA-E", "đền thờ, bù lỗ, đất ở"),
    ("PA-F", "nước ngập đường"),
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("den bu dat", ["PA-C", "PA-B", "PA-A"]),
        ("đền bù đất", ["PA-C", "PA-B", "PA-A"]),
        (unicodedata.normalize("NFD", "Đền Bù Đất"), ["PA-C", "PA-B", "PA-A"]),
        ("  ĐỀN, bù... đất!! ", ["PA-C", "PA-B", "PA-A"]),
        ("đất đền bù", ["PA-D"]),
        ("50%", ["PA-C"]),
        ("ngap", ["PA-F"]),
        ("nga", []),
        ("", []),
        ("!!!", []),
        ('"den" OR "nuoc"', []),
        ("den* AND words:x NOT (y", []),
        ("\0\ud800", []),
    ],
)
async def test_a_phrase_is_found_however_it_is_written(
    store: Store, query: str, found: list[str]
) -> None:
    """Accents, case, Unicode form and punctuation make no difference; the order of words does."""

    def fill(tx: Tx) -> None:
        contact = people.contact(tx, "web", "a", NOW).id
        for code, about in SAYINGS:
            tickets.open(tx, contact, case(code, about=about), NOW, SECRET)

    await store.run(fill)
    assert [card.code for card in await store.read(search(query))] == found


async def test_a_case_told_for_ever_stays_searchable(store: Store, contact: int) -> None:
    """However much is added, the words a case is found by stay within what the engines take."""
    for number in range(5):
        note = addition(" ".join(f"từ{number}x{word}" for word in range(9000)))
        add = partial(tickets.add_note, contact_id=contact, addition=note, now=NOW)
        assert await store.run(add)
    assert [card.code for card in await store.read(search("từ1x5"))] == [CODE]
    length = await store.read(lambda tx: tx.row("SELECT LENGTH(words) FROM ticket_words"))
    assert length == (tickets.SEARCHABLE,)
    assert (await store.read(history.verify_all)).broken == 0
