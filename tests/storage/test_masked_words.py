"""What a case is found by holds nobody's numbers, whoever wrote it down."""

from storage import people, tickets
from storage.database import Store, Tx
from tests.storage.samples import CODE, NOW, SECRET, case

PHONE, ACCOUNT, THUA = "0905 123 456", "0041 0003 12345", "thửa 123"
WORDS = "SELECT words FROM ticket_words"


async def test_nobodys_number_is_in_the_index(store: Store) -> None:
    """Neither what a case was opened with nor what was added leaves one; the rest is found."""

    def write(tx: Tx) -> list[str]:
        contact = people.contact(tx, "web", "a", NOW).id
        opened = case(about=f"Gọi {PHONE}, {THUA}", code=CODE)
        tickets.open(tx, contact, opened, NOW, SECRET)
        more = opened.model_dump() | {"search": f"STK {ACCOUNT}, gọi lại 0905.123.456"}
        tickets.open(tx, contact, type(opened).model_validate(more | {"code": "PA-2"}), NOW, SECRET)
        return [row[0] for row in tx.rows(WORDS)]

    words = " ".join(await store.run(write))
    assert "thua 123" in words
    assert "goi lai" in words
    assert not {"0905", "456", "0041", "12345"} & set(words.split())
