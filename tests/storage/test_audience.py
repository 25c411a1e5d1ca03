from functools import partial

import pytest

from handlers.announcing import Audience
from handlers.desk.people import Duty
from storage import deliveries, follows, people, tickets
from storage.database import Store, Tx
from tests.storage.announced import chat, leave, running, states, tallies, wants, written
from tests.storage.desks import member, opened
from tests.storage.samples import CODE, NOW

OTHER = "TB-9QXM-7RT"


async def told(store: Store, audience: Audience) -> tuple[list[str], dict[str, int]]:
    """The addresses of those who have a row of the ledger, and what the dry run said before."""
    counts = await store.read(partial(deliveries.count, audience=audience))

    def prepare(tx: Tx) -> list[str]:
        found = [row[1] for row in states(tx, running(tx, audience, OTHER).id)]
        tx.do("DELETE FROM delivery_counts")
        tx.do("DELETE FROM deliveries")
        tx.do("DELETE FROM announcements")
        return found

    found = await store.run(prepare)
    assert len(found) == sum(counts.values()) - counts.get("stopped", 0)
    return found, counts


async def test_people_are_chosen_by_what_they_follow(store: Store) -> None:
    """Everybody; or who follows one of the communes and one of the topics, in a language."""

    def begin(tx: Tx) -> None:
        a, b, c, d = (chat(tx, address) for address in "abcd")
        wants(tx, a, "commune", "20194", "20197")
        wants(tx, a, "topic", "land")
        wants(tx, b, "commune", "20200")
        wants(tx, c, "topic", "land")
        people.describe(tx, b, lang="en")
        people.describe(tx, c, lang="vi")
        wants(tx, d, "commune", "20194")
        follows.hear(tx, d, wanted=False)

    await store.run(begin)
    assert await told(store, Audience()) == (["a", "b", "c"], {"telegram": 3, "stopped": 1})
    assert (await told(store, Audience(communes=("20194", "20200"))))[0] == ["a", "b"]
    assert (await told(store, Audience(communes=("20194",)))) == (
        ["a"],
        {"telegram": 1, "stopped": 1},
    )
    assert (await told(store, Audience(topics=("land",))))[0] == ["a", "c"]
    both = Audience(communes=("20194", "20200"), topics=("land", "school"))
    assert (await told(store, both))[0] == ["a"]
    assert (await told(store, Audience(lang="en")))[0] == ["b"]
    assert (await told(store, Audience(lang="vi")))[0] == ["a", "c"]
    many = tuple(str(number) for number in range(20190, 20330))
    assert (await told(store, Audience(communes=many)))[0] == ["a", "b"]
    assert await told(store, Audience(communes=("1",))) == ([], {})


async def test_followers_of_open_cases_are_chosen_by_their_cases(store: Store) -> None:
    """By topic, commune, unit, matter and words; who follows several cases is told once."""

    def begin(tx: Tx) -> None:
        opened(tx, "PA-1", "a", search="nuoc sach mat nuoc")
        opened(tx, "PA-2", "a", search="nuoc sach")
        opened(tx, "PA-3", "b", topic="school", commune="20200", unit="so-gd-dt")
        opened(tx, "PA-4", "c")
        opened(tx, "PA-5", "d")
        tickets.hold(tx, "PA-2", chat(tx, "e"), NOW)
        tx.do("UPDATE tickets SET open = 0 WHERE code = 'PA-5'")
        tx.do("UPDATE tickets SET matter = 1 WHERE code IN ('PA-1', 'PA-4')")

    await store.run(begin)
    cases = partial(Audience, whom="cases")
    assert (await told(store, cases()))[0] == ["a", "b", "c", "e"]
    assert (await told(store, cases(topics=("school",))))[0] == ["b"]
    assert (await told(store, cases(communes=("20194",))))[0] == ["a", "c", "e"]
    assert (await told(store, cases(unit="so-gd-dt")))[0] == ["b"]
    assert (await told(store, cases(matter="PA-4")))[0] == ["a", "c"]
    assert (await told(store, cases(matter="PA-3")))[0] == ["b"]
    assert (await told(store, cases(words="Nước sạch")))[0] == ["a", "e"]
    assert (await told(store, cases(words="sạch nước")))[0] == []
    for unheard in ("???", "%", '"', "東京"):  # nothing to look for is nobody, never everybody
        assert await told(store, cases(words=unheard)) == ([], {})
    assert await told(store, cases(words="nước", topics=("land",), lang="en")) == ([], {})


