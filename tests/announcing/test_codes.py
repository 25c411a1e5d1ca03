from storage import open_store
from storage.database import Tx
from tests.sealing import SEAL
from tests.storage.announced import written
from tests.storage.desks import opened
from tests.test_engine import TO_THE_SUMMARY, Office


async def test_a_code_names_one_thing_only(database_url: str) -> None:
    """A new case gets neither the code of another nor, but for its letters, an announcement's."""
    store = await open_store(database_url, seal=SEAL)
    office = Office(store)
    codes = iter(("PA-7K3Q-M2X", "PA-6Q4C-5MJ", "PA-9QXM-7RT"))
    office.turns.fresh_code = lambda: next(codes)

    def begin(tx: Tx) -> None:
        opened(tx, "PA-7K3Q-M2X", "somebody else")
        written(tx, code="TB-6Q4C-5MJ")

    await store.run(begin)
    await office.say(*TO_THE_SUMMARY, "Gửi")
    assert await office.codes() == ["PA-9QXM-7RT"]
    await store.close()