async def test_staff_are_chosen_by_their_duties_and_told_where_they_are_staff(store: Store) -> None:
    """Members with a duty, in a unit, in a role; also those who stopped hearing announcements."""

    def begin(tx: Tx) -> None:
        member(tx, "officer", Duty(role="officer", unit="so-nn-mt"))
        member(tx, "approver", Duty(role="approver", unit="so-nn-mt"), Duty(role="clerk"))
        member(tx, "other", Duty(role="officer", unit="so-y-te"))
        desk = people.contact(tx, "web", "officer", NOW).id
        chat(tx, "private", of=desk, used=9)
        follows.hear(tx, desk, wanted=False)
        chat(tx, "citizen")

    await store.run(begin)
    staff = partial(Audience, whom="staff")
    assert (await told(store, staff()))[0] == ["officer", "approver", "other"]
    assert await told(store, staff(unit="so-nn-mt")) == (["officer", "approver"], {"web": 2})
    assert (await told(store, staff(roles=("officer",))))[0] == ["officer", "other"]
    assert (await told(store, staff(unit="so-nn-mt", roles=("clerk", "officer"))))[0] == ["officer"]


async def test_a_person_is_told_in_the_best_of_their_chats(store: Store) -> None:
    """Of several chats that can be written to the one used last; a row for each, even of none."""

    def begin(tx: Tx) -> None:
        first = chat(tx, "old", used=1)
        chat(tx, "new", "web", of=first, used=3)
        leave(tx, chat(tx, "left", "zalo", of=first, used=5))
        leave(tx, chat(tx, "gone"))
        opened(tx, CODE, "clerk", by=1, consent="Đồng ý tại quầy")
        tx.add("INSERT INTO people (name, phone, lang, created_at) VALUES ('', '', '', 0)")

    await store.run(begin)
    addresses, counts = await told(store, Audience())
    assert addresses == ["new", "gone", "clerk"]
    assert counts == {"web": 2, "": 1, "stopped": 1}


async def test_an_audience_is_prepared_by_windows_and_nobody_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step looks at so many people; it goes on where it stood; the dry run says the same."""
    monkeypatch.setattr(deliveries, "WINDOW", 2)

    def begin(tx: Tx) -> int:
        leave(tx, [chat(tx, f"{number}") for number in range(5)].pop())
        for number in range(5):
            opened(tx, f"PA-{number}", f"{number % 3}")
        return written(tx)

    number = await store.run(begin)
    prepare = partial(deliveries.prepare, announcement_id=number)
    assert await store.read(partial(deliveries.count, audience=Audience())) == {
        "": 1,
        "telegram": 4,
        "web": 3,
    }
    steps = []
    while not await store.run(prepare):
        steps.append(sum((await store.run(lambda tx: tallies(tx, number))).values()))
    assert steps == [2, 4, 6]
    assert await store.run(prepare)
    await store.run(lambda tx: chat(tx, "late"))
    assert await store.run(prepare)
    assert await store.run(lambda tx: tallies(tx, number)) == {
        ("", "unreachable"): 1,
        ("telegram", "queued"): 4,
        ("web", "queued"): 3,
    }
    assert (await told(store, Audience(whom="cases"))) == (["0", "1", "2"], {"web": 3})


async def test_a_dry_run_is_kept_for_its_own_audience_only(store: Store) -> None:
    """What was counted for an audience changed meanwhile is counted again."""
    number = await store.run(written)
    other = Audience(communes=("20194",))
    keep = partial(deliveries.counted, announcement_id=number, counts={"web": 3})
    await store.run(partial(keep, audience=other))
    assert [found[2] for found in await store.read(deliveries.uncounted)] == [Audience()]
    await store.run(partial(keep, audience=Audience()))
    assert await store.read(deliveries.uncounted) == ()
